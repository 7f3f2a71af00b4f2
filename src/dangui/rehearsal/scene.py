"""Scene — 开场: the proceeding that a script starts in, with its persons as they are then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dangui.core import clocks
from dangui.core.decide import Decision, concluded
from dangui.core.ledger import Actor
from dangui.core.opening import begin
from dangui.core.party import Episode, Person, is_under
from dangui.core.ports import PersonRecord
from dangui.core.problem import words
from dangui.core.resolve import Act, Resolver
from dangui.core.world import Told, title_of
from dangui.folded import Attempt
from dangui.rehearsal.stage import Stage, moment

SOMEBODY = {"sex": "male", "born": "1990-01-01", "address": "云溪市清河县"}
"""What a script that only names a person leaves unsaid."""


def prepare(stage: Stage, script: Mapping[str, Any]) -> str:
    """Open the proceeding that the script starts in; returns its id."""
    start = script["opened"]
    procedure = stage.world.procedures[start["procedure"]]
    agency = start.get("agency") or next(each.id for each in stage.world.agencies.values() if procedure.id in each.runs)
    stage.now = at = moment(start["at"])
    lead = start.get("lead") or next(iter(stage.people.with_post(agency, procedure.leads)), "somebody")
    actor = Actor(lead, agency, procedure.leads)

    def decided(attempt: Attempt, told: Told) -> Decision:
        resolver = begin(told, procedure, agency, stage.case_id, Act(actor, at))
        resolver.add("assign", user=lead, post=procedure.leads, until="")
        _set(resolver, start)
        for label, raw in script.get("persons", {}).items():
            _bring(stage, resolver, label, raw, at)
        _run(stage, resolver, start.get("clocks", ()))
        return concluded(resolver, "proceeding.opened", {"title": procedure.title})

    done = stage.clerk.enter(actor, decided)
    stage.agencies[done.proceeding] = agency
    stage.labels.setdefault(start["procedure"], done.proceeding)
    return done.proceeding


def _set(resolver: Resolver, start: Mapping[str, Any]) -> None:
    """Stage, marks and facts of the proceeding."""
    procedure = resolver.procedure
    if start.get("stage"):
        found = procedure.stages[start["stage"]]
        resolver.add("stage", to=found.id, title=found.title, closed=found.id in procedure.closed)
    for word in start.get("marks", ()):
        resolver.add("mark", word=word, person=None, title=title_of(procedure.marks, word))
    for name, value in start.get("facts", {}).items():
        resolver.add("fact", person=None, name=name, value=value)


def _bring(stage: Stage, resolver: Resolver, label: str, raw: Mapping[str, Any], at: datetime) -> None:
    record = _record(stage, label, raw)
    resolver.records.append(record)
    stage.persons[label] = record.id
    person = _person(stage, resolver, record, raw, at)
    title = resolver.procedure.persons.get(person.role, words("", ""))
    resolver.add("join", person=person.as_json(), title=title)
    for offence in person.charges[:1]:
        resolver.add("charge", person=None, offence=offence, title=resolver.world.offences[offence])
    if raw.get("held"):
        resolver.add("hold", person=person.id, on=True, at=(person.measure_since or at).isoformat())
    if person.user and person.role == "defender":
        resolver.add("grant", user=person.user, post="", until="")


def _record(stage: Stage, label: str, raw: Mapping[str, Any]) -> PersonRecord:
    keys = ("name", "sex", "born", "id_number", "id_type", "address", "phone")
    given = {key: raw[key] for key in keys if key in raw}
    return PersonRecord(stage.clerk.new_id("person"), stage.case_id, {"name": label, **SOMEBODY, **given}, "salt")


def _person(stage: Stage, resolver: Resolver, record: PersonRecord, raw: Mapping[str, Any], at: datetime) -> Person:
    measure = resolver.world.measure(resolver.procedure, raw.get("measure", "none"))
    since = moment(raw["since"]) if "since" in raw else at
    minor_under = resolver.world.fields[resolver.procedure.field].minor_under
    born = date.fromisoformat(record.data["born"])
    return Person(
        record.id, raw["role"], at, user=raw.get("user"), defends=stage.persons.get(raw.get("defends", "")),
        minor=raw.get("minor", is_under(minor_under, born, at.date())), measure=measure.id, custody=measure.custody,
        episodes=(Episode(measure.id, measure.custody, since),) if measure.id != "none" else (),
        charges=tuple(raw.get("charges", ())), marks=frozenset(raw.get("marks", ())), facts=dict(raw.get("facts", {})),
        outcome=raw.get("outcome"))


def _run(stage: Stage, resolver: Resolver, running: Sequence[Mapping[str, Any]]) -> None:
    for raw in running:
        limit = resolver.procedure.limits[raw["deadline"]]
        person = stage.persons.get(raw.get("of", ""))
        known = resolver.facts(person)
        clock = clocks.start(
            limit, f"{limit.id}:{person or '-'}:1", person, moment(raw["from"]), known, stage.calendar)
        if clock:
            resolver.add("clock", clock=clock.as_json())
