"""Clerk — 书记员: the only writer. Reads a ledger, folds it, decides, and appends if nobody else wrote in between."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from json import JSONEncoder
from typing import Any, Protocol

from dangui.core import access, decide, handover, opening
from dangui.core.calendar import CHINA, Calendar
from dangui.core.corrections import correct
from dangui.core.decide import Decision, Request
from dangui.core.digest import sha256
from dangui.core.ledger import Actor, Draft, chain
from dangui.core.ports import Answer, Blob, Blobs, HeadMoved, Job, NotYet, Printer, Reading, Store
from dangui.core.problem import Problem, Refusal, words
from dangui.core.proceeding import CorrectedBefore, Proceeding, fold
from dangui.core.sending import sealed
from dangui.core.world import Told, World
from dangui.folded import Attempt, Folded

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
        return {
            "proceeding": self.proceeding, "seqs": list(self.seqs), "kind": self.kind,
            "application": self.application, "opened": list(self.opened), "documents": list(self.documents),
        }


Decides = Callable[[Attempt, Told], "Decision | None"]
"""What is decided inside the transaction; None enters nothing."""


class Clerk:
    """The only way to write — 书记员. Every act raises Refusal with all reasons, and then nothing is written."""

    def __init__(self, store: Store, blobs: Blobs, world: World, calendar: Calendar, people: People, printer: Printer,
                 now: Callable[[], datetime] = lambda: datetime.now(CHINA),
                 new_id: Callable[[str], str] = lambda kind: secrets.token_hex(10)) -> None:
        self.store, self.blobs, self.printer = store, blobs, printer
        self.world, self.calendar, self.people = world, calendar, people
        self.now, self.new_id = now, new_id
        self.folded = Folded()

    # -- acts of people ------------------------------------------------------------------------------------------------

    def open(self, actor: Actor, procedure: str, values: Mapping[str, Any], *, at: datetime | None = None,
             case_id: str = "", key: str | None = None) -> Done:
        """Open a case — 受案."""
        return self.enter(actor, lambda attempt, told: opening.open_case(
            told, actor, procedure, values, at=at, case_id=case_id), key, ("open", procedure, values, at, case_id))

    def act(self, actor: Actor, proceeding: str, request: Request, *, key: str | None = None,
            head: str | None = None) -> Done:
        """Do an action or apply for it; ``head``, if given, is the digest of the ledger's end that the actor saw."""
        def decided(told: Told, state: Proceeding) -> Decision:
            if head is not None and state.head.digest != head:
                raise _refusal("ledger.moved", "head", "您填写期间,他人已办理了本案;请查看后再提交",
                               "somebody else acted in this case meanwhile; look again, then submit")
            return decide.act(told, state, actor, request)

        return self._on(actor, proceeding, decided, key, (
            "act", request.action, request.of, request.values, request.at))

    def approve(self, actor: Actor, proceeding: str, application: str, *, at: datetime | None = None, note: str = "",
                key: str | None = None) -> Done:
        """Approve an application — 批准."""
        return self._on(actor, proceeding, lambda told, state: decide.approve(
            told, state, actor, application, at=at, note=note), key, ("approve", application, at, note))

    def turn_down(self, actor: Actor, proceeding: str, application: str, reason: str, *, at: datetime | None = None,
                  key: str | None = None) -> Done:
        """Refuse an application with its reason — 不批准."""
        return self._on(actor, proceeding, lambda told, state: decide.turn_down(
            told, state, actor, application, reason, at=at), key, ("turn_down", application, at, reason))

    def execute(self, actor: Actor, proceeding: str, application: str, *, at: datetime | None = None,
                key: str | None = None) -> Done:
        """Carry out what was approved — 执行."""
        return self._on(actor, proceeding, lambda told, state: decide.execute(
            told, state, actor, application, at=at), key, ("execute", application, at))

    def cancel(self, actor: Actor, proceeding: str, application: str, reason: str, *, key: str | None = None) -> Done:
        """Take one's own application back — 撤回呈请."""
        return self._on(actor, proceeding, lambda told, state: decide.cancel(
            told, state, actor, application, reason), key, ("cancel", application, reason))

    def receive(self, actor: Actor, proceeding: str, run: str, *, warnings: Sequence[str] = (),
                at: datetime | None = None, key: str | None = None) -> Done:
        """Receive a hand-over — 签收."""
        return self._on(actor, proceeding, lambda told, state: handover.receive(
            told, state, actor, run, warnings=warnings, at=at), key, ("receive", run, warnings, at))

    def reject(self, actor: Actor, proceeding: str, run: str, problems: Sequence[Mapping[str, str]], *,
               at: datetime | None = None, key: str | None = None) -> Done:
        """Send a hand-over back with coded problems — 退回."""
        return self._on(actor, proceeding, lambda told, state: handover.reject(
            told, state, actor, run, problems, at=at), key, ("reject", run, problems, at))

    def withdraw(self, actor: Actor, proceeding: str, run: str, reason: str = "", *, at: datetime | None = None,
                 key: str | None = None) -> Done:
        """Take a hand-over back before it is received — 撤回移送."""
        return self._on(actor, proceeding, lambda told, state: handover.withdraw(
            told, state, actor, run, reason, at=at), key, ("withdraw", run, reason, at))

    def correct(self, actor: Actor, proceeding: str, seq: int, *, reason: str, values: Mapping[str, Any] | None = None,
                at: datetime | None = None, key: str | None = None) -> Done:
        """Correct a wrong entry by another entry — 更正登记."""
        return self.enter(actor, lambda attempt, told: correct(
            told, attempt.tx.entries(proceeding), _entrusted(attempt, told, actor, proceeding), actor, seq,
            reason=reason, values=values or {}, at=at), key, ("correct", proceeding, seq, reason, values, at))

    # -- the machine's post --------------------------------------------------------------------------------------------

    def handle(self, job: Job) -> None:
        """Carry out a job of the outbox: deliver a message, or enter a receipt; a second time changes nothing."""
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

        def decided(attempt: Attempt, told: Told) -> Decision:
            if handover.opens(told, message):
                return handover.deliver(told, None, message)
            found = side["proceeding"] or _concerned(attempt.tx, told, message, side["agency"])
            if found is None:
                raise Parked(f"{message['collaboration']} waits for case {message['case_id']} at {side['agency']}")
            return handover.deliver(told, attempt.state(found), message)

        # The key is the message's own: queued a second time under another one, it is still the same delivery.
        key = f"deliver:{message['id']}"
        self.enter(Actor(handover.MACHINE, side["agency"], handover.MACHINE), decided, key, key)

    def _receipt(self, job: Job) -> None:
        answer = job.args["answer"]
        place = answer["to"]
        self._on(Actor(handover.MACHINE, place["agency"], handover.MACHINE), place["proceeding"],
                 lambda told, state: handover.receipt(told, state, answer), job.key, job.key)

    # -- writing -------------------------------------------------------------------------------------------------------

    def enter(self, actor: Actor, decides: Decides, key: str | None = None, asked: Any = None) -> Done:
        """Enter what is decided, in one transaction; decided anew if somebody else wrote to the ledger first.

        With ``key`` a repeated request gets the first answer, and the same key for something else (other than
        ``asked``) is refused.
        """
        request = _fingerprint(actor, key, asked) if key else ""
        for number in range(TRIES):
            try:
                return self._once(actor, decides, key, request, trusting=number == 0)
            except HeadMoved:
                continue
            except PermissionError:
                if number:
                    raise _refusal("access.denied", "proceeding", "没有这个案件,或您无权办理",
                                   "there is no such case, or it is not yours to act in") from None
        raise _refusal("ledger.busy", "proceeding", "多人同时办理此案,请稍后再试",
                       "too many people are acting in this case at once; try again")

    def _on(self, actor: Actor, proceeding: str, decided: Callable[[Told, Proceeding], Decision | None],
            key: str | None, asked: Any) -> Done:
        return self.enter(actor, lambda attempt, told: decided(told, _entrusted(attempt, told, actor, proceeding)), key,
                          (proceeding, asked))

    def _once(self, actor: Actor, decides: Decides, key: str | None, request: str, trusting: bool) -> Done:
        with self.store.writing(actor) as tx:
            if key and not trusting and (known := tx.answer(key)):
                return _repeated(known, request)
            attempt = Attempt(tx, self.folded, key, trusting)
            told = Told(self.now(), self.world, self.calendar, self.new_id, tx.next_serial, records_of(tx),
                        self.people.name, self.people.with_post)
            decision = _decided(attempt, told, decides)
            done, states = self._entered(attempt, told, actor, decision) if decision else (NOTHING, [])
            if key:
                tx.remember(key, Answer(request, done.as_json()))
        attempt.keep(states)
        return done

    def _entered(self, attempt: Attempt, told: Told, actor: Actor, decision: Decision) -> tuple[Done, list[Proceeding]]:
        """The entries of a decision, and the proceedings it opens beside its own, each with the entry that says so."""
        first = decision.drafts[0]
        own = self._append(attempt, told, actor, decision, attempt.states.get(first.proceeding))
        begin, states = own.head.seq - len(decision.drafts) + 1, [own]
        for each in decision.openings:
            beside = self._append(attempt, told, actor, opening.open_beside(told, own, actor, first.occurred_at, each))
            parting = opening.parting(own, each, beside.id, first.occurred_at)
            own = self._append(attempt, told, actor, Decision((parting,)), own)
            states += [beside, own]
        opened = tuple(dict.fromkeys(state.id for state in states if state.id != own.id))
        seqs = tuple(range(begin, own.head.seq + 1))
        return Done(own.id, seqs, first.kind, _application(first), opened, tuple(decision.prints)), states

    def _append(self, attempt: Attempt, told: Told, actor: Actor, decision: Decision,
                state: Proceeding | None = None) -> Proceeding:
        tx, before = attempt.tx, state or Proceeding()
        prints = decision.prints.items()
        blobs = {document: self.blobs.put(BytesIO(self.printer(filled))) for document, filled in prints}
        drafts = self._complete(decision.drafts, blobs)
        entries = chain(drafts, before.head, actor, told.now, before.pack or told.world.digest)
        tx.append(entries)
        try:
            after = fold(entries, before)
        except CorrectedBefore:
            after = fold(tx.entries(before.id))
        for record in decision.records:
            tx.put_person(record)
        attempt.project(after)
        for job in decision.jobs:
            tx.enqueue(_carrying(job, blobs))
        return after

    def _complete(self, drafts: Sequence[Draft], blobs: Mapping[str, Blob]) -> Iterator[Draft]:
        """The drafts with every issued document named by the digest of its bytes; Refusal for a missing file."""
        for draft in drafts:
            effects = [_with_blob(effect, blobs) for effect in draft.body["effects"]]
            if not all(self.blobs.has(blob) for blob in _named(effects)):
                raise _refusal("file.not_here", "with", "文件尚未上传完整", "the file has not been uploaded completely")
            yield replace(draft, body={**draft.body, "effects": effects}) if blobs else draft


class Parked(NotYet):
    """The case that a message concerns is not here yet; the job stays and is tried again — 暂存待收."""


NOTHING = Done("", (), "nothing")


def _decided(attempt: Attempt, told: Told, decides: Decides) -> Decision | None:
    """What is decided; nobody is refused, and nothing printed, on an old memory."""
    try:
        decision = decides(attempt, told)
    except Refusal:
        attempt.confirm()
        raise
    if decision is None or decision.prints:
        attempt.confirm()
    return decision


def _entrusted(attempt: Attempt, told: Told, actor: Actor, proceeding: str) -> Proceeding:
    """The state, for an actor whose standing in for somebody else is not over."""
    state = attempt.state(proceeding)
    if access.cover_is_over(state, actor, told.now):
        raise _refusal("action.cover_over", "actor", "代办期限已过", "the time for which you stood in has passed")
    return state


def records_of(tx: Reading) -> Callable[[str], Mapping[str, str]]:
    """Personal data by id, each read once; empty where it was erased."""
    known: dict[str, Mapping[str, str]] = {}

    def record(person: str) -> Mapping[str, str]:
        if person not in known:
            found = tx.persons([person]).get(person)
            known[person] = found.data if found else {}
        return known[person]

    return record


def _refusal(code: str, place: str, zh: str, en: str) -> Refusal:
    return Refusal([Problem(code, place, words(zh, en))])


def _concerned(tx: Reading, told: Told, message: Mapping[str, Any], agency: str) -> str | None:
    """The proceeding here that a message concerns: of the side's procedures, with its persons, open ones first."""
    wanted = told.world.collaborations[message["collaboration"]].sides[message["to"]].procedures
    persons = set(message["about"]) or {person["id"] for person in message["persons"]}
    rows = [row for row in tx.rows_of_case(message["case_id"]) if row.agency == agency and row.procedure in wanted]
    fitting = [row for row in rows if not persons or persons & set(row.persons)] or rows
    open_first = sorted(fitting, key=lambda row: (row.closed, -row.opened_at.timestamp()))
    return open_first[0].proceeding if open_first else None


def _application(draft: Draft) -> str | None:
    """The application that an entry is about."""
    made = (effect["application"]["id"] for effect in draft.body["effects"] if effect["is"] == "application")
    return next(made, draft.body.get("application"))


def _named(effects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The digests of all bytes that the effects put into the dossier."""
    return (effect["material"]["blob"] for effect in effects
            if effect["is"] == "material" and effect["material"].get("blob"))


def _with_blob(effect: dict[str, Any], blobs: Mapping[str, Blob]) -> dict[str, Any]:
    thing = effect.get(effect["is"]) if effect["is"] in ("document", "material") else None
    return {**effect, effect["is"]: _named_by(thing, blobs)} if thing else effect


def _carrying(job: Job, blobs: Mapping[str, Blob]) -> Job:
    """The job, its message naming the bytes of what was printed in the same act, and sealed again."""
    carried = job.args["message"]["materials"] if job.name == "deliver" else ()
    if not any(item["id"] in blobs for item in carried):
        return job
    materials = [_named_by(item, blobs) for item in carried]
    return replace(job, args={**job.args, "message": sealed({**job.args["message"], "materials": materials})})


def _named_by(item: Mapping[str, Any], blobs: Mapping[str, Blob]) -> dict[str, Any]:
    blob = blobs.get(item["id"])
    return {**item, "blob": blob.digest, "size": blob.size} if blob else dict(item)


def _repeated(known: Answer, request: str) -> Done:
    if known.request != request:
        raise _refusal("request.key_reused", "key", "同一请求编号用于不同内容",
                       "this idempotency key was used for something else")
    found = known.result
    return Done(found["proceeding"], tuple(found["seqs"]), found["kind"], found["application"],
                tuple(found["opened"]), tuple(found["documents"]))


LONGEST_KEY = 200


def _fingerprint(actor: Actor, key: str, asked: Any) -> str:
    """By which a repeated request is known. Raises Refusal for a key or a content that can't stand in a ledger."""
    try:
        if len(key) <= LONGEST_KEY and key.isprintable():
            return sha256(_TELLING([actor.user, asked]).encode())
    except (TypeError, ValueError, RecursionError):
        pass
    raise _refusal("request.unreadable", "key", "请求编号或内容含有无法登记的字符或数值",
                   "the key or the request holds characters or numbers that can't be recorded")


def _told_apart(value: Any) -> Any:
    """What JSON has no form for, as something that it has one for."""
    return dict(value) if isinstance(value, Mapping) else str(value)


# No digest of a ledger: it is compared only with one that was made here, so any characters do that are always the same.
_TELLING = JSONEncoder(ensure_ascii=False, sort_keys=True, default=_told_apart).encode
