"""Alarms follow from the state and the time; the chain of custody has neither gap nor overlap."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.party import Person
from dangui.core.proceeding import Proceeding
from dangui.core.supervise import alarms, custody_chain
from small_world import BEGIN, Office


@pytest.fixture
def office() -> Office:
    return Office()


def test_custody_past_every_limit_raises_an_alarm_until_the_person_is_released(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    last_moment = BEGIN + timedelta(days=4) - timedelta(hours=9, seconds=1)
    assert alarms(office.state(case), last_moment) == []
    (alarm,) = alarms(office.state(case), last_moment + timedelta(seconds=1))
    assert (alarm.code, alarm.place) == ("custody_without_basis", person)
    assert "small/2020#2" in alarm.basis
    office.pass_by(days=9)
    office.do(case, "release", person)
    assert alarms(office.state(case), office.now) == []


def test_a_limit_that_stands_still_raises_no_alarm(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    office.do(case, "examine", person)
    assert alarms(office.state(case), BEGIN + timedelta(days=99)) == []


def held(name: str, *spells: tuple[int, int | None]) -> Proceeding:
    def day(number: int) -> datetime:
        return BEGIN + timedelta(days=number)

    holds = tuple((day(since), None if until is None else day(until)) for since, until in spells)
    person = Person("p", "suspect", BEGIN, holds=holds)
    return Proceeding(id=name, agency=name, persons={"p": person})


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ((0, 5), (6, None), ["custody.gap"]),
        ((0, 5), (4, 9), ["custody.overlap"]),
        ((0, None), (4, 9), ["custody.overlap"]),
        ((0, 5), (5, None), []),
    ],
)
def test_a_gap_and_an_overlap_are_named(
    first: tuple[int, int | None], second: tuple[int, int | None], found: list[str]
) -> None:
    _, problems = custody_chain("p", [held("a", first), held("b", second)])
    assert [problem.code for problem in problems] == found


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_one_holding_after_another_is_whole_in_whatever_order_the_ledgers_come(days: list[int]) -> None:
    begins = [sum(days[:number]) for number in range(len(days))]
    states = [
        held(f"a{number}", (begin, begin + length))
        for number, (begin, length) in enumerate(zip(begins, days, strict=True))
    ]
    holdings, problems = custody_chain("p", reversed(states))
    assert problems == []
    assert [holding.proceeding for holding in holdings] == [state.id for state in states]
