"""Track — 全案轨道: the stations, hand-overs and persons of a case, as far as the ledgers seen tell of them.

A proceeding that may not be opened is still a station where a hand-over of ours names it: its agency and its kind are
known from the ticket, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from dangui.core.party import Person
from dangui.core.problem import words
from dangui.core.proceeding import Proceeding
from dangui.reader import CaseView, Custody
from dangui.web import parts
from dangui.web.desk.sheet import CaseSheet, CaseStation, Coupling, Spell, Station, Train

_STATUS = {"initiated": "sent", "returned": "rejected"}
_NOT_THERE = ("withdrawn", "rejected")
_NOTHING = words("", "")
AROUND = 2
"""Stations shown before and after the one looked at; the whole line is one click away."""
_BEFORE = timedelta(seconds=1)
"""What sent us something was there before; when it began is not known here."""


def case_sheet(view: CaseView) -> CaseSheet:
    """The case on its rail."""
    first = view.lines[0]
    return CaseSheet(
        view.case_id, first.title, first.row.offence, tuple(stations(view)), tuple(couplings(view)), tuple(trains(view))
    )


def small(view: CaseView, here: str) -> tuple[Station, ...]:
    """The stations as one line, the proceeding looked at marked."""
    every = [
        Station(
            each.proceeding, each.title, "here" if each.proceeding == here else "passed" if each.closed_at else "ahead"
        )
        for each in stations(view)
    ]
    at = next((number for number, station in enumerate(every) if station.state == "here"), 0)
    first, last = max(0, at - AROUND), at + AROUND + 1
    before = [Station("", words("…", "…"), "passed")] if first else []
    after = [Station("", words("…", "…"), "ahead")] if last < len(every) else []
    return (*before, *every[first:last], *after)


def stations(view: CaseView) -> list[CaseStation]:
    """Every proceeding known of, in the order they were opened."""
    states = dict(view.views)
    parents = {each["to"]: each["from"] for each in view.couplings if not each["run"]}
    own = [
        CaseStation(
            line.row.proceeding,
            line.row.procedure_title,
            line.agency_title,
            line.row.number,
            line.row.stage_title,
            line.row.opened_at,
            states[line.row.proceeding].last_at if line.row.closed else None,
            True,
            parents.get(line.row.proceeding, ""),
        )
        for line in view.lines
    ]
    far: dict[str, CaseStation] = {}
    for station in sorted(_far(states), key=lambda station: station.opened_at):
        far.setdefault(station.proceeding, station)
    return sorted([*own, *far.values()], key=lambda station: station.opened_at)


def _far(states: Mapping[str, Proceeding]) -> Iterator[CaseStation]:
    world = parts.world()
    for run, side, place in _sides(states):
        procedures = world.collaborations[run["collaboration"]].sides[side].procedures
        runs = world.agencies[place["agency"]].runs
        known = next((world.procedures[each] for each in procedures if each in runs and each in world.procedures), None)
        there = place["proceeding"] or _expected(run, side)
        if there and place["proceeding"] not in states and known and run["status"] not in _NOT_THERE:
            yield CaseStation(
                _far_id(run, side, place),
                known.title,
                parts.agency_title(place["agency"]),
                "",
                _NOTHING,
                _time(run) - (_BEFORE if run["direction"] == "in" else timedelta(0)),
                None,
                may_open=False,
            )


def _expected(run: Mapping[str, Any], side: str) -> bool:
    """Whether a hand-over of ours that is still on its way will open a proceeding at that side."""
    node = parts.world().collaborations[run["collaboration"]].nodes[run["node"]]
    return (
        run["direction"] == "out"
        and run["status"] in ("initiated", "delivered", "parked")
        and node.opens
        and side in node.to
    )


def _far_id(run: Mapping[str, Any], side: str, place: Mapping[str, Any]) -> str:
    return str(place["proceeding"] or f"{run['id']}.{side}")


def _sides(states: Mapping[str, Proceeding]) -> Iterator[tuple[Mapping[str, Any], str, Mapping[str, Any]]]:
    """Every hand-over with each side of it that somebody else has."""
    for state in states.values():
        for run in state.handovers.values():
            for side, place in run["sides"].items():
                if side != run["side"]:
                    yield run, side, place


def couplings(view: CaseView) -> list[Coupling]:
    """Every hand-over once per side it went to."""
    states = dict(view.views)
    found: dict[tuple[str, str], Coupling] = {}
    for proceeding, state in view.views:
        for run in state.handovers.values():
            outward = run["direction"] == "out"
            for side, place in run["sides"].items():
                if side == run["side"] or (not outward and side != run["from"]):
                    continue
                far = place["proceeding"] if place["proceeding"] in states else _far_id(run, side, place)
                start, end = (proceeding, far) if outward else (far, proceeding)
                found.setdefault((run["id"], side if outward else run["side"]), _coupling(run, start, end))
    return list(found.values())


def _coupling(run: Mapping[str, Any], start: str, end: str) -> Coupling:
    status = _STATUS.get(run["status"], run["status"])
    received = _time(run) if status in ("received", "closed", "rejected") else None
    return Coupling(run["id"], run["title"], "out", _NOTHING, _time(run), received, received, status, start, end)


def _time(run: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(run.get("sent_at") or run["delivered_at"])


def trains(view: CaseView) -> list[Train]:
    """Each person of a main role: where they stand now, and their measures as the fullest ledger tells them."""
    custody = {each.person: each for each in view.custody}
    known: dict[str, list[tuple[Proceeding, Person]]] = {}
    for _, state in view.views:
        for person in state.people(state.main_role):
            known.setdefault(person.id, []).append((state, person))
    found = []
    for each, seen in known.items():
        state, person = max(seen, key=lambda pair: (not pair[0].closed, pair[0].opened_at))
        at = (_gone_to(view, state, each) if state.closed else "") or state.id
        spells = max((_spells(state, person) for state, person in seen), key=len)
        problems = custody[each].problems if each in custody else ()
        found.append(
            Train(view.names.get(each, ""), at, person.custody, spells, None, problems, _holds(custody.get(each)))
        )
    return found


def _gone_to(view: CaseView, state: Proceeding, person: str) -> str:
    """The station to which a person was last handed over from here, if it was taken up."""
    runs = [
        run
        for run in state.handovers.values()
        if run["direction"] == "out" and person in run.get("persons", ()) and run["status"] in ("received", "closed")
    ]
    for run in sorted(runs, key=_time, reverse=True):
        for side, place in run["sides"].items():
            if side != run["side"] and place["proceeding"]:
                return str(place["proceeding"])
    return ""


def _spells(state: Proceeding, person: Person) -> tuple[Spell, ...]:
    world = parts.world()
    procedure = world.procedures[state.procedure]
    return tuple(
        Spell(world.measure(procedure, each.measure).title, each.since, each.until, each.custody)
        for each in person.episodes
    )


def _holds(custody: Custody | None) -> tuple[Spell, ...]:
    """Which agency's proceeding held the person, one after the other (换押)."""
    return tuple(
        Spell(parts.agency_title(each.agency), each.since, each.until, liberty=True)
        for each in (custody.holdings if custody else ())
    )
