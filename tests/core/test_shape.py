"""Reading a mapping of a pack: every problem at once, each at its place, and nothing ever raised."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dangui.core.problem import Problem, words
from dangui.core.shape import Shape, nearest

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def read(raw: Any) -> tuple[Shape, list[Problem]]:
    problems: list[Problem] = []
    return Shape(raw, "stages/x.yaml", problems), problems


def test_what_is_there_is_given_and_nobody_complains() -> None:
    shape, problems = read(
        {
            "id": "a",
            "many": "one",
            "count": 3,
            "flag": True,
            "title": {"zh": "甲", "en": "a"},
            "map": {"k": 1},
            "kind": "red",
        }
    )
    assert (shape.text("id"), shape.texts("many"), shape.number("count"), shape.flag("flag")) == (
        "a",
        ("one",),
        3,
        True,
    )
    assert (shape.title(), shape.mapping("map"), shape.choice("kind", ["red"])) == (words("甲", "a"), {"k": 1}, "red")
    shape.done()
    assert problems == []


def test_every_problem_is_told_at_once_with_its_place_and_a_hint() -> None:
    shape, problems = read(
        {"id": 7, "flag": 1, "count": True, "many": [1], "title": {"zh": "甲"}, "kind": "rde", "idd": 0}
    )
    shape.text("id")
    shape.text("name", required=True)
    shape.flag("flag")
    shape.number("count")
    shape.texts("many")
    shape.title()
    shape.choice("kind", ["red", "blue"])
    shape.done()
    assert [(problem.code, problem.place) for problem in problems] == [
        ("pack.wrong_type", "stages/x.yaml:id"),
        ("pack.missing_key", "stages/x.yaml:name"),
        ("pack.wrong_type", "stages/x.yaml:flag"),
        ("pack.wrong_type", "stages/x.yaml:count"),
        ("pack.wrong_type", "stages/x.yaml:many"),
        ("pack.language_missing", "stages/x.yaml:title.en"),
        ("pack.unknown_choice", "stages/x.yaml:kind"),
        ("pack.unknown_key", "stages/x.yaml:idd"),
    ]
    assert [problem.hint["en"] for problem in problems[-2:]] == ["did you mean 'red'?", "did you mean 'id'?"]


def test_nothing_like_it_gives_no_hint() -> None:
    assert nearest("xyz", ["abc"]) == words("", "")


@given(ANY, st.text())
def test_whatever_stands_there_is_read_as_asked_or_complained_of(raw: Any, key: str) -> None:
    shape, problems = read({key: raw})
    assert isinstance(shape.text(key), str)
    assert isinstance(shape.flag(key), bool)
    assert all(isinstance(text, str) for text in shape.texts(key))
    assert isinstance(shape.mapping(key), dict)
    assert set(shape.title(key)) == {"zh", "en"}
    shape.done()
    read(raw)[0].done()
    assert all(problem.place.startswith("stages/x.yaml") for problem in problems)
