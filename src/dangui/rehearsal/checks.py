"""Checks — 核对: what a script says must have come of it, compared with what has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dangui.core import access, supervise
from dangui.core.party import Person
from dangui.core.proceeding import Proceeding
from dangui.rehearsal.stage import Stage

Wanted = Mapping[str, Any]
"""One check of a script, such as ``{mark: released, of: 甲}``."""

Check = Callable[[Stage, Proceeding, "Person | None", Wanted], str]
"""Says what is there instead, or nothing if it is as wanted."""


def check(stage: Stage, wanted: Wanted, here: str) -> Iterator[str]:
    """What differs from ``wanted``."""
    kind = next((key for key in wanted if key in _CHECKS), None)
    if kind is None:
        yield f"no such check: {dict(wanted)}"
        return
    state = stage.state(stage.find(wanted["in"]) if "in" in wanted else here)
    person = state.persons[stage.persons[wanted["of"]]] if "of" in wanted else None
    found = _CHECKS[kind](stage, state, person, wanted)
    if found:
        yield f"{dict(wanted)}: {found}"


def _deadline(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    clocks = [clock for clock in state.clocks.values() if clock.deadline == wanted["deadline"]
              and (person is None or clock.person in (None, person.id))]
    if not clocks:
        return "" if wanted.get("status") == "none" else f"no such clock; there are {sorted(state.clocks)}"
    clock, said = clocks[-1], []
    if "ends" in wanted:
        ends = clock.ends_at.strftime("%Y-%m-%d %H:%M") if " " in wanted["ends"] else clock.last_day
        said += [f"ends {ends}"] if ends != wanted["ends"] else []
    if "status" in wanted:
        status = "past" if clock.live and clock.ends_at <= stage.now else clock.status
        said += [f"is {status}"] if status != wanted["status"] else []
    return ", ".join(said)


def _fact(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    facts = person.facts if person else state.facts
    same = all(_part(facts, name) == value for name, value in wanted["fact"].items())
    return "" if same else f"facts are {dict(facts)}"


def _part(facts: Mapping[str, Any], name: str) -> Any:
    """A fact, or with ``sentence.end`` a part of one."""
    head, _, tail = name.partition(".")
    return _part(facts.get(head, {}), tail) if tail else facts.get(head)


def _mark(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    marks = person.marks if person else state.marks
    return "" if wanted["mark"] in marks else f"marks are {sorted(marks)}"


def _not_mark(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    marks = person.marks if person else state.marks
    return f"marks are {sorted(marks)}" if wanted["not_mark"] in marks else ""


def _document(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    made = [item["template"] for item in state.documents.values()
            if person is None or not item["of"] or person.id in item["of"]]
    return "" if wanted["document"] in made else f"documents are {made}"


def _task(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    tasks = {word for task in access.tasks(state) for word in (task.ref, task.kind)}
    return "" if wanted["task"] in tasks else f"tasks are {sorted(tasks)}"


def _material(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    statuses = [item.get("status") for item in state.materials.values() if item["kind"] == wanted["material"]]
    return "" if wanted.get("status", "bound") in statuses else f"such materials are {statuses}"


def _exhibit(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    names = [item.get("name") for item in state.exhibits.values()]
    return "" if wanted["exhibit"] in names else f"exhibits are {names}"


def _handover(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
    runs = [(run["collaboration"], run["status"]) for run in state.handovers.values()]
    same = any(name == wanted["handover"] and status == wanted.get("status", status) for name, status in runs)
    return "" if same else f"hand-overs are {runs}"


def _equal(key: str, read: Callable[[Stage, Proceeding], Any]) -> Check:
    def compare(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
        found = read(stage, state)
        return "" if found == wanted[key] else f"it is {found}"

    return compare


def _of_person(key: str, read: Callable[[Person], Any]) -> Check:
    def compare(stage: Stage, state: Proceeding, person: Person | None, wanted: Wanted) -> str:
        if person is None:
            return "it does not say of whom"
        found = read(person)
        return "" if found == wanted[key] else f"it is {found}"

    return compare


_CHECKS: Mapping[str, Check] = {
    "deadline": _deadline, "fact": _fact, "mark": _mark, "not_mark": _not_mark, "document": _document, "task": _task,
    "material": _material, "exhibit": _exhibit, "handover": _handover,
    "stage": _equal("stage", lambda stage, state: state.stage),
    "closed": _equal("closed", lambda stage, state: state.closed),
    "number": _equal("number", lambda stage, state: state.number),
    "alarm": _equal("alarm", lambda stage, state: [alarm.code for alarm in supervise.alarms(state, stage.now)]),
    "flagged": _equal("flagged", lambda stage, state: sorted({flag["code"] for flag in state.flags})),
    "measure": _of_person("measure", lambda person: person.measure),
    "outcome": _of_person("outcome", lambda person: person.outcome),
    "charges": _of_person("charges", lambda person: list(person.charges)),
    "held_here": _of_person("held_here", lambda person: person.held_here),
    "left": _of_person("left", lambda person: person.left),
}
