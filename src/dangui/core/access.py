"""Access — 阅卷权限与待办: who may look at a proceeding and what waits for whom; both follow from the state alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dangui.core.calendar import in_china
from dangui.core.ledger import Actor
from dangui.core.party import Person
from dangui.core.ports import Grant, Projection, Row, Task
from dangui.core.problem import words
from dangui.core.proceeding import Clock, Proceeding

FULL, DEFENCE = "full", "defence"

NOT_OPENED = datetime.min.replace(tzinfo=UTC)


def project(state: Proceeding) -> Projection:
    """Everything that lists show of a proceeding."""
    return Projection(row(state), tuple(grants(state)), () if state.closed else tuple(tasks(state)))


def row(state: Proceeding) -> Row:
    """The proceeding's line in lists."""
    clock = None if state.closed else state.next_clock()
    main = tuple(person.id for person in state.persons.values() if person.role == state.main_role)
    return Row(
        state.id, state.case_id, state.procedure, state.agency, state.number, state.stage, state.stage_title,
        state.title, state.offence, main, tuple(sorted(state.assigned)), state.opened_at or NOT_OPENED, state.closed,
        clock.ends_at if clock else None, clock.title if clock else None, bool(clock and clock.liberty), state.head.seq,
    )


def grants(state: Proceeding) -> Iterator[Grant]:
    """Posts that work on it, the users it is assigned to (or the leading post until then), counsel, and the machine.

    A recused user has none: the reader asks ``may_read`` on top, because a post's grant would still let him in.
    """
    posts = [*state.supervisors, *state.receivers, *([] if state.assigned else [state.leads])]
    for post in dict.fromkeys([*posts, "inbox"]):
        yield Grant(f"{state.agency}/{post}", state.id, FULL)
    for user in dict.fromkeys([*state.assigned, *state.covers]):
        yield Grant(f"user:{user}", state.id, FULL)
    for user in sorted(state.counsel - set(state.assigned)):
        if _still_defends(state, user):
            yield Grant(f"user:{user}", state.id, DEFENCE)


def _still_defends(state: Proceeding, user: str) -> bool:
    """Whether counsel has a client here: not once he was dismissed, or the client was separated into another case."""
    own = [person for person in state.persons.values() if person.user == user and person.defends]
    here = {person.id for person in state.persons.values() if not person.left}
    return not own or any(not person.left and person.defends in here for person in own)


def may_read(state: Proceeding, actor: Actor, scope: str | None, now: datetime) -> bool:
    """Whether an actor with that granted scope may look: granted at all, not recused (回避), his cover not over."""
    if scope == FULL and actor.agency != state.agency:
        return False  # somebody of this agency who works in a post of another one just now
    return scope is not None and actor.user not in state.recused and not cover_is_over(state, actor, now)


def cover_is_over(state: Proceeding, actor: Actor, now: datetime) -> bool:
    """Whether all that let the actor in was to stand in for somebody until a day that has passed (代办期满)."""
    until = state.covers.get(actor.user, "")
    if not until or until >= in_china(now).date().isoformat() or actor.user in state.assigned:
        return False
    posts = [*state.supervisors, *state.receivers, *([] if state.assigned else [state.leads])]
    return not (actor.agency == state.agency and actor.post in posts)


def as_seen(state: Proceeding, user: str, scope: str, opened: Collection[str]) -> Proceeding:
    """The state as far as that scope reaches; ``opened`` are the volumes that the law opens to the defence here.

    Counsel sees the client, the client's limits and what counsel filed; the file and the others only once it is opened
    (CPL 39, 40). Internal and withdrawn things, facts, applications and notes stay with the agency.
    """
    if scope == FULL:
        return state
    persons = dict(state.persons) if opened else _clients(state, user)
    unsaid: dict[str, Any] = {"shown": (), "problems": (), "warnings": ()}
    return replace(
        state, facts={}, flags=(), applications={}, recused=frozenset(), persons=persons,
        clocks={key: clock for key, clock in state.clocks.items() if clock.person is None or clock.person in persons},
        materials=_open_to(state.materials, user, opened), documents=_open_to(state.documents, user, opened),
        exhibits=state.exhibits if opened else {},
        handovers={key: {**run, **({} if opened else unsaid)} for key, run in state.handovers.items()
                   if opened or not run["about"] or set(run["about"]) & set(persons)})


def _clients(state: Proceeding, user: str) -> dict[str, Person]:
    """Counsel himself and whom he defends; the only one in the main role where the client is not named."""
    own = {person.id for person in state.persons.values() if person.user == user}
    clients = {person.defends for person in state.persons.values() if person.user == user and person.defends}
    main = [person.id for person in state.people(state.main_role)]
    wanted = own | (clients or set(main if len(main) == 1 else []))
    return {key: person for key, person in state.persons.items() if key in wanted}


def _open_to(items: Mapping[str, Mapping[str, Any]], user: str,
             opened: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """What counsel may read: of the opened volumes what is not internal or withdrawn, and always what he filed."""
    return {key: item for key, item in items.items() if item.get("by") == user
            or (item.get("volume") in opened and not item.get("internal")
                and item.get("status") not in ("struck", "sealed"))}


def tasks(state: Proceeding) -> Iterator[Task]:
    """Running limits for those who handle the case, approvals and executions in turn, receptions."""
    leading = [f"user:{user}" for user, post in state.assigned.items() if post == state.leads]
    running = [clock for clock in state.live_clocks() if clock.status == "running"]
    for clock in (clock for clock in running if clock.at_end != "none"):
        for principal in leading or [f"{state.agency}/{state.leads}"]:
            yield Task(f"{clock.id}@{principal}", principal, "deadline", state.id, clock.deadline, clock.title,
                       clock.person, clock.ends_at, clock.liberty, clock.started_at)
    for application in state.applications.values():
        if application["status"] in ("applied", "approved"):
            yield from _application_tasks(state, application, running)
    for run in state.handovers.values():
        if run["direction"] == "in" and run["status"] == "delivered":
            yield from _reception_tasks(state, run, running)


def _application_tasks(state: Proceeding, asked: Mapping[str, Any], running: list[Clock]) -> Iterator[Task]:
    person = next(iter(asked["of"]), None)
    ends, liberty = _pressing([clock for clock in running if clock.person in (None, person)])
    since, title = datetime.fromisoformat(asked["at"]), asked["title"]
    if asked["status"] == "applied":
        principal = f"{state.agency}/{asked['awaits']}"
        yield Task(f"{asked['id']}@{principal}", principal, "approval", state.id, asked["id"], title, person, ends,
                   liberty, since)
    if asked["status"] == "approved":
        title = words(f"执行:{title['zh']}", f"Execute: {title['en']}")
        for principal in _executing(state, asked):
            yield Task(f"{asked['id']}@{principal}", principal, "execution", state.id, asked["id"], title, person, ends,
                       liberty, since)


def _executing(state: Proceeding, asked: Mapping[str, Any]) -> list[str]:
    """Whoever applied, if his post executes too and he still handles the case; else the posts that execute."""
    if asked["post"] in asked["executes"] and asked["user"] not in state.recused:
        return [f"user:{asked['user']}"]
    return [f"{state.agency}/{post}" for post in asked["executes"]]


def _reception_tasks(state: Proceeding, run: Mapping[str, Any], running: list[Clock]) -> Iterator[Task]:
    ends, liberty = _pressing(running)
    for post in state.receivers:
        yield Task(f"{run['id']}@{post}", f"{state.agency}/{post}", "reception", state.id, run["id"], run["title"],
                   next(iter(run["about"]), None), ends, liberty, datetime.fromisoformat(run["delivered_at"]))


def _pressing(running: list[Clock]) -> tuple[datetime | None, bool]:
    """The end of the nearest limit, and whether it protects liberty."""
    return (running[0].ends_at, running[0].liberty) if running else (None, False)
