"""Law — 法条: says a citation in words and finds the text of the article, so that "why" is one click away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from dangui import citation as citations
from dangui.citation import Citation
from dangui.core.problem import Words, words
from dangui.web import parts

_ENGLISH = {
    "administrative_penalty": "Administrative Penalty Law",
    "community_corrections": "Community Corrections Law",
    "criminal_law": "Criminal Law",
    "criminal_procedure": "Criminal Procedure Law",
    "legal_aid": "Legal Aid Law",
    "minors": "Law on the Protection of Minors",
    "supervision": "Supervision Law",
    "online_litigation_2021": "Online Litigation Rules",
    "police_crim_2020": "Police Criminal Procedure Provisions",
    "prisons": "Prison Law",
    "spc_crim_interp_2021": "SPC Criminal Procedure Interpretation",
    "spp_crim_rules_2019": "SPP Criminal Procedure Rules",
    "time_limit_2000": "SPC Trial Time-limit Provisions",
    "pil_interp": "Public Interest Litigation Interpretation",
    "peoples_mediation": "People's Mediation Law",
    "drugs_2016": "Drug Crimes Interpretation (2016)",
    "fraud_2011": "Fraud Interpretation (2011)",
    "quarrel_2013": "Picking Quarrels Interpretation (2013)",
    "theft_2013": "Theft Interpretation (2013)",
    "traffic_2000": "Traffic Casualties Interpretation (2000)",
}
"""English short titles by key; official texts are Chinese only, another key is said as it is written."""
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article, and whether it is the one cited."""

    text: str
    cited: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as its page shows it — 条文."""

    heading: str
    paragraphs: tuple[Paragraph, ...]
    in_force_from: date | None


_INNER = str.maketrans("《》", "〈〉")


def said(text: str) -> Words:
    """《刑事诉讼法》第九十一条第一款 — in both languages; the citation itself if it can't be read."""
    found = _parsed(text)
    if found is None:
        return words(text, text)
    number, _, inserted = found.article.partition("-")
    zh = f"《{_short(found)}》第{_numeral(int(number))}条"
    zh += f"之{_numeral(int(inserted))}" if inserted else ""
    zh += f"第{_numeral(found.paragraph)}款" if found.paragraph else ""
    zh += f"第（{_numeral(found.item)}）项" if found.item else ""
    en = f"{_ENGLISH.get(found.key, found.key.replace('_', ' ').capitalize())}, art. {found.article}"
    en += (f"({found.paragraph})" if found.paragraph else "") + (f"({found.item})" if found.item else "")
    return words(zh, en)


def listed(texts: Iterable[str]) -> list[tuple[str, Words]]:
    """Citations with what is said of each; a law is named once, not again for its next article."""
    found: list[tuple[str, Words]] = []
    before = ""
    for text in dict.fromkeys(each for each in texts if each):
        cited = _parsed(text)
        whole = said(text)
        if cited and cited.law == before:
            whole = words(whole["zh"].partition("》")[2], whole["en"].rpartition("art. ")[2])
        before = cited.law if cited else ""
        found.append((text, whole))
    return found


def address(text: str) -> str:
    """The page of the article."""
    return f"/desk/law/?of={quote(text, safe='')}"


def title(text: str) -> Words:
    """The full title of the law that is cited."""
    found = _parsed(text)
    statute = parts.statutes().get(found.law) if found else None
    return words(statute.title, statute.title) if statute else said(text)


def article(text: str) -> Shown | None:
    """The article that is cited, with the cited paragraph marked; None if it is not held here."""
    found = _parsed(text)
    statute = parts.statutes().get(found.law) if found else None
    held = statute.articles.get(found.article) if statute and found else None
    if statute is None or found is None or held is None:
        return None
    paragraphs = (Paragraph(words, found.paragraph == number) for number, words in enumerate(held.paras, 1))
    return Shown(held.heading, tuple(paragraphs), statute.in_force_from)


def _parsed(text: str) -> Citation | None:
    try:
        return citations.parse(text)
    except ValueError:
        return None


def _short(found: Citation) -> str:
    statute = parts.statutes().get(found.law)
    return statute.title.replace("中华人民共和国", "").partition("(")[0].translate(_INNER) if statute else found.key


def _numeral(value: int) -> str:
    """Chinese numerals up to 999, as laws number their articles."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not value else "")
