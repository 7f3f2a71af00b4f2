"""Forms — 表单格式: the form of an action as JSON Schema (2020-12), so that a system can fill it without knowing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dangui.core.condition import ALWAYS
from dangui.core.form import LONGEST, PERSON_KEYS, Field
from dangui.core.problem import Words

Options = Sequence[tuple[str, Words]]


def schema_of(fields: Sequence[Field], options: Mapping[str, Options], prefill: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of ``values``. Required is what is always required and not filled in already."""
    return {
        "type": "object",
        "properties": {field.name: _field(field, options.get(field.name, ())) for field in fields},
        "required": [each.name for each in fields if _is_required(each) and each.name not in prefill],
        "additionalProperties": False,
    }


def _is_required(field: Field) -> bool:
    return field.required == ALWAYS and field.default is None


def _field(field: Field, options: Options) -> dict[str, Any]:
    found = {
        "title": field.title["en"],
        "x-title": dict(field.title),
        "x-kind": field.kind,
        **_TYPES[field.kind](field, options),
    }
    if field.help["zh"]:
        found |= {"description": field.help["en"], "x-help": dict(field.help)}
    if field.default is not None:
        found["default"] = field.default
    if field.required is not None and field.required != ALWAYS:
        found["x-required"] = "sometimes"
    return found


def _text(field: Field, options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "maxLength": field.most or LONGEST[field.kind]}
    return found | ({"pattern": f"^(?:{field.pattern})$"} if field.pattern else {})


def _integer(field: Field, options: Options) -> dict[str, Any]:
    bounds = {"minimum": field.least, "maximum": field.most}
    return {"type": "integer", **{key: value for key, value in bounds.items() if value is not None}}


def _money(field: Field, options: Options) -> dict[str, Any]:
    return {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$", "x-unit": "CNY"}


def _one_of(field: Field, options: Options) -> dict[str, Any]:
    choices = [{"const": value, "title": title["en"], "x-title": dict(title)} for value, title in options]
    return {"type": "string", "oneOf": choices} if choices else {"type": "string", "enum": []}


def _several(field: Field, options: Options) -> dict[str, Any]:
    return {"type": "array", "items": _one_of(field, options), "uniqueItems": True}


def _person(field: Field, options: Options) -> dict[str, Any]:
    properties = {key: {"type": "string", "maxLength": LONGEST["text"]} for key in PERSON_KEYS}
    properties["born"] = {"type": "string", "format": "date"}
    return {"type": "object", "properties": properties, "required": ["name"], "additionalProperties": False}


def _file(field: Field, options: Options) -> dict[str, Any]:
    """What ``POST /blobs`` answered."""
    return {
        "type": "object",
        "properties": {
            "blob": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "size": {"type": "integer", "minimum": 0},
            "name": {"type": "string", "maxLength": 200},
            "media_type": {"type": "string", "maxLength": 100},
        },
        "required": ["blob", "size", "name"],
    }


def _simple(**given: Any) -> Callable[[Field, Options], dict[str, Any]]:
    return lambda field, options: dict(given)


_TYPES: Mapping[str, Callable[[Field, Options], dict[str, Any]]] = {
    "text": _text,
    "long_text": _text,
    "date": _simple(type="string", format="date"),
    "datetime": _simple(type="string", format="date-time"),
    "integer": _integer,
    "money": _money,
    "flag": _simple(type="boolean"),
    "person": _person,
    "file": _file,
    "code": _one_of,
    "user": _one_of,
    "material": _one_of,
    "document": _one_of,
    "exhibit": _one_of,
    "list": _several,
    "persons": _several,
    "materials": _several,
}
