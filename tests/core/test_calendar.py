"""Calendar — 日历: the shipped years say the same as the official schedule."""

from __future__ import annotations

import csv
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from shipped_calendar import FOLDER, read_calendar

from dangui.core.calendar import CHINA, Calendar, in_china, midnight


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return read_calendar()


def test_every_year_from_2004_to_2026_is_shipped_and_names_its_source(calendar: Calendar) -> None:
    assert calendar.years == frozenset(range(2004, 2027))
    for path in FOLDER.glob("*.yaml"):
        year = yaml.safe_load(path.read_text("utf-8"))
        assert path.stem == str(year["year"])
        assert "chinesecalendar 1.11.0" in year["source"]["en"]


def test_rest_days_lie_on_weekdays_and_shifted_workdays_on_weekends_of_their_own_year(calendar: Calendar) -> None:
    assert all(day.weekday() < 5 for day in calendar.rest)
    assert all(day.weekday() >= 5 for day in calendar.worked)
    assert {day.year for day in calendar.rest} == set(calendar.years)


def test_the_spring_festival_is_rest_and_the_sunday_before_national_day_is_worked(calendar: Calendar) -> None:
    assert not calendar.is_workday(date(2025, 1, 30))
    assert calendar.is_workday(date(2025, 9, 28))
    assert calendar.next_workday(date(2025, 1, 30)) == date(2025, 2, 5)
    assert calendar.next_workday(date(2025, 2, 5)) == date(2025, 2, 5)


def test_workdays_are_counted_forwards_and_backwards(calendar: Calendar) -> None:
    assert calendar.workday_after(date(2025, 9, 26), 5) == date(2025, 10, 10)
    assert calendar.workday_after(date(2025, 10, 10), -5) == date(2025, 9, 26)
    assert calendar.workday_after(date(2025, 10, 4), 0) == date(2025, 10, 4)
    assert calendar.workdays_between(date(2025, 9, 26), date(2025, 10, 10)) == 5


def test_a_year_that_is_not_held_is_computed_by_weekends_and_says_so(calendar: Calendar) -> None:
    assert not calendar.knows(date(2027, 10, 1))
    assert calendar.is_workday(date(2027, 10, 1))
    assert not calendar.is_workday(date(2027, 10, 2))


def test_moments_are_put_on_the_clock_of_china_and_a_moment_without_zone_is_refused() -> None:
    utc = datetime(2025, 1, 1, 20, tzinfo=timezone.utc)  # noqa: UP017 - the zone is the point here
    assert in_china(utc) == utc
    assert in_china(utc).date() == date(2025, 1, 2)
    assert midnight(date(2025, 1, 2)) == datetime(2025, 1, 2, tzinfo=CHINA)
    assert CHINA.utcoffset(None) == timedelta(hours=8)
    with pytest.raises(ValueError, match="no time zone"):
        in_china(datetime(2025, 1, 1))  # noqa: DTZ001


def test_every_day_of_the_official_schedule_is_the_same(calendar: Calendar) -> None:
    data = os.environ.get("DANGUI_DATA")
    if not data:
        pytest.skip("DANGUI_DATA is not set: the official schedule is not compared day by day")
    with (Path(data) / "codes" / "workdays_2004_2026.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8401
    wrong = [row["date"] for row in rows
             if calendar.is_workday(date.fromisoformat(row["date"])) != (row["is_workday"] == "1")]
    assert wrong == []
