"""Deadline — 期限: the vectors of the norms, every rule at its edge, and what must hold for all periods."""

from __future__ import annotations

import calendar as month_table
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_calendar import read_calendar

from dangui.core.calendar import CHINA, Calendar, midnight
from dangui.core.deadline import (
    Counting,
    Due,
    Length,
    Unit,
    add_months,
    add_years,
    due,
    late,
    latest_before,
    parse_length,
    warnings,
)
from dangui.core.length import Bounds, parse_bounds

CALENDAR = read_calendar()
CUSTODY = Counting(rolls=False, protects_liberty=True)
ORDINARY = Counting()
FROM_FACT = Counting("from_fact")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ends(start: str, *lengths: str, counting: Counting = ORDINARY) -> Due:
    return due(at(start), [parse_length(text) for text in lengths], counting, CALENDAR)


def rules(found: Due) -> list[str]:
    return [step.rule for step in found.working]


# --- the vectors of norms.md §7 ---


def test_thirty_days_of_detention_end_on_a_sunday_and_national_day_moves_nothing() -> None:
    request = ends("2024-09-27 10:00", "30 days", counting=CUSTODY)
    assert request.last_day == date(2024, 10, 27)
    assert request.ends_at == at("2024-10-28")
    assert rules(request) == ["start_not_counted", "days", "custody_never_rolls"]
    assert ends("2024-10-27 09:00", "7 days", counting=CUSTODY).last_day == date(2024, 11, 3)


@pytest.mark.parametrize(("lengths", "last_day"), [
    (["2 months"], date(2025, 2, 28)),
    (["2 months", "1 month"], date(2025, 3, 31)),
    (["2 months", "1 month", "2 months"], date(2025, 5, 31)),
    (["2 months", "1 month", "2 months", "2 months"], date(2025, 7, 31)),
])
def test_custody_from_a_months_last_day_runs_to_last_days(lengths: list[str], last_day: date) -> None:
    found = ends("2024-12-31", *lengths, counting=CUSTODY)
    assert found.last_day == last_day
    assert "months_last_day" in rules(found)


def test_an_appeal_period_rolls_over_the_spring_festival_for_a_detained_person_too() -> None:
    found = ends("2025-01-20", "10 days")
    assert found.last_day == date(2025, 2, 5)
    assert rules(found) == ["start_not_counted", "days", "rest_day"]
    assert found.working[-1].basis == "criminal_procedure/2018#105.4"


def test_working_days_count_a_worked_sunday_and_skip_the_national_holiday() -> None:
    found = ends("2025-09-26", "5 working_days")
    assert found.last_day == date(2025, 10, 10)
    assert rules(found) == ["start_not_counted", "working_days"]


def test_review_is_a_month_then_fifteen_days_and_begins_afresh_after_supplementary_investigation() -> None:
    assert ends("2025-03-31", "1 month", counting=CUSTODY).last_day == date(2025, 4, 30)
    assert ends("2025-03-31", "1 month", "15 days", counting=CUSTODY).last_day == date(2025, 5, 15)
    assert ends("2025-06-02", "1 month", counting=CUSTODY).last_day == date(2025, 7, 2)


def test_an_auction_is_announced_thirty_days_before_and_the_second_follows_within_thirty() -> None:
    notice = latest_before(at("2025-06-10 10:00"), parse_length("30 days"), CALENDAR)
    assert notice.last_day == date(2025, 5, 11)
    assert notice.ends_at == at("2025-05-12")
    assert rules(notice) == ["before_event", "rest_day_before_event"]
    assert ends("2025-06-11 10:00", "30 days").last_day == date(2025, 7, 11)


# --- planted rows around every limit ---

LIMITS = [  # start, lengths, counting, the last lawful moment
    ("2024-03-01 10:20", ["12 hours"], FROM_FACT, "2024-03-01 22:19:59"),          # 传唤、拘传
    ("2024-03-01 10:20", ["24 hours"], FROM_FACT, "2024-03-02 10:19:59"),          # 送看守所、通知家属、讯问
    ("2024-03-01 10:20", ["48 hours"], FROM_FACT, "2024-03-03 10:19:59"),          # 会见
    ("2024-03-01 10:20", ["24 hours"], Counting("next_hour"), "2024-03-02 10:59:59"),
    ("2024-03-01 10:20", ["24 hours"], ORDINARY, "2024-03-02 23:59:59"),
    ("2024-03-01", ["3 days"], CUSTODY, "2024-03-04 23:59:59"),                    # 提请批捕
    ("2024-03-01", ["3 days", "4 days"], CUSTODY, "2024-03-08 23:59:59"),
    ("2024-03-01", ["30 days"], CUSTODY, "2024-03-31 23:59:59"),                   # a Sunday: never rolls
    ("2024-03-01", ["7 days"], CUSTODY, "2024-03-08 23:59:59"),                    # 审查批捕
    ("2024-03-01", ["2 months"], CUSTODY, "2024-05-01 23:59:59"),                  # Labour Day: never rolls
    ("2024-03-01", ["2 months"], ORDINARY, "2024-05-06 23:59:59"),                 # the same, not in custody
    ("2024-03-01", ["12 months"], ORDINARY, "2025-03-03 23:59:59"),                # 03-01 is a Saturday
    ("2024-03-01", ["1 month", "half_month"], CUSTODY, "2024-04-16 23:59:59"),     # 审查起诉
    ("2024-03-01", ["10 days"], CUSTODY, "2024-03-11 23:59:59"),                   # 速裁
    ("2024-03-01", ["3 months", "3 months"], CUSTODY, "2024-09-01 23:59:59"),      # 一审
    ("2024-03-01", ["20 days"], CUSTODY, "2024-03-21 23:59:59"),                   # 简易
    ("2024-03-01", ["5 days"], ORDINARY, "2024-03-06 23:59:59"),                   # 上诉裁定
    ("2024-03-01", ["15 days"], ORDINARY, "2024-03-18 23:59:59"),                  # 民事上诉; 03-16 is a Saturday
    ("2024-03-01", ["7 working_days"], ORDINARY, "2024-03-12 23:59:59"),           # 行政处罚送达
    ("2024-03-01", ["90 days"], ORDINARY, "2024-05-30 23:59:59"),                  # 行政处罚决定
    ("2024-03-01", ["2 years"], ORDINARY, "2026-03-02 23:59:59"),                  # 申请执行; 2026-03-01 is a Sunday
    ("2024-02-29", ["1 year"], ORDINARY, "2025-02-28 23:59:59"),
    ("2024-02-29", ["1 month"], CUSTODY, "2024-03-31 23:59:59"),
    ("2025-03-30", ["11 months"], CUSTODY, "2026-02-28 23:59:59"),
    ("2025-01-31", ["1 month"], CUSTODY, "2025-02-28 23:59:59"),
    ("2024-03-01", ["3 days"], replace(CUSTODY, counts="from_fact"), "2024-03-03 23:59:59"),
    ("2024-03-01", ["1 month"], replace(CUSTODY, counts="from_fact"), "2024-03-31 23:59:59"),
    ("2024-03-01", ["2 working_days"], FROM_FACT, "2024-03-04 23:59:59"),
]


@pytest.mark.parametrize(("start", "lengths", "counting", "last"), LIMITS)
def test_the_last_lawful_moment_is_in_time_and_the_next_second_is_late(
    start: str, lengths: list[str], counting: Counting, last: str
) -> None:
    found = ends(start, *lengths, counting=counting)
    assert not late(at(last), found)
    assert late(at(last) + timedelta(seconds=1), found)
    assert late(at(last) + timedelta(seconds=1), found.ends_at)


# --- single rules ---


def test_extensions_of_one_unit_are_added_before_they_are_counted() -> None:
    assert ends("2024-12-30", "2 months", "1 month", counting=CUSTODY).last_day == date(2025, 3, 30)


def test_units_are_never_converted_and_each_names_its_rule() -> None:
    assert rules(ends("2025-01-31", "1 month", counting=CUSTODY)) == ["start_not_counted", "months_last_day"]
    assert rules(ends("2025-01-30", "1 month", counting=CUSTODY)) == ["start_not_counted", "months_short"]
    assert rules(ends("2025-01-15", "1 month", counting=CUSTODY))[1] == "months_same_day"
    assert "half_months" in rules(ends("2025-01-15", "half_month", counting=CUSTODY))


def test_hours_after_days_begin_at_midnight_and_days_after_hours_at_the_day_they_end() -> None:
    assert ends("2025-03-03", "1 day", "12 hours").ends_at == at("2025-03-05 12:00")
    assert ends("2025-03-03 20:00", "12 hours", "1 day", counting=FROM_FACT).last_day == date(2025, 3, 5)


def test_hours_never_roll_and_end_at_the_hour() -> None:
    found = ends("2025-01-29 10:30", "24 hours", counting=FROM_FACT)
    assert found.ends_at == at("2025-01-30 10:30")
    assert rules(found) == ["counts_from_fact", "hours"]


def test_a_year_without_a_schedule_is_named_wherever_it_is_touched() -> None:
    assert not ends("2026-12-20", "20 days").is_certain
    assert not ends("2026-12-30", "5 working_days").is_certain
    assert not latest_before(at("2027-01-05 09:00"), parse_length("5 working_days"), CALENDAR).is_certain
    assert ends("2026-12-20", "20 days", counting=CUSTODY).is_certain
    assert ends("2026-12-01", "20 days").is_certain


def test_excluded_time_prolongs_days_by_days_and_hours_by_the_exact_span() -> None:
    span = (at("2025-03-05 14:00"), at("2025-03-08 10:00"))
    by_days = due(at("2025-03-03"), [parse_length("7 days")], CUSTODY, CALENDAR, excluded=[span])
    assert by_days.last_day == date(2025, 3, 13)
    by_hours = due(at("2025-03-05 12:00"), [parse_length("24 hours")], FROM_FACT, CALENDAR, excluded=[span])
    assert by_hours.ends_at == at("2025-03-09 08:00")
    worked = due(at("2025-03-03"), [parse_length("7 working_days")], ORDINARY, CALENDAR, excluded=[span])
    assert worked.last_day == date(2025, 3, 14)
    assert "excluded" in rules(by_days)


def test_excluded_spans_that_overlap_count_once_and_those_outside_count_nothing() -> None:
    start, lengths = at("2025-03-03"), [parse_length("7 days")]
    spans = [(at("2025-03-05"), at("2025-03-07")), (at("2025-03-06"), at("2025-03-08")),
             (at("2025-02-01"), at("2025-02-05")), (at("2025-05-01"), at("2025-05-09"))]
    assert due(start, lengths, CUSTODY, CALENDAR, excluded=spans).last_day == date(2025, 3, 13)
    with pytest.raises(ValueError, match="before it begins"):
        due(start, lengths, CUSTODY, CALENDAR, excluded=[(at("2025-03-07"), at("2025-03-05"))])


def test_rest_days_roll_after_excluded_time_was_added() -> None:
    span = (at("2025-01-10"), at("2025-01-12"))
    assert due(at("2025-01-08"), [parse_length("18 days")], ORDINARY, CALENDAR, excluded=[span]).last_day \
        == date(2025, 2, 5)


def test_a_clock_without_length_or_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one length"):
        due(at("2025-01-01"), [], ORDINARY, CALENDAR)
    with pytest.raises(ValueError, match="no time zone"):
        due(datetime(2025, 1, 1), [parse_length("1 day")], ORDINARY, CALENDAR)  # noqa: DTZ001


def test_a_moment_from_another_time_zone_is_counted_by_the_day_in_china() -> None:
    evening_in_utc = datetime.fromisoformat("2025-03-03T17:00:00+00:00")
    assert due(evening_in_utc, [parse_length("1 day")], ORDINARY, CALENDAR).last_day == date(2025, 3, 5)


def test_what_must_happen_before_an_event_is_counted_back_from_the_day_before_it() -> None:
    assert latest_before(at("2025-03-20 09:00"), parse_length("10 days"), CALENDAR).last_day == date(2025, 3, 10)
    assert latest_before(at("2025-03-20 09:00"), parse_length("24 hours"), CALENDAR).ends_at == at("2025-03-19 09:00")
    assert latest_before(at("2025-10-10 09:00"), parse_length("5 working_days"), CALENDAR).last_day == date(2025, 9, 26)
    assert latest_before(at("2025-03-31 09:00"), parse_length("1 month"), CALENDAR).last_day == date(2025, 2, 28)


def test_warnings_name_the_tiers_already_reached() -> None:
    tiers = [parse_length("7 days"), parse_length("1 day"), parse_length("6 hours")]
    end = at("2025-03-10")
    assert warnings(end, tiers, at("2025-03-02")) == ()
    assert warnings(end, tiers, at("2025-03-03")) == (tiers[0],)
    assert warnings(end, tiers, at("2025-03-09 18:00")) == tuple(tiers)
    assert warnings(end, [parse_length("1 month")], at("2025-02-10")) == (parse_length("1 month"),)
    with pytest.raises(ValueError, match="not working days"):
        warnings(end, [parse_length("1 working_day")], end)


def test_every_step_speaks_both_languages_and_the_rules_of_the_code_cite_it() -> None:
    found = ends("2024-12-31", "2 months", counting=CUSTODY)
    assert all(step.says["zh"] and step.says["en"] for step in found.working)
    assert [step.basis for step in found.working] == [
        "criminal_procedure/2018#105.2", "spc_crim_interp_2021/2021#202.1"]
    assert found.as_json()["last_day"] == "2025-02-28"
    assert found.as_json()["working"][0]["rule"] == "start_not_counted"
    other = Counting(basis={"start_not_counted": "civil_procedure/2023#85.2"})
    assert ends("2024-12-31", "2 days", counting=other).working[0].basis == "civil_procedure/2023#85.2"


# --- lengths ---


@pytest.mark.parametrize(("text", "length"), [
    ("3 days", Length(3, Unit.DAYS)), ("1 day", Length(1, Unit.DAYS)), ("12 hours", Length(12, Unit.HOURS)),
    ("5 working_days", Length(5, Unit.WORKING_DAYS)), ("1 month", Length(1, Unit.MONTHS)),
    ("half_month", Length(1, Unit.HALF_MONTHS)), ("2 years", Length(2, Unit.YEARS)),
])
def test_a_length_is_read_and_written_the_same(text: str, length: Length) -> None:
    assert parse_length(text) == length
    assert length.text() == text


@pytest.mark.parametrize("text", [
    "", "3", "days", "three days", "3 weeks", "-3 days", "3.5 days", "0 days", "99999 days",
])
def test_what_is_no_length_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"length|period"):
        parse_length(text)


def test_bounds_hold_what_lies_between_them_in_the_same_unit() -> None:
    bounds = parse_bounds("1 to 4 days")
    assert bounds == Bounds(Length(1, Unit.DAYS), Length(4, Unit.DAYS))
    assert bounds.says() == {"zh": "1至4日", "en": "1 to 4 days"}
    assert [n for n in range(1, 7) if bounds.holds(Length(n, Unit.DAYS))] == [1, 2, 3, 4]
    assert not bounds.holds(Length(2, Unit.MONTHS))
    assert parse_bounds("2 months").says()["en"] == "2 months"
    assert Length(1, Unit.HALF_MONTHS).says()["zh"] == "半个月"
    with pytest.raises(ValueError, match="above"):
        parse_bounds("4 to 1 days")


# --- what holds for all periods ---

DAYS = st.dates(date(2004, 1, 1), date(2025, 6, 30))
MOMENTS = st.datetimes(datetime(2004, 1, 1), datetime(2025, 6, 30), timezones=st.just(CHINA))  # noqa: DTZ001
LENGTHS = st.builds(Length, st.integers(1, 40), st.sampled_from(list(Unit)))
COUNTINGS = st.builds(Counting, st.sampled_from(["next_day", "from_fact", "next_hour"]), st.booleans(), st.booleans())


def same_day_oracle(day: date, number: int) -> date:
    """法释202(1) month by month, written another way: walk the calendar, then pick the day."""
    year, month = day.year, day.month
    for _ in range(number):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    is_last = day.day == month_table.monthrange(day.year, day.month)[1]
    wanted = 31 if is_last else day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


@given(DAYS, st.integers(0, 300))
def test_months_agree_with_an_independent_reading_of_the_rule(day: date, number: int) -> None:
    assert add_months(day, number) == same_day_oracle(day, number)
    assert add_years(day, 4 * number).day == day.day or (day.month, day.day) == (2, 29)


@given(MOMENTS, LENGTHS, COUNTINGS)
def test_no_period_ends_before_it_starts(start: datetime, length: Length, counting: Counting) -> None:
    assert due(start, [length], counting, CALENDAR).ends_at > start


@given(MOMENTS, LENGTHS, COUNTINGS)
def test_a_longer_period_never_ends_earlier(start: datetime, length: Length, counting: Counting) -> None:
    longer = Length(length.number + 1, length.unit)
    assert due(start, [longer], counting, CALENDAR).ends_at >= due(start, [length], counting, CALENDAR).ends_at
    extended = due(start, [length, Length(1, Unit.DAYS)], replace(counting, rolls=False), CALENDAR)
    assert extended.ends_at >= due(start, [length], replace(counting, rolls=False), CALENDAR).ends_at


@given(MOMENTS, LENGTHS)
def test_a_roll_lands_on_the_first_workday_and_custody_never_rolls(start: datetime, length: Length) -> None:
    still = due(start, [length], Counting(rolls=False), CALENDAR)
    rolled = due(start, [length], Counting(), CALENDAR)
    custody = due(start, [length], Counting(rolls=True, protects_liberty=True), CALENDAR)
    assert custody.ends_at == still.ends_at
    if length.unit is not Unit.HOURS:
        assert rolled.last_day == CALENDAR.next_workday(still.last_day)
        assert rolled.ends_at == midnight(rolled.last_day + timedelta(days=1))


@given(MOMENTS, st.integers(2, 40), st.integers(0, 30), st.integers(0, 60))
def test_a_pause_adds_exactly_what_it_lasts(start: datetime, number: int, offset: int, lasted: int) -> None:
    for unit, one in ((Unit.HOURS, timedelta(hours=1)), (Unit.DAYS, timedelta(days=1))):
        lengths = [Length(number, unit)]
        counting = Counting("from_fact", rolls=False)
        plain = due(start, lengths, counting, CALENDAR)
        since = start + min(offset, number - 2) * one
        paused = due(start, lengths, counting, CALENDAR, excluded=[(since, since + lasted * one)])
        assert paused.ends_at == plain.ends_at + lasted * one


@given(MOMENTS, LENGTHS.filter(lambda length: length.unit in (Unit.DAYS, Unit.WORKING_DAYS)))
def test_counting_back_from_an_event_and_forward_again_gives_its_day(event: datetime, length: Length) -> None:
    back = latest_before(event, length, CALENDAR).last_day
    again = due(midnight(back), [length], Counting(rolls=False), CALENDAR).last_day
    assert again == (event.date() if length.unit is Unit.DAYS else CALENDAR.workday_after(back, length.number))


@given(LENGTHS)
def test_every_length_can_be_written_and_read_back(length: Length) -> None:
    assert parse_length(length.text()) == length


def test_an_empty_calendar_knows_no_year() -> None:
    assert not Calendar().knows(date(2025, 1, 1))
