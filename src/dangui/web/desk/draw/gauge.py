"""Gauge — 期限尺: a limit drawn as start, now and end, with its tone and how much is left in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dangui.core.problem import Words, words
from dangui.web.desk.sheet import Clock

Tone = Literal["calm", "soon", "liberty", "broken", "done", "still"]
"""calm: time enough · soon: near its end · liberty: freedom is at stake · broken: past · done · still: not running."""

WIDTH = 1000
"""Units of the drawing across."""
HOURS_SHOWN_BELOW = timedelta(hours=48)
SOON_SHARE = 0.25
"""Without a warning tier of its own a limit is near when a quarter of it is left …"""
SOON_AT_MOST = timedelta(days=7)
"""… and never earlier than seven days before."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """What the template draws: positions from 0 to 1000, a tone, and the words beside it."""

    tone: Tone
    filled: int
    now: int | None
    warn: int | None
    left: Words
    state: Words
    liberty: bool


def gauge(clock: Clock, now: datetime) -> Gauge:
    """The gauge of ``clock`` as seen at ``now``."""
    tone = _tone(clock, now)
    until = clock.ended_at if clock.status in ("met", "late", "cancelled") and clock.ended_at else now
    span = _span(clock, now)
    warn = _warn_at(clock)
    running = clock.status in ("running", "past", "paused")
    return Gauge(
        tone=tone,
        filled=_place(clock.started_at, until, span),
        now=_place(clock.started_at, now, span) if running else None,
        warn=_place(clock.started_at, warn, span) if running else None,
        left=_left(clock, now),
        state=_STATES[tone],
        liberty=clock.liberty,
    )


def short(since: datetime, due_at: datetime, liberty: bool, now: datetime) -> Gauge:
    """The gauge of a line in a list, where only start and end are known."""
    return gauge(Clock("", words("", ""), "", liberty, "running", since, due_at), now)


def left_words(left: timedelta) -> Words:
    """How much is left, or by how much it is past, in days or, when it is near, in hours."""
    late, amount = left < timedelta(0), abs(left)
    if amount < timedelta(hours=1):
        number, zh, en = max(1, int(amount.total_seconds() // 60)), "分钟", "min"
    elif amount < HOURS_SHOWN_BELOW:
        number, zh, en = int(amount.total_seconds() // 3600), "小时", "h"
    else:
        number, zh, en = amount.days, "天", "days"
    return (
        words(f"已超 {number} {zh}", f"{number} {en} over")
        if late
        else words(f"剩 {number} {zh}", f"{number} {en} left")
    )


def _tone(clock: Clock, now: datetime) -> Tone:
    if clock.status in ("late", "past") or (clock.status == "running" and now > clock.ends_at):
        return "broken"
    if clock.status == "met":
        return "done"
    if clock.status != "running":
        return "still"
    if clock.liberty:
        return "liberty"
    return "soon" if now >= _warn_at(clock) else "calm"


def _warn_at(clock: Clock) -> datetime:
    share = (clock.ends_at - clock.started_at) * SOON_SHARE
    return clock.warn_at or clock.ends_at - min(share, SOON_AT_MOST)


def _span(clock: Clock, now: datetime) -> timedelta:
    # Past its end the bar grows, so that the overrun is seen as a part of the whole.
    last = max(clock.ends_at, now) if clock.status in ("running", "past") else clock.ends_at
    return max(last - clock.started_at, timedelta(minutes=1))


def _place(start: datetime, at: datetime, span: timedelta) -> int:
    return round(WIDTH * min(1.0, max(0.0, (at - start) / span)))


def _left(clock: Clock, now: datetime) -> Words:
    match clock.status:
        case "met":
            return words("已办结", "met")
        case "cancelled":
            return words("不再需要", "no longer due")
        case "late":
            return left_words(clock.ends_at - (clock.ended_at or now))
        case "paused":
            return words("中止计算", "paused")
    return left_words(clock.ends_at - now)


_STATES: dict[Tone, Words] = {
    "calm": words("进行中", "running"),
    "soon": words("将届满", "soon due"),
    "liberty": words("羁押", "custody"),
    "broken": words("超期", "over"),
    "done": words("已完成", "done"),
    "still": words("未计", "not running"),
}
