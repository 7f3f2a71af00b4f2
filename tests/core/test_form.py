"""Forms: every type of field good, bad and at its edge; no value whatsoever makes a form fall over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.digest import canonical
from dangui.core.form import DOTTED, OFTEN_PLAIN, SIMPLE, Choices, Field, Filling, parse_fields
from dangui.core.party import check_digit
from dangui.core.problem import Problem

CHOICES = Choices(
    codes={"ground": {"caught": {"zh": "当场", "en": "caught"}, "named": {"zh": "指认", "en": "named"}}},
    persons={"suspect": ["p1", "p2"]},
    users={"officer": ["li"]},
    materials=["m1", "m2"],
    documents=["d1"],
    exhibits=["e1"],
)


class Given:
    """Conditions of a form see the clean values."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def word(self, name: str) -> bool:
        return False

    def value(self, kind: str, name: str) -> Any:
        return self.values.get(name)


def field(kind: str, **more: Any) -> dict[str, Any]:
    return {"name": "it", "is": kind, "zh": "它", "en": "it", **more}


def table(*rows: Mapping[str, Any]) -> tuple[Field, ...]:
    problems: list[Problem] = []
    fields = parse_fields(rows, "asks", problems)
    assert problems == []
    return fields


def fill(values: Mapping[str, Any], *rows: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    clean, problems = Filling(table(*rows), values, CHOICES, Given).run()
    return clean, [problem.code for problem in problems]


ID_NUMBER = "11010119900501" + "001"
ID_NUMBER += check_digit(ID_NUMBER)

GOOD: list[tuple[dict[str, Any], Any, Any]] = [
    (field("text"), "  盗窃 ", "盗窃"),
    (field("text"), "字" * 200, "字" * 200),
    (field("long_text"), "a\n\tb", "a\n\tb"),
    (field("text", pattern="[A-Z]{2}\\d"), "AB1", "AB1"),
    (field("integer"), "-12", -12),
    (field("integer"), 0, 0),
    (field("integer", least=1, most=3), "3", 3),
    (field("money"), "1234.5", 123450),
    (field("money"), "1,000", 100000),
    (field("money"), 7, 700),
    (field("money", least=50000), "500", 50000),
    (field("date"), "2024-02-29", "2024-02-29"),
    (field("date", least="2024-01-01"), "2024-01-01", "2024-01-01"),
    (field("datetime"), "2024-03-05 14:30", "2024-03-05T14:30:00+08:00"),
    (field("datetime"), "2024-03-05T06:30:00+00:00", "2024-03-05T14:30:00+08:00"),
    (field("flag"), "on", True),
    (field("flag"), False, False),
    (field("flag"), "0", False),
    (field("code.ground"), "caught", "caught"),
    (field("list.ground"), ["named", "caught", "named"], ["named", "caught"]),
    (field("list.ground"), "named", ["named"]),
    (field("user.officer"), "li", "li"),
    (field("persons.suspect"), ["p2"], ["p2"]),
    (field("material"), "m1", "m1"),
    (field("materials"), ["m2", "m1"], ["m2", "m1"]),
    (field("document"), "d1", "d1"),
    (field("exhibit"), "e1", "e1"),
    (field("person"), {"name": " 赵一 ", "born": "19900501", "phone": ""}, {"name": "赵一", "born": "1990-05-01"}),
    (
        field("person"),
        {"name": "赵一", "id_number": ID_NUMBER.lower()},
        {"name": "赵一", "id_number": ID_NUMBER, "born": "1990-05-01"},
    ),
    (
        field("person"),
        {"name": "John", "id_type": "passport", "id_number": "X1"},
        {"name": "John", "id_type": "passport", "id_number": "X1"},
    ),
    (
        field("file"),
        {"blob": "a" * 64, "size": 3, "name": "扫描.pdf", "media_type": "application/pdf", "odd": 1},
        {"blob": "a" * 64, "size": 3, "name": "扫描.pdf", "media_type": "application/pdf", "pages": 0},
    ),
]

BAD: list[tuple[dict[str, Any], Any]] = [
    (field("text"), 7),
    (field("long_text"), ["a"]),
    (field("text"), "字" * 201),
    (field("text"), "a\x00b"),
    (field("text"), "\ud800"),
    (field("text", pattern="[A-Z]+"), "abc"),
    (field("integer"), "1.5"),
    (field("integer"), True),
    (field("integer"), 1.0),
    (field("integer"), "١٢"),
    (field("integer"), 10**12),
    (field("integer", least=1), 0),
    (field("integer", most=3), 4),
    (field("money"), "-1"),
    (field("money"), "1.234"),
    (field("money"), 1.5),
    (field("money"), 10**5000),
    (field("money", least=50000), "499.99"),
    (field("date"), "2023-02-29"),
    (field("date"), "yesterday"),
    (field("date"), 20240101),
    (field("date"), "0204-01-01"),
    (field("date", most="2024-01-01"), "2024-01-02"),
    (field("datetime"), "2024-03-05 25:00"),
    (field("datetime"), "9999-12-31T23:59:00-12:00"),
    (field("flag"), "maybe"),
    (field("code.ground"), "rumour"),
    (field("code.ground"), ["caught"]),
    (field("code.unknown"), "caught"),
    (field("list.ground"), ["caught", 7]),
    (field("user.officer"), "eve"),
    (field("user.chief"), "li"),
    (field("persons.suspect"), ["p1", "p9"]),
    (field("material"), "m9"),
    (field("materials"), ["m1", None]),
    (field("document"), {"id": "d1"}),
    (field("exhibit"), "\ud800"),
    (field("person"), "赵一"),
    (field("person"), {"born": "1990-01-01"}),
    (field("person"), {"name": "赵一", "rank": "x"}),
    (field("person"), {"name": ["赵一"]}),
    (field("person"), {"name": "赵\n一"}),
    (field("person"), {"name": "赵一", "born": "1990-13-01"}),
    (field("person"), {"name": "赵一", "id_number": ID_NUMBER, "born": "1990-05-02"}),
    (field("person"), {"name": "赵一", "id_number": "110101199005010010"[:17]}),
    (field("file"), {"blob": "zz", "size": 3, "name": "a"}),
    (field("file"), {"blob": "a" * 64, "size": -1, "name": "a"}),
    (field("file"), {"blob": "a" * 64, "size": True, "name": "a"}),
    (field("file"), "a.pdf"),
]


@pytest.mark.parametrize(("row", "value", "clean"), GOOD)
def test_a_good_value_is_made_clean(row: dict[str, Any], value: Any, clean: Any) -> None:
    assert fill({"it": value}, row) == ({"it": clean}, [])


@pytest.mark.parametrize(("row", "value"), BAD, ids=lambda part: "")
def test_a_bad_value_is_named_and_nothing_of_it_is_kept(row: dict[str, Any], value: Any) -> None:
    assert fill({"it": value}, row) == ({}, ["field.invalid/it"])


def test_every_type_of_field_is_tried() -> None:
    for rows in (GOOD, BAD):
        assert {row[0]["is"].partition(".")[0] for row in rows} == {*SIMPLE, *DOTTED}
    assert set(OFTEN_PLAIN) < set(DOTTED)


def test_a_wrong_identity_number_says_everything_that_is_wrong_with_it() -> None:
    number = "11010119901301001"
    value = {"name": "赵一", "id_number": number + ("0" if check_digit(number) != "0" else "1")}
    _, problems = Filling(table(field("person")), {"it": value}, CHOICES, Given).run()
    assert "出生日期不存在" in problems[0].says["zh"]
    assert "校验码不符" in problems[0].says["zh"]


@pytest.mark.parametrize("value", [None, "", "   ", [], {}])
def test_a_blank_field_is_left_out_and_missing_only_where_it_is_required(value: Any) -> None:
    assert fill({"it": value}, field("text")) == ({}, [])
    assert fill({"it": value}, field("text", required=True)) == ({}, ["field.missing/it"])


def test_a_default_stands_in_for_what_was_not_given() -> None:
    assert fill({}, field("integer", default=5, required=True)) == ({"it": 5}, [])


def test_what_is_required_may_hang_on_another_value_once_that_is_clean() -> None:
    rows = (field("integer"), {**field("text"), "name": "why", "required_when": {"field": "it", "over": 6}})
    assert fill({"it": "7"}, *rows) == ({"it": 7}, ["field.missing/why"])
    assert fill({"it": "6"}, *rows) == ({"it": 6}, [])
    assert fill({"it": "many"}, *rows) == ({}, ["field.invalid/it"])
    assert fill({"why": "x"}, *rows) == ({"why": "x"}, [])


def test_unknown_fields_are_named_with_the_nearest_known_one() -> None:
    _, problems = Filling(table(field("text")), {"itt": "x"}, CHOICES, Given).run()
    assert [problem.code for problem in problems] == ["field.unknown/itt"]
    assert "it" in problems[0].hint["en"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ROWS = [field(kind) for kind in SIMPLE] + [
    field(f"{kind}.{table}")
    for kind, table in (
        ("code", "ground"),
        ("user", "officer"),
        ("persons", "suspect"),
        ("list", "ground"),
        ("document", "x"),
    )
]


@given(st.sampled_from(ROWS), st.dictionaries(st.just("it") | st.text(), JSON, max_size=3))
def test_no_value_makes_a_form_fall_over_and_what_it_answers_can_be_sent(
    row: dict[str, Any], values: dict[str, Any]
) -> None:
    clean, problems = Filling(table(row), values, CHOICES, Given).run()
    canonical(clean)
    json.dumps([problem.as_json() for problem in problems], ensure_ascii=False).encode()
    assert set(clean) <= {"it"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (field("number"), "form.unknown_type"),
        (field("code"), "form.unknown_type"),
        (field("text.x"), "form.unknown_type"),
        ({"name": "it", "is": "text", "zh": "它"}, "pack.language_missing"),
        (field("text", colour="red"), "pack.unknown_key"),
        (field("text", required_when={"it": 5}), "condition.unreadable"),
        ("it", "pack.not_a_mapping"),
    ],
)
def test_a_field_that_nobody_can_fill_is_a_problem_of_the_pack(row: Any, code: str) -> None:
    problems: list[Problem] = []
    parse_fields([row], "asks", problems)
    assert code in {problem.code for problem in problems}


def test_two_fields_of_one_name_are_a_problem_of_the_pack() -> None:
    problems: list[Problem] = []
    parse_fields([field("text"), field("date")], "asks", problems)
    assert [(problem.code, problem.place) for problem in problems] == [("form.twice", "asks[1]")]
