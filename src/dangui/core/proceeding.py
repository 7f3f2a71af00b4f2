"""Proceeding — 程序: one agency's handling of a case under one procedure; its present state is the fold of its ledger.

Fold knows effects only. Every entry carries its effects already resolved (who, which clock, until when, titles by id),
so an old ledger folds for ever, whatever became of the pack it ran under.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from dangui.core.ledger import EMPTY, Entry, Head
from dangui.core.party import Episode, Person, person_from
from dangui.core.problem import Words

Fact = Mapping[str, Any]
"""A resolved effect as it stands in an entry: ``is`` names it, the rest is what it says."""


_LIVE = ("running", "paused")
_nearest = attrgetter("ends_at", "id")


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
        return self.status in _LIVE

    def is_past(self, moment: datetime) -> bool:
        """Whether the limit was broken by ``moment``, or was met too late."""
        return self.status not in ("cancelled", "paused") and (self.ended_at or moment) >= self.ends_at

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
    """The folded state — 案件当前状态. ``materials``, ``documents`` … map ids to what the entries said last."""

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

    def counsel_of(self, persons: Set[str]) -> list[str]:
        """Users who may look on as counsel where ``persons`` go: all but those whose clients stay behind."""
        defending = [person for person in self.persons.values() if person.user and person.defends]
        theirs = {person.user for person in defending if person.defends in persons}
        others = {person.user for person in defending if persons and person.defends not in persons}
        return sorted(self.counsel - (others - theirs))

    def people(self, role: str) -> list[Person]:
        """Persons of that role who are still here, in the order they joined."""
        return [person for person in self.persons.values() if person.role == role and not person.left]

    def live_clocks(self) -> list[Clock]:
        """Clocks still running or paused, nearest end first."""
        live = [clock for clock in self.clocks.values() if clock.status in _LIVE]
        return sorted(live, key=_nearest)

    def next_clock(self) -> Clock | None:
        """The running clock that ends first, of those whose end forces something: a waiting period is nobody's due."""
        due = [clock for clock in self.clocks.values() if clock.status == "running" and clock.at_end != "none"]
        return min(due, key=_nearest, default=None)


_NAMES = tuple(each.name for each in fields(Proceeding))
_values_of = attrgetter(*_NAMES)


class Work:
    """A state under change — 推演: fold and decide apply effects to it one by one, then ``done`` freezes it.

    A group (persons, clocks …) is copied before its first change after ``done``, so a state handed out never changes.
    """

    __slots__ = ("_own", "values")

    def __init__(self, state: Proceeding) -> None:
        self.values: dict[str, Any] = dict(zip(_NAMES, _values_of(state), strict=True))
        self._own: set[str] = set()

    def done(self) -> Proceeding:
        """The frozen state."""
        self._own.clear()
        return Proceeding(**self.values)

    def group(self, name: str) -> dict[str, Any]:
        """The mapping of that name, to be changed."""
        if name not in self._own:
            self.values[name] = dict(self.values[name])
            self._own.add(name)
        found: dict[str, Any] = self.values[name]
        return found

    def put(self, **values: Any) -> None:
        """Set single values."""
        self.values.update(values)

    def append(self, name: str, item: Any) -> None:
        """Add to a list."""
        self.values[name] = (*self.values[name], item)

    def person(self, effect: Fact, change: Callable[[Person], Person]) -> None:
        """Change the person whom the effect names."""
        people = self.group("persons")
        people[effect["person"]] = change(people[effect["person"]])

    def apply(self, effect: Fact, at: datetime) -> None:
        """Apply one resolved effect. Raises KeyError for an effect nobody knows: history is never skipped silently."""
        _APPLY[effect["is"]](self, effect, at)


class CorrectedBefore(Exception):  # noqa: N818 - says what happened
    """A correction concerns an entry before the snapshot; fold from the beginning."""


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
    last_at = state.last_at
    for entry in entries:
        if "corrects" not in entry.body:
            for effect in corrections.get(entry.seq, entry.body["effects"]):
                work.apply(effect, entry.occurred_at)
        last_at = max(entry.occurred_at, last_at or entry.occurred_at)
    if entries:
        work.put(head=entries[-1].head, last_at=last_at)
    return work.done()


def _opened(work: Work, effect: Fact, at: datetime) -> None:
    plain = ("id", "case_id", "procedure", "agency", "number", "main_role", "stage", "pack", "leads", "title",
             "stage_title")
    work.put(**{key: effect[key] for key in plain}, opened_at=at,
             supervisors=tuple(effect["supervisors"]), receivers=tuple(effect["receivers"]))


def _stage(work: Work, effect: Fact, at: datetime) -> None:
    work.put(stage=effect["to"], stage_title=effect["title"], closed=effect["closed"])


def _mark(work: Work, effect: Fact, at: datetime) -> None:
    def changed(marks: frozenset[str]) -> frozenset[str]:
        return marks | {effect["word"]} if effect["is"] == "mark" else marks - {effect["word"]}

    if effect.get("person"):
        work.person(effect, lambda person: replace(person, marks=changed(person.marks)))
    else:
        work.put(marks=changed(work.values["marks"]))


def _measure(work: Work, effect: Fact, at: datetime) -> None:
    since = datetime.fromisoformat(effect["at"])

    def change(person: Person) -> Person:
        episodes = person.episodes
        if episodes and episodes[-1].until is None:
            episodes = (*episodes[:-1], replace(episodes[-1], until=since))
        if effect["measure"] != "none":
            episodes = (*episodes, Episode(effect["measure"], effect["custody"], since))
        return replace(person, measure=effect["measure"], custody=effect["custody"], episodes=episodes)

    work.person(effect, change)


def _join(work: Work, effect: Fact, at: datetime) -> None:
    person = person_from(effect["person"])
    work.group("persons")[person.id] = person


def _leave(work: Work, effect: Fact, at: datetime) -> None:
    work.person(effect, lambda person: replace(person, left=True))


def _charge(work: Work, effect: Fact, at: datetime) -> None:
    offence, added = effect["offence"], effect["is"] == "charge"

    def change(person: Person) -> Person:
        others = tuple(each for each in person.charges if each != offence)
        return replace(person, charges=(*others, offence) if added else others)

    if effect.get("person"):
        work.person(effect, change)
    if added:
        work.put(offence=work.values["offence"] or effect["title"])


def _outcome(work: Work, effect: Fact, at: datetime) -> None:
    work.person(effect, lambda person: replace(person, outcome=effect["outcome"]))


def _fact(work: Work, effect: Fact, at: datetime) -> None:
    new = {effect["name"]: effect["value"]}
    if effect.get("person"):
        work.person(effect, lambda person: replace(person, facts={**person.facts, **new}))
    else:
        work.group("facts").update(new)


def _clock(work: Work, effect: Fact, at: datetime) -> None:
    work.group("clocks")[effect["clock"]["id"]] = clock_from(effect["clock"])


def _thing(group: str, key: str) -> Apply:
    """An effect that adds or changes one item of a group: what it says is laid over what was said before."""
    def apply(work: Work, effect: Fact, at: datetime) -> None:
        item, known = effect[key], work.group(group)
        known[item["id"]] = {**known.get(item["id"], {}), **item}

    return apply


def _listed(name: str, key: str) -> Apply:
    """An effect that adds to a list."""
    def apply(work: Work, effect: Fact, at: datetime) -> None:
        work.append(name, effect[key])

    return apply


def _service(work: Work, effect: Fact, at: datetime) -> None:
    work.append("services", effect["service"])
    document = work.values["documents"].get(effect["service"]["document"])
    if document:
        work.group("documents")[document["id"]] = {**document, "served": True}


def _assign(work: Work, effect: Fact, at: datetime) -> None:
    work.group("assigned")[effect["user"]] = effect["post"]


def _release(work: Work, effect: Fact, at: datetime) -> None:
    work.group("assigned").pop(effect["user"], None)


def _recuse(work: Work, effect: Fact, at: datetime) -> None:
    work.put(recused=work.values["recused"] | {effect["user"]})
    _release(work, effect, at)


def _cover(work: Work, effect: Fact, at: datetime) -> None:
    work.group("covers")[effect["user"]] = effect["until"]


def _grant(work: Work, effect: Fact, at: datetime) -> None:
    work.put(counsel=work.values["counsel"] | {effect["user"]})


def _hold(work: Work, effect: Fact, at: datetime) -> None:
    since = datetime.fromisoformat(effect["at"])

    def change(person: Person) -> Person:
        if person.held_here == effect["on"]:
            return person
        begun = [(since, None)] if effect["on"] else [(person.holds[-1][0], since)]
        return replace(person, holds=(*(person.holds if effect["on"] else person.holds[:-1]), *begun))

    work.person(effect, change)


def _pack(work: Work, effect: Fact, at: datetime) -> None:
    work.put(pack=effect["pack"])


Apply = Callable[[Work, Fact, datetime], None]

_APPLY: Mapping[str, Apply] = {
    "opened": _opened, "stage": _stage, "mark": _mark, "unmark": _mark, "measure": _measure, "join": _join,
    "leave": _leave, "charge": _charge, "discharge": _charge, "outcome": _outcome, "fact": _fact, "clock": _clock,
    "application": _thing("applications", "application"), "material": _thing("materials", "material"),
    "document": _thing("documents", "document"), "exhibit": _thing("exhibits", "exhibit"),
    "handover": _thing("handovers", "handover"), "service": _service, "assign": _assign, "release": _release,
    "recuse": _recuse, "cover": _cover, "grant": _grant, "hold": _hold, "link": _listed("links", "link"),
    "flag": _listed("flags", "flag"), "pack": _pack,
}
