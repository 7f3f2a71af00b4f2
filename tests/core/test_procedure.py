"""Actions and effects of a pack: read with every problem at once, and every effect there is can be resolved."""

from __future__ import annotations

from typing import Any

import pytest

from dangui.core import effects
from dangui.core.condition import Word
from dangui.core.problem import Problem
from dangui.core.procedure import VERBS, Action, parse_action, parse_effects

TITLE = {"zh": "拘留", "en": "Detain"}


def action(**raw: Any) -> tuple[Action, list[str]]:
    problems: list[Problem] = []
    found = parse_action("detain", {"title": TITLE, "by": "officer", **raw}, ("open",), "x.yaml:detain", problems)
    return found, [problem.code for problem in problems]


def test_an_action_is_read_as_it_is_written() -> None:
    found, problems = action(
        of={"role": "suspect", "many": True},
        approval="chief",
        needs=["filed"],
        sends="arrest.initiate",
        when_approved=[{"mark": "ready"}],
        when_executed=[{"start": ["custody"], "from": "now", "when": "held"}],
    )
    assert problems == []
    assert (found.by, found.approval, found.of, found.many) == (("officer",), ("chief",), "suspect", True)
    assert (found.collaboration, found.node, found.stages) == ("arrest", "initiate", ("open",))
    (start,) = found.effects["executed"]
    assert (start.verb, start.value, start.more, start.when) == ("start", ["custody"], {"from": "now"}, Word("held"))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"by": None}, "pack.missing_key"),
        ({"approves": "chief"}, "pack.unknown_key"),
        ({"approval": "chief", "when_done": []}, "action.steps"),
        ({"when_executed": []}, "action.steps"),
        (
            {"approval": "chief", "asks": [{"name": "r", "is": "person", "zh": "人", "en": "person"}]},
            "action.person_in_application",
        ),
        ({"when_done": [{"bless": True}]}, "effect.unknown"),
        ({"when_done": ["close"]}, "pack.not_a_mapping"),
        ({"when_done": [{"mark": "a", "by": "b"}]}, "pack.unknown_key"),
        ({"needs": [7]}, "condition.unreadable"),
    ],
)
def test_a_mistake_in_an_action_is_named(raw: dict[str, Any], code: str) -> None:
    assert code in action(**raw)[1]


def test_an_unknown_effect_is_told_with_the_nearest_known_one() -> None:
    problems: list[Problem] = []
    parse_effects([{"strat": ["x"]}], "x.yaml", problems)
    assert [(problem.place, problem.hint["en"]) for problem in problems] == [("x.yaml[0]", "did you mean 'start'?")]


def test_every_effect_that_a_pack_may_name_can_be_resolved() -> None:
    assert set(effects._VERBS) == set(VERBS)
