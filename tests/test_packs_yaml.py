"""Strict YAML: what is read, what is refused, and where each problem is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dangui.packs_yaml import DEEPEST, LARGEST_FILE, read, read_file

PACK = """\
title: {zh: 侦查, en: Investigation}   # a comment
stages: [filed, closed]
internal: false
superior: null
times: 2
delta: -1
opened: "2024-09-27 08:00"
body: |
  第一行
  第二行
actions:
  detain:
    by: investigator
    "on": proceeding
    needs:
      - case_filed
      - {not: in_custody}
"""


def codes(text: str) -> list[str]:
    return [problem.code for problem in read(text.encode(), "x.yaml").problems]


def places(text: str) -> list[str]:
    return [problem.place for problem in read(text.encode(), "x.yaml").problems]


def test_a_pack_is_read_as_plain_values() -> None:
    sheet = read(PACK.encode(), "procedure.yaml")
    assert sheet.problems == ()
    assert sheet.value == {
        "title": {"zh": "侦查", "en": "Investigation"}, "stages": ["filed", "closed"],
        "internal": False, "superior": None, "times": 2, "delta": -1, "opened": "2024-09-27 08:00",
        "body": "第一行\n第二行\n",
        "actions": {
            "detain": {"by": "investigator", "on": "proceeding", "needs": ["case_filed", {"not": "in_custody"}]},
        },
    }


@pytest.mark.parametrize(("steps", "line"), [
    ((), 1), (("stages", 1), 2), (("actions",), 11), (("actions", "detain", "by"), 13),
    (("actions", "detain", "needs", 1, "not"), 17), (("actions", "detain", "title", "zh"), 12), (("nothing",), 1),
])
def test_every_value_has_its_line_and_a_missing_one_that_of_its_surroundings(
    steps: tuple[str | int, ...], line: int,
) -> None:
    assert read(PACK.encode(), "procedure.yaml").at(*steps) == f"procedure.yaml:{line}"


@pytest.mark.parametrize("text", [
    "yes", "No", "on", "OFF", "y", "True", "FALSE", "~", "Null", "0123", "0o17", "0x1F", "0b11", "1_000", "+1", "-01",
    "1.10", "1.", ".5", "1e5", ".inf", ".NaN", "12:30", "12:30:45", "2025-03-10", "2025-03-10 08:00:00", "=",
    "330421199001011234",
])
def test_a_plain_text_that_another_reader_takes_for_something_else_must_be_quoted(text: str) -> None:
    assert codes(f"a: {text}\n") == ["yaml.ambiguous"]
    assert codes(f'a: "{text}"\n') == []
    assert read(f"a: '{text}'\n".encode(), "x.yaml").value == {"a": text}


@pytest.mark.parametrize("text", [
    "criminal_law/2023#264", "3 days", "1 to 4 days", "investigator", "no_crime", "甲", "2024-09-27 08:00 起",
    "arrest.initiate", "none", "one 'quote'", "3days",
])
def test_a_plain_text_that_every_reader_takes_for_text_needs_no_quotes(text: str) -> None:
    assert read(f"a: {text}\n".encode(), "x.yaml").value == {"a": text}


@pytest.mark.parametrize(("text", "code", "line"), [
    ("a: 1\nb: 2\na: 3\n", "yaml.duplicate_key", 3),
    ("a: {zh: 1, zh: 2}\n", "yaml.duplicate_key", 1),
    ("a: &x b\n", "yaml.anchor", 1),
    ("a: !!str b\n", "yaml.tag", 1),
    ("a: !python/object:os.system b\n", "yaml.tag", 1),
    ("a: {<<: {b: 1}}\n", "yaml.merge", 1),
    ("a:\nb: 1\n", "yaml.empty_value", 1),
    ("- a\n-\n", "yaml.empty_value", 2),
    ("a: {b, c: d}\n", "yaml.empty_value", 1),
    ("91: a\n", "yaml.key", 1),
    ("true: a\n", "yaml.key", 1),
    ("null: a\n", "yaml.key", 1),
    ("on: a\n", "yaml.ambiguous", 1),
    ("[a, b]: c\n", "yaml.key", 1),
    ('"": c\n', "yaml.key", 1),
    ("a: b\n---\nc: d\n", "yaml.documents", 2),
    ("%YAML 1.1\n---\na: b\n", "yaml.directive", 1),
    ("a: b\t# note\n", "yaml.tab", 1),
    ("", "yaml.empty", 1),
    ("# nothing\n", "yaml.empty", 1),
    ("a: b\nc: d: e\n", "yaml.syntax", 2),
    ("a: b\nc: [d\n", "yaml.syntax", 3),
    ("a: b\nc: \x07\n", "yaml.syntax", 2),
])
def test_what_hides_or_slips_is_refused_where_it_stands(text: str, code: str, line: int) -> None:
    assert codes(text) == [code]
    assert places(text) == [f"x.yaml:{line}"]


def test_all_problems_of_a_file_are_told_at_once_and_in_order() -> None:
    text = "a: yes\nb: &x 1\nc: *x\nd:\na: 12:30\n? {q: 0123}\n: z\n"
    assert codes(text) == [
        "yaml.ambiguous", "yaml.anchor", "yaml.alias", "yaml.empty_value", "yaml.duplicate_key", "yaml.ambiguous",
        "yaml.key", "yaml.ambiguous",
    ]
    assert places(text) == [f"x.yaml:{line}" for line in (1, 2, 3, 4, 5, 5, 6, 6)]


def test_each_problem_is_said_in_both_languages() -> None:
    for problem in read(b"a: yes\nb:\nc: &x 1\n91: [\n", "x.yaml").problems:
        assert problem.says["zh"]
        assert problem.says["en"]


def test_the_first_of_two_equal_keys_stands_and_the_problem_names_both_lines() -> None:
    sheet = read(b"a: 1\nb: 2\na: 3\n", "x.yaml")
    assert sheet.value == {"a": 1, "b": 2}
    assert sheet.problems[0].says["en"] == "the key 'a' is there twice, first on line 1"


def test_a_text_nested_too_deep_is_refused_before_it_does_harm() -> None:
    assert codes("[" * 100_000) == ["yaml.too_deep"]
    assert codes("[" * DEEPEST + "a" + "]" * DEEPEST) == []


def test_a_bomb_of_aliases_does_not_unfold() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert set(codes(bomb)) == {"yaml.anchor", "yaml.alias"}


def test_a_file_beyond_the_limit_is_not_read() -> None:
    assert codes("a" * (LARGEST_FILE + 1)) == ["yaml.too_large"]


def test_bytes_that_are_not_utf_8_are_named_by_line() -> None:
    sheet = read(b"a: b\nc: \xb0\xb8\n", "x.yaml")
    assert [(problem.code, problem.place) for problem in sheet.problems] == [("yaml.encoding", "x.yaml:2")]
    assert sheet.value is None


def test_a_file_is_named_by_its_path_below_the_root(tmp_path: Path) -> None:
    path = tmp_path / "procedures" / "criminal" / "codes.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("a: yes\n", encoding="utf-8")
    assert read_file(path, tmp_path).problems[0].place == "procedures/criminal/codes.yaml:1"


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [problem.code for problem in read_file(tmp_path / "none.yaml", tmp_path).problems] == ["yaml.unreadable"]
