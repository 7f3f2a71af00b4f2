"""Document — 文书: an instrument an agency makes from a template; here the template is read and filled with words.

A template's texts hold placeholders (see ``core/placeholder.py``). A body line that begins with ``|`` is a row of a
table, its cells parted by ``|``; a row of one placeholder alone (``|{items}|``) becomes as many rows as its text has
(``as_rows``). Only the template makes rows: a ``|`` inside any other filled-in text stays a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, TypeAlias

from dangui.core.placeholder import Piece, asked, joined, keys, parsed, pieces, split
from dangui.core.problem import Problem, Words, words
from dangui.core.wording import chinese_date, read_date

FORMS: Final = ("certificate", "letter", "decision", "opinion", "record", "judgment", "list")
"""证 · 通知/函 · 决定书 · 意见书 · 笔录 · 判决书/裁定书 · 清单/登记表."""

SIGNERS: Final = ("agency", "person", "officers", "judges")
"""Who signs: the agency by its seal, the person concerned, the officers, the judges (under the court's seal)."""

SIGNATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "agency": (), "person": ("本人（签名、捺指印）：",), "officers": ("办案人员（签名）：",),
    "judges": ("审判员：", "书记员："),
}
"""Lines to sign on where the template has none of its own. A line that ends in ``：`` is left open for a hand."""


@dataclass(frozen=True, slots=True)
class Template:
    """What ``documents/<id>.yaml`` says — 文书模板. Texts hold placeholders; absent ones are "".

    ``signatures`` are the lines to sign on, one a line (``审判长 {user.name}``, ``书记员：``); of several names parted
    by ``、`` each gets its own line. Without it the lines follow from ``signs``. A note in brackets at the end of the
    title (刑事判决书（简易程序）) tells templates apart and is not printed.
    """

    id: str
    title: Words
    form: str
    volume: str
    body: str
    number: str | None = None
    internal: bool = False
    addressee: str = ""
    rights: str = ""
    attachments: tuple[str, ...] = ()
    signs: tuple[str, ...] = ("agency",)
    signatures: str = ""
    copies: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


_NOTE: Final = re.compile(r"（[^（）]*）$")

Paragraph: TypeAlias = "str | tuple[str, ...]"
"""One paragraph, or one row of a table by its cells."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A document's words, complete, before it is printed — 已填文书.

    ``number`` is "" for an unnumbered record; ``date`` is in Chinese numerals (二〇二六年三月五日), ``day`` the same in
    ISO form; ``signature_lines`` that end in ``：`` are to be signed by hand; ``seal`` says whether the agency's seal
    belongs on it.
    """

    template: str
    form: str
    title: str
    number: str
    agency: str
    addressee: str
    paragraphs: tuple[Paragraph, ...]
    rights: tuple[str, ...]
    attachments: tuple[str, ...]
    signature_lines: tuple[str, ...]
    date: str
    day: str
    copies: tuple[str, ...]
    seal: bool
    internal: bool

    def as_json(self) -> dict[str, Any]:
        """A JSON object with every field; rows of tables are arrays."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


class Unfilled(ValueError):  # noqa: N818 - says what the document is
    """Some placeholders have no text — 文书要素不全: one problem for each of them. Nothing was made."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.says["en"] for p in self.problems))


def parse_template(id: str, raw: Mapping[str, Any]) -> tuple[Template | None, list[Problem]]:
    """The template of ``documents/<id>.yaml``, or every problem it has."""
    problems = [*_wrong_keys(id, raw), *_wrong_texts(id, raw)]
    if problems:
        return None, problems
    given = {key: value for key, value in raw.items() if value is not None}
    for key in ("signs", "attachments", "copies", "basis"):
        if key in given:
            given[key] = _listed(given[key])
    return Template(id=id, **given), []


def placeholders(template: Template) -> set[str]:
    """Every key the template names, those that only guard a part included."""
    return {key for text in _texts(template) for key in keys(parsed(text)[0], always=False)}


def required(template: Template) -> set[str]:
    """The keys without which the template can't be filled whatever else is there: those outside of its parts."""
    return _implied(template) | {key for text in _texts(template) for key in keys(parsed(text)[0], always=True)}


def fill(template: Template, context: Mapping[str, str]) -> Filled:
    """The document's words; ``context`` maps keys to texts: ``{"person.name": "张三", "date": "2026年3月5日"}``.

    Besides what the template names, ``agency.name``, ``date`` and (if it has a number) ``document.number`` are needed.
    A judgment or ruling without a series of its own bears the number of the case, ``proceeding.number``.
    Raises Unfilled (a ValueError) with one problem per missing key; a ``date`` that is none counts as missing.
    """
    day = read_date(context.get("date", ""))
    if day is None or _missing(template, context):
        raise Unfilled(_no_text(template.id, key) for key in sorted(_missing(template, context) | _undated(day)))
    return Filled(
        template=template.id, form=template.form, title=_NOTE.sub("", template.title["zh"]),
        number=context.get(_numbered_by(template), ""),
        agency=context["agency.name"], addressee=_line(template.addressee, context),
        paragraphs=tuple(_paragraphs(template.body, context)),
        rights=tuple(_lines(template.rights, context)),
        attachments=tuple(filter(None, (_line(text, context) for text in template.attachments))),
        signature_lines=_signatures(template, context), date=chinese_date(day), day=day.isoformat(),
        copies=template.copies, seal="agency" in template.signs or _by_judges(template), internal=template.internal,
    )


def as_rows(rows: Iterable[Sequence[str]]) -> str:
    """The text that a row of one placeholder (``|{items}|``) turns back into these rows; a cell's ``|`` is widened."""
    return "\n".join("|".join(" ".join(cell.replace("|", "｜").split()) for cell in row) for row in rows)


# --- what a template asks for -----------------------------------------------------------------------------------------


def _texts(template: Template) -> tuple[str, ...]:
    return (template.addressee, template.body, template.rights, template.signatures, *template.attachments)


def _implied(template: Template) -> set[str]:
    return {"agency.name", "date"} | ({_numbered_by(template)} - {""})


def _missing(template: Template, context: Mapping[str, str]) -> set[str]:
    needed = {key for text in _texts(template) for key in asked(parsed(text)[0], context)}
    return {key for key in needed | _implied(template) if not context.get(key)}


def _undated(day: date | None) -> set[str]:
    return {"date"} if day is None else set()


# --- filling ----------------------------------------------------------------------------------------------------------


def _paragraphs(text: str, context: Mapping[str, str]) -> Iterator[Paragraph]:
    for line in split(pieces(parsed(text)[0], context), "\n"):
        written = [piece for piece in line if piece[0].strip()]
        if written and written[0][1] and written[0][0].lstrip().startswith("|"):
            yield from _rows(written)
        else:
            yield from filter(None, map(str.strip, joined(line).splitlines()))


def _rows(line: Iterable[Piece]) -> Iterator[tuple[str, ...]]:
    _, *cells = split(line, "|")
    if len(cells) > 1 and not joined(cells[-1]):
        cells.pop()
    filled_in = [text for text, ours in cells[0] if not ours]
    if len(cells) == 1 and filled_in == [joined(cells[0])]:
        yield from (tuple(cell.strip() for cell in row.split("|")) for row in filled_in[0].splitlines() if row.strip())
    else:
        yield tuple(joined(cell) for cell in cells)


def _lines(text: str, context: Mapping[str, str]) -> list[str]:
    return [" | ".join(p) if isinstance(p, tuple) else p for p in _paragraphs(text, context)]


def _line(text: str, context: Mapping[str, str]) -> str:
    return " ".join(joined(pieces(parsed(text)[0], context)).split())


def _signatures(template: Template, context: Mapping[str, str]) -> tuple[str, ...]:
    own = tuple(each for line in _lines(template.signatures, context) for each in _one_by_one(line))
    return own or tuple(line for signer in template.signs for line in SIGNATURES[signer])


def _one_by_one(line: str) -> list[str]:
    """审判员 李明、王芳 → 审判员 李明 and 审判员 王芳; a line to be signed by hand stays whole."""
    post, _, names = line.partition(" ")
    return [line] if line.endswith("：") else [f"{post} {name}".rstrip() for name in names.split("、")]


def _by_judges(template: Template) -> bool:
    """Whether judges sign under the court's seal: what they decide does, a record they keep doesn't."""
    return "judges" in template.signs and template.form in ("judgment", "decision")


def _numbered_by(template: Template) -> str:
    """The key of the number it bears: a judgment has that of its case."""
    return "document.number" if template.number else "proceeding.number" if template.form == "judgment" else ""


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


# --- what can be wrong with a template --------------------------------------------------------------------------------

_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "title": Mapping, "form": str, "volume": str, "body": str, "number": str, "internal": bool, "addressee": str,
    "rights": str, "signatures": str, "attachments": (str, list), "signs": (str, list), "copies": (str, list),
    "basis": (str, list),
}
_NEEDED: Final = ("title", "form", "volume", "body")


def _wrong_keys(id: str, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that are unknown, missing or hold a value of another kind."""
    for key in sorted(set(raw) - set(_KINDS)):
        hint = "、".join(_KINDS)
        yield _problem(id, key, "key_unknown", f"文书模板没有“{key}”这一项", f"a template has no key '{key}'", hint)
    for key in _NEEDED:
        if not raw.get(key):
            yield _problem(id, key, "key_missing", f"缺少“{key}”", f"'{key}' is missing")
    for key, kind in _KINDS.items():
        if raw.get(key) is not None and not _is(raw[key], kind):
            yield _problem(id, key, "key_invalid", f"“{key}”的值类型不对", f"'{key}' holds a value of the wrong kind")


def _wrong_texts(id: str, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Titles, words and placeholders that can't be used."""
    title = raw.get("title")
    if isinstance(title, Mapping) and not (set(title) == {"zh", "en"} and all(title.values())):
        yield _problem(id, "title", "title_incomplete", "标题应有中文、英文各一", "a title has zh and en, nothing else")
    yield from _not_among(id, "form", _listed(raw.get("form")), FORMS)
    yield from _not_among(id, "signs", _listed(raw.get("signs")), SIGNERS)
    for key in ("addressee", "body", "rights", "signatures", "attachments"):
        for text in _listed(raw.get(key)):
            for token in parsed(text)[1]:
                yield _problem(id, key, "placeholder_invalid", f"占位符写法有误：{token}", f"can't be read: {token}",
                               "{key} · {?key}…{/} · {!key}…{/} · {{ · }}")


def _not_among(id: str, key: str, given: Iterable[str], known: Sequence[str]) -> Iterator[Problem]:
    for word in given:
        if word not in known:
            hint = "、".join(known)
            yield _problem(id, key, "word_unknown", f"“{word}”不是{key}可用的值", f"'{word}' is no known {key}", hint)


def _no_text(id: str, key: str) -> Problem:
    return _problem(id, key, "unfilled", f"文书要素“{key}”没有内容", f"there is no text for {{{key}}}")


def _problem(id: str, key: str, code: str, zh: str, en: str, hint: str = "") -> Problem:
    return Problem(f"document.{code}", f"documents/{id}.yaml:{key}", words(zh, en), words(hint, hint))


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (not isinstance(value, list) or all(isinstance(item, str) for item in value))


def _listed(value: Any) -> tuple[str, ...]:
    """One text or a list of them, as a tuple; what is neither is reported elsewhere."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()
