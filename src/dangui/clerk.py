"""Clerk — 书记员: the only writer. Reads a ledger, folds it, decides, and appends if nobody else wrote in between."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from threading import Lock
from typing import Any, Protocol

from dangui.core import access, decide, handover, opening
from dangui.core.calendar import CHINA, Calendar
from dangui.core.corrections import correct
from dangui.core.decide import Decision, Request
from dangui.core.digest import digest
from dangui.core.ledger import EMPTY, Actor, Draft, Head, chain
from dangui.core.ports import Answer, Blobs, HeadMoved, Job, NotYet, Printer, Reading, Store, Writing
from dangui.core.problem import Problem, Refusal, words
from dangui.core.proceeding import CorrectedBefore, Proceeding, fold
from dangui.core.world import Told, World

TRIES = 8
"""How often an act is decided anew when somebody else wrote to the same ledger first."""


class People(Protocol):
    """Who works where — 人员名册."""

    def name(self, user: str) -> str: ...
    def with_post(self, agency: str, post: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act — 办理结果: the proceeding it stands in, the entries' sequence numbers, ids it made."""

    proceeding: str
    seqs: tuple[int, ...]
    kind: str
    application: str | None = None
    opened: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The answer to the API, also kept for a repeated request."""
        return {"proceeding": self.proceeding, "seqs": list(self.seqs), "kind": self.kind, "application": self.application,
                "opened": list(self.opened), "documents": list(self.documents)}


class Folded:
    """Folded states by proceeding, kept only as long as they match the ledger's head — 状态缓存."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._states: OrderedDict[str, Proceeding] = OrderedDict()
        self._lock = Lock()

    def state(self, tx: Reading, proceeding: str) -> Proceeding | None:
        """The present state, or None if the actor sees no such ledger."""
        head = tx.head(proceeding)
        if head is None:
            return None
        with self._lock:
            known = self._states.get(proceeding)
        if known is None or known.head.seq > head.seq:
            known = None
        if known is None or known.head != head:
            known = self._catch_up(tx, proceeding, known)
            self.keep(known)
        return known

    def _catch_up(self, tx: Reading, proceeding: str, known: Proceeding | None) -> Proceeding:
        if known is not None:
            newer = tx.entries(proceeding, known.head.seq)
            try:
                if newer and newer[0].previous == known.head.digest:
                    return fold(newer, known)
            except CorrectedBefore:
                pass
        return fold(tx.entries(proceeding))

    def keep(self, state: Proceeding) -> None:
        """Remember a state that has been committed."""
        with self._lock:
            self._states[state.id] = state
            self._states.move_to_end(state.id)
            while len(self._states) > self._most:
                self._states.popitem(last=False)


class Clerk:
    """The only way to write — 书记员."""

    def __init__(self, store: Store, blobs: Blobs, world: World, calendar: Calendar, people: People, printer: Printer,
                 now: Callable[[], datetime] = lambda: datetime.now(CHINA), new_id: Callable[[str], str] | None = None) -> None:
        self.store, self.blobs, self.world, self.calendar, self.people, self.printer = store, blobs, world, calendar, people, printer
        self.now = now
        self.new_id = new_id or (lambda kind: secrets.token_hex(10))
        self.folded = Folded()

    # -- acts of people ------------------------------------------------------------------------------------------------

    def open(self, actor: Actor, procedure: str, values: Mapping[str, Any], *, at: datetime | None = None, case_id: str = "",
             key: str | None = None) -> Done:
        """Open a case — 受案. Raises Refusal."""
        return self._write(actor, key, ("open", procedure, values, at, case_id), lambda tx, told: opening.open_case(
            told, actor, procedure, values, at=at, case_id=case_id))

    def act(self, actor: Actor, proceeding: str, request: Request, *, key: str | None = None, head: str | None = None) -> Done:
        """Do an action or apply for it. ``head``, if given, is the digest the actor was looking at. Raises Refusal."""
        def decided(tx: Writing, told: Told) -> Decision:
            state = self._state(tx, proceeding)
            if head is not None and state.head.digest != head:
                raise Refusal([Problem("ledger.moved", "head", words(
                    "您填写期间,他人已办理了本案;请查看后再提交", "somebody else acted in this case meanwhile; look again, then submit"))])
            return decide.act(told, state, actor, request)
        return self._write(actor, key, ("act", proceeding, request.action, request.of, request.values, request.at), decided)

    def approve(self, actor: Actor, proceeding: str, application: str, *, at: datetime | None = None, note: str = "", key: str | None = None) -> Done:
        """Approve an application — 批准."""
        return self._on(actor, proceeding, key, ("approve", application, at, note), lambda told, state: decide.approve(
            told, state, actor, application, at=at, note=note))

    def turn_down(self, actor: Actor, proceeding: str, application: str, reason: str, *, at: datetime | None = None, key: str | None = None) -> Done:
        """Refuse an application with its reason — 不批准."""
        return self._on(actor, proceeding, key, ("turn_down", application, at, reason), lambda told, state: decide.turn_down(
            told, state, actor, application, reason, at=at))

    def execute(self, actor: Actor, proceeding: str, application: str, *, at: datetime | None = None, key: str | None = None) -> Done:
        """Carry out what was approved — 执行."""
        return self._on(actor, proceeding, key, ("execute", application, at), lambda told, state: decide.execute(
            told, state, actor, application, at=at))

    def cancel(self, actor: Actor, proceeding: str, application: str, reason: str, *, key: str | None = None) -> Done:
        """Take one's own application back — 撤回呈请."""
        return self._on(actor, proceeding, key, ("cancel", application, reason), lambda told, state: decide.cancel(
            told, state, actor, application, reason))

    def receive(self, actor: Actor, proceeding: str, run: str, *, warnings: Sequence[str] = (), at: datetime | None = None, key: str | None = None) -> Done:
        """Receive a hand-over — 签收."""
        return self._on(actor, proceeding, key, ("receive", run, warnings, at), lambda told, state: handover.receive(
            told, state, actor, run, warnings=warnings, at=at))

    def reject(self, actor: Actor, proceeding: str, run: str, problems: Sequence[Mapping[str, str]], *, at: datetime | None = None,
               key: str | None = None) -> Done:
        """Send a hand-over back with coded problems — 退回."""
        return self._on(actor, proceeding, key, ("reject", run, problems, at), lambda told, state: handover.reject(
            told, state, actor, run, problems, at=at))

    def withdraw(self, actor: Actor, proceeding: str, run: str, reason: str = "", *, at: datetime | None = None, key: str | None = None) -> Done:
        """Take a hand-over back before it is received — 撤回移送."""
        return self._on(actor, proceeding, key, ("withdraw", run, reason, at), lambda told, state: handover.withdraw(
            told, state, actor, run, reason, at=at))

    def correct(self, actor: Actor, proceeding: str, seq: int, *, reason: str, values: Mapping[str, Any] | None = None,
                at: datetime | None = None, key: str | None = None) -> Done:
        """Correct a wrong entry by another entry — 更正登记."""
        return self._write(actor, key, ("correct", proceeding, seq, reason, values, at), lambda tx, told: correct(
            told, tx.entries(proceeding), self._state(tx, proceeding), actor, seq, reason=reason, values=values or {}, at=at))

    # -- the machine's post ----------------------------------------------------------------------------------------------

    def handle(self, job: Job) -> None:
        """Carry out a job of the outbox: deliver a message, or enter a receipt. At least once; a second time changes nothing."""
        {"deliver": self._deliver, "receipt": self._receipt}[job.name](job)

    def run_jobs(self) -> int:
        """Carry out everything that is due, until nothing is left; returns how many jobs ran."""
        total = 0
        while ran := self.store.run_jobs(self.handle):
            total += ran
        return total

    def _deliver(self, job: Job) -> None:
        message = job.args["message"]
        side = message["sides"][message["to"]]
        machine = Actor(handover.MACHINE, side["agency"], handover.MACHINE)

        def decided(tx: Writing, told: Told) -> Decision:
            if handover.opens(told, message):
                return handover.deliver(told, None, message)
            found = side["proceeding"] or self._concerned(tx, told, message, side["agency"])
            if found is None:
                raise Parked(f"{message['collaboration']} waits for case {message['case_id']} at {side['agency']}")
            return handover.deliver(told, self._state(tx, found), message)
        self._write(machine, job.key, job.key, decided)

    def _concerned(self, tx: Writing, told: Told, message: Mapping[str, Any], agency: str) -> str | None:
        wanted = told.world.collaborations[message["collaboration"]].sides[message["to"]].procedures
        persons = set(message["about"]) or {person["id"] for person in message["persons"]}
        rows = [row for row in tx.rows_of_case(message["case_id"]) if row.agency == agency and row.procedure in wanted]
        fitting = [row for row in rows if not persons or persons & set(row.persons)] or rows
        open_first = sorted(fitting, key=lambda row: (row.closed, -row.opened_at.timestamp()))
        return open_first[0].proceeding if open_first else None

    def _receipt(self, job: Job) -> None:
        answer = job.args["answer"]
        machine = Actor(handover.MACHINE, answer["to"]["agency"], handover.MACHINE)
        self._write(machine, job.key, job.key, lambda tx, told: handover.receipt(told, self._state(tx, answer["to"]["proceeding"]), answer))

    # -- writing ---------------------------------------------------------------------------------------------------------

    def _on(self, actor: Actor, proceeding: str, key: str | None, asked: Any,
            decided: Callable[[Told, Proceeding], Decision]) -> Done:
        return self._write(actor, key, (proceeding, asked), lambda tx, told: decided(told, self._state(tx, proceeding)))

    def _state(self, tx: Reading, proceeding: str) -> Proceeding:
        state = self.folded.state(tx, proceeding)
        if state is None:
            raise Refusal([Problem("proceeding.none", "proceeding", words("没有这个案件,或您无权查看", "there is no such case, or you may not see it"))])
        return state

    def _write(self, actor: Actor, key: str | None, asked: Any, decided: Callable[[Writing, Told], Decision | None]) -> Done:
        request = digest([actor.user, _plain(asked)]) if key else ""
        for _ in range(TRIES):
            try:
                return self._once(actor, key, request, decided)
            except HeadMoved:
                continue
        raise Refusal([Problem("ledger.busy", "proceeding", words("多人同时办理此案,请稍后再试", "too many people are acting in this case at once; try again"))])

    def _once(self, actor: Actor, key: str | None, request: str, decided: Callable[[Writing, Told], Decision | None]) -> Done:
        with self.store.writing(actor) as tx:
            if key and (known := tx.answer(key)):
                return _repeated(known, request)
            told = self._told(tx)
            decision = decided(tx, told)
            done, states = self._enter(tx, told, actor, decision) if decision else (Done("", (), "nothing"), [])
            if key:
                tx.remember(key, Answer(request, done.as_json()))
        for state in states:
            self.folded.keep(state)
        return done

    def _told(self, tx: Writing) -> Told:
        records: dict[str, Mapping[str, str]] = {}

        def record(person: str) -> Mapping[str, str]:
            if person not in records:
                found = tx.persons([person]).get(person)
                records[person] = found.data if found else {}
            return records[person]
        return Told(self.now(), self.world, self.calendar, self.new_id, tx.next_serial, record, self.people.name, self.people.with_post)

    def _enter(self, tx: Writing, told: Told, actor: Actor, decision: Decision) -> tuple[Done, list[Proceeding]]:
        states, opened = [], []
        own = self._append(tx, told, actor, decision, decision.drafts)
        states.append(own)
        for each in decision.openings:
            beside = opening.open_beside(told, own, actor, decision.drafts[0].occurred_at, each)
            sibling = self._append(tx, told, actor, beside, beside.drafts)
            part = opening.parting(own, each, sibling.id, decision.drafts[0].occurred_at)
            own = self._append(tx, told, actor, Decision(()), (part,), own)
            opened.append(sibling.id)
            states += [sibling, own]
        first = decision.drafts[0]
        count = own.head.seq
        made = [effect for effect in first.body["effects"] if effect["is"] == "application"]
        done = Done(own.id, tuple(range(count - len(decision.drafts) - len(decision.openings) + 1, count + 1)), first.kind,
                    made[0]["application"]["id"] if made else first.body.get("application"), tuple(opened), tuple(decision.prints))
        return done, states

    def _append(self, tx: Writing, told: Told, actor: Actor, decision: Decision, drafts: Sequence[Draft], state: Proceeding | None = None) -> Proceeding:
        before = state or self.folded.state(tx, drafts[0].proceeding) or Proceeding()
        head: Head = before.head if before.id else EMPTY
        entries = chain(self._printed(drafts, decision.prints), head, actor, told.now, before.pack or told.world.digest)
        tx.append(entries)
        try:
            after = fold(entries, before)
        except CorrectedBefore:
            after = fold([*tx.entries(before.id), *entries])
        for record in decision.records:
            tx.put_person(record)
        tx.project(access.project(after))
        for job in decision.jobs:
            tx.enqueue(job)
        return after

    def _printed(self, drafts: Sequence[Draft], prints: Mapping[str, Any]) -> Iterator[Draft]:
        """The drafts with every issued document printed, stored and named by its digest."""
        blobs = {document: self.blobs.put(BytesIO(self.printer(filled))) for document, filled in prints.items()}
        for draft in drafts:
            effects = [_with_blob(effect, blobs) for effect in draft.body["effects"]] if blobs else draft.body["effects"]
            yield replace(draft, body={**draft.body, "effects": effects})


class Parked(NotYet):  # noqa: N818 - 暂存待收
    """The case that a message concerns is not here yet; the job stays and is tried again."""


def _with_blob(effect: dict[str, Any], blobs: Mapping[str, Any]) -> dict[str, Any]:
    if effect["is"] not in ("document", "material"):
        return effect
    blob = blobs.get(effect[effect["is"]]["id"])
    return {**effect, effect["is"]: {**effect[effect["is"]], "blob": blob.digest, "size": blob.size}} if blob else effect


def _repeated(known: Answer, request: str) -> Done:
    if known.request != request:
        raise Refusal([Problem("request.key_reused", "key", words("同一请求编号用于不同内容", "this idempotency key was used for something else"))])
    found = known.result
    return Done(found["proceeding"], tuple(found["seqs"]), found["kind"], found["application"], tuple(found["opened"]), tuple(found["documents"]))


def _plain(value: Any) -> Any:
    """A JSON value for the digest of a request."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


