"""Gauges, rails and custody chains as shapes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from dangui.core.calendar import CHINA
from dangui.core.problem import words
from dangui.web.desk import samples
from dangui.web.desk.draw.custody import chains
from dangui.web.desk.draw.gauge import gauge, left_words
from dangui.web.desk.draw.rail import BOX_HEIGHT, BOX_WIDTH, dots, rail
from dangui.web.desk.sheet import Clock

NOW = datetime(2026, 3, 5, 12, tzinfo=CHINA)


def clock(
    start: timedelta, end: timedelta, status: str = "running", *, liberty: bool = False, ended: timedelta | None = None
) -> Clock:
    return Clock(
        "c", words("期限", "Limit"), "", liberty, status, NOW - start, NOW + end, None, NOW - ended if ended else None
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "zh", "en"),
    [
        (timedelta(days=6, hours=3), "剩 6 天", "6 days left"),
        (timedelta(hours=47), "剩 47 小时", "47 h left"),
        (timedelta(minutes=20), "剩 20 分钟", "20 min left"),
        (-timedelta(days=3), "已超 3 天", "3 days over"),
        (-timedelta(seconds=5), "已超 1 分钟", "1 min over"),
    ],
)
def test_what_is_left_is_said_in_the_unit_that_matters(left, zh, en):
    assert left_words(left) == words(zh, en)


def test_a_limit_in_the_middle_is_half_filled_and_calm():
    drawn = gauge(clock(timedelta(days=50), timedelta(days=50)), NOW)
    assert (drawn.filled, drawn.now, drawn.tone) == (500, 500, "calm")


def test_only_liberty_and_broken_limits_are_red():
    day = timedelta(days=1)
    assert gauge(clock(day, day, liberty=True), NOW).tone == "liberty"
    assert gauge(clock(2 * day, -day), NOW).tone == "broken"
    assert gauge(clock(9 * day, day), NOW).tone == "soon"
    assert gauge(clock(9 * day, -day, "met", ended=2 * day, liberty=True), NOW).tone == "done"
    assert gauge(clock(9 * day, -3 * day, "late", ended=day), NOW).tone == "broken"
    assert gauge(clock(9 * day, day, "paused", liberty=True), NOW).tone == "still"


def test_a_broken_limit_shows_how_far_it_is_over():
    drawn = gauge(clock(timedelta(days=4), -timedelta(days=1)), NOW)
    assert (drawn.filled, drawn.now) == (1000, 1000)


def test_the_stations_of_a_rail_do_not_overlap_and_stand_in_their_agencys_lane():
    drawn = rail(samples.case(NOW))
    boxes = [stop.box for stop in drawn.stops]
    assert all(
        abs(a[0] - b[0]) >= BOX_WIDTH or abs(a[1] - b[1]) >= BOX_HEIGHT for a in boxes for b in boxes if a is not b
    )
    lanes = {lane.title["zh"]: lane.y for lane in drawn.lanes}  # type: ignore[index]
    assert all(stop.y == lanes[stop.station.agency["zh"]] for stop in drawn.stops)


def test_a_hand_over_still_on_its_way_is_drawn_open():
    drawn = rail(samples.case(NOW))
    assert [track.open for track in drawn.tracks if track.tickets] == [False, False, True]


def test_several_hand_overs_between_two_stations_share_a_track():
    drawn = rail(samples.case(NOW))
    assert [len(track.tickets) for track in drawn.tracks] == [0, 2, 1, 1]


def test_no_track_crosses_a_station_it_does_not_serve():
    drawn = rail(samples.case(NOW))
    for track in drawn.tracks:
        corners = [tuple(map(int, pair)) for pair in re.findall(r"(-?\d+) (-?\d+)", track.path)]
        for stop in drawn.stops:
            left, top = stop.box
            inside = [(x, y) for x, y in corners if left < x < left + BOX_WIDTH and top < y < top + BOX_HEIGHT]
            assert inside == []


def test_a_gap_in_custody_is_seen_as_a_gap():
    chain = chains(samples.case(NOW), NOW)[0]
    first, second = chain.spells
    assert first.x == 0
    assert second.x >= first.x + first.width
    assert second.x + second.width <= 1000


def test_an_empty_rail_is_nothing():
    assert dots(()) == ()
