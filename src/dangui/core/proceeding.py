"""Proceeding — 程序: one agency's handling of a case under one procedure; its present state is the fold of its ledger.

Fold knows effects only. Every entry carries its effects already resolved (who, which clock, until when, titles by id),
so an old ledger folds for ever, whatever became of the pack it ran under.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from dangui.core.ledger import EMPTY, Entry, Head
from dangui.core.party import Episode, Person, person_from
from dangui.core.problem import Words


@dataclass(frozen=True, slots=True)
class Clock:
    """A running or ended limit — 期限. ``ends_at`` is exclusive: 24:00 of ``last_day``, or the hour."""

    id: str
    deadline: str
    person: str | None
    title: Words
    started_at: datetime
    lengths: tuple[str, ...]
    ends_at: datetime
    last_day: str
    status: str
    """``running``, ``paused``, ``met``, ``cancelled`` or ``restarted``."""
    liberty: bool
    rolls: bool
    counts: str
    at_end: str
    warn: tuple[str, ...]
    basis: tuple[str, ...]
    working: tuple[Mapping[str, Any], ...]
    extensions: int = 0
    extended_by: tuple[str, ...] = ()
    excluded: tuple[tuple[datetime, datetime | None, str], ...] = ()
    ended_at: datetime | None = None
    follows: str | None = None

    @property
    def live(self) -> bool:
        """Whether it still runs or is paused."""
        return self.status in ("running", "paused")

    def is_past(self, moment: datetime) -> bool:
        """Whether the limit was broken by ``moment``, or was met too late."""
        return self.status != "cancelled" and self.status != "paused" and (self.ended_at or moment) >= self.ends_at

    def as_json(self) -> dict[str, Any]:
        """The clock as it stands in an entry."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        for key in ("started_at", "ends_at", "ended_at"):
            found[key] = found[key].isoformat() if found[key] else None
        for key in ("lengths", "warn", "basis", "extended_by"):
            found[key] = list(found[key])
        found["title"] = dict(self.title)
        found["working"] = [dict(step) for step in self.working]
        found["excluded"] = [[a.isoformat(), b.isoformat() if b else None, why] for a, b, why in self.excluded]
        return found


def clock_from(raw: Mapping[str, Any]) -> Clock:
    """The clock that ``as_json`` wrote."""
    when = datetime.fromisoformat
    return Clock(**{
        **raw, "started_at": when(raw["started_at"]), "ends_at": when(raw["ends_at"]),
        "ended_at": when(raw["ended_at"]) if raw["ended_at"] else None,
        "lengths": tuple(raw["lengths"]), "warn": tuple(raw["warn"]), "basis": tuple(raw["basis"]),
        "working": tuple(raw["working"]), "extended_by": tuple(raw["extended_by"]),
        "excluded": tuple((when(a), when(b) if b else None, why) for a, b, why in raw["excluded"]),
    })


@dataclass(frozen=True, slots=True)
class Proceeding:
    """The folded state — 案件当前状态. ``materials``, ``documents``, ``handovers`` … map ids to what the entries said last."""

    id: str = ""
    case_id: str = ""
    procedure: str = ""
    title: Words = field(default_factory=dict)
    agency: str = ""
    number: str = ""
    main_role: str = ""
    opened_at: datetime | None = None
    stage: str = ""
    stage_title: Words = field(default_factory=dict)
    closed: bool = False
    pack: str = ""
    leads: str = ""
    supervisors: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    offence: Words | None = None
    persons: Mapping[str, Person] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    applications: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    materials: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exhibits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    services: tuple[Mapping[str, Any], ...] = ()
    handovers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    assigned: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[str, str] = field(default_factory=dict)
    recused: frozenset[str] = frozenset()
    counsel: frozenset[str] = frozenset()
    links: tuple[Mapping[str, Any], ...] = ()
    flags: tuple[Mapping[str, Any], ...] = ()
    head: Head = EMPTY
    last_at: datetime | None = None

    def people(self, role: str) -> list[Person]:
        """Persons of that role who are still here, in the order they joined."""
        return [person for person in self.persons.values() if person.role == role and not person.left]

    def live_clocks(self) -> list[Clock]:
        """Clocks still running or paused, nearest end first."""
        return sorted((clock for clock in self.clocks.values() if clock.live), key=lambda clock: (clock.ends_at, clock.id))

    def next_clock(self) -> Clock | None:
        """The running clock that ends first."""
        return next((clock for clock in self.live_clocks() if clock.status == "running"), None)


class Work:
    """A state under change — 推演: fold and decide apply effects to it one by one, then ``done`` freezes it."""

    __slots__ = ("values",)

    def __init__(self, state: Proceeding) -> None:
        self.values: dict[str, Any] = {f.name: _copied(getattr(state, f.name)) for f in fields(state)}

    def done(self) -> Proceeding:
        """The frozen state."""
        return Proceeding(**self.values)

    def apply(self, effect: Mapping[str, Any], at: datetime) -> None:
        """Apply one resolved effect. Raises KeyError for an effect nobody knows: history is never skipped silently."""
        _APPLY[effect["is"]](self.values, effect, at)


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value


def fold(entries: Iterable[Entry], start: Proceeding | None = None) -> Proceeding:
    """The state after ``entries``, which follow ``start`` (default: the beginning).

    A correction names an earlier entry and carries what it should have said; it takes that entry's place. If it reaches
    back before ``start`` the caller has to fold from the beginning: CorrectedBefore is raised.
    """
    entries = list(entries)
    state = start or Proceeding()
    corrections = {entry.body["corrects"]: entry.body["effects"] for entry in entries if "corrects" in entry.body}
    if any(seq <= state.head.seq for seq in corrections):
        raise CorrectedBefore
    work = Work(state)
    for entry in entries:
        if "corrects" not in entry.body:
            for effect in corrections.get(entry.seq, entry.body["effects"]):
                work.apply(effect, entry.occurred_at)
        work.values["head"] = entry.head
        work.values["last_at"] = max(entry.occurred_at, work.values["last_at"] or entry.occurred_at)
    return work.done()


class CorrectedBefore(Exception):  # noqa: N818 - says what happened
    """A correction concerns an entry before the snapshot; fold from the beginning."""


Values = dict[str, Any]


def _opened(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    for key in ("id", "case_id", "procedure", "agency", "number", "main_role", "stage", "pack", "leads"):
        values[key] = effect[key]
    values["title"], values["stage_title"], values["opened_at"] = effect["title"], effect["stage_title"], at
    values["supervisors"], values["receivers"] = tuple(effect["supervisors"]), tuple(effect["receivers"])


def _stage(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["stage"], values["stage_title"], values["closed"] = effect["to"], effect["title"], effect["closed"]


def _on_person(values: Values, effect: Mapping[str, Any], change: Callable[[Person], Person]) -> None:
    person = effect["person"]
    values["persons"][person] = change(values["persons"][person])


def _mark(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    if effect.get("person"):
        _on_person(values, effect, lambda person: replace(person, marks=_changed(person.marks, effect)))
    else:
        values["marks"] = _changed(values["marks"], effect)


def _changed(marks: frozenset[str], effect: Mapping[str, Any]) -> frozenset[str]:
    return marks | {effect["word"]} if effect["is"] == "mark" else marks - {effect["word"]}


def _measure(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    def change(person: Person) -> Person:
        since = datetime.fromisoformat(effect["at"])
        episodes = person.episodes
        if episodes and episodes[-1].until is None:
            episodes = (*episodes[:-1], replace(episodes[-1], until=since))
        if effect["measure"] != "none":
            episodes = (*episodes, Episode(effect["measure"], effect["custody"], since))
        return replace(person, measure=effect["measure"], custody=effect["custody"], episodes=episodes)
    _on_person(values, effect, change)


def _join(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    person = person_from(effect["person"])
    values["persons"][person.id] = person


def _leave(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    _on_person(values, effect, lambda person: replace(person, left=True))


def _charge(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    offence = effect["offence"]

    def change(person: Person) -> Person:
        others = tuple(each for each in person.charges if each != offence)
        return replace(person, charges=(*others, offence) if effect["is"] == "charge" else others)
    if effect.get("person"):
        _on_person(values, effect, change)
    if effect["is"] == "charge":
        values["offence"] = values["offence"] or effect["title"]


def _outcome(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    _on_person(values, effect, lambda person: replace(person, outcome=effect["outcome"]))


def _fact(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    if effect.get("person"):
        _on_person(values, effect, lambda person: replace(person, facts={**person.facts, effect["name"]: effect["value"]}))
    else:
        values["facts"][effect["name"]] = effect["value"]


def _clock(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["clocks"][effect["clock"]["id"]] = clock_from(effect["clock"])


def _thing(group: str, key: str) -> Callable[[Values, Mapping[str, Any], datetime], None]:
    """An effect that adds or changes one item of a group: what it says is laid over what was said before."""
    def apply(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
        item = effect[key]
        values[group][item["id"]] = {**values[group].get(item["id"], {}), **item}
    return apply


def _service(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["services"] = (*values["services"], effect["service"])
    document = values["documents"].get(effect["service"]["document"])
    if document:
        values["documents"][document["id"]] = {**document, "served": True}


def _assign(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    if effect["is"] == "assign":
        values["assigned"][effect["user"]] = effect["post"]
    else:
        values["assigned"].pop(effect["user"], None)


def _recuse(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["recused"] |= {effect["user"]}
    values["assigned"].pop(effect["user"], None)


def _cover(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["covers"][effect["user"]] = effect["until"]


def _grant(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["counsel"] |= {effect["user"]}


def _hold(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    since = datetime.fromisoformat(effect["at"])

    def change(person: Person) -> Person:
        if effect["on"]:
            return person if person.held_here else replace(person, holds=(*person.holds, (since, None)))
        return replace(person, holds=(*person.holds[:-1], (person.holds[-1][0], since))) if person.held_here else person
    _on_person(values, effect, change)


def _link(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["links"] = (*values["links"], effect["link"])


def _flag(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["flags"] = (*values["flags"], effect["flag"])


def _pack(values: Values, effect: Mapping[str, Any], at: datetime) -> None:
    values["pack"] = effect["pack"]


_APPLY: Mapping[str, Callable[[Values, Mapping[str, Any], datetime], None]] = {
    "opened": _opened, "stage": _stage, "mark": _mark, "unmark": _mark, "measure": _measure, "join": _join, "leave": _leave,
    "charge": _charge, "discharge": _charge, "outcome": _outcome, "fact": _fact, "clock": _clock,
    "application": _thing("applications", "application"), "material": _thing("materials", "material"),
    "document": _thing("documents", "document"), "exhibit": _thing("exhibits", "exhibit"),
    "handover": _thing("handovers", "handover"), "service": _service, "assign": _assign, "release": _assign,
    "recuse": _recuse, "cover": _cover, "grant": _grant, "hold": _hold, "link": _link, "flag": _flag, "pack": _pack,
}
