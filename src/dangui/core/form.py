"""Form — 表单: a field table (字段表) of a pack, and the checking of values filled into it, every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dangui.core import condition as conditions
from dangui.core.calendar import CHINA
from dangui.core.condition import ALWAYS, Condition
from dangui.core.party import born_from, id_number_faults
from dangui.core.problem import Problem, Words, words
from dangui.core.shape import Shape, nearest

SIMPLE = ("text", "long_text", "date", "datetime", "integer", "money", "flag", "person", "material", "materials", "file")
DOTTED = ("code", "user", "persons", "list", "document", "exhibit")
LONGEST = {"text": 200, "long_text": 20_000}
PERSON_KEYS = ("name", "sex", "born", "id_type", "id_number", "ethnicity", "education", "occupation", "address", "phone",
               "user", "defends")


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
    """What the values may refer to: codes by table, ids of persons by role, users by post, material and document ids."""

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
            problems.append(Problem("form.twice", found.name, words(f"字段“{found.name}”重复", f"field '{found.name}' stands twice")))
        fields.append(found)
    return tuple(fields)


def _parse_field(raw: Any, place: str, problems: list[Problem]) -> Field:
    shape = Shape(raw, place, problems)
    kind, _, table = shape.text("is", required=True).partition(".")
    known = (*SIMPLE, *DOTTED)
    if kind not in known or (kind in DOTTED) != bool(table) and kind not in ("document", "exhibit"):
        shape.complain("form.unknown_type", "is", f"没有“{kind}”这种字段类型", f"there is no field type '{kind}'", nearest(kind, known))
    required: Condition | None = ALWAYS if shape.flag("required") else None
    if shape.has("required_when"):
        required = conditions.parse(shape.any("required_when"), f"{place}.required_when", problems)
    found = Field(
        shape.text("name", required=True), kind, table,
        shape.both({"zh": shape.any("zh"), "en": shape.any("en")}, "zh/en"), shape.title("help", required=False),
        required, shape.text("from"), shape.any("default"), shape.any("least"), shape.any("most"), shape.text("pattern"),
    )
    shape.done()
    return found


class Filling:
    """Checks one set of values against a field table — 填表. After ``run``, ``values`` are clean and ``problems`` complete."""

    def __init__(self, fields: Sequence[Field], given: Mapping[str, Any], choices: Choices, known: conditions.Known) -> None:
        self.fields = fields
        self.given = given
        self.choices = choices
        self.known = known
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def run(self) -> tuple[dict[str, Any], list[Problem]]:
        """(clean values, problems). Empty optional fields are left out."""
        for name in sorted(set(self.given) - {field.name for field in self.fields}):
            self._complain("unknown", name, f"没有“{name}”这个字段", f"there is no field '{name}'",
                           nearest(name, [field.name for field in self.fields]))
        for field in self.fields:
            self._fill(field)
        for field in self.fields:
            if field.name not in self.values and field.required is not None and conditions.holds(field.required, self.known) \
                    and not any(problem.place == f"with.{field.name}" for problem in self.problems):
                self._complain("missing", field.name, f"请填写“{field.title['zh']}”", f"'{field.title['en']}' is required")
        return self.values, self.problems

    def _fill(self, field: Field) -> None:
        value = self.given.get(field.name, field.default)
        if isinstance(value, str):
            value = value.strip()
        if value in (None, "", [], {}):
            return
        try:
            self.values[field.name] = _READ[field.kind](self, field, value)
        except Fault as fault:
            self._complain("invalid", field.name, f"“{field.title['zh']}”:{fault.zh}", f"'{field.title['en']}': {fault.en}", fault.hint)

    def _complain(self, code: str, name: str, zh: str, en: str, hint: Words | None = None) -> None:
        self.problems.append(Problem(f"field.{code}/{name}", f"with.{name}", words(zh, en), hint or words("", "")))


class Fault(Exception):  # noqa: N818 - 填写有误
    """Why a value can't stand, in both languages."""

    def __init__(self, zh: str, en: str, hint: Words | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.hint = zh, en, hint


def _text(filling: Filling, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("应为文字", "should be text")
    longest = field.most or LONGEST[field.kind]
    if len(value) > longest:
        raise Fault(f"最长{longest}字,现为{len(value)}字", f"at most {longest} characters, this has {len(value)}")
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in value):
        raise Fault("含有不可见的控制字符", "contains control characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Fault("含有残缺的字符", "contains a broken character") from None
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise Fault("格式不符", "does not have the required form", field.help)
    return value


def _in_range(field: Field, value: Any) -> Any:
    if field.least is not None and value < field.least:
        raise Fault(f"不得小于{field.least}", f"must be at least {field.least}")
    if field.most is not None and value > field.most:
        raise Fault(f"不得大于{field.most}", f"must be at most {field.most}")
    return value


def _integer(filling: Filling, field: Field, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**12:
        raise Fault("应为整数", "should be a whole number")
    return int(_in_range(field, value))


def _money(filling: Filling, field: Field, value: Any) -> int:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text.replace(",", ""), re.ASCII):
        raise Fault("应为金额(元),如 1234.56", "should be an amount in yuan such as 1234.56")
    yuan, _, cents = text.replace(",", "").partition(".")
    return int(_in_range(field, int(yuan) * 100 + int(cents.ljust(2, "0") or 0)))


def _date(filling: Filling, field: Field, value: Any) -> str:
    try:
        return str(_in_range(field, date.fromisoformat(value).isoformat()))
    except (TypeError, ValueError):
        raise Fault(f"不是有效日期:{value}", f"is not a date: {value}", words("格式如 2026-03-05", "as in 2026-03-05")) from None


def _datetime(filling: Filling, field: Field, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(CHINA).isoformat()
    except (TypeError, ValueError, OverflowError):
        raise Fault(f"不是有效时间:{value}", f"is not a time: {value}", words("格式如 2026-03-05 14:30", "as in 2026-03-05 14:30")) from None


def _flag(filling: Filling, field: Field, value: Any) -> bool:
    if value in (True, False):
        return bool(value)
    if value in ("true", "on", "1", "false", "0"):
        return value in ("true", "on", "1")
    raise Fault("应为是或否", "should be true or false")


def _one_of(options: Sequence[str] | Mapping[str, Any], value: Any) -> str:
    if not isinstance(value, str) or value not in options:
        raise Fault(f"没有“{value}”这一项", f"'{value}' is not one of the choices", nearest(str(value), options))
    return value


def _code(filling: Filling, field: Field, value: Any) -> str:
    return _one_of(filling.choices.codes.get(field.table, {}), value)


def _several(pick: Callable[[Filling, Field, Any], str]) -> Callable[[Filling, Field, Any], list[str]]:
    def read(filling: Filling, field: Field, value: Any) -> list[str]:
        items = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(pick(filling, field, item) for item in items))
    return read


def _person(filling: Filling, field: Field, value: Any) -> dict[str, str]:
    """A new personal record, its identity number checked (GB 11643)."""
    if not isinstance(value, Mapping):
        raise Fault("应为人员信息", "should be a personal record")
    odd = sorted(set(value) - set(PERSON_KEYS))
    if odd:
        raise Fault(f"人员信息没有“{'、'.join(odd)}”", f"a personal record has no {', '.join(odd)}")
    record = {key: item.strip() for key, item in value.items() if isinstance(item, str) and item.strip()}
    if not record.get("name"):
        raise Fault("须填写姓名", "a name is required")
    if any(len(item) > LONGEST["text"] or not item.isprintable() for item in record.values()):
        raise Fault("有一项过长或含控制字符", "one item is too long or contains control characters")
    _check_born(record)
    if record.get("id_number") and record.get("id_type", "resident_id") == "resident_id":
        _check_id_number(record)
    return record


def _check_born(record: Mapping[str, str]) -> None:
    try:
        date.fromisoformat(record.get("born", "2000-01-01"))
    except ValueError:
        raise Fault(f"出生日期无效:{record['born']}", f"is not a date of birth: {record['born']}") from None


def _check_id_number(record: dict[str, str]) -> None:
    number = record["id_number"].upper()
    says = {"form": ("须为18位数字,末位可为X", "needs 18 digits, the last may be X"),
            "born": ("其中的出生日期不存在", "contains a birthday that does not exist"),
            "checksum": ("校验码不符,请核对证件", "fails its checksum; compare it with the document")}
    faults = id_number_faults(number)
    born = born_from(number) if "form" not in faults else None
    zh, en = [says[fault][0] for fault in faults], [says[fault][1] for fault in faults]
    if born and record.get("born", born.isoformat()) != born.isoformat():
        zh.append("与所填出生日期不一致")
        en.append("does not agree with the date of birth")
    if zh:
        raise Fault(f"身份证号{';'.join(zh)}", f"the identity number {'; '.join(en)}", words("公民身份号码 GB 11643", "GB 11643"))
    record["id_number"] = number
    record.setdefault("born", born.isoformat() if born else "")


def _file(filling: Filling, field: Field, value: Any) -> dict[str, Any]:
    ok = isinstance(value, Mapping) and isinstance(value.get("blob"), str) and re.fullmatch(r"[0-9a-f]{64}", value["blob"]) \
        and isinstance(value.get("size"), int) and isinstance(value.get("name"), str)
    if not ok:
        raise Fault("应先上传文件", "upload the file first")
    return {"blob": value["blob"], "size": value["size"], "name": value["name"][:200], "media_type": str(value.get("media_type", ""))[:100],
            "pages": value["pages"] if isinstance(value.get("pages"), int) else 0}


_READ: Mapping[str, Callable[[Filling, Field, Any], Any]] = {
    "text": _text, "long_text": _text, "integer": _integer, "money": _money, "date": _date, "datetime": _datetime,
    "flag": _flag, "code": _code, "list": _several(_code), "person": _person, "file": _file,
    "user": lambda filling, field, value: _one_of(filling.choices.users.get(field.table, ()), value),
    "persons": _several(lambda filling, field, value: _one_of(filling.choices.persons.get(field.table, ()), value)),
    "material": lambda filling, field, value: _one_of(filling.choices.materials, value),
    "materials": _several(lambda filling, field, value: _one_of(filling.choices.materials, value)),
    "document": lambda filling, field, value: _one_of(filling.choices.documents, value),
    "exhibit": lambda filling, field, value: _one_of(filling.choices.exhibits, value),
}
