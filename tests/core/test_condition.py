"""Conditions hold or fail, and a failure names every leaf that stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.condition import ALWAYS, AllOf, AnyOf, Compare, Condition, Not, Word, failures, holds, names, parse
from dangui.core.problem import Problem

WORDS = ("a", "b", "c")
VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["x", "y", "2024-01-01"]) | st.just([])


class Known:
    def __init__(self, words: frozenset[str], values: dict[str, Any]) -> None:
        self.words, self.values = words, values

    def word(self, name: str) -> bool:
        return name in self.words

    def value(self, kind: str, name: str) -> Any:
        return self.values.get(name)


KNOWN = st.builds(Known, st.frozensets(st.sampled_from(WORDS)), st.dictionaries(st.sampled_from(WORDS), VALUES))
COMPARE = st.builds(
    Compare,
    st.sampled_from(["fact", "field"]),
    st.sampled_from(WORDS),
    st.sampled_from(["is", "over", "at_least", "under", "at_most", "given"]),
    VALUES,
) | st.builds(Compare, st.just("fact"), st.sampled_from(WORDS), st.just("in"), st.lists(st.integers(-3, 3)).map(tuple))
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.builds(Word, st.sampled_from(WORDS)) | COMPARE,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AllOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(CONDITIONS, KNOWN)
def test_a_negation_holds_exactly_when_the_condition_does_not(condition: Condition, known: Known) -> None:
    assert holds(Not(condition), known) != holds(condition, known)


@given(CONDITIONS, KNOWN)
def test_nothing_stands_in_the_way_of_what_holds(condition: Condition, known: Known) -> None:
    if holds(condition, known):
        assert failures(condition, known) == []


@given(CONDITIONS, KNOWN)
def test_every_failure_is_a_leaf_that_is_as_it_should_not_be(condition: Condition, known: Known) -> None:
    leaves = {name if kind == "word" else f"{kind}.{name}" for kind, name in names(condition)}
    for failure in failures(condition, known):
        assert failure.word in leaves
        if failure.word in WORDS:
            assert known.word(failure.word) == failure.negated


@given(CONDITIONS.filter(lambda condition: list(names(condition)) != []), KNOWN)
def test_mending_every_failure_of_words_alone_makes_an_all_of_hold(condition: Condition, known: Known) -> None:
    wanted = AllOf(tuple(Word(word) for word in WORDS))
    missing = {failure.word for failure in failures(wanted, known)}
    assert holds(wanted, Known(known.words | missing, known.values))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a", []),
        ("c", ["needs.c"]),
        ({"not": "a"}, ["needs.not.a"]),
        (["a", "c", {"not": "b"}], ["needs.c", "needs.not.b"]),
        ({"any": ["c", {"fact": "n", "over": 5}]}, ["needs.c", "needs.fact.n"]),
        ({"any": ["a", "c"]}, []),
        ({"not": {"any": ["a", "c"]}}, ["needs.not.a"]),
        ({"fact": "n", "in": [4, 5]}, []),
        ({"fact": "n", "at_least": 5}, []),
        ({"field": "none", "given": True}, ["needs.field.none"]),
        ({"all": []}, []),
        ({"any": []}, []),
        (None, []),
    ],
)
def test_failures_are_named_as_the_pack_names_the_words(condition: Any, expected: list[str]) -> None:
    problems: list[Problem] = []
    parsed = parse(condition, "here", problems)
    assert problems == []
    known = Known(frozenset({"a", "b"}), {"n": 5})
    assert [failure.code for failure in failures(parsed, known)] == expected


@pytest.mark.parametrize(
    ("found", "how", "value"),
    [
        ("12", "over", 5),
        (5, "under", "7"),
        (None, "at_most", 1),
        ([], "at_least", 0),
        ({}, "over", 0),
        (None, "under", "b"),
    ],
)
def test_things_of_different_kinds_never_compare(found: Any, how: str, value: Any) -> None:
    assert not holds(Compare("fact", "n", how, value), Known(frozenset(), {"n": found}))


@pytest.mark.parametrize(
    "raw",
    [
        7,
        1.5,
        {"fact": "n"},
        {"fact": "n", "over": 1, "under": 3},
        {"fact": "n", "near": 3},
        {"not": "a", "any": ["b"]},
        {"fact": "n", "in": 5},
        {"fact": "n", "over": [5]},
        {"all": "a"},
        {"word": "a"},
        {},
    ],
)
def test_a_condition_nobody_can_read_is_a_problem_and_not_an_error(raw: Any) -> None:
    problems: list[Problem] = []
    assert parse(["a", raw], "stages/x.yaml:act.needs", problems) == AllOf((Word("a"), ALWAYS))
    assert [(problem.code, problem.place) for problem in problems] == [
        ("condition.unreadable", "stages/x.yaml:act.needs")
    ]
