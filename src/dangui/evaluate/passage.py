"""Passage — 判决段落: the words around a printed term, with its end hidden, and the custody credit they state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dangui.core.calendar import ONE_DAY
from dangui.core.deadline import add_months, add_years
from dangui.evaluate.rows import read_date

HIDDEN = "〔止〕"
_NUMERAL = re.compile(r"[0-9一二三四五六七八九十百两〇○零OＯο０-９]+")
_DIGITS = str.maketrans("一二三四五六七八九两〇○零OＯο０１２３４５６７８９", "12345678920000000123456789")
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_SHORT_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")
_LAST = re.compile(r"(?:(\d{4})年|同年|当年)?(?:(\d{1,2})月)?(\d{1,2})日")


@dataclass(frozen=True, slots=True)
class Stated:
    """Credit as a passage states it — 载明的折抵: years, months and days, or a spell of custody to be counted."""

    years: int = 0
    months: int = 0
    days: int = 0
    spell: tuple[date, date] | None = None
    designated: bool = False

    def days_before(self, end: date) -> int:
        """How many days the stated years, months and days are, counted back from the day after ``end``."""
        boundary = end + ONE_DAY
        return (boundary - add_months(add_years(boundary, -self.years), -self.months)).days + self.days


class Passages:
    """Reads passages by the patterns of limits.yaml — 段落读取."""

    def __init__(self, patterns: Mapping[str, Any]) -> None:
        self._standing = [re.compile(text) for text in patterns["standing"]]
        self._masks = [re.compile(text.replace("▪", _DATE.pattern)) for text in patterns["end_masks"]]
        amounts = (patterns["amount"], patterns["amount_in_months"])
        self._stated = [re.compile(text.replace("{amount}", a)) for text in patterns["stated"] for a in amounts]
        self._spell = re.compile(patterns["spell"])
        self._designated = re.compile(patterns["designated"])

    def mask(self, context: str, start: date, end: date) -> str:
        """The passage with Arabic numerals and every printing of its end hidden; nothing else reads the context."""
        text = arabic(context)
        text = _DATE.sub(lambda match: HIDDEN if read_date(match[0]) == end else match[0], text)
        paired = re.compile(rf"({start.year}年0?{start.month}月0?{start.day}日起?[，,]?[至到])\d[\d年月日]*")
        text = paired.sub(rf"\1{HIDDEN}", text)
        for mask in self._masks:
            text = mask.sub(HIDDEN, text)
        return text

    def shows(self, masked: str, end: date) -> bool:
        """Whether the end can still be read in the passage; it should not."""
        return any(read_date(found) == end for found in _DATE.findall(masked))

    def credit(self, masked: str, start: date) -> Stated | None:
        """The custody credit a masked passage states, nearest to the span that begins on ``start``; or None."""
        for standing in self._standing:
            masked = standing.sub("", masked)
        dates = re.compile(rf"{start.year}年0?{start.month}月0?{start.day}日")
        here = found.start() if (found := dates.search(masked)) else len(masked) // 2
        short = _SHORT_DATE.sub(lambda match: "▪" * len(match[0]), masked)  # as long as before: positions still compare
        for pattern in self._stated:
            matches = [match for match in pattern.finditer(short) if _is_credit(match)]
            if matches:
                best = min(matches, key=lambda match: abs(match.start() - here))
                return self._amount(best)
        return self._custody_spell(masked)

    def _amount(self, match: re.Match[str]) -> Stated:
        parts = match.groupdict()
        years, months, days = (int(parts.get(name) or 0) for name in ("years", "months", "days"))
        return Stated(years, months, days)

    def _custody_spell(self, masked: str) -> Stated | None:
        match = self._spell.search(masked)
        first = read_date(match["first"]) if match else None
        last = _last_day(match["last"], first) if match and first else None
        if match is None or first is None or last is None or last < first:
            return None
        return Stated(spell=(first, last), designated=bool(self._designated.search(match["of"])))


def arabic(text: str) -> str:
    """The text without blanks and with Chinese and full-width numerals made Arabic; 零 between two units stays."""
    return _NUMERAL.sub(lambda match: _number(match[0]), re.sub(r"\s+", "", text))


def _number(token: str) -> str:
    if token.strip("OＯο") == "":
        return token
    lead = "零" if len(token) > 1 and token[0] == "零" else ""
    rest = token[len(lead):]
    if "十" not in rest and "百" not in rest:
        return lead + (rest if rest == "零" else rest.translate(_DIGITS))
    hundreds, _, tens = rest.rpartition("百")
    ten, mark, one = tens.rpartition("十")
    total = 100 * _digits(hundreds, 1 if "百" in rest else 0) + 10 * _digits(ten, 1 if mark else 0) + _digits(one, 0)
    return f"{lead}{total}"


def _digits(text: str, empty: int) -> int:
    digits = re.sub(r"\D", "", text.translate(_DIGITS))
    return int(digits) if digits else empty


def _is_credit(match: re.Match[str]) -> bool:
    parts = match.groupdict()
    return "罚金" not in match[0] and any(parts.get(name) for name in ("years", "months", "days"))


def _last_day(text: str, first: date) -> date | None:
    match = _LAST.fullmatch(text)
    if match is None:
        return None
    year, month = int(match[1] or first.year), int(match[2] or first.month)
    return read_date(f"{year:04}-{month}-{match[3]}")
