"""Fields — 表单栏目: a field table of a pack as inputs of a page, and the values that come back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dangui.core.condition import ALWAYS
from dangui.core.form import Field
from dangui.core.problem import Problem, Words, words
from dangui.web.desk.sheet import Choice

FEW = 6
"""Up to so many options are all shown; more go into a list to open."""
MULTIPLE = ("persons", "materials", "list")
CHOSEN = ("code", "user", "material", "document", "exhibit", *MULTIPLE)


@dataclass(frozen=True, slots=True)
class Option:
    """One option, chosen or not."""

    value: str
    title: Words
    chosen: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a personal record."""

    id: str
    name: str
    title: Words
    value: str
    type: str = "text"
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A field with its value, options and faults, ready to be drawn — 已填栏目."""

    field: Field
    value: str
    options: tuple[Option, ...] | None
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]

    @property
    def id(self) -> str:
        """The id of its input."""
        return f"in-{self.field.name}"

    @property
    def required(self) -> bool:
        """Whether it is required whatever the case; what is required in some cases is checked when handed in."""
        return self.field.required == ALWAYS

    @property
    def several(self) -> bool:
        """Whether more than one may be chosen."""
        return self.field.kind in MULTIPLE

    @property
    def grouped(self) -> bool:
        """Whether it is drawn as a group of ticks rather than one input."""
        return self.field.kind == "person" or (self.options is not None and (self.several or len(self.options) <= FEW))

    @property
    def checked(self) -> bool:
        """Whether a flag is set."""
        return self.value in ("true", "on", "1", "True")


_SEX = (Choice("male", words("男", "Male")), Choice("female", words("女", "Female")))
_ID_TYPES = (
    Choice("resident_id", words("居民身份证", "Resident identity card")),
    Choice("passport", words("护照", "Passport")),
    Choice("other", words("其他证件", "Other document")),
)
_PERSON: tuple[tuple[str, Words, str, tuple[Choice, ...]], ...] = (
    ("name", words("姓名", "Name"), "text", ()),
    ("sex", words("性别", "Sex"), "text", _SEX),
    ("born", words("出生日期", "Born"), "date", ()),
    ("id_type", words("证件种类", "Kind of document"), "text", _ID_TYPES),
    ("id_number", words("证件号码", "Document number"), "text", ()),
    ("ethnicity", words("民族", "Ethnicity"), "text", ()),
    ("education", words("文化程度", "Education"), "text", ()),
    ("occupation", words("职业", "Occupation"), "text", ()),
    ("phone", words("电话", "Telephone"), "tel", ()),
    ("address", words("住址", "Address"), "text", ()),
)


def bound(
    fields: Iterable[Field],
    values: Mapping[str, Any],
    choices: Mapping[str, Sequence[Choice]],
    problems: Sequence[Problem] = (),
) -> list[Bound]:
    """Each field with what is known about it. ``choices`` are by field name."""
    return [
        _bound(field, values.get(field.name, field.default), choices.get(field.name, ()), problems) for field in fields
    ]


def _bound(field: Field, value: Any, choices: Sequence[Choice], problems: Sequence[Problem]) -> Bound:
    chosen = {str(item) for item in value} if isinstance(value, list | tuple) else {str(value)}
    options = (
        tuple(Option(each.value, each.title, each.value in chosen) for each in choices)
        if field.kind in CHOSEN
        else None
    )
    parts = tuple(_parts(field, value if isinstance(value, Mapping) else {})) if field.kind == "person" else ()
    text = "" if value is None or isinstance(value, Mapping | list | tuple) else str(value)
    if field.kind == "datetime":
        text = text[:16].replace(" ", "T")
    mine = tuple(problem for problem in problems if problem.place == f"with.{field.name}")
    return Bound(field, text, options, parts, mine)


def _parts(field: Field, record: Mapping[str, Any]) -> Iterable[Part]:
    for key, title, kind, options in _PERSON:
        name = f"{field.name}.{key}"
        yield Part(f"in-{name}", name, title, str(record.get(key, "")), kind, options)


def values_from(fields: Iterable[Field], given: QueryDict) -> dict[str, Any]:
    """The values of a handed-in form, as text, for the clerk to judge. Files are added by who stores them."""
    return {field.name: _value(field, given) for field in fields if field.kind != "file"}


def _value(field: Field, given: QueryDict) -> Any:
    if field.kind == "person":
        return {key: given[f"{field.name}.{key}"] for key, *_ in _PERSON if given.get(f"{field.name}.{key}")}
    if field.kind in MULTIPLE:
        return given.getlist(field.name)
    return given.get(field.name, "")
