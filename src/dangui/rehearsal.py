"""Rehearsal — 演练: plays given/when/then examples of a pack through the real clerk on the memory store.

A case file is read by lawyers and run as a test. ``given`` are acts with the time they occurred; ``then`` are checks;
``when`` is the act in question and ``then_again`` what must come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from dangui.clerk import Clerk, Done
from dangui.core import access, supervise
from dangui.core.calendar import CHINA, Calendar
from dangui.core.decide import Decision, Request, concluded
from dangui.core.digest import canonical, digest
from dangui.core.ledger import Actor
from dangui.core.opening import begin
from dangui.core.party import Episode, Person, is_under
from dangui.core.ports import Blobs, PersonRecord, Printer, Store
from dangui.core.problem import Refusal, words
from dangui.core.proceeding import Proceeding
from dangui.core.resolve import Act
from dangui.core.world import Told, World
from dangui.people import Directory
from dangui.store.memory import MemoryBlobs, MemoryStore

VERBS = ("do", "open", "approve", "refuse", "execute", "cancel", "receive", "reject", "withdraw", "correct")


def unprinted(filled: Mapping[str, Any]) -> bytes:
    """Stands in for the press where nobody will read the page: the digest of what it says."""
    return digest(dict(filled)).encode()


def named_file(blobs: Blobs, said: Any) -> dict[str, Any]:
    """A file that nobody will open: a script says only its name, or describes the page (``title`` …)."""
    blob = blobs.put(BytesIO(canonical(said)))
    name = said["title"] if isinstance(said, Mapping) else str(said)
    return {"blob": blob.digest, "size": blob.size, "name": name, "media_type": "application/pdf"}


@dataclass
class Stage:
    """One rehearsal: a clerk whose clock stands where the script says, and labels for proceedings and persons.

    Without ``store``, ``blobs`` and ``printer`` it plays in memory and prints nothing; a demonstration gives a node's own.
    ``new_id`` None means ids that count up, the same in every run. ``files`` puts what a script says
    of a file into the blobs and gives the value of a file field.
    """

    world: World
    calendar: Calendar
    people: Directory
    now: datetime = field(default_factory=lambda: datetime(2024, 1, 1, tzinfo=CHINA))
    labels: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    case_id: str = "case"
    store: Store = field(default_factory=MemoryStore)
    blobs: Blobs = field(default_factory=MemoryBlobs)
    printer: Printer = unprinted
    new_id: Callable[[str], str] | None = None
    files: Callable[[Blobs, Any], Mapping[str, Any]] = named_file

    def __post_init__(self) -> None:
        numbers = count(1)
        self.clerk = Clerk(self.store, self.blobs, self.world, self.calendar, self.people, self.printer,
                           now=lambda: self.now, new_id=self.new_id or (lambda kind: f"{kind}-{next(numbers):04d}"))
        self.log: list[tuple[Mapping[str, Any], Done]] = []
        self._agencies: dict[str, str] = {}

    def state(self, proceeding: str) -> Proceeding:
        """The present state of a proceeding, seen by its agency's machine."""
        agency = self.agency_of(proceeding)
        with self.store.reading(Actor("inbox", agency, "inbox")) as tx:
            found = self.clerk.folded.state(tx, proceeding)
        if found is None:
            raise LookupError(f"no proceeding {proceeding}")
        return found

    def agency_of(self, proceeding: str) -> str:
        """The agency that has it."""
        if proceeding not in self._agencies:
            self._agencies |= {row.proceeding: row.agency for row in self.rows()}
        return self._agencies[proceeding]

    def rows(self, procedure: str = "") -> list[Any]:
        """All proceedings of the rehearsal (of one procedure, if named) in the order they were opened."""
        found = {}
        for agency in (each.id for each in self.world.agencies.values() if not procedure or procedure in each.runs):
            with self.store.reading(Actor("inbox", agency, "inbox")) as tx:
                found |= {row.proceeding: row for row in tx.rows_of_case(self.case_id)}
        return sorted(found.values(), key=lambda row: (row.opened_at, row.proceeding))

    def find(self, name: str) -> str:
        """A proceeding by label, or the newest of that procedure."""
        if name in self.labels:
            return self.labels[name]
        procedure, _, agency = name.partition("@")
        fitting = [row for row in self.rows(procedure) if row.procedure == procedure and (not agency or row.agency == agency)]
        if not fitting:
            raise LookupError(f"no proceeding '{name}' here; there are {[row.procedure for row in self.rows()]}")
        still = [row for row in fitting if not row.closed] or fitting
        return str(still[-1].proceeding)

    def actor(self, post: str, proceeding: str, avoid: tuple[str, ...] = ()) -> Actor:
        """Somebody who holds the post in that agency (``post`` may be ``user:<id>``, or a role whose user acts)."""
        agency = self.agency_of(proceeding)
        if post.startswith("user:"):
            return Actor(post[5:], *self.people.office(post[5:]))
        state = self.state(proceeding)
        for person in state.people(post):
            if person.user:
                return Actor(person.user, *self.people.office(person.user))
        if post not in self.world.agencies[agency].posts:
            return Actor(f"nobody_as_{post}", agency, post)
        users = [user for user in self.people.with_post(agency, post) if user not in avoid and user not in state.recused]
        assigned = [user for user in users if user in state.assigned]
        return Actor((assigned or users or [f"{post}_of_{agency}"])[0], agency, post)


def moment(text: str) -> datetime:
    """A time of the script, in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def prepare(stage: Stage, script: Mapping[str, Any]) -> str:
    """Open the proceeding that the script starts in, with its persons as they are; returns its id."""
    start = script["opened"]
    procedure = stage.world.procedures[start["procedure"]]
    agency = start.get("agency") or next(each.id for each in stage.world.agencies.values() if procedure.id in each.runs)
    at = moment(start["at"])
    stage.now = at
    lead = next(iter(stage.people.with_post(agency, procedure.leads)), "somebody")
    actor = Actor(lead, agency, procedure.leads)

    def decided(tx: Any, told: Told) -> Decision:
        resolver = begin(told, procedure, agency, stage.case_id, Act(actor, at))
        if start.get("stage"):
            found = procedure.stages[start["stage"]]
            resolver.add("stage", to=found.id, title=found.title, closed=found.id in procedure.closed)
        resolver.add("assign", user=lead, post=procedure.leads, until="")
        for word in start.get("marks", []):
            resolver.add("mark", word=word, person=None, title=words(word, word))
        for name, value in start.get("facts", {}).items():
            resolver.add("fact", person=None, name=name, value=value)
        for label, raw in script.get("persons", {}).items():
            _prepare_person(stage, resolver, label, raw, at)
        _prepare_clocks(stage, resolver, start.get("clocks", []))
        return concluded(resolver, "proceeding.opened", {"title": procedure.title})

    done = stage.clerk.enter(actor, decided)
    stage.labels.setdefault(start["procedure"], done.proceeding)
    return done.proceeding


def _prepare_person(stage: Stage, resolver: Any, label: str, raw: Mapping[str, Any], at: datetime) -> None:
    world, procedure = stage.world, resolver.procedure
    data = {key: raw[key] for key in ("name", "sex", "born", "id_number", "id_type", "address", "phone") if key in raw}
    record = PersonRecord(stage.clerk.new_id("person"), stage.case_id, {"name": label, "sex": "male", "born": "1990-01-01", "address": "云溪市清河县", **data}, "salt")
    resolver.records.append(record)
    stage.persons[label] = record.id
    measure = world.measure(procedure, raw.get("measure", "none"))
    since = moment(raw["since"]) if "since" in raw else at
    episodes = (Episode(measure.id, measure.custody, since),) if measure.id != "none" else ()
    minor = raw.get("minor", is_under(world.fields[procedure.field].minor_under, datetime.fromisoformat(record.data["born"]).date(), at.date()))
    person = Person(record.id, raw["role"], at, "", raw.get("user"), stage.persons.get(raw.get("defends", "")), minor, measure.id, measure.custody,
                    episodes, tuple(raw.get("charges", ())), frozenset(raw.get("marks", ())), dict(raw.get("facts", {})), raw.get("outcome"))
    resolver.add("join", person=person.as_json(), title=procedure.persons.get(person.role, words("", "")))
    for offence in person.charges[:1]:
        resolver.add("charge", person=None, offence=offence, title=world.offences[offence])
    if raw.get("held"):
        resolver.add("hold", person=person.id, on=True, at=since.isoformat())
    if person.user and person.role == "defender":
        resolver.add("grant", user=person.user, post="", until="")


def _prepare_clocks(stage: Stage, resolver: Any, clocks: list[Mapping[str, Any]]) -> None:
    from dangui.core import clocks as running
    for raw in clocks:
        limit = resolver.procedure.limits[raw["deadline"]]
        person = stage.persons.get(raw.get("of", ""))
        clock = running.start(limit, f"{limit.id}:{person or '-'}:1", person, moment(raw["from"]), resolver.facts(person), stage.calendar)
        if clock:
            resolver.add("clock", clock=clock.as_json())


def play(stage: Stage, step: Mapping[str, Any], here: str) -> Done:
    """One act of the script, with its approvals and execution if it gives them. Raises Refusal."""
    at = moment(step["at"])
    stage.now = max(stage.now, moment(step["recorded"]) if "recorded" in step else at)
    proceeding = stage.find(step["in"]) if "in" in step else here
    verb = next(verb for verb in VERBS if verb in step)
    done = _PLAY[verb](stage, step, proceeding, at)
    stage.log.append((step, done))
    if "label" in step:
        stage.labels[step["label"]] = (done.opened or (done.proceeding,))[0]
    if step.get("jobs", True):
        stage.clerk.run_jobs()
    return done


def _do(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    actor = stage.actor(step.get("by", ""), proceeding)
    of = step.get("of", [])
    persons = tuple(stage.persons.get(each, each) for each in ([of] if isinstance(of, str) else of))
    values = {name: _value(stage, proceeding, value) for name, value in step.get("with", {}).items()}
    names_before = set(stage.state(proceeding).persons)
    done = stage.clerk.act(actor, proceeding, Request(step["do"], persons, values, at))
    for person in set(stage.state(proceeding).persons) - names_before:
        label = step.get("as") or next((raw["name"] for raw in step.get("with", {}).values() if isinstance(raw, Mapping) and "name" in raw), "")
        stage.persons[label or person] = person
    if done.application and done.kind == "action.applied":
        done = _steps(stage, step, proceeding, actor, done, at)
    return done


def _steps(stage: Stage, step: Mapping[str, Any], proceeding: str, actor: Actor, done: Done, at: datetime) -> Done:
    application = str(done.application)
    approvers = step.get("approved_by", [])
    users = [actor.user]
    for post in [approvers] if isinstance(approvers, str) else approvers:
        when = moment(step["approved_at"]) if "approved_at" in step else at
        stage.now = max(stage.now, when)
        approver = stage.actor(post, proceeding, tuple(users))
        users.append(approver.user)
        done = stage.clerk.approve(approver, proceeding, application, at=when)
    if "executed" in step:
        when = moment(step["executed"])
        stage.now = max(stage.now, when)
        done = stage.clerk.execute(stage.actor(step.get("executed_by", step.get("by", "")), proceeding), proceeding, application, at=when)
    return done


def _value(stage: Stage, proceeding: str, value: Any) -> Any:
    """Labels of persons become ids; ``material: kind`` and ``document: template`` the newest such thing; files are put."""
    state = stage.state(proceeding)
    if isinstance(value, list):
        return [_value(stage, proceeding, each) for each in value]
    if isinstance(value, str):
        return stage.persons.get(value, value)
    if isinstance(value, Mapping) and set(value) == {"material"}:
        return next((key for key, item in reversed(state.materials.items()) if item["kind"] == value["material"]), value["material"])
    if isinstance(value, Mapping) and set(value) == {"document"}:
        return next((key for key, item in reversed(state.documents.items()) if item["template"] == value["document"]), value["document"])
    if isinstance(value, Mapping) and set(value) == {"exhibit"}:
        return next((key for key, item in reversed(state.exhibits.items()) if item.get("name") == value["exhibit"]), value["exhibit"])
    if isinstance(value, Mapping) and set(value) == {"file"}:
        return dict(stage.files(stage.blobs, value["file"]))
    return value


def _open(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    agency, post = step["agency"], step["by"]
    user = post[5:] if post.startswith("user:") else stage.people.with_post(agency, post)[0]
    actor = Actor(user, agency, stage.people.post(user, agency))
    done = stage.clerk.open(actor, step["open"], dict(step.get("with", {})), at=at, case_id=stage.case_id)
    stage.labels.setdefault(step["open"], done.proceeding)
    for person in stage.state(done.proceeding).persons:
        with stage.store.reading(Actor("inbox", agency, "inbox")) as tx:
            stage.persons.setdefault(tx.persons([person])[person].data["name"], person)
    return done


def _waiting(stage: Stage, proceeding: str, action: str, status: str) -> str:
    return next((key for key, item in reversed(stage.state(proceeding).applications.items()) if item["action"] == action and item["status"] == status), "none")


def _approve(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    application = _waiting(stage, proceeding, step["approve"], "applied")
    item = stage.state(proceeding).applications.get(application, {})
    avoid = () if step.get("same_person") else (str(item.get("user")), *(each["user"] for each in item.get("approvals", ())))
    actor = Actor(str(item.get("user")), stage.agency_of(proceeding), step["by"]) if step.get("same_person") else stage.actor(step["by"], proceeding, avoid)
    return stage.clerk.approve(actor, proceeding, application, at=at)


def _refuse(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    application = _waiting(stage, proceeding, step["refuse"], "applied")
    avoid = (str(stage.state(proceeding).applications.get(application, {}).get("user")),)
    return stage.clerk.turn_down(stage.actor(step["by"], proceeding, avoid), proceeding, application, step.get("with", {}).get("reason", ""), at=at)


def _execute(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    application = _waiting(stage, proceeding, step["execute"], "approved")
    return stage.clerk.execute(stage.actor(step["by"], proceeding), proceeding, application, at=at)


def _cancel(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    application = _waiting(stage, proceeding, step["cancel"], "applied")
    return stage.clerk.cancel(stage.actor(step["by"], proceeding), proceeding, application, step.get("with", {}).get("reason", ""))


def _run(stage: Stage, proceeding: str, collaboration: str, direction: str) -> str:
    runs = [run for run in stage.state(proceeding).handovers.values() if run["collaboration"] == collaboration and run["direction"] == direction]
    return str(runs[-1]["id"]) if runs else "none"


def _receive(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    return stage.clerk.receive(stage.actor(step["by"], proceeding), proceeding, _run(stage, proceeding, step["receive"], "in"),
                               warnings=step.get("warnings", ()), at=at)


def _reject(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    given = step.get("with", [])
    return stage.clerk.reject(stage.actor(step["by"], proceeding), proceeding, _run(stage, proceeding, step["reject"], "in"),
                              given if isinstance(given, list) else [given], at=at)


def _withdraw(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    return stage.clerk.withdraw(stage.actor(step["by"], proceeding), proceeding, _run(stage, proceeding, step["withdraw"], "out"),
                                step.get("with", {}).get("reason", ""), at=at)


def _correct(stage: Stage, step: Mapping[str, Any], proceeding: str, at: datetime) -> Done:
    return stage.clerk.correct(stage.actor(step["by"], proceeding), proceeding, int(step["correct"]), reason=step.get("reason", ""),
                               values=step.get("with", {}), at=moment(step["to"]) if "to" in step else None)


_PLAY = {"do": _do, "open": _open, "approve": _approve, "refuse": _refuse, "execute": _execute, "cancel": _cancel, "receive": _receive,
         "reject": _reject, "withdraw": _withdraw, "correct": _correct}


class Mismatch(AssertionError):
    """What the script expected and what came instead."""


def run_case(world: World, calendar: Calendar, people: Directory, script: Mapping[str, Any]) -> None:
    """Play a whole case file. Raises Mismatch with every check that failed, or the Refusal of a given step."""
    stage = Stage(world, calendar, people)
    here = prepare(stage, script) if "opened" in script else ""
    for number, step in enumerate(script.get("given", ()), 1):
        try:
            done = play(stage, step, here)
        except (Refusal, LookupError, KeyError) as error:
            raise Mismatch(f"given step {number} {step}: {error}") from error
        here = here or done.proceeding
    failed = [said for check in script.get("then", ()) for said in _check(stage, check, here)]
    if "when" in script:
        failed += list(_when(stage, script["when"], script.get("then_again", {}), here))
    if failed:
        raise Mismatch("; ".join(failed))


def _when(stage: Stage, step: Mapping[str, Any], expected: Any, here: str) -> Iterator[str]:
    refused: list[str] = []
    at = moment(step["at"])
    before = supervise.alarms(stage.state(stage.find(step["in"]) if "in" in step else here), at) if "open" not in step else []
    try:
        play(stage, step, here)
    except Refusal as refusal:
        refused = sorted(reason.code for reason in refusal.reasons)
    wanted = sorted(expected.get("refused", [])) if isinstance(expected, Mapping) else []
    if refused != wanted:
        yield f"refused {refused}, expected {wanted}"
    if isinstance(expected, list):
        for check in expected:
            yield from _check(stage, check, here)
        return
    if refused:
        return
    state = stage.state(stage.find(step["in"]) if "in" in step else here)
    flags = {flag["code"] for flag in state.flags}
    yield from (f"no flag {code} among {sorted(flags)}" for code in expected.get("flagged", ()) if code not in flags)
    raised = {alarm.code for alarm in [*before, *supervise.alarms(state, at)]}
    yield from (f"no alarm {code} among {sorted(raised)}" for code in expected.get("alarm", ()) if code not in raised)


def _check(stage: Stage, check: Mapping[str, Any], here: str) -> Iterator[str]:
    state = stage.state(stage.find(check["in"]) if "in" in check else here)
    person = stage.persons.get(check["of"], check["of"]) if "of" in check else None
    kind = next((key for key in check if key in _CHECKS), None)
    if kind is None:
        yield f"no such check: {dict(check)}"
        return
    found = _CHECKS[kind](stage, state, person, check)
    if found:
        yield f"{dict(check)}: {found}"


def _deadline(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    clocks = [clock for clock in state.clocks.values() if clock.deadline == check["deadline"] and (person is None or clock.person in (None, person))]
    if not clocks:
        return "" if check.get("status") == "none" else f"no such clock; there are {sorted(clock.id for clock in state.clocks.values())}"
    clock = clocks[-1]
    said = []
    if "ends" in check:
        ends = clock.ends_at.strftime("%Y-%m-%d %H:%M") if " " in check["ends"] else clock.last_day
        said += [f"ends {ends}"] if ends != check["ends"] else []
    if "status" in check:
        status = "past" if clock.live and clock.ends_at <= stage.now else clock.status
        said += [f"is {status}"] if status != check["status"] else []
    return ", ".join(said)


def _fact(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    facts = state.persons[person].facts if person else state.facts
    return "" if all(_get(facts, name) == value for name, value in check["fact"].items()) else f"facts are {dict(facts)}"


def _get(facts: Mapping[str, Any], name: str) -> Any:
    head, _, tail = name.partition(".")
    return _get(facts.get(head, {}), tail) if tail else facts.get(head)


def _marked(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    marks = state.persons[person].marks if person else state.marks
    return "" if check["mark"] in marks else f"marks are {sorted(marks)}"


def _unmarked(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    marks = state.persons[person].marks if person else state.marks
    return "marked" if check["not_mark"] in marks else ""


def _documented(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    made = [item["template"] for item in state.documents.values() if person is None or not item["of"] or person in item["of"]]
    return "" if check["document"] in made else f"documents are {made}"


def _tasked(stage: Stage, state: Proceeding, person: str | None, check: Mapping[str, Any]) -> str:
    tasks = {task.ref for task in access.tasks(state)} | {task.kind for task in access.tasks(state)}
    return "" if check["task"] in tasks else f"tasks are {sorted(tasks)}"


def _equal(pick: str, read: Any) -> Any:
    def check(stage: Stage, state: Proceeding, person: str | None, wanted: Mapping[str, Any]) -> str:
        found = read(state, state.persons[person] if person else None, stage)
        return "" if found == wanted[pick] else f"it is {found}"
    return check


_CHECKS: dict[str, Any] = {
    "deadline": _deadline, "fact": _fact, "mark": _marked, "not_mark": _unmarked, "document": _documented, "task": _tasked,
    "stage": _equal("stage", lambda state, person, stage: state.stage),
    "measure": _equal("measure", lambda state, person, stage: person.measure),
    "outcome": _equal("outcome", lambda state, person, stage: person.outcome),
    "charges": _equal("charges", lambda state, person, stage: list(person.charges)),
    "held_here": _equal("held_here", lambda state, person, stage: person.held_here),
    "left": _equal("left", lambda state, person, stage: person.left),
    "closed": _equal("closed", lambda state, person, stage: state.closed),
    "number": _equal("number", lambda state, person, stage: state.number),
    "alarm": _equal("alarm", lambda state, person, stage: [alarm.code for alarm in supervise.alarms(state, stage.now)]),
    "flagged": _equal("flagged", lambda state, person, stage: sorted({flag["code"] for flag in state.flags})),
    "material": lambda stage, state, person, check: "" if any(
        item["kind"] == check["material"] and item.get("status") == check.get("status", "bound") for item in state.materials.values()) else "not there",
    "exhibit": lambda stage, state, person, check: "" if any(item.get("name") == check["exhibit"] for item in state.exhibits.values()) else "not there",
    "handover": lambda stage, state, person, check: "" if any(
        run["collaboration"] == check["handover"] and run["status"] == check.get("status", run["status"]) for run in state.handovers.values())
        else f"hand-overs are {[(run['collaboration'], run['status']) for run in state.handovers.values()]}",
}


def case_files(root: Path) -> list[Path]:
    """Every case of every pack, in order."""
    return sorted([*root.glob("procedures/*/*/cases/*.yaml"), *root.glob("collaborations/*/cases/*.yaml")])


