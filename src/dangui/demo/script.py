"""Script — 剧本: the demonstration's cases as YAML, with stretches of road they share and days relative to the play."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dangui.core.calendar import CHINA, ONE_DAY, Calendar
from dangui.core.digest import digest
from dangui.core.party import check_digit
from dangui.packs_yaml import read_file

NOWHERE = "990421"
"""A division code that is no place's: whoever has it in the identity number is nobody."""

ONE_HOUR = timedelta(hours=1)

Script = Mapping[str, Any]
Routes = Mapping[str, Sequence[Mapping[str, Any]]]

_DAY = re.compile(r"(today|day)(?:([+-]\d+)(d|w))?(?: (\d\d:\d\d))?")
_AGO = re.compile(r"now-(\d+)h")
_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Clock:
    """When the demonstration is played — 演示之时; turns relative times into those of that day."""

    now: datetime
    calendar: Calendar

    def resolve(self, text: str, base: date | None = None) -> str:
        """``today-3d 10:00`` is three days ago, ``-3w`` three working days; ``now-5h`` is five hours ago.

        ``day…`` counts from ``base``, the day a stretch of road begins. Any other text is left as it is.
        """
        today = self.now.astimezone(CHINA).date()
        if found := _DAY.fullmatch(text):
            start = today if found[1] == "today" else base
            if start is None:
                return text
            day = self._moved(start, int(found[2] or 0), found[3]).isoformat()
            return f"{day} {found[4]}" if found[4] else day
        if found := _AGO.fullmatch(text):
            return (self.now.astimezone(CHINA) - int(found[1]) * ONE_HOUR).strftime("%Y-%m-%d %H:%M")
        return text

    def _moved(self, day: date, number: int, unit: str | None) -> date:
        return self.calendar.workday_after(day, number) if unit == "w" else day + number * ONE_DAY


def read_sheet(path: Path) -> dict[str, Any]:
    """The YAML of a file. Raises ValueError with every problem of it."""
    sheet = read_file(path, path.parent)
    if sheet.problems:
        raise ValueError("; ".join(f"{each.place}: {each.says['en']}" for each in sheet.problems))
    return dict(sheet.value)


def read_scripts(path: Path) -> list[dict[str, Any]]:
    """The scripts of a file: one case, or ``cases: {id: …}``. Raises ValueError."""
    raw = read_sheet(path)
    cases = raw.get("cases", {path.stem: raw})
    return [{"id": name, **script} for name, script in cases.items()]


def at_play_time(script: Script, clock: Clock, routes: Routes) -> dict[str, Any]:
    """The script as it is played now: roads walked, times and made-up identity numbers written out. Raises KeyError."""
    steps: list[Any] = []
    for take in script.get("take", ()):
        begin = clock.resolve(str(take.get("day", "today")))
        words = {**script.get("words", {}), **take, "day": begin}
        steps += [_timed(_filled(step, words), clock, date.fromisoformat(begin)) for step in routes[take["route"]]]
    rest = {key: _timed(value, clock, None) for key, value in script.items() if key not in ("take", "words", "given")}
    own = script.get("words", {})
    given = [*steps, *(_timed(_filled(step, own), clock, None) for step in script.get("given", ()))]
    return dict(_numbered({**rest, "given": given}))


def _timed(value: Any, clock: Clock, base: date | None) -> Any:
    return _each_text(value, lambda text: clock.resolve(text, base))


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    """``{word}`` alone becomes the word's value, whatever it is; inside a text it becomes its text. Raises KeyError."""
    def fill(text: str) -> Any:
        alone = _WORD.fullmatch(text)
        return words[alone[1]] if alone else _WORD.sub(lambda found: str(words[found[1]]), text)
    return _each_text(value, fill)


def _each_text(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _numbered(value: Any) -> Any:
    """Everybody with a name, sex and birthday gets an identity number that is nobody's, the same at every play."""
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
