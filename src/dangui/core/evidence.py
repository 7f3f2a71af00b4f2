"""Evidence — 证据标准: facts an offence needs proved, the kinds of evidence that prove them, and what is still missing.

A standard is a chain, not a checklist: link → fact to prove → kinds of evidence, with a level for each stage. It says
what the dossier lacks by kind; whether a piece convinces is for people. Standards are data, see docs/packs.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from dangui.core.condition import Condition, Known, holds
from dangui.core.party import Person
from dangui.core.problem import Words, words
from dangui.core.proceeding import Proceeding

LEVELS = ("warn", "stop")
"""``stop``: a cited text says that the stage can't be reached without proof of this; ``warn``: somebody should look."""

_ABSENT = words("卷内还没有所需的证据", "the evidence that is needed is not in the dossier")
_ALONE = words("只有供述，没有其他证据，不能认定", "only statements of the accused are there; alone they prove nothing")


@dataclass(frozen=True, slots=True)
class Point:
    """A fact to prove — 待证事实: by every kind of ``by`` and one of ``by_any``; ``agree`` kinds must corroborate."""

    id: str
    link: Words
    title: Words
    by: tuple[str, ...]
    by_any: tuple[str, ...]
    unless: Condition
    agree: int
    at: Mapping[str, str]
    basis: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of evidence must look — 形式要求; ``when`` it applies."""

    id: str
    kind: str
    says: Words
    when: Condition
    basis: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceStandard:
    """What one offence needs proved — 证据标准. ``unverified`` says which text of the law is not held."""

    points: tuple[Point, ...] = ()
    forms: tuple[Form, ...] = ()
    unverified: Words | None = None

    def __add__(self, other: EvidenceStandard) -> EvidenceStandard:
        """Both, as when a standard includes what all offences share."""
        return EvidenceStandard(
            self.points + other.points, self.forms + other.forms, self.unverified or other.unverified)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact that is not proved yet, with its working: which kinds would do, which materials are there, and why not."""

    point: Point
    level: str
    says: Words
    wants: tuple[str, ...]
    """Kinds that are missing; each of ``point.by`` among them is needed, of the others one."""
    there: tuple[str, ...]
    """Ids of the materials that bear on the fact."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Missing kinds without which it can't be done."""
        return tuple(kind for kind in self.wants if kind in self.point.by)


def lacking(standard: EvidenceStandard, stage: str, state: Proceeding, person: Person, known: Known,
            confessions: Set[str]) -> list[Finding]:
    """What the dossier lacks about ``person`` for ``stage``, in the order of the standard.

    ``confessions`` are kinds that hold what the accused said: however many, they never corroborate one another, and
    where nothing else is there the fact is not proved (criminal_procedure/2018#55.1).
    """
    there = {str(item["id"]): str(item.get("kind")) for item in state.materials.values() if _bears(item, state, person)}
    asked = (point for point in standard.points if stage in point.at and not holds(point.unless, known))
    return [finding for point in asked for finding in _short(point, point.at[stage], there, confessions)]


def _bears(item: Mapping[str, Any], state: Proceeding, person: Person) -> bool:
    """Whether the material is in force and not about another of the accused only."""
    accused = {each.id for each in state.people(person.role)} & set(item.get("of") or ())
    return item.get("status", "bound") == "bound" and (not accused or person.id in accused)


def _short(point: Point, level: str, there: Mapping[str, str], confessions: Set[str]) -> Iterator[Finding]:
    found = tuple(material for material, kind in there.items() if kind in (*point.by, *point.by_any))
    have = {there[material] for material in found}
    missing = tuple(kind for kind in point.by if kind not in have)
    sources = len(have - confessions) + bool(have & confessions)
    others = tuple(kind for kind in point.by_any if kind not in have and not (have and kind in confessions))
    if missing or (point.by_any and not have & set(point.by_any)):
        kinds = missing if have & set(point.by_any) else missing + others
        yield Finding(point, level, _ABSENT, kinds, found)
    elif point.agree > 1 and have <= confessions:
        yield Finding(point, level, _ALONE, others, found)
    elif sources < point.agree:
        # No text demands a number of kinds once there is more than a confession: it is asked for, never forced.
        yield Finding(point, "warn", words(
            f"已有{sources}种来源，宜有{point.agree}种相互印证",
            f"{sources} kind of source so far; {point.agree} should corroborate one another"), others, found)
