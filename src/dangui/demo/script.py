"""Script — 剧本: the demonstration's cases as YAML, with days that are relative to the day they are played."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dangui.core.calendar import CHINA, ONE_DAY, Calendar
from dangui.core.digest import digest
from dangui.core.party import check_digit
from dangui.packs_yaml import read_file

NOWHERE = "990421"
"""A division code that is no place's: whoever has it in the identity number is nobody."""

_DAY = re.compile(r"today(?:([+-]\d+)(d|w))?(?: (\d\d:\d\d))?")
_HOURS = re.compile(r"now-(\d+)([hm])")


def read_scripts(path: Path) -> list[dict[str, Any]]:
    """The scripts of a file: one case, or ``cases: [...]``. Raises ValueError with every problem of the file."""
    sheet = read_file(path, path.parent)
    if sheet.problems:
        raise ValueError("; ".join(f"{each.place}: {each.says['en']}" for each in sheet.problems))
    raw = dict(sheet.value)
    scripts = raw["cases"] if "cases" in raw else [raw]
    return [{"id": f"{path.stem}-{number}" if "cases" in raw else path.stem, **script} for number, script in enumerate(scripts, 1)]


def at_play_time(script: Mapping[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """The script with every relative time and every made-up identity number written out.

    ``today-3d 10:00`` is three days ago, ``today-3w 10:00`` three working days ago, ``now-5h`` five hours ago.
    """
    def resolved(text: str) -> str:
        if found := _DAY.fullmatch(text):
            day = _day(now, int(found[1] or 0), found[2] or "d", calendar)
            return f"{day.isoformat()} {found[3]}" if found[3] else day.isoformat()
        if found := _HOURS.fullmatch(text):
            ago = timedelta(**{{"h": "hours", "m": "minutes"}[found[2]]: int(found[1])})
            return (now.astimezone(CHINA) - ago).strftime("%Y-%m-%d %H:%M")
        return text
    changed = _each_text(script, resolved)
    return dict(_numbered(changed))


def _day(now: datetime, days: int, unit: str, calendar: Calendar) -> date:
    today = now.astimezone(CHINA).date()
    return calendar.workday_after(today, days) if unit == "w" else today + days * ONE_DAY


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _numbered(value: Any) -> Any:
    """Everybody with a name and a birthday gets an identity number that is nobody's, the same at every play."""
    if isinstance(value, list):
        return [_numbered(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    inner = {key: _numbered(item) for key, item in value.items()}
    if {"name", "sex", "born"} <= set(inner) and "id_number" not in inner:
        inner["id_number"] = identity_number(inner["name"], inner["sex"], inner["born"])
    return inner


def identity_number(name: str, sex: str, born: str) -> str:
    """A well-formed number (GB 11643) of a person who does not exist."""
    order = int(digest([name, born])[:6], 16) % 500 * 2 + (sex == "male")
    first = f"{NOWHERE}{born.replace('-', '')}{order:03d}"
    return first + check_digit(first)
