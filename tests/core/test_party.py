"""Identity numbers (GB 11643), ages, and persons as they travel."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.calendar import CHINA
from dangui.core.party import (
    Episode,
    Person,
    born_from,
    check_digit,
    id_number_faults,
    is_under,
    person_from,
)

DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
NUMBERS = st.builds(
    lambda region, born, serial: f"{region:06d}{born:%Y%m%d}{serial:03d}",
    st.integers(110000, 659999),
    DAYS,
    st.integers(0, 999),
)


def test_the_worked_example_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"
    assert id_number_faults("11010519491231002X") == []
    assert id_number_faults("440524188001010014") == []


@given(NUMBERS)
def test_a_number_with_its_check_digit_has_no_fault_and_says_the_birthday(number: str) -> None:
    whole = number + check_digit(number)
    assert id_number_faults(whole) == []
    assert f"{born_from(whole):%Y%m%d}" == number[6:14]


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(number: str, place: int, by: int) -> None:
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert id_number_faults(wrong + check_digit(number))


@pytest.mark.parametrize(
    ("number", "faults"),
    [
        ("", ["form"]),
        ("1" * 17, ["form"]),
        ("1" * 19, ["form"]),
        ("11010519491231002x", ["form"]),
        ("１１０１０５１９４９１２３１００２X", ["form"]),
        ("11010519491331002X", ["born", "checksum"]),
        ("110105194912310021", ["checksum"]),
    ],
)
def test_what_is_wrong_with_a_number(number: str, faults: list[str]) -> None:
    assert id_number_faults(number) == faults


@pytest.mark.parametrize(
    ("born", "on", "under"),
    [
        (date(2006, 3, 1), date(2024, 2, 29), True),
        (date(2006, 3, 1), date(2024, 3, 1), True),
        (date(2006, 3, 1), date(2024, 3, 2), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_an_age_is_reached_on_the_day_after_the_birthday(born: date, on: date, under: bool) -> None:
    assert is_under(18, born, on) is under


@given(DAYS, st.integers(12, 18), st.integers(0, 20000))
def test_nobody_gets_younger(born: date, age: int, days: int) -> None:
    on = born + timedelta(days=days)
    assert is_under(age, born, on) or not is_under(age, born, on + timedelta(days=1))


def test_a_person_travels_whole_except_for_who_holds_him() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=CHINA)
    person = Person(
        "p",
        "suspect",
        noon,
        "d" * 64,
        "u",
        "q",
        True,
        "detained",
        True,
        (Episode("bail", False, noon, noon + timedelta(days=1)), Episode("detained", True, noon + timedelta(days=1))),
        ("theft",),
        frozenset({"b", "a"}),
        {"months": 6},
        "convicted",
    )
    assert person_from(person.as_json()) == person
    assert person.measure_since == noon + timedelta(days=1)
    assert not person.held_here
