"""Calendar — 日历: which days are worked in China, with holidays and shifted workdays; told, never looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai. China has one time zone and no summer time, so the offset is fixed."""

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rest days beyond weekends, worked weekend days (调休), and the years for which both are known — 工作日历.

    A year not in ``years`` is computed by weekends alone; ask ``knows`` and warn.
    """

    rest: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.rest)

    def next_workday(self, day: date) -> date:
        """``day`` itself if it is worked, else the first workday after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def workday_after(self, day: date, number: int) -> date:
        """The ``number``-th workday after ``day``; before it when ``number`` is negative. Zero gives ``day``."""
        step = ONE_DAY if number > 0 else -ONE_DAY
        for _ in range(abs(number)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def workdays_between(self, day: date, last: date) -> int:
        """How many workdays follow ``day`` up to and including ``last``."""
        return sum(self.is_workday(day + n * ONE_DAY) for n in range(1, (last - day).days + 1))

    def knows(self, day: date) -> bool:
        """Whether the official schedule of that year is held."""
        return day.year in self.years


def in_china(moment: datetime) -> datetime:
    """The same moment on the clock of China. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment.isoformat()} has no time zone")
    return moment.astimezone(CHINA)


def midnight(day: date) -> datetime:
    """0:00 of ``day`` in China."""
    return datetime.combine(day, time(), CHINA)
