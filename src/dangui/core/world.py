"""World — 规则与机关: everything the packs say, as one frozen value that decide reads and fold never opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangui.core.calendar import Calendar
from dangui.core.collaboration import Collaboration
from dangui.core.document import Template
from dangui.core.evidence import EvidenceStandard
from dangui.core.problem import Words, words
from dangui.core.procedure import Procedure
from dangui.core.sentence import CreditRule


@dataclass(frozen=True, slots=True)
class Post:
    """An office held by people — 岗位."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True)
class Agency:
    """An authority that handles proceedings — 机关. ``neighbours`` maps what it calls them to their ids."""

    id: str
    title: Words
    kind: str
    level: str
    runs: tuple[str, ...]
    posts: Mapping[str, Post]
    receives: tuple[str, ...]
    neighbours: Mapping[str, str]
    case_numbers: Mapping[str, str]
    document_number: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A coercive measure — 强制措施; ``custody`` when it takes liberty."""

    id: str
    title: Words
    custody: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of material in a catalogue — 材料种类."""

    id: str
    title: Words
    volume: str
    confession: bool = False
    """Whether it holds what the accused said about the charge."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a dossier of this kind holds — 卷宗目录. ``internal`` volumes are never handed over."""

    id: str
    title: Words
    volumes: Mapping[str, Words]
    internal: frozenset[str]
    kinds: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class FieldOfLaw:
    """What the procedures of one field (criminal, mediation …) share: codes, measures, credit, the age of majority."""

    codes: Mapping[str, Mapping[str, Words]]
    measures: Mapping[str, Measure]
    credit: tuple[CreditRule, ...]
    minor_under: int
    templates: Mapping[str, Template]
    counting: Mapping[str, str] = field(default_factory=dict)
    """Where this field's law states each rule of counting (core.deadline): rule → citation."""


@dataclass(frozen=True, slots=True)
class World:
    """All packs of a node — 全部规则."""

    procedures: Mapping[str, Procedure]
    templates: Mapping[str, Mapping[str, Template]]
    collaborations: Mapping[str, Collaboration]
    agencies: Mapping[str, Agency]
    offences: Mapping[str, Words]
    catalogues: Mapping[str, Catalogue]
    fields: Mapping[str, FieldOfLaw]
    digest: str
    standards: Mapping[str, EvidenceStandard] = field(default_factory=dict)
    """Evidence standards by offence."""
    _codes: dict[tuple[str, str, str], Mapping[str, Mapping[str, Words]]] = field(
        default_factory=dict, init=False, compare=False, repr=False)
    """What ``codes_for`` found; it is asked several times in every act."""

    def codes_for(self, procedure: Procedure, collaboration: str = "") -> Mapping[str, Mapping[str, Words]]:
        """Code tables by name: the field's, the collaboration's, offences, the catalogue's kinds of material."""
        place = procedure.field, procedure.catalogue, collaboration
        found = self._codes.get(place)
        if found is None:
            found = self._codes[place] = self._codes_of(*place)
        return found

    def _codes_of(self, law: str, catalogue_id: str, collaboration: str) -> dict[str, Mapping[str, Words]]:
        catalogue = self.catalogues.get(catalogue_id)
        found: dict[str, Mapping[str, Words]] = {"offence": self.offences}
        if catalogue:
            found["material_kind"] = {kind.id: kind.title for kind in catalogue.kinds.values()}
            found["volume"] = catalogue.volumes
        found.update(self.fields[law].codes)
        if collaboration in self.collaborations:
            found.update(self.collaborations[collaboration].codes)
        return found

    def template(self, procedure: Procedure, document: str) -> Template | None:
        """A document template: the procedure's own, else the field's."""
        own = self.templates.get(procedure.id, {}).get(document)
        return own or self.fields[procedure.field].templates.get(document)

    def measure(self, procedure: Procedure, measure: str) -> Measure:
        """A coercive measure of the procedure's field. Raises KeyError for an unknown one."""
        return self.fields[procedure.field].measures[measure]


@dataclass(frozen=True, slots=True)
class Told:
    """What decide is told and may not find out by itself: the time, the packs, the calendar, fresh ids, numbers, names.

    ``next_number(agency, series, year)`` draws from a gapless series inside the clerk's transaction. ``record(person)``
    gives personal data for documents; ``users`` names people by user id and lists those who hold a post.
    """

    now: datetime
    world: World
    calendar: Calendar
    new_id: Callable[[str], str]
    next_number: Callable[[str, str, int], int]
    record: Callable[[str], Mapping[str, str]]
    user_name: Callable[[str], str]
    users_with: Callable[[str, str], tuple[str, ...]]


def title_of(table: Mapping[str, Words], code: Any) -> Words:
    """The words for a code, or the code itself where the table no longer has it."""
    return table.get(str(code), words(str(code), str(code)))
