"""Length — 期间长度: a number and a unit of time as the law writes them, read from the packs and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dangui.core.problem import Words, words

LONGEST = 9999


class Unit(StrEnum):
    """What a period is counted in — 期间单位. Units are never converted into each other."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    HALF_MONTHS = "half_months"
    YEARS = "years"


_UNIT_WORDS: Mapping[Unit, tuple[str, str]] = {
    Unit.HOURS: ("小时", "hour"), Unit.DAYS: ("日", "day"), Unit.WORKING_DAYS: ("个工作日", "working day"),
    Unit.MONTHS: ("个月", "month"), Unit.HALF_MONTHS: ("个半月", "half month"), Unit.YEARS: ("年", "year"),
}


@dataclass(frozen=True, slots=True)
class Length:
    """How long a period is — 期间长度. ``number`` from 1 to 9,999; raises ValueError otherwise."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.number <= LONGEST:
            raise ValueError(f"a period must be 1 to {LONGEST} {self.unit.value}, not {self.number}")

    def text(self) -> str:
        """The spelling of the packs, which ``parse_length`` reads back: ``3 days``, ``half_month``."""
        if self.unit is Unit.HALF_MONTHS and self.number == 1:
            return "half_month"
        return f"{self.number} {self.unit.value if self.number > 1 else self.unit.value[:-1]}"

    def says(self) -> Words:
        """The length in words, for people."""
        zh, en = _UNIT_WORDS[self.unit]
        if self.unit is Unit.HALF_MONTHS and self.number == 1:
            return words("半个月", "half a month")
        return words(f"{self.number}{zh}", f"{self.number} {en}{'' if self.number == 1 else 's'}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and longest length a decision may choose — 幅度: ``1 to 4 days``."""

    least: Length
    most: Length

    def holds(self, length: Length) -> bool:
        """Whether ``length`` lies within, in the same unit."""
        return length.unit is self.most.unit and self.least.number <= length.number <= self.most.number

    def says(self) -> Words:
        """The bounds in words."""
        if self.least == self.most:
            return self.most.says()
        most = self.most.says()
        return words(f"{self.least.number}至{most['zh']}", f"{self.least.number} to {most['en']}")


_LENGTH = re.compile(r"(\d{1,5}) +([a-z_]+)")
_BOUNDS = re.compile(r"(\d{1,5}) +to +(\d{1,5} +[a-z_]+)")


def parse_length(text: str) -> Length:
    """Read ``3 days``, ``12 hours``, ``5 working_days``, ``half_month``, ``2 years``. Raises ValueError."""
    spelt = "1 half_month" if text.strip() == "half_month" else text.strip()
    match = _LENGTH.fullmatch(spelt)
    units = {spelling: unit for unit in Unit for spelling in (unit.value, unit.value[:-1])}
    if match is None or match[2] not in units:
        raise ValueError(f"“{text}” is not a length; write a number and one of {', '.join(Unit)}, as in “3 days”")
    return Length(int(match[1]), units[match[2]])


def parse_bounds(text: str) -> Bounds:
    """Read ``1 to 4 days``, or one length that is both bounds. Raises ValueError."""
    match = _BOUNDS.fullmatch(text.strip())
    most = parse_length(match[2] if match else text)
    least = Length(int(match[1]), most.unit) if match else most
    if least.number > most.number:
        raise ValueError(f"“{text}” starts above where it ends")
    return Bounds(least, most)
