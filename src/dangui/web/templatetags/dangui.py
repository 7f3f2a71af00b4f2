"""Template words — 模板用词: titles in the reader's language, dates in words, gauges, rails and citations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import get_language

from dangui.core.problem import Words, words
from dangui.web import law
from dangui.web.desk.draw import gauge as gauges
from dangui.web.desk.draw import rail as rails
from dangui.web.desk.sheet import CaseSheet, Clock, Station

register = template.Library()

# Between Chinese characters punctuation is full width, however the data was typed.
_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff”》）])[,:;?](?=[\u4e00-\u9fff“《（])")
_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "?": "？"}
_WEEKDAYS = "一二三四五六日"
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZES = ((2**30, "GB"), (2**20, "MB"), (2**10, "KB"))


def chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


@register.filter
def in_words(value: Words | str | None) -> str:
    """The text in the reader's language; the other one rather than nothing."""
    if not isinstance(value, Mapping):
        return str(value or "")
    first, second = ("zh", "en") if chinese() else ("en", "zh")
    text = str(value.get(first) or value.get(second) or "")
    return _HALF_WIDTH.sub(lambda found: _FULL_WIDTH[found[0]], text) if chinese() else text


@register.filter
def day(value: datetime | date | None) -> str:
    """A date in words: 2026年10月27日 周二 · Tue 27 Oct 2026."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    if chinese():
        return f"{on.year}年{on.month}月{on.day}日 周{_WEEKDAYS[on.weekday()]}"
    return f"{_ENGLISH_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]} {on.year}"


@register.filter
def short_day(value: datetime | date | None) -> str:
    """A date for dense tables: 10月27日 · 27 Oct; with the year if it is not this one."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    other_year = on.year != timezone.localdate().year
    if chinese():
        return f"{f'{on.year}年' if other_year else ''}{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]}{f' {on.year}' if other_year else ''}"


@register.filter
def due_day(value: datetime | None) -> str:
    """The end of a limit for dense tables: its last day if it ends with a day, else day and time."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    if at.hour == at.minute == at.second == 0:
        return short_day(at - timedelta(seconds=1))
    return f"{short_day(at)} {at:%H:%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """A date and time: 2026年10月27日 14:05 · 27 Oct 2026 14:05."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    if chinese():
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M}"


@register.filter
def clock_time(value: datetime | None) -> str:
    """Hours and minutes."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def near_day(value: datetime | date | None) -> str:
    """A day with its weekday, without the year if it is this one: 10月27日 周二."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return (
        f"{short_day(on)} 周{_WEEKDAYS[on.weekday()]}"
        if chinese()
        else f"{_ENGLISH_DAYS[on.weekday()]} {short_day(on)}"
    )


@register.filter
def near_moment(value: datetime | None) -> str:
    """A day and time, without the year if it is this one."""
    return f"{short_day(value)} {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def iso(value: datetime | date | None) -> str:
    """For ``<time datetime=…>``."""
    return timezone.localtime(value).isoformat(timespec="minutes") if isinstance(value, datetime) else str(value or "")


@register.filter
def joined(value: Sequence[Any] | None) -> str:
    """A list of names or words in one line: 赵一、钱二 · Zhao Yi, Qian Er."""
    return ("、" if chinese() else ", ").join(in_words(item) for item in value or ())


@register.filter
def amount_of_bytes(value: int) -> str:
    """12.3 MB."""
    for size, unit in _SIZES:
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value} B"


@register.filter
def up_to_thousand(value: int | None) -> str:
    """A count that is exact up to 1,000 and says so beyond."""
    return "1000+" if value is not None and value > 1000 else str(value or 0)


@register.filter
def at(mapping: Mapping[str, Any] | None, key: object) -> Any:
    """An item of a mapping, or nothing."""
    return (mapping or {}).get(str(key))


@register.filter
def sum_of(counts: Mapping[str, int], keys: str) -> int:
    """Some of the counts together."""
    return sum(counts.get(key, 0) for key in keys.split())


@register.filter
def cited(citation: str) -> str:
    """A citation as a person says it: 《刑事诉讼法》第九十一条第一款 · Criminal Procedure Law, art. 91(1)."""
    return in_words(law.said(citation))


@register.filter
def listed(basis: Sequence[str] | None) -> list[tuple[str, Words]]:
    """Citations, each law named once."""
    return law.listed(basis or ())


@register.filter
def law_address(citation: str) -> str:
    """Where the article can be read."""
    return law.address(citation)


@register.simple_tag
def left_of(due_at: datetime | None) -> str:
    """How much is left until then."""
    return in_words(gauges.left_words(due_at - timezone.now())) if due_at else ""


@register.inclusion_tag("parts/gauge.html", takes_context=True)
def gauge(context: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """A limit drawn in full, with its working."""
    now = context.get("now") or timezone.now()
    return {"clock": clock, "gauge": gauges.gauge(clock, now)}


@register.inclusion_tag("parts/gauge_small.html", takes_context=True)
def gauge_small(context: Mapping[str, Any], line: Any, since: datetime) -> dict[str, Any]:
    """A limit of a line in a list."""
    now = context.get("now") or timezone.now()
    drawn = gauges.short(since, line.due_at, line.liberty, now) if line.due_at else None
    return {"gauge": drawn, "line": line}


@register.simple_tag
def dots(stations: Sequence[Station]) -> str:
    """The small rail. A list of fifty lines has a handful of different ones, so each is drawn once."""
    return _drawn(get_language(), tuple((each.id, each.title["zh"], each.title["en"], each.state) for each in stations))


@lru_cache(maxsize=2048)
def _drawn(language: str | None, stations: tuple[tuple[str, str, str, Any], ...]) -> str:
    placed = rails.dots([Station(id_, words(zh, en), state) for id_, zh, en, state in stations])
    width = placed[-1].x + 6 if placed else 0
    return get_template("parts/dots.html").render({"dots": placed, "width": width})


@register.inclusion_tag("parts/rail.html")
def rail(case: CaseSheet) -> dict[str, Any]:
    """The large rail."""
    return {"rail": rails.rail(case, in_words), "case": case, "room": rails.BOX_WIDTH}
