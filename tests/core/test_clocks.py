"""Clocks of limits as packs write them: started, extended within bounds, stopped and resumed, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.calendar import CHINA, Calendar
from dangui.core.clocks import concerning, end, extend, late_flag, pause, recount, resume, start
from dangui.core.deadline import CRIMINAL
from dangui.core.length import Length, parse_length
from dangui.core.problem import Problem
from dangui.core.procedure import Limit, parse_limit
from dangui.core.proceeding import Clock

BEGIN = datetime(2024, 9, 27, 10, tzinfo=CHINA)
REQUEST: dict[str, Any] = {
    "title": {"zh": "提请批准逮捕", "en": "request arrest"},
    "protects": "liberty",
    "at_end": "release_or_convert",
    "length": [
        {"is": "3 days", "since": "2018-10-26", "basis": "law/2018#91.1"},
        {"is": "10 days", "when": "fast", "since": "2018-10-26", "basis": "law/2018#91.9"},
        {"is": "7 days", "until": "2018-10-26", "basis": "law/2012#91.1"},
    ],
    "extendable": [
        {"by": "1 to 4 days", "times": 1, "basis": "law/2018#91.1"},
        {"to": "30 days", "when": "gang", "basis": "law/2018#91.2"},
    ],
}


class Known:
    def __init__(self, *words: str) -> None:
        self.words = words

    def word(self, name: str) -> bool:
        return name in self.words

    def value(self, kind: str, name: str) -> Any:
        return None


def limit(raw: dict[str, Any] = REQUEST) -> Limit:
    problems: list[Problem] = []
    found = parse_limit("request", raw, "deadlines.yaml:request", problems)
    assert not problems, [problem.as_json() for problem in problems]
    return found


def clock(*words: str, at: datetime = BEGIN) -> Clock:
    found = start(limit(), "request:p:1", "p", at, Known(*words), Calendar())
    assert found
    return found


def lengthen(found: Clock, text: str, *words: str, to: bool = False) -> Clock | Problem:
    length = parse_length(text)
    return extend(
        found, limit(), by=None if to else length, to=length if to else None, known=Known(*words), calendar=Calendar()
    )


def test_the_length_in_force_is_taken_and_one_with_a_condition_first() -> None:
    assert (clock().last_day, clock().basis) == ("2024-09-30", ("law/2018#91.1",))
    assert clock("fast").last_day == "2024-10-07"
    assert clock(at=datetime(2018, 10, 25, tzinfo=CHINA)).basis == ("law/2012#91.1",)
    assert clock(at=datetime(2018, 10, 26, tzinfo=CHINA)).basis == ("law/2018#91.1",)


def test_without_a_length_in_force_there_is_no_clock() -> None:
    late_law = {**REQUEST, "length": [{"is": "3 days", "since": "2030-01-01"}]}
    assert start(limit(late_law), "request:p:1", "p", BEGIN, Known(), Calendar()) is None


def test_a_limit_is_extended_by_what_the_pack_allows_and_so_often() -> None:
    once = lengthen(clock(), "4 days")
    assert isinstance(once, Clock)
    assert (once.last_day, once.extensions, once.basis) == ("2024-10-04", 1, ("law/2018#91.1", "law/2018#91.1"))
    for found, text in ((clock(), "5 days"), (clock(), "1 month"), (once, "1 day")):
        refused = lengthen(found, text)
        assert isinstance(refused, Problem)
        assert refused.code == "extend.not_allowed"
        assert "1至4日" in refused.hint["zh"]


def test_a_limit_is_extended_to_a_length_from_its_own_start() -> None:
    assert isinstance(lengthen(clock(), "30 days", to=True), Problem)
    longest = lengthen(clock(), "30 days", "gang", to=True)
    assert isinstance(longest, Clock)
    assert (longest.last_day, longest.lengths) == ("2024-10-27", ("30 days",))
    assert isinstance(lengthen(clock(), "31 days", "gang", to=True), Problem)


@given(st.integers(1, 2), st.integers(0, 60))
def test_excluded_days_are_added_and_the_rest_stays(stopped_after: int, days: int) -> None:
    stopped = pause(clock(), BEGIN + timedelta(days=stopped_after), "鉴定")
    again = resume(stopped, BEGIN + timedelta(days=stopped_after + days), CRIMINAL, Calendar())
    assert (stopped.status, again.status) == ("paused", "running")
    assert again.ends_at - clock().ends_at == timedelta(days=days)
    assert recount(again, CRIMINAL, Calendar()) == again


def test_a_clock_that_resumes_before_it_stopped_has_lost_nothing() -> None:
    stopped = pause(clock(), BEGIN + timedelta(days=1), "鉴定")
    assert resume(stopped, BEGIN, CRIMINAL, Calendar()).ends_at == clock().ends_at


def test_an_ended_clock_concerns_nobody() -> None:
    running, other = clock(), start(limit(), "request:q:1", "q", BEGIN, Known(), Calendar())
    assert other
    met = end(running, BEGIN + timedelta(days=1), "met")
    assert not met.live
    assert concerning([running, other, met], ["request"], ["p"]) == [running]
    assert concerning([running, other], ["request"], []) == [running, other]
    assert concerning([running], ["review"], []) == []


def test_late_is_said_with_the_day_it_was_due() -> None:
    flag = late_flag(clock(), BEGIN + timedelta(days=9))
    assert (flag["code"], flag["person"]) == ("request.late", "p")
    assert "2024-09-30" in flag["says"]["zh"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rolls": True}, "limit.liberty_rolls"),
        ({"length": [{"is": "three days"}]}, "limit.length"),
        ({"extendable": [{"by": "1 day", "to": "3 days"}]}, "limit.extension"),
        ({"length": None}, "pack.missing_key"),
        ({"counts": "backwards"}, "pack.unknown_choice"),
        ({"length": [{"is": "3 days", "since": "soon"}]}, "pack.not_a_date"),
    ],
)
def test_a_limit_that_can_not_be_counted_is_a_problem_of_the_pack(change: dict[str, Any], code: str) -> None:
    problems: list[Problem] = []
    parse_limit("request", {**REQUEST, **change}, "deadlines.yaml:request", problems)
    assert code in {problem.code for problem in problems}


def test_lengths_of_the_pack_are_read_back_from_the_entry() -> None:
    assert [parse_length(text) for text in clock().lengths] == [Length(3, parse_length("1 day").unit)]
