"""Deadline — 期限: when a period of law ends, counted rule by rule, with every rule named."""

from __future__ import annotations

import calendar as _months
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal

from dangui.core.calendar import CHINA, ONE_DAY, Calendar, in_china, midnight
from dangui.core.length import Bounds, Length, Unit, parse_bounds, parse_length
from dangui.core.problem import Words, words

__all__ = [
    "CHINA", "CRIMINAL", "Bounds", "Counting", "Counts", "Due", "Length", "Step", "Unit", "add_months", "add_years",
    "due", "late", "latest_before", "parse_bounds", "parse_length", "warnings",
]

HALF_MONTH_DAYS = 15
"""半个月一律按十五日计算 (spc_crim_interp_2021/2021#202.1): what the unit means, as an hour has sixty minutes."""

_SHORTEST_TIME = timedelta(microseconds=1)

CRIMINAL: Mapping[str, str] = MappingProxyType({
    "start_not_counted": "criminal_procedure/2018#105.2",
    "counts_next_hour": "criminal_procedure/2018#105.2",
    "months_same_day": "spc_crim_interp_2021/2021#202.1",
    "months_last_day": "spc_crim_interp_2021/2021#202.1",
    "months_short": "spc_crim_interp_2021/2021#202.1",
    "half_months": "spc_crim_interp_2021/2021#202.1",
    "rest_day": "criminal_procedure/2018#105.4",
    "custody_never_rolls": "criminal_procedure/2018#105.4",
})
"""Where criminal procedure states each rule of counting; other fields pass their own table in ``Counting.basis``."""

Counts = Literal["next_day", "from_fact", "next_hour"]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a deadline counts — 计算方法.

    ``counts``: from the day after the fact (``next_day``), from the fact itself (``from_fact``: hours from the minute,
    days with the day of the fact as the first), or from the full hour after it (``next_hour``).
    ``rolls``: an end on a rest day moves to the next workday; never so when ``protects_liberty``.
    ``basis``: the article for each rule, by the rule's name.
    """

    counts: Counts = "next_day"
    rolls: bool = True
    protects_liberty: bool = False
    basis: Mapping[str, str] = field(default_factory=lambda: CRIMINAL)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation — 计算步骤. ``rule`` is its stable name, ``basis`` cites the article or is empty."""

    rule: str
    says: Words
    basis: str

    def as_json(self) -> dict[str, Any]:
        """A JSON object with every field."""
        return {"rule": self.rule, "says": dict(self.says), "basis": self.basis}


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends — 届满. ``ends_at`` is the first moment after it: 24:00 of ``last_day``, or the hour."""

    ends_at: datetime
    last_day: date
    working: tuple[Step, ...]

    @property
    def is_certain(self) -> bool:
        """False if a year without an official holiday schedule was touched, so that the end may still move."""
        return all(step.rule != "calendar_unknown" for step in self.working)

    def as_json(self) -> dict[str, Any]:
        """A JSON object: ``ends_at`` and ``last_day`` in ISO 8601, and the steps."""
        return {
            "ends_at": self.ends_at.isoformat(), "last_day": self.last_day.isoformat(),
            "working": [step.as_json() for step in self.working],
        }


def add_months(day: date, number: int) -> date:
    """The same day ``number`` months on; from the last day of a month to a last day; no such day: the month's last."""
    index = day.year * 12 + day.month - 1 + number
    last = _last_of_month(index // 12, index % 12 + 1)
    return last if _is_last_of_month(day) or day.day > last.day else last.replace(day=day.day)


def add_years(day: date, number: int) -> date:
    """The same day of the same month ``number`` years on; where there is none (29 February), the month's last day."""
    last = _last_of_month(day.year + number, day.month)
    return last.replace(day=min(day.day, last.day))


def due(
    start: datetime, lengths: Sequence[Length], counting: Counting, calendar: Calendar, *,
    excluded: Sequence[tuple[datetime, datetime]] = (),
) -> Due:
    """When a period from ``start`` ends: the base and then its extensions, excluded time, and last the rest days.

    Neighbouring lengths of one unit are added before they are counted, so two months and one month are three months
    from the same start, not a month from wherever the two ended. ``excluded`` are the closed spans that don't count
    (鉴定期间 …); spans before the start or after the end change nothing. Hours are prolonged by the exact span, longer
    units by the days from the one date to the other (the day it began is not counted), working days by the workdays
    among those. Raises ValueError without a length, for a time without zone, or for a span that ends before it begins.
    """
    if not lengths:
        raise ValueError("a period needs at least one length")
    start = in_china(start)
    steps = [_start_step(start, counting)]
    ends_at = start
    for index, run in enumerate(_runs(lengths)):
        ends_at, step = _count(ends_at, run, counting.counts if index == 0 else None, calendar, counting.basis)
        steps.append(step)
    ends_at, more = _prolong(start, ends_at, _merged(excluded), lengths[-1].unit, calendar)
    steps += more
    if lengths[-1].unit is Unit.HOURS:
        return Due(ends_at, _day_before(ends_at), tuple(steps + _unknown_worked(lengths, start, ends_at, calendar)))
    last_day, more = _rolled(_day_before(ends_at), counting, calendar)
    ends_at = midnight(last_day + ONE_DAY)
    steps += more or _unknown_worked(lengths, start, ends_at, calendar)
    return Due(ends_at, last_day, tuple(steps))


def latest_before(event: datetime, length: Length, calendar: Calendar) -> Due:
    """The last day to act so many days *before* an event (至迟在开庭十日以前): the day of the event isn't counted.

    A rest day at the result is not moved: moving it on would shorten the time the law gives.
    """
    event = in_china(event)
    said = length.says()
    if length.unit is Unit.HOURS:
        ends_at = event - timedelta(hours=length.number)
        step = _step("before_event_hours", f"事件发生前{said['zh']}", f"{said['en']} before the event", {})
        return Due(ends_at, _day_before(ends_at), (step,))
    last_day = _shifted(event.date(), length, calendar, -1)
    steps = [_step("before_event", f"自{event.date()}倒算{said['zh']}，当日不计，至迟{last_day}",
                   f"{said['en']} back from {event.date()}, that day not counted: {last_day} at the latest", {})]
    if length.unit is Unit.WORKING_DAYS:
        steps += _unknown(last_day, event.date(), calendar)
    elif not calendar.is_workday(last_day):
        steps.append(_step("rest_day_before_event", f"{last_day}为节假日，不得因此推后，宜提前办理",
                           f"{last_day} is a rest day; it can't be put off, act earlier", {}))
    return Due(midnight(last_day + ONE_DAY), last_day, tuple(steps))


def late(moment: datetime, limit: Due | datetime) -> bool:
    """Whether ``moment`` is past the end (given as Due or as its ``ends_at``); the end itself is already late."""
    return moment >= (limit.ends_at if isinstance(limit, Due) else limit)


def warnings(ends_at: datetime, tiers: Sequence[Length], now: datetime) -> tuple[Length, ...]:
    """Those of ``tiers`` (届满前七日 …) already reached at ``now``, in the order given; a day is 24 hours here.

    Raises ValueError for working days, which would need a calendar.
    """
    return tuple(tier for tier in tiers if now >= _ahead(ends_at, tier))


def _ahead(ends_at: datetime, tier: Length) -> datetime:
    if tier.unit is Unit.WORKING_DAYS:
        raise ValueError("a warning is given so many hours, days or months ahead, not working days")
    if tier.unit is Unit.HOURS:
        return ends_at - timedelta(hours=tier.number)
    return ends_at - (ends_at.date() - _shifted(ends_at.date(), tier, Calendar(), -1))


def _runs(lengths: Sequence[Length]) -> Iterator[Length]:
    for unit, same in groupby(lengths, key=lambda length: length.unit):
        yield Length(sum(length.number for length in same), unit)


def _count(
    at: datetime, run: Length, counts: Counts | None, calendar: Calendar, basis: Mapping[str, str]
) -> tuple[datetime, Step]:
    """Where ``run`` ends when it begins at ``at``; ``counts`` is None for a run that follows another."""
    if run.unit is Unit.HOURS:
        ends_at = _first_hour(at, counts) + timedelta(hours=run.number)
        return ends_at, _length_step("hours", run, f"{ends_at:%Y-%m-%d %H:%M}", basis)
    day = at.date() if counts else _day_before(at)
    if counts != "from_fact":
        last_day = _shifted(day, run, calendar)
    elif run.unit is Unit.WORKING_DAYS:
        last_day = calendar.workday_after(day - ONE_DAY, run.number)
    else:
        last_day = _shifted(day, run, calendar) - ONE_DAY
    return midnight(last_day + ONE_DAY), _length_step(_rule(day, run), run, str(last_day), basis)


def _first_hour(at: datetime, counts: Counts | None) -> datetime:
    if counts == "next_hour":
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return midnight(at.date() + ONE_DAY) if counts == "next_day" else at


def _shifted(day: date, length: Length, calendar: Calendar, sign: int = 1) -> date:
    number = sign * length.number
    if length.unit is Unit.MONTHS:
        return add_months(day, number)
    if length.unit is Unit.YEARS:
        return add_years(day, number)
    if length.unit is Unit.WORKING_DAYS:
        return calendar.workday_after(day, number)
    return day + number * (HALF_MONTH_DAYS * ONE_DAY if length.unit is Unit.HALF_MONTHS else ONE_DAY)


def _rule(day: date, run: Length) -> str:
    if run.unit is not Unit.MONTHS:
        return run.unit.value
    if _is_last_of_month(day):
        return "months_last_day"
    return "months_same_day" if add_months(day, run.number).day == day.day else "months_short"


def _prolong(
    start: datetime, ends_at: datetime, spans: Sequence[tuple[datetime, datetime]], unit: Unit, calendar: Calendar
) -> tuple[datetime, list[Step]]:
    steps = []
    for since, until in spans:
        since = max(since, start)
        if until <= since or since >= ends_at:
            continue
        ends_at = _prolonged(ends_at, since, until, unit, calendar)
        steps.append(_step(
            "excluded", f"{since:%Y-%m-%d %H:%M}至{until:%Y-%m-%d %H:%M}不计入，顺延",
            f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} doesn't count and is added", {},
        ))
    return ends_at, steps


def _prolonged(ends_at: datetime, since: datetime, until: datetime, unit: Unit, calendar: Calendar) -> datetime:
    if unit is Unit.HOURS:
        return ends_at + (until - since)
    if unit is not Unit.WORKING_DAYS:
        return ends_at + (until.date() - since.date())
    lost = calendar.workdays_between(since.date(), until.date())
    return midnight(calendar.workday_after(_day_before(ends_at), lost) + ONE_DAY)


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The spans in order, overlapping ones as one: no moment is excluded twice."""
    merged: list[tuple[datetime, datetime]] = []
    for since, until in sorted((in_china(since), in_china(until)) for since, until in spans):
        if until < since:
            raise ValueError(f"an excluded span ends ({until}) before it begins ({since})")
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def _rolled(day: date, counting: Counting, calendar: Calendar) -> tuple[date, list[Step]]:
    if counting.protects_liberty:
        step = _step("custody_never_rolls", f"{day}为节假日，在押期间不因节假日延长",
                     f"{day} is a rest day; custody isn't prolonged by it", counting.basis)
        return day, [] if calendar.is_workday(day) else [step]
    if not counting.rolls:
        return day, []
    moved = calendar.next_workday(day)
    step = _step("rest_day", f"{day}为节假日，以节假日后的第一日{moved}为期满日期",
                 f"{day} is a rest day; the period ends on the first day after it, {moved}", counting.basis)
    return moved, ([step] if moved != day else []) + _unknown(day, moved, calendar)


def _unknown_worked(lengths: Sequence[Length], start: datetime, ends_at: datetime, calendar: Calendar) -> list[Step]:
    if all(length.unit is not Unit.WORKING_DAYS for length in lengths):
        return []
    return _unknown(start.date(), _day_before(ends_at), calendar)


def _unknown(first: date, last: date, calendar: Calendar) -> list[Step]:
    years = [y for y in range(first.year, last.year + 1) if y not in calendar.years]
    if not years:
        return []
    said = "、".join(map(str, years))
    return [_step("calendar_unknown", f"{said}年放假安排未载入，仅按周末推算，届时应复核",
                  f"the holiday schedule of {', '.join(map(str, years))} isn't held; weekends only, check again", {})]


def _start_step(start: datetime, counting: Counting) -> Step:
    at = f"{start:%Y-%m-%d %H:%M}"
    if counting.counts == "from_fact":
        return _step("counts_from_fact", f"自{at}起算", f"counted from {at} itself", counting.basis)
    if counting.counts == "next_hour":
        return _step("counts_next_hour", f"{at}开始，开始的时不计，自次时起算",
                     f"begins {at}; that hour isn't counted, the next one is the first", counting.basis)
    return _step("start_not_counted", f"{start.date()}开始，开始的日不计，自次日起算",
                 f"begins {start.date()}; that day isn't counted, the next one is the first", counting.basis)


_ENDINGS: Mapping[str, tuple[str, str]] = {
    "months_last_day": ("（起算日为本月最后一日的，至该月最后一日）", " (from the last day of a month to a last day)"),
    "months_short": ("（无同日的，至该月最后一日）", " (no such day in that month: its last day)"),
    "half_months": ("（半个月按十五日计算）", " (half a month is fifteen days)"),
}


def _length_step(rule: str, run: Length, end: str, basis: Mapping[str, str]) -> Step:
    said = run.says()
    zh, en = _ENDINGS.get(rule, ("", ""))
    return _step(rule, f"{said['zh']}，至{end}{zh}", f"{said['en']}: until {end}{en}", basis)


def _step(rule: str, zh: str, en: str, basis: Mapping[str, str]) -> Step:
    return Step(rule, words(zh, en), basis.get(rule, ""))


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, _months.monthrange(year, month)[1])


def _is_last_of_month(day: date) -> bool:
    return (day + ONE_DAY).month != day.month


def _day_before(ends_at: datetime) -> date:
    return (ends_at - _SHORTEST_TIME).date()
