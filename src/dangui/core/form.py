"""Form — 表单: a field table (字段表) of a pack, and the checking of values filled into it, every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import category

from dangui.core import condition as conditions
from dangui.core.calendar import CHINA
from dangui.core.condition import ALWAYS, Condition
from dangui.core.party import born_from, id_number_faults
from dangui.core.problem import Problem, Words, words
from dangui.core.shape import Shape, nearest
from dangui.core.wording import money

SIMPLE = (
    "text", "long_text", "date", "datetime", "integer", "money", "flag", "person", "material", "materials", "file",
)
DOTTED = ("code", "user", "persons", "list", "document", "exhibit")
OFTEN_PLAIN = ("document", "exhibit")
"""Dotted types that may also stand without a table: any document, any exhibit."""

LONGEST = {"text": 200, "long_text": 20_000}
"""Characters."""

BLANK: tuple[Any, ...] = (None, "", [], {})
FIRST_YEAR, LAST_YEAR = 1850, 2199
PERSON_KEYS = (
    "name", "sex", "born", "id_type", "id_number", "ethnicity", "education", "occupation", "address", "phone", "user",
    "defends",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a field table — 字段. ``kind`` is the part of ``is`` before the dot, ``table`` the part after it."""

    name: str
    kind: str
    table: str
    title: Words
    help: Words
    required: Condition | None
    source: str
    default: Any
    least: Any
    most: Any
    pattern: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the values may refer to: codes by table, persons by role, users by post, materials, documents, exhibits."""

    codes: Mapping[str, Mapping[str, Words]]
    persons: Mapping[str, Sequence[str]]
    users: Mapping[str, Sequence[str]]
    materials: Sequence[str]
    documents: Sequence[str]
    exhibits: Sequence[str]


def parse_fields(raw: Sequence[Any], place: str, problems: list[Problem]) -> tuple[Field, ...]:
    """The field table of an action or of a node of a collaboration."""
    fields: list[Field] = []
    for number, item in enumerate(raw):
        found = _parse_field(item, f"{place}[{number}]", problems)
        if any(found.name == other.name for other in fields):
            problems.append(Problem("form.twice", f"{place}[{number}]", words(
                f"字段“{found.name}”重复", f"field '{found.name}' stands twice")))
        fields.append(found)
    return tuple(fields)


def _parse_field(raw: Any, place: str, problems: list[Problem]) -> Field:
    shape = Shape(raw, place, problems)
    kind, _, table = shape.text("is", required=True).partition(".")
    known = (*SIMPLE, *DOTTED)
    if kind not in known or (bool(table) != (kind in DOTTED) and kind not in OFTEN_PLAIN):
        shape.complain("form.unknown_type", "is", f"没有“{kind}”这种字段类型", f"there is no field type '{kind}'",
                       nearest(kind, known))
    required: Condition | None = ALWAYS if shape.flag("required") else None
    if shape.has("required_when"):
        required = conditions.parse(shape.any("required_when"), f"{place}.required_when", problems)
    found = Field(
        shape.text("name", required=True), kind, table,
        shape.both({"zh": shape.any("zh"), "en": shape.any("en")}, "zh/en"), shape.title("help", required=False),
        required, shape.text("from"), shape.any("default"), shape.any("least"), shape.any("most"),
        shape.text("pattern"),
    )
    shape.done()
    return found


class Filling:
    """Checks one set of values against a field table — 填表; ``run`` gives the clean values and every problem.

    ``known`` gives what conditions are asked of for the clean values: ``required_when`` never sees an unchecked one.
    """

    def __init__(self, fields: Sequence[Field], given: Mapping[str, Any], choices: Choices,
                 known: Callable[[Mapping[str, Any]], conditions.Known]) -> None:
        self.fields = fields
        self.given = given
        self.choices = choices
        self.known = known
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def run(self) -> tuple[dict[str, Any], list[Problem]]:
        """(clean values, problems). Empty optional fields are left out."""
        names = [field.name for field in self.fields]
        for name in sorted(map(str, set(self.given) - set(names))):
            self._complain("unknown", name, f"没有“{_brief(name)}”这个字段", f"there is no field '{_brief(name)}'",
                           nearest(name, names))
        for field in self.fields:
            self._fill(field)
        known = self.known(self.values)
        for field in self.fields:
            if field.required is not None and self._is_blank(field) and conditions.holds(field.required, known):
                zh, en = f"请填写“{field.title['zh']}”", f"'{field.title['en']}' is required"
                self._complain("missing", field.name, zh, en)
        return self.values, self.problems

    def _is_blank(self, field: Field) -> bool:
        """Whether nothing was filled in; a value that can't stand has its own problem already."""
        return _stripped(self.given.get(field.name, field.default)) in BLANK

    def _fill(self, field: Field) -> None:
        value = _stripped(self.given.get(field.name, field.default))
        if value in BLANK:
            return
        try:
            self.values[field.name] = _READ[field.kind](self, field, value)
        except Fault as fault:
            zh, en = f"“{field.title['zh']}”:{fault.zh}", f"'{field.title['en']}': {fault.en}"
            self._complain("invalid", field.name, zh, en, fault.hint)

    def _complain(self, code: str, name: str, zh: str, en: str, hint: Words | None = None) -> None:
        said = _brief(name)
        self.problems.append(Problem(f"field.{code}/{said}", f"with.{said}", words(zh, en), hint or words("", "")))


class Fault(Exception):  # noqa: N818 - 填写有误
    """Why a value can't stand, in both languages."""

    def __init__(self, zh: str, en: str, hint: Words | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.hint = zh, en, hint


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _brief(value: Any, most: int = 60) -> str:
    """A value as an answer may quote it: short, and of whole characters only."""
    text = value if isinstance(value, str) else type(value).__name__
    return text[:most].encode("utf-8", "replace").decode("utf-8")


def _text(filling: Filling, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("应为文字", "should be text")
    for fault in faults_of_text(value, field.most or LONGEST[field.kind]):
        raise Fault(*fault)
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise Fault("格式不符", "does not have the required form", field.help)
    return value


def faults_of_text(value: str, longest: int) -> list[tuple[str, str]]:
    """What is wrong with a text, in both languages: too long, or of characters that nobody can read."""
    found = []
    if len(value) > longest:
        found.append((f"最长{longest}字,现为{len(value)}字", f"at most {longest} characters, this has {len(value)}"))
    elif any(category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in value):
        found.append(("含有控制字符或残缺的字符", "contains control characters or broken ones"))
    return found


def _in_range(field: Field, value: Any, said: Callable[[Any], str] = str) -> Any:
    if field.least is not None and value < field.least:
        raise Fault(f"不得小于{said(field.least)}", f"must be at least {said(field.least)}")
    if field.most is not None and value > field.most:
        raise Fault(f"不得大于{said(field.most)}", f"must be at most {said(field.most)}")
    return value


def _integer(filling: Filling, field: Field, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**12:
        raise Fault("应为整数", "should be a whole number")
    return int(_in_range(field, value))


def _money(filling: Filling, field: Field, value: Any) -> int:
    """Fen; ``least`` and ``most`` of the pack are fen too."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        value = str(value)
    text = value.replace(",", "") if isinstance(value, str) else ""
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text, re.ASCII):
        raise Fault("应为金额(元),如 1234.56", "should be an amount in yuan such as 1234.56")
    yuan, _, cents = text.partition(".")
    return int(_in_range(field, int(yuan) * 100 + int(cents.ljust(2, "0")), money))


def _date(filling: Filling, field: Field, value: Any) -> str:
    return str(_in_range(field, _day(value)))


def _day(value: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Fault(f"不是有效日期:{_brief(value)}", f"is not a date: {_brief(value)}",
                    words("格式如 2026-03-05", "as in 2026-03-05")) from None
    _check_year(day.year)
    return day.isoformat()


def _datetime(filling: Filling, field: Field, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Fault(f"不是有效时间:{_brief(value)}", f"is not a time: {_brief(value)}",
                    words("格式如 2026-03-05 14:30", "as in 2026-03-05 14:30")) from None
    _check_year(moment.year)
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(CHINA).isoformat()


def _check_year(year: int) -> None:
    """A slip of the pen (0204, 20224) would otherwise run a limit out of the calendar."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Fault(f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间", f"the year should be from {FIRST_YEAR} to {LAST_YEAR}")


def _flag(filling: Filling, field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "on", "1", "false", "0"):
        return value in ("true", "on", "1")
    raise Fault("应为是或否", "should be true or false")


def _one_of(options: Collection[str], value: Any) -> str:
    if not isinstance(value, str) or value not in options:
        raise Fault(f"没有“{_brief(value)}”这一项", f"'{_brief(value)}' is not one of the choices",
                    nearest(_brief(value), options))
    return value


def _choice(options: Callable[[Choices, str], Collection[str]]) -> Reader:
    """One id out of what may be referred to."""
    def read(filling: Filling, field: Field, value: Any) -> str:
        return _one_of(options(filling.choices, field.table), value)
    return read


def _several(pick: Reader) -> Reader:
    def read(filling: Filling, field: Field, value: Any) -> list[str]:
        items = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(pick(filling, field, item) for item in items))
    return read


def _person(filling: Filling, field: Field, value: Any) -> dict[str, str]:
    """A new personal record, its identity number checked (GB 11643)."""
    if not isinstance(value, Mapping):
        raise Fault("应为人员信息", "should be a personal record")
    odd = [_brief(key) for key in sorted(map(str, set(value) - set(PERSON_KEYS)))]
    if odd:
        raise Fault(f"人员信息没有“{'、'.join(odd)}”", f"a personal record has no {', '.join(odd)}")
    if not all(isinstance(item, str | None) for item in value.values()):
        raise Fault("人员信息各项应为文字", "every item of a personal record should be text")
    record = {key: item.strip() for key, item in value.items() if item and item.strip()}
    if not record.get("name"):
        raise Fault("须填写姓名", "a name is required")
    if any(len(item) > LONGEST["text"] or not item.isprintable() for item in record.values()):
        raise Fault("有一项过长或含控制字符", "one item is too long or contains control characters")
    if "born" in record:
        record["born"] = _day(record["born"])
    if record.get("id_number") and record.get("id_type", "resident_id") == "resident_id":
        _check_id_number(record)
    return record


_ID_FAULTS: Mapping[str, tuple[str, str]] = {
    "form": ("须为18位数字,末位可为X", "needs 18 digits, the last may be X"),
    "born": ("其中的出生日期不存在", "contains a birthday that does not exist"),
    "checksum": ("校验码不符,请核对证件", "fails its checksum; compare it with the document"),
}


def _check_id_number(record: dict[str, str]) -> None:
    number = record["id_number"].upper()
    faults = id_number_faults(number)
    born = born_from(number) if "form" not in faults else None
    zh, en = [_ID_FAULTS[fault][0] for fault in faults], [_ID_FAULTS[fault][1] for fault in faults]
    if born and record.get("born", born.isoformat()) != born.isoformat():
        zh.append("与所填出生日期不一致")
        en.append("does not agree with the date of birth")
    if zh:
        hint = words("公民身份号码 GB 11643", "GB 11643")
        raise Fault(f"身份证号{';'.join(zh)}", f"the identity number {'; '.join(en)}", hint)
    record["id_number"] = number
    record.setdefault("born", born.isoformat() if born else "")


def _file(filling: Filling, field: Field, value: Any) -> dict[str, Any]:
    """The name of bytes already uploaded; that they are there is for the clerk to see."""
    raw = value if isinstance(value, Mapping) else {}
    blob, size, name, pages = raw.get("blob"), raw.get("size"), raw.get("name"), raw.get("pages", 0)
    named = isinstance(blob, str) and re.fullmatch(r"[0-9a-f]{64}", blob, re.ASCII) and isinstance(name, str)
    if not named or not _is_count(size) or not _is_count(pages):
        raise Fault("应先上传文件", "upload the file first")
    media_type = raw.get("media_type", "")
    if not isinstance(media_type, str) or not re.fullmatch(_MEDIA_TYPE, media_type, re.ASCII):
        media_type = "application/octet-stream"
    clean = "".join(sign for sign in str(name) if sign.isprintable())[:200]
    return {"blob": blob, "size": size, "name": clean or str(blob)[:12], "media_type": media_type, "pages": pages}


_MEDIA_TYPE = r"[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,60}"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12


Reader = Callable[[Filling, Field, Any], Any]

_code = _choice(lambda choices, table: choices.codes.get(table, {}))
_material = _choice(lambda choices, _: choices.materials)

_READ: Mapping[str, Reader] = {
    "text": _text, "long_text": _text, "integer": _integer, "money": _money, "date": _date, "datetime": _datetime,
    "flag": _flag, "code": _code, "list": _several(_code), "person": _person, "file": _file,
    "user": _choice(lambda choices, table: choices.users.get(table, ())),
    "persons": _several(_choice(lambda choices, table: choices.persons.get(table, ()))),
    "material": _material, "materials": _several(_material),
    "document": _choice(lambda choices, _: choices.documents),
    "exhibit": _choice(lambda choices, _: choices.exhibits),
}
