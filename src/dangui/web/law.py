"""Law — 法条: says a citation in words and finds the text of the article, so that "why" is one click away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from dangui.core.problem import Words, words

_CITATION = re.compile(r"([a-z0-9_]+)/(\d{4})#(\d+)(?:-(\d+))?(?:\.(\d+))?(?:\((\d+)\))?")
_DIGITS = "零一二三四五六七八九"

titles: dict[str, Words] = {}
"""Titles of laws by ``key/year``; filled from the statutes when the application starts."""


def said(citation: str) -> Words:
    """《刑事诉讼法》第九十一条第一款 — in both languages; the citation itself if it can't be read."""
    found = _CITATION.fullmatch(citation)
    if not found:
        return words(citation, citation)
    key, year, article, inserted, paragraph, item = found.groups()
    title = titles.get(f"{key}/{year}") or words(key, key.replace("_", " ").capitalize())
    zh = f"《{_short(str(title['zh']))}》第{_number(int(article))}条"
    zh += f"之{_number(int(inserted))}" if inserted else ""
    zh += f"第{_number(int(paragraph))}款" if paragraph else ""
    zh += f"第（{_number(int(item))}）项" if item else ""
    en = f"{title['en']}, art. {article}" + (f"-{inserted}" if inserted else "")
    en += (f"({paragraph})" if paragraph else "") + (f"({item})" if item else "")
    return words(zh, en)


def address(citation: str) -> str:
    """The page of the article."""
    return f"/desk/law/?of={quote(citation, safe='')}"


def article_key(citation: str) -> tuple[str, str] | None:
    """``(key/year, article)`` of a citation: what the statutes are kept under."""
    found = _CITATION.fullmatch(citation)
    if not found:
        return None
    key, year, article, inserted = found.group(1, 2, 3, 4)
    return f"{key}/{year}", f"{article}-{inserted}" if inserted else article


def learn(found: Mapping[str, Words]) -> None:
    """Take the titles of the laws from the statutes."""
    titles.update(found)


def _short(title: str) -> str:
    return title.removeprefix("中华人民共和国").strip("《》")


def _number(value: int) -> str:
    """Chinese numerals up to 999, as laws number their articles."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not value else "")
