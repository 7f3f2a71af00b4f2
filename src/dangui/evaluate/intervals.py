"""Interval — 间隔: from detention to arrest on real data, each judged by the engine's own deadlines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from dangui.core.calendar import Calendar, midnight
from dangui.core.deadline import Counting, Length, add_months, add_years, due, late, parse_length
from dangui.evaluate.rows import read_date

CUSTODY = Counting(rolls=False, protects_liberty=True)
NO_CALENDAR = Calendar()  # custody never rolls over rest days, so none is consulted


@dataclass(frozen=True, slots=True)
class Limit:
    """One lawful step of custody before arrest — 期限: its longest length, its article, and where it was read."""

    deadline: str
    length: Length
    basis: str
    source: str

    def as_json(self) -> dict[str, str]:
        """A JSON object with every field."""
        return {"deadline": self.deadline, "length": self.length.text(), "basis": self.basis, "source": self.source}


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of one defendant, in the order of the table — 事件. ``day`` is None if the date can't be read."""

    defendant: tuple[str, str]
    name: str
    day: date | None


def limits(steps: Iterable[Mapping[str, str]], procedures: Path) -> tuple[Limit, ...]:
    """The longest lawful length of each step, from the packs where they are there, else as limits.yaml gives it."""
    return tuple(_limit(step, procedures / step["pack"] / "deadlines.yaml") for step in steps)


def _limit(step: Mapping[str, str], path: Path) -> Limit:
    raw = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else None
    found = raw.get(step["deadline"]) if isinstance(raw, Mapping) else None
    if not isinstance(found, Mapping):
        return Limit(step["deadline"], parse_length(step["is"]), step["basis"], "limits.yaml")
    rows = [(row["is"], row.get("basis", "")) for row in found["length"]]
    rows += [(row["to"], row.get("basis", "")) for row in found.get("extendable", ()) if "to" in row]
    longest = max(((parse_length(text), basis) for text, basis in rows), key=lambda row: _days(row[0]))
    return Limit(step["deadline"], *longest, step["pack"])


def _days(length: Length) -> int:
    """Only to compare and to label: on which day after some fixed day the length ends."""
    start = date(2001, 1, 1)
    return (due(midnight(start), [length], CUSTODY, NO_CALENDAR).last_day - start).days


def is_flagged(detained: date, arrested: date, chain: Sequence[Limit]) -> bool:
    """Whether the arrest came after the chain's last moment; each step begins on the last day of the one before."""
    day, ends_at = detained, midnight(detained)
    for limit in chain:
        found = due(midnight(day), [limit.length], CUSTODY, NO_CALENDAR)
        day, ends_at = found.last_day, found.ends_at
    return late(midnight(arrested), ends_at)


def read_events(rows: Iterable[Mapping[str, str]]) -> list[Event]:
    """Events as the table has them; a cell that is no date leaves ``day`` empty."""
    return [
        Event((row.get("doc_id", ""), row.get("defendant", "")), row.get("event", "").strip(),
              read_date(row.get("date", "")))
        for row in rows
    ]


def judge_intervals(events: Sequence[Event], settings: Mapping[str, Any], chain: Sequence[Limit]) -> dict[str, Any]:
    """Every direct detention → arrest of one defendant: how many, how many flagged, and in which class each falls."""
    classes: Counter[str] = Counter({"unreadable_date": sum(event.day is None for event in events)})
    days: Counter[int] = Counter()
    flagged: list[dict[str, Any]] = []
    for detained, arrested in _direct(events, settings, classes):
        length = (arrested - detained).days
        days[length] += 1
        if is_flagged(detained, arrested, chain):
            kind = _class(detained, arrested, chain)
            flagged.append({"detained": str(detained), "arrested": str(arrested), "days": length, "class": kind})
    lengths = Counter(item["days"] for item in flagged)
    return {
        "limits": [limit.as_json() for limit in chain], "intervals": days.total(), "flagged": len(flagged),
        "within": _within(days, settings, chain),
        "longest_not_flagged": max((n for n in days if days[n] > lengths[n]), default=None),
        "shortest_flagged": min(lengths, default=None),
        "days": {str(length): count for length, count in sorted(days.items())},
        "classes": dict(sorted((classes + Counter(item["class"] for item in flagged)).items())), "cases": flagged,
    }


def _direct(
    events: Sequence[Event], settings: Mapping[str, Any], classes: Counter[str]
) -> list[tuple[date, date]]:
    grouped: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    for event in events:
        if event.day is not None:
            grouped[event.defendant].append((event.day, event.name))
    pairs = []
    for own in grouped.values():
        steps = list(dict.fromkeys(own))
        classes["repeated_row"] += len(own) - len(steps)
        classes["negative_interval"] += _arrested_first(steps, settings)
        steps.sort(key=lambda step: step[0])  # stable: the order of the table decides within a day
        pairs += [(a[0], b[0]) for a, b in pairwise(steps)
                  if (a[1], b[1]) == (settings["detained"], settings["arrested"])]
    return pairs


def _arrested_first(steps: Sequence[tuple[date, str]], settings: Mapping[str, Any]) -> bool:
    """A defendant's only arrest precedes the only detention: a slip of the source, or two matters in one text."""
    detained = [day for day, name in steps if name == settings["detained"]]
    arrested = [day for day, name in steps if name == settings["arrested"]]
    return len(detained) == len(arrested) == 1 and arrested[0] < detained[0]


def _within(days: Counter[int], settings: Mapping[str, Any], chain: Sequence[Limit]) -> dict[str, int]:
    ordinary = sum(_days(parse_length(text)) for text in settings["ordinary"])
    longest = sum(_days(limit.length) for limit in chain[:-1])
    return {
        f"≤ {ordinary}": sum(count for length, count in days.items() if length <= ordinary),
        f"≤ {longest}": sum(count for length, count in days.items() if length <= longest),
        f"= {longest + 1}": days[longest + 1],
        f"> {longest + 1}": sum(count for length, count in days.items() if length > longest + 1),
    }


def _class(detained: date, arrested: date, chain: Sequence[Limit]) -> str:
    """Why an interval may be too long: a month or a year slipped in one date would make it lawful, or neither does."""
    for name, shifted in (("month_slip_or_overrun", add_months(detained, 1)), ("year_slip_or_two_matters",
                                                                              add_years(detained, 1))):
        if shifted <= arrested and not is_flagged(shifted, arrested, chain):
            return name
    return "longer_than_any_limit"
