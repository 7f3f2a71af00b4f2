"""Access — 阅卷权限与待办: who may look at a proceeding and what waits for whom; both follow from the folded state alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dangui.core.ports import Grant, Projection, Row, Task
from dangui.core.problem import words
from dangui.core.proceeding import Proceeding

FULL, DEFENCE = "full", "defence"


def project(state: Proceeding) -> Projection:
    """Everything that lists show of a proceeding."""
    return Projection(row(state), tuple(grants(state)), () if state.closed else tuple(tasks(state)))


def row(state: Proceeding) -> Row:
    """The proceeding's line in lists."""
    clock = None if state.closed else state.next_clock()
    main = [person.id for person in state.persons.values() if person.role == state.main_role]
    return Row(
        state.id, state.case_id, state.procedure, state.agency, state.number, state.stage, state.stage_title, state.title, state.offence,
        tuple(main), tuple(sorted(state.assigned)), state.opened_at or datetime.min, state.closed,
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
        yield Grant(f"user:{user}", state.id, DEFENCE)


def may_read(state: Proceeding, user: str, scope: str | None) -> bool:
    """Whether a user with that granted scope may look: granted at all, and not recused (回避)."""
    return scope is not None and user not in state.recused


def tasks(state: Proceeding) -> Iterator[Task]:
    """Running limits for those who handle the case, approvals and executions in turn, receptions."""
    leading = [f"user:{user}" for user, post in state.assigned.items() if post == state.leads] or [f"{state.agency}/{state.leads}"]
    for clock in state.live_clocks():
        if clock.status == "running":
            for principal in leading:
                yield Task(f"{clock.id}@{principal}", principal, "deadline", state.id, clock.deadline, clock.title, clock.person, clock.ends_at,
                           clock.liberty, clock.started_at)
    for application in state.applications.values():
        yield from _application_tasks(state, application)
    for run in state.handovers.values():
        if run["direction"] == "in" and run["status"] == "delivered":
            clock = state.next_clock()
            for post in state.receivers:
                yield Task(f"{run['id']}@{post}", f"{state.agency}/{post}", "reception", state.id, run["id"], run["title"],
                           run["about"][0] if run["about"] else None, clock.ends_at if clock else None, bool(clock and clock.liberty),
                           datetime.fromisoformat(run["delivered_at"]))


def _application_tasks(state: Proceeding, application: Any) -> Iterator[Task]:
    person = application["of"][0] if application["of"] else None
    near = [clock for clock in state.live_clocks() if clock.status == "running" and clock.person in (None, person)]
    ends, liberty = (near[0].ends_at, near[0].liberty) if near else (None, False)
    since = datetime.fromisoformat(application["at"])
    if application["status"] == "applied":
        principal = f"{state.agency}/{application['awaits']}"
        yield Task(f"{application['id']}@{principal}", principal, "approval", state.id, application["id"], application["title"], person, ends, liberty, since)
    if application["status"] == "approved":
        principal = f"user:{application['user']}"
        title = words(f"执行:{application['title']['zh']}", f"Execute: {application['title']['en']}")
        yield Task(f"{application['id']}@{principal}", principal, "execution", state.id, application["id"], title, person, ends, liberty, since)
