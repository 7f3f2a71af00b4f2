"""Sentence — 刑期: ends of terms at every edge of the rule, and credit for custody from the shipped table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.problem import Problem
from dangui.core.sentence import CreditRule, custody_credit, parse_credit_rules, sentence_end, years_and_months

TABLE = Path(__file__).parents[2] / "procedures" / "criminal" / "credit.yaml"


@pytest.fixture(scope="module")
def rules() -> tuple[CreditRule, ...]:
    problems: list[Problem] = []
    found = parse_credit_rules(yaml.safe_load(TABLE.read_text("utf-8")), "credit.yaml", problems)
    assert problems == []
    return found


def test_seven_months_from_the_middle_of_a_month_end_the_day_before_the_same_day() -> None:
    found = sentence_end(date(2018, 10, 15), months=7, kind="fixed_term")
    assert found.end == date(2019, 5, 14)
    assert found.working[0].basis == "spc_crim_interp_2021/2021#202.2"


@pytest.mark.parametrize(("start", "years", "months", "end"), [
    ("2024-03-01", 1, 0, "2025-02-28"),      # 次年同月同日的前一日
    ("2024-02-29", 1, 0, "2025-02-27"),      # 同日不存在：该月最后一日的前一日
    ("2024-02-29", 4, 0, "2028-02-28"),
    ("2025-01-31", 0, 1, "2025-02-27"),      # 起算日为本月最后一日：至下月最后一日的前一日
    ("2025-02-28", 0, 1, "2025-03-30"),
    ("2025-02-28", 1, 0, "2026-02-27"),      # 以年计算不看月末
    ("2025-01-30", 0, 1, "2025-02-27"),      # 下月同日不存在
    ("2025-01-29", 0, 1, "2025-02-27"),
    ("2025-01-28", 0, 1, "2025-02-27"),
    ("2024-05-31", 1, 6, "2025-11-29"),
    ("2014-08-14", 11, 6, "2026-02-13"),
])
def test_terms_end_as_the_two_sentences_of_the_rule_say(start: str, years: int, months: int, end: str) -> None:
    found = sentence_end(date.fromisoformat(start), years=years, months=months, kind="fixed_term")
    assert found.end == date.fromisoformat(end)


def test_before_2021_a_month_end_was_no_special_day() -> None:
    start = date(2018, 4, 30)
    assert sentence_end(start, months=1, kind="fixed_term", month_end="same_day", basis="").end == date(2018, 5, 29)
    assert sentence_end(start, months=1, kind="fixed_term").end == date(2018, 5, 30)
    assert sentence_end(date(2018, 1, 31), months=1, kind="fixed_term", month_end="same_day").end == date(2018, 2, 27)


def test_half_a_month_is_fifteen_days() -> None:
    assert sentence_end(date(2025, 3, 1), months=1, half_months=1, kind="detention_penalty").end == date(2025, 4, 15)
    assert sentence_end(date(2025, 3, 1), half_months=1, kind="detention_penalty").end == date(2025, 3, 15)


def test_credit_shortens_the_term_and_a_term_served_in_custody_says_release() -> None:
    found = sentence_end(date(2018, 10, 15), months=7, kind="fixed_term", credit_days=37)
    assert found.end == date(2019, 4, 7)
    assert [step.rule for step in found.working] == ["term", "credit"]
    served = sentence_end(date(2018, 10, 15), months=1, kind="fixed_term", credit_days=31)
    assert served.end < date(2018, 10, 15)
    assert served.working[-1].rule == "term_served"


@pytest.mark.parametrize("term", [{}, {"months": -1, "years": 1}, {"months": 1, "credit_days": -1}])
def test_a_term_of_nothing_or_below_zero_is_refused(term: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a term needs"):
        sentence_end(date(2025, 1, 1), kind="fixed_term", **term)


def test_months_are_pronounced_as_years_and_months() -> None:
    assert years_and_months(138) == (11, 6)
    assert years_and_months(6) == (0, 6)


@pytest.mark.parametrize(("penalty", "custody", "first", "last", "days"), [
    ("control", "detained", "2025-01-01", "2025-01-10", 20),                       # 羁押一日折抵管制二日
    ("control", "designated_surveillance", "2025-01-01", "2025-01-10", 10),
    ("detention_penalty", "arrested", "2025-01-01", "2025-01-10", 10),
    ("fixed_term", "detained", "2025-01-01", "2025-01-01", 1),
    ("fixed_term", "designated_surveillance", "2025-01-01", "2025-01-10", 5),      # 二日折抵一日
    ("fixed_term", "designated_surveillance", "2025-01-01", "2025-01-11", 5),
    ("fixed_term", "bail", "2025-01-01", "2025-01-10", 0),
    ("life", "detained", "2025-01-01", "2025-01-10", 0),
])
def test_custody_serves_by_the_ratio_of_the_table(
    rules: tuple[CreditRule, ...], penalty: str, custody: str, first: str, last: str, days: int
) -> None:
    episode = (custody, date.fromisoformat(first), date.fromisoformat(last))
    assert custody_credit([episode], penalty, rules).days == days


def test_the_day_on_which_detention_becomes_arrest_counts_once(rules: tuple[CreditRule, ...]) -> None:
    credit = custody_credit([("detained", date(2025, 1, 1), date(2025, 1, 8)),
                             ("arrested", date(2025, 1, 8), date(2025, 1, 20))], "fixed_term", rules)
    assert credit.days == 20
    assert {step.basis for step in credit.working} == {"criminal_law/2023#47"}


def test_a_day_that_is_both_counts_for_the_kind_that_gives_more(rules: tuple[CreditRule, ...]) -> None:
    both = [("designated_surveillance", date(2025, 1, 1), date(2025, 1, 10)),
            ("detained", date(2025, 1, 10), date(2025, 1, 12))]
    credit = custody_credit(both, "fixed_term", rules)
    assert credit.days == 3 + 4
    assert any("余1日" in step.says["zh"] for step in credit.working)
    assert custody_credit(both[::-1], "fixed_term", rules).days == credit.days


def test_days_are_added_over_episodes_before_the_ratio_is_taken(rules: tuple[CreditRule, ...]) -> None:
    odd = [("designated_surveillance", date(2025, 1, 1), date(2025, 1, 3)),
           ("designated_surveillance", date(2025, 2, 1), date(2025, 2, 3))]
    assert custody_credit(odd, "fixed_term", rules).days == 3


def test_custody_that_ends_before_it_begins_is_refused(rules: tuple[CreditRule, ...]) -> None:
    with pytest.raises(ValueError, match="before it begins"):
        custody_credit([("detained", date(2025, 1, 2), date(2025, 1, 1))], "fixed_term", rules)


def test_a_broken_table_gives_every_problem_at_once() -> None:
    problems: list[Problem] = []
    parse_credit_rules({"fixed_term": [{"custody": "detained", "per": 0, "counts": 1, "basis": "x"},
                                       {"per": 1, "counts": 1, "wrong": 1}]}, "credit.yaml", problems)
    assert {problem.code for problem in problems} == {"credit.ratio", "pack.missing_key", "pack.unknown_key"}
    assert len(problems) == 4
    broken: list[Problem] = []
    assert parse_credit_rules(["no table"], "credit.yaml", broken) == ()
    assert [problem.code for problem in broken] == ["pack.not_a_mapping"]


STARTS = st.dates(date(2005, 1, 1), date(2040, 12, 31))


@given(STARTS, st.integers(0, 25), st.integers(0, 11), st.integers(0, 400))
def test_a_longer_term_never_ends_earlier_and_credit_shortens_it_exactly(
    start: date, years: int, months: int, credit: int
) -> None:
    longer = sentence_end(start, years=years, months=months + 1, kind="fixed_term").end
    if years or months:
        assert longer > sentence_end(start, years=years, months=months, kind="fixed_term").end >= start
    less = sentence_end(start, years=years, months=months + 1, kind="fixed_term", credit_days=credit).end
    assert longer - less == timedelta(days=credit)


@given(STARTS.filter(lambda day: day.day < 28), st.integers(1, 300))
def test_away_from_month_ends_the_day_after_a_term_bears_the_number_of_its_start(start: date, months: int) -> None:
    years, rest = years_and_months(months)
    for month_end in ("last_day", "same_day"):
        end = sentence_end(start, years=years, months=rest, kind="fixed_term", month_end=month_end).end
        assert (end + timedelta(days=1)).day == start.day
