"""Party — 当事人: whom a proceeding concerns, and the checks of an identity number (GB 11643-1999)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


@dataclass(frozen=True, slots=True)
class Episode:
    """A spell under one coercive measure — 强制措施起止. ``until`` is None while it lasts."""

    measure: str
    custody: bool
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person of one proceeding — 案件当事人; personal data lives beside the ledger under the same id."""

    id: str
    role: str
    joined_at: datetime
    record: str = ""
    user: str | None = None
    defends: str | None = None
    minor: bool = False
    measure: str = "none"
    custody: bool = False
    episodes: tuple[Episode, ...] = ()
    charges: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    left: bool = False
    holds: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def held_here(self) -> bool:
        """Whether this proceeding is the one that holds the person in custody now (换押)."""
        return bool(self.holds) and self.holds[-1][1] is None

    @property
    def measure_since(self) -> datetime | None:
        """When the present measure began; None without one."""
        return self.episodes[-1].since if self.episodes and self.episodes[-1].until is None else None

    def as_json(self) -> dict[str, Any]:
        """The person as it travels in a hand-over and stands in an entry."""
        return {
            "id": self.id, "role": self.role, "joined_at": self.joined_at.isoformat(), "record": self.record,
            "user": self.user, "defends": self.defends, "minor": self.minor, "measure": self.measure,
            "custody": self.custody, "charges": list(self.charges), "marks": sorted(self.marks),
            "facts": dict(self.facts), "outcome": self.outcome,
            "episodes": [[e.measure, e.custody, e.since.isoformat(), e.until.isoformat() if e.until else None]
                         for e in self.episodes],
        }


def person_from(raw: Mapping[str, Any]) -> Person:
    """The person that ``as_json`` wrote."""
    return Person(
        raw["id"], raw["role"], datetime.fromisoformat(raw["joined_at"]), raw["record"], raw["user"], raw["defends"],
        raw["minor"], raw["measure"], raw["custody"],
        tuple(Episode(measure, custody, datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
              for measure, custody, since, until in raw["episodes"]),
        tuple(raw["charges"]), frozenset(raw["marks"]), dict(raw["facts"]), raw["outcome"],
    )


def id_number_faults(number: str) -> list[str]:
    """What is wrong with an 18-digit citizen identity number: ``form``, ``born``, ``checksum``; empty if nothing."""
    if len(number) != 18 or not number[:17].isdigit() or not number.isascii() or number[17] not in "0123456789X":
        return ["form"]
    faults = [] if born_from(number) else ["born"]
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return faults if _CHECK[total % 11] == number[17] else [*faults, "checksum"]


def check_digit(first17: str) -> str:
    """The 18th character for 17 digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def born_from(number: str) -> date | None:
    """The birthday inside an identity number, or None if it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_under(age: int, born: date, on: date) -> bool:
    """Whether somebody born on ``born`` has not yet passed that birthday on ``on``; on the day itself he is under."""
    return (on.year - born.year, (on.month, on.day)) <= (age, (born.month, born.day))
