"""Folding: the same entries give the same state, in one go or from any snapshot, and no effect is skipped silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.ledger import Entry
from dangui.core.proceeding import Clock, Proceeding, Work, clock_from, fold
from small_world import BEGIN, CHEN, GAO, Office


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """A ledger in which much happens."""
    office = Office()
    case = office.open("甲", "乙", "丙")
    first, second, _ = office.suspects(case)
    office.do(case, "note", text="one")
    office.detain(case, first)
    office.do(case, "instruct", first, lawyer="fang")
    office.do(case, "bind", upload=office.upload(), kind="paper")
    office.pass_by(days=1)
    office.do(case, "prolong", first, days=2)
    office.do(case, "examine", first)
    office.pass_by(days=1)
    office.do(case, "examined", first)
    office.do(case, "send_on", first)
    office.clerk.run_jobs()
    office.do(case, "order_report")
    office.pass_by(days=30)
    office.do(case, "report")
    office.do(case, "split", second)
    office.do(case, "assign", by=CHEN, user="ma")
    office.do(case, "recuse", by=GAO, user="li")
    return tuple(office.entries(case))


@given(st.integers(0, 24))
def test_a_fold_may_go_on_from_any_snapshot(cut: int) -> None:
    head, tail = entries()[:cut], entries()[cut:]
    assert fold(tail, fold(head)) == fold(entries())


def test_the_same_entries_give_the_same_state_and_no_entries_leave_it() -> None:
    state = fold(entries())
    assert fold(entries()) == state
    assert fold([], state) == state
    assert fold([]) == Proceeding()
    assert state.head == entries()[-1].head


def test_the_snapshot_is_not_changed_by_what_follows() -> None:
    snapshot = fold(entries()[:6])
    again = fold(entries()[:6])
    fold(entries()[6:], snapshot)
    assert snapshot == again


def test_an_effect_that_nobody_knows_is_not_skipped() -> None:
    strange = replace(entries()[0], body={"effects": [{"is": "blessing"}]})
    with pytest.raises(KeyError, match="blessing"):
        fold([strange])


def test_a_state_under_change_hands_out_states_that_stay() -> None:
    work = Work(Proceeding())
    work.apply({"is": "fact", "person": None, "name": "n", "value": 1}, BEGIN)
    before = work.done()
    work.apply({"is": "fact", "person": None, "name": "n", "value": 2}, BEGIN)
    assert (before.facts, work.done().facts) == ({"n": 1}, {"n": 2})


TIMES = st.integers(0, 10**6).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
CLOCKS = st.builds(
    Clock,
    st.text(),
    st.text(),
    st.none() | st.text(),
    st.just({"zh": "限", "en": "limit"}),
    TIMES,
    st.lists(st.text()).map(tuple),
    TIMES,
    st.text(),
    st.sampled_from(["running", "paused", "met", "cancelled"]),
    st.booleans(),
    st.booleans(),
    st.text(),
    st.text(),
    st.lists(st.text()).map(tuple),
    st.lists(st.text()).map(tuple),
    st.just(({"rule": "days"},)),
    st.integers(0, 3),
    st.lists(st.text()).map(tuple),
    st.lists(st.tuples(TIMES, st.none() | TIMES, st.text())).map(tuple),
    st.none() | TIMES,
    st.none() | st.text(),
)


@given(CLOCKS)
def test_a_clock_survives_its_entry(clock: Clock) -> None:
    assert clock_from(clock.as_json()) == clock


@given(CLOCKS, TIMES)
def test_a_limit_is_past_from_its_end_on_unless_it_stands_still_or_was_dropped(clock: Clock, moment: datetime) -> None:
    expected = clock.status in ("running", "met") and (clock.ended_at or moment) >= clock.ends_at
    assert clock.is_past(moment) == expected


def test_live_clocks_stand_nearest_end_first() -> None:
    def clock(name: str, days: int, status: str = "running") -> Clock:
        return Clock(
            name, name, None, {}, BEGIN, (), BEGIN + timedelta(days=days), "", status, True, False, "", "", (), (), ()
        )

    clocks: dict[str, Any] = {
        each.id: each
        for each in (clock("far", 9), clock("met", 1, "met"), clock("still", 2, "paused"), clock("near", 3))
    }
    state = Proceeding(clocks=clocks)
    assert [each.id for each in state.live_clocks()] == ["still", "near", "far"]
    assert state.next_clock() == clocks["near"]
