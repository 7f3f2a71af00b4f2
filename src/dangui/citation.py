"""Citation — 引用: which sentence of which law something rests on, and the words found there.

``criminal_procedure/2018#82.1(7)`` is 刑事诉讼法 in the version of 2018, article 82, paragraph 1, item 7;
``criminal_law/2023#133-1`` is article 133之一 as a whole. A paragraph (款) is one string of the article; its items
(项) are the lines of that string that begin with （一）, （二）…, so 91.2 means what a lawyer calls 第九十一条第二款.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dangui.core.problem import Problem, words

_FORM = re.compile(r"(\w+)/([12]\d{3})#([1-9]\d*(?:-[1-9]\d*)?)(?:\.([1-9]\d*))?(?:\(([1-9]\d*)\))?", re.ASCII)
_ITEM = re.compile(r"（([一二三四五六七八九十]{1,3})）")
_DIGITS = {character: number for number, character in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, slots=True)
class Article:
    """One article — 条: its place in the law (编/章/节) and its paragraphs (款), items on lines of their own."""

    heading: str
    paras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statute:
    """One version of one law — 法律: only the articles that are cited. A date that is unknown is None."""

    key: str
    year: int
    title: str
    adopted: date | None
    in_force_from: date | None
    in_force_to: date | None
    articles: Mapping[str, Article]


Statutes = Mapping[str, Statute]
"""Every version held, by ``key/year``."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a law — 引用. ``article`` is "82" or "133-1" (之一); paragraph and item are None for the whole."""

    key: str
    year: int
    article: str
    paragraph: int | None = None
    item: int | None = None

    @property
    def law(self) -> str:
        """The version cited, ``key/year``."""
        return f"{self.key}/{self.year}"

    def __str__(self) -> str:
        paragraph = f".{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.law}#{self.article}{paragraph}{item}"


def parse(text: str) -> Citation:
    """The citation written as ``key/year#133-1.2(3)``. Raises ValueError if it is written in another way."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a citation such as criminal_procedure/2018#82.1(7)")
    key, year, article, paragraph, item = found.groups()
    return Citation(key, int(year), article, int(paragraph) if paragraph else None, int(item) if item else None)


def resolve(citation: Citation | str, statutes: Statutes, place: str = "") -> str | Problem:
    """The words cited, or what does not exist: the form, the law, its date, the article, the paragraph, the item.

    A version whose first day in force is unknown does not resolve: nobody could say that it applied.
    """
    place = place or str(citation)
    try:
        citation = parse(citation) if isinstance(citation, str) else citation
    except ValueError:
        return _problem("malformed", place, str(citation), "不是规范的引用", "is not a well-formed citation")
    statute = statutes.get(citation.law)
    if statute is None:
        return _problem("unknown_law", place, citation.law, "没有收录这一法律版本", "is not held")
    if statute.in_force_from is None:
        return _problem("date_unknown", place, citation.law, "施行日期不明", "has no known date of entry into force")
    article = statute.articles.get(citation.article)
    if article is None:
        return _problem("unknown_article", place, str(citation), "没有这一条", "names an article that is not held")
    return _within(article, citation, place)


def items(paragraph: str) -> tuple[str, ...]:
    """The items (项) of a paragraph in order, each with the lines that belong to it; none if it has no list."""
    found: list[list[str]] = []
    for line in paragraph.split("\n"):
        marker = _ITEM.match(line)
        if marker and item_number(marker[1]) == len(found) + 1:
            found.append([line])
        elif found:
            found[-1].append(line)
    return tuple("\n".join(lines) for lines in found)


def item_number(numeral: str) -> int:
    """The value of a Chinese numeral from 一 to 九十九. Raises KeyError for any other text."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _DIGITS[numeral]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _within(article: Article, citation: Citation, place: str) -> str | Problem:
    paras = article.paras
    if citation.paragraph is None:
        if citation.item is None:
            return "\n".join(paras)
        if len(paras) != 1:
            return _problem("paragraph_missing", place, str(citation), "该条不止一款，须写明款", "needs its paragraph")
    number = citation.paragraph or 1
    if number > len(paras):
        return _problem("unknown_paragraph", place, str(citation), f"该条只有{len(paras)}款",
                        f"names a paragraph beyond the {len(paras)} of the article")
    if citation.item is None:
        return paras[number - 1]
    listed = items(paras[number - 1])
    if citation.item > len(listed):
        return _problem("unknown_item", place, str(citation), f"该款只有{len(listed)}项",
                        f"names an item beyond the {len(listed)} of the paragraph")
    return listed[citation.item - 1]


def _problem(code: str, place: str, what: str, zh: str, en: str) -> Problem:
    return Problem(f"citation.{code}", place, words(f"{what}：{zh}", f"{what} {en}"))
