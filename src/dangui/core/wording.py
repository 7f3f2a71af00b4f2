"""Wording — 行文: dates and sums as official documents write them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DIGITS: Final = "〇一二三四五六七八九"
_CAPITALS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_MYRIADS: Final = ("", "万", "亿", "万亿")
_DATE: Final = re.compile(r"(\d{4})(?:年|-)(\d{1,2})(?:月|-)(\d{1,2})日?")


def chinese_date(day: date) -> str:
    """The date in Chinese numerals, as it stands under an official document: 二〇二六年三月五日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def read_date(text: str) -> date | None:
    """The date written ``2026年3月5日`` or ``2026-03-05``; None if it is no date."""
    found = _DATE.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def written_date(day: date) -> str:
    """The date as it stands in running text: 2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def money(fen: int) -> str:
    """A sum of fen as it stands in running text: 1234560 → 12345.6元."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{f'{yuan}.{rest:02d}'.rstrip('0').rstrip('.')}元"


def money_words(fen: int) -> str:
    """A sum of fen in capitals, against alteration: 1234560 → 壹万贰仟叁佰肆拾伍元陆角. Below 10¹⁶ yuan."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    text = f"{_capitals(yuan)}元" if yuan or not rest else ""
    text += f"{_CAPITALS[jiao]}角" if jiao else ("零" if yuan and last else "")
    text += f"{_CAPITALS[last]}分" if last else ""
    return ("负" if fen < 0 else "") + text + ("" if rest else "整")


def _small(number: int) -> str:
    """1 to 99 in Chinese numerals: 一, 十, 十一, 三十一."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _capitals(yuan: int) -> str:
    groups = []
    for myriad in _MYRIADS:
        yuan, group = divmod(yuan, 10_000)
        digits = "".join(map(_capital, f"{group:04d}", reversed(_PLACES)))
        groups.append(digits.rstrip("零") + myriad if group else "零")
    return re.sub("零+", "零", "".join(reversed(groups))).strip("零") or "零"


def _capital(digit: str, place: str) -> str:
    return "零" if digit == "0" else _CAPITALS[int(digit)] + place
