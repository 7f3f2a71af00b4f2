"""Reader — 阅卷: the only reader; every look is authorised on the ledger itself and recorded, allowed or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from dangui.clerk import Clerk, records_of
from dangui.core import access, decide, ledger, reasons
from dangui.core.decide import Request
from dangui.core.ledger import Actor, Entry
from dangui.core.ports import Look, Reading, Row, Task
from dangui.core.problem import Problem, Refusal, Words, words
from dangui.core.procedure import Procedure
from dangui.core.proceeding import Proceeding
from dangui.core.sending import UNRECEIVED
from dangui.core.supervise import Holding, custody_chain
from dangui.core.world import Told
from dangui.folded import is_id
from dangui.offers import Offers, same
from dangui.teller import Teller
from dangui.views import ActionView, PendingView, ProceedingView, RunView, case_title


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, and the key of the next part ("" at the end)."""

    items: tuple[Any, ...]
    next: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A proceeding in a list: its row, its name as people say it, its agency."""

    row: Row
    title: Words
    agency_title: Words


@dataclass(frozen=True, slots=True)
class Work:
    """A task in a list, with the proceeding it belongs to and the person it is about."""

    task: Task
    line: Line
    person: str
    pending: PendingView | None = None
    run: RunView | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """Where one person has been held, over all ledgers of the case that the reader may see."""

    person: str
    name: str
    holdings: tuple[Holding, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case over its proceedings: the rail — 案件全程."""

    case_id: str
    lines: tuple[Line, ...]
    views: tuple[tuple[str, Proceeding], ...]
    couplings: tuple[Mapping[str, Any], ...]
    custody: tuple[Custody, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would enter, without entering it — 办理预览."""

    effects: tuple[Mapping[str, Any], ...]
    reasons: tuple[Problem, ...]


class Reader:
    """The only way to look — 阅卷."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.store, self.world = clerk, clerk.store, clerk.world

    # -- lists ---------------------------------------------------------------------------------------------------------

    def my_work(self, actor: Actor, kind: str = "", after: str = "", limit: int = 50) -> Page:
        """Tasks of the actor and of his post, nearest deadline first; ``kind`` narrows them."""
        principals = [f"user:{actor.user}", actor.principal]
        with self.store.reading(actor) as tx:
            tasks, further = tx.tasks(principals, after, limit, kind)
            lines = self._lines(tx, tx.rows(dict.fromkeys(task.proceeding for task in tasks)))
            names = self._names(tx, [task.person for task in tasks if task.person])
            items = tuple(Work(task, lines[task.proceeding], names.get(task.person or "", ""))
                          for task in tasks if task.proceeding in lines)
            return Page(items, further, tx.count_tasks(principals))

    def waiting(self, actor: Actor) -> Mapping[str, int]:
        """How much waits for the actor and his post, by kind of task; each counted up to 1,000."""
        with self.store.reading(actor) as tx:
            return tx.count_tasks([f"user:{actor.user}", actor.principal])

    def approvals(self, actor: Actor, after: str = "", limit: int = 20) -> Page:
        """What waits for the actor's approval, with each application."""
        return self._detailed(actor, "approval", after, limit)

    def executions(self, actor: Actor, after: str = "", limit: int = 20) -> Page:
        """What was approved and waits for the actor to carry it out, with each application."""
        return self._detailed(actor, "execution", after, limit)

    def inbox(self, actor: Actor, after: str = "", limit: int = 20) -> Page:
        """Hand-overs delivered to the actor's agency and not yet received."""
        return self._detailed(actor, "reception", after, limit)

    def _detailed(self, actor: Actor, kind: str, after: str, limit: int) -> Page:
        page = self.my_work(actor, kind, after, limit)
        with self.store.reading(actor) as tx:
            items = tuple(self._opened_up(tx, actor, work) for work in page.items)
        return Page(tuple(work for work in items if work), page.next, page.counts)

    def _opened_up(self, tx: Reading, actor: Actor, work: Work) -> Work | None:
        """The task with its application or hand-over; None if the actor may not look (he is recused)."""
        task = work.task
        seen = self._seen(tx, actor, task.proceeding, task.kind)
        if seen is None:
            return None
        state, scope = seen
        teller = Teller(self.told(tx), state, actor, scope)
        if task.kind == "reception":
            return replace(work, run=teller.handover(state.handovers[task.ref]))
        return replace(work, pending=next((view for view in teller.pending() if view.ref == task.ref), None))

    def my_cases(self, actor: Actor, after: str = "", limit: int = 50, principal: str = "") -> Page:
        """Open proceedings of the actor (or of his post), nearest deadline first."""
        with self.store.reading(actor) as tx:
            rows, further = tx.list_rows(principal or f"user:{actor.user}", after, limit)
            return Page(tuple(self._lines(tx, rows).values()), further, {})

    def find(self, actor: Actor, text: str, after: str = "", limit: int = 50) -> Page:
        """Proceedings by number or by the name of a person."""
        with self.store.reading(actor) as tx:
            rows, further = tx.find(text.strip(), after, limit)
            # The record names what was found, and the number asked for; a person's name never stands in it.
            number = text.strip()[:80] if any(sign.isdecimal() for sign in text) and text.isprintable() else ""
            tx.record(Look(self.clerk.now(), actor, "find", None, number, allowed=True))
            for row in rows:
                tx.record(Look(self.clerk.now(), actor, "find", row.proceeding, "", allowed=True))
            return Page(tuple(self._lines(tx, rows).values()), further, {})

    def looks(self, actor: Actor, proceeding: str, after: int = 0, limit: int = 50) -> Sequence[Look]:
        """Who looked at a proceeding."""
        with self.store.reading(actor) as tx:
            _, scope = self._visible(tx, actor, proceeding, "looks")
            if scope != access.FULL:
                raise _denied()
            return tx.looks(proceeding, after, limit)

    def handovers(self, actor: Actor, limit: int = 200) -> tuple[tuple[Line, RunView], ...]:
        """Hand-overs under way in the proceedings the actor's post may see, oldest first."""
        found: dict[tuple[str, str], tuple[Line, RunView]] = {}
        with self.store.reading(actor) as tx:
            for principal in (actor.principal, f"user:{actor.user}"):
                rows, _ = tx.list_rows(principal, "", limit)
                for line in self._lines(tx, rows).values():
                    for view in self._under_way(tx, actor, line):
                        found[line.row.proceeding, view.run] = (line, view)
        now = self.clerk.now()
        return tuple(sorted(found.values(), key=lambda pair: pair[1].sent_at or pair[1].delivered_at or now))

    def _under_way(self, tx: Reading, actor: Actor, line: Line) -> list[RunView]:
        state, scope = self.clerk.folded.state(tx, line.row.proceeding), tx.scope(line.row.proceeding)
        if state is None or scope is None or not access.may_read(state, actor, scope, self.clerk.now()):
            return []
        teller = Teller(self.told(tx), state, actor, scope)
        return [view for view in teller.handovers() if view.status in UNRECEIVED]

    # -- one proceeding ------------------------------------------------------------------------------------------------

    def proceeding(self, actor: Actor, proceeding: str) -> ProceedingView:
        """Everything of a proceeding that the actor may see. Raises Refusal where he may not."""
        with self.store.reading(actor) as tx:
            state, scope = self._visible(tx, actor, proceeding, "proceeding")
            (row,) = tx.rows([proceeding])
            return Teller(self.told(tx), state, actor, scope).view(row, tx.entries(proceeding))

    def form(self, actor: Actor, proceeding: str, action: str) -> ActionView:
        """One action's form. Raises Refusal for an unknown one."""
        with self.store.reading(actor) as tx:
            state, scope = self._visible(tx, actor, proceeding, "form")
            found = self.world.procedures[state.procedure].actions.get(action)
            if found is None:
                raise Refusal([Problem("action.unknown", "action", words(
                    "没有这个办理动作", "there is no such action"))])
            strange = reasons.wrong_actor(state, actor, found)
            if strange and scope != access.FULL:
                raise Refusal(strange)
            return Teller(self.told(tx), state, actor, scope).offers.view(found)

    def preview(self, actor: Actor, proceeding: str, request: Request) -> Preview:
        """What the act would enter, and every reason why it can't be."""
        with self.store.reading(actor) as tx:
            state, _ = self._visible(tx, actor, proceeding, "preview")
            try:
                decision = decide.act(self.told(tx), state, actor, request)
            except Refusal as refusal:
                return Preview((), refusal.reasons)
            return Preview(tuple(effect for draft in decision.drafts for effect in draft.body["effects"]), ())

    def blob(self, actor: Actor, proceeding: str, digest: str) -> tuple[BinaryIO, str, str]:
        """(stream, media type, name) of a material the actor may see. Raises Refusal or FileNotFoundError."""
        with self.store.reading(actor) as tx:
            state, scope = self._visible(tx, actor, proceeding, f"blob {digest}")
            seen = self._as_seen(state, actor, scope)
            item = next((item for item in seen.materials.values() if item.get("blob") == digest), None)
        if item is None:
            raise Refusal([Problem("material.none", "digest", words(
                "卷内没有这份材料,或您无权查看", "no such material here, or you may not see it"))])
        name = item.get("name") or f"{item['title']['zh']}.pdf"
        return self.clerk.blobs.open(digest), str(item.get("media_type") or "application/octet-stream"), str(name)

    def verified(self, actor: Actor, proceeding: str) -> tuple[Sequence[Entry], list[Problem]]:
        """The ledger itself, and every broken link or altered entry of it; counsel is told only of the latter."""
        with self.store.reading(actor) as tx:
            _, scope = self._visible(tx, actor, proceeding, "verify")
            entries = tx.entries(proceeding)
            return entries if scope == access.FULL else (), ledger.verify(entries)

    def case(self, actor: Actor, case_id: str) -> CaseView:
        """A case over all its proceedings, as far as the actor may see them."""
        with self.store.reading(actor) as tx:
            found = tx.rows_of_case(case_id) if is_id(case_id) else ()
            rows = sorted(found, key=lambda row: (row.opened_at, row.proceeding))
            seen = {row.proceeding: self._seen(tx, actor, row.proceeding, "case") for row in rows}
            states = {name: self._as_seen(found[0], actor, found[1]) for name, found in seen.items() if found}
            lines = self._lines(tx, [row for row in rows if row.proceeding in states])
            persons = list(dict.fromkeys(person for state in states.values() for person in state.persons))
            names = self._names(tx, persons)
        custody = []
        for person in persons:
            holdings, problems = custody_chain(person, states.values())
            if holdings:
                custody.append(Custody(person, names.get(person, ""), tuple(holdings), tuple(problems)))
        couplings = (*_couplings(states), *_links(states))
        return CaseView(case_id, tuple(lines.values()), tuple(states.items()), couplings, tuple(custody), names)

    def openable(self, actor: Actor) -> tuple[tuple[Procedure, ActionView | None], ...]:
        """Procedures that the actor's post may open at the desk, each with its form."""
        office = self.world.agencies.get(actor.agency)
        found = []
        with self.store.reading(actor) as tx:
            for name in office.runs if office else ():
                procedure = self.world.procedures.get(name)
                action = procedure.actions.get("open") if procedure else None
                if procedure and "act" in procedure.opens_by and (action is None or actor.post in action.by):
                    blank = Proceeding(procedure=name, agency=actor.agency, stage=procedure.first)
                    found.append((procedure, Offers(self.told(tx), blank, actor).view(action) if action else None))
        return tuple(found)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def told(self, tx: Reading) -> Told:
        """What views are told; it draws no numbers and mints no ids, because nothing is written."""
        return Told(self.clerk.now(), self.world, self.clerk.calendar, lambda kind: f"new-{kind}",
                    lambda agency, kind, year: 0, records_of(tx), self.clerk.people.name, self.clerk.people.with_post)

    def _visible(self, tx: Reading, actor: Actor, proceeding: str, what: str) -> tuple[Proceeding, str]:
        """The state and the scope in which it may be seen. Raises Refusal where it may not."""
        seen = self._seen(tx, actor, proceeding, what)
        if seen is None:
            raise _denied()
        return seen

    def _as_seen(self, state: Proceeding, actor: Actor, scope: str) -> Proceeding:
        """The state as far as the scope reaches."""
        return access.as_seen(state, actor.user, scope, self.world.procedures[state.procedure].defence_reads)

    def _seen(self, tx: Reading, actor: Actor, proceeding: str, what: str) -> tuple[Proceeding, str] | None:
        """The state and its scope, or None if the actor may not look; the look is recorded, allowed or not."""
        if not is_id(proceeding):
            return None
        scope = tx.scope(proceeding)
        state = self.clerk.folded.state(tx, proceeding) if scope else None
        allowed = state is not None and access.may_read(state, actor, scope, self.clerk.now())
        tx.record(Look(self.clerk.now(), actor, what, proceeding, "", allowed))
        return (state, scope) if state is not None and scope is not None and allowed else None

    def _lines(self, tx: Reading, rows: Sequence[Row]) -> dict[str, Line]:
        names = self._names(tx, [person for row in rows for person in row.persons[:2]])
        return {row.proceeding: Line(
            row, case_title([names.get(each, "") for each in row.persons], row.offence, row.procedure_title),
            self.world.agencies[row.agency].title if row.agency in self.world.agencies else same(row.agency))
            for row in rows}

    def _names(self, tx: Reading, persons: Sequence[str]) -> dict[str, str]:
        return {person: record.data.get("name", "") for person, record in tx.persons(dict.fromkeys(persons)).items()}


def _denied() -> Refusal:
    return Refusal([Problem("access.denied", "proceeding", words(
        "没有这个案件,或您无权查看", "there is no such case, or you may not see it"))])


def _couplings(states: Mapping[str, Proceeding]) -> Iterator[Mapping[str, Any]]:
    """Every hand-over once, seen from the side that sent it (or received it, where the sender can't be seen)."""
    seen: set[str] = set()
    runs = [(state, run) for state in states.values() for run in state.handovers.values()]
    for state, run in sorted(runs, key=lambda pair: pair[1]["direction"] != "out"):
        others = [place["proceeding"] for side, place in run["sides"].items() if side != run["side"]]
        for other in others if run["id"] not in seen else ():
            if other in states:
                ends = (state.id, other) if run["direction"] == "out" else (other, state.id)
                yield _coupling(run["id"], run["title"], ends, run["status"], run)
        seen.add(run["id"])


def _links(states: Mapping[str, Proceeding]) -> Iterator[Mapping[str, Any]]:
    """Every proceeding that was separated from another or opened beside it."""
    for state in states.values():
        for link in state.links:
            if link.get("from") in states:
                yield _coupling("", state.title, (link["from"], state.id), link["kind"], {})


def _coupling(run: str, title: Words, ends: tuple[str, str], status: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"run": run, "title": title, "from": ends[0], "to": ends[1], "status": status,
            "sent_at": more.get("sent_at"), "received_at": more.get("received_at"), "persons": more.get("persons", [])}
