"""Effects resolved one by one: each sees what the one before has done, and about whom it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dangui.core.calendar import CHINA, Calendar
from dangui.core.effects import run
from dangui.core.form import Field
from dangui.core.party import Person
from dangui.core.problem import Problem
from dangui.core.procedure import parse_effects
from dangui.core.proceeding import Proceeding, Work
from dangui.core.resolve import Act, Resolver
from dangui.core.world import Told
from small_world import BEGIN, LI, Office, small_world

TOLD = Told(
    BEGIN,
    small_world(),
    Calendar(),
    lambda kind: f"{kind}-1",
    lambda agency, kind, year: 1,
    lambda person: {},
    lambda user: user,
    lambda agency, post: (),
)


def state(*persons: str) -> Proceeding:
    return Proceeding(
        id="p",
        agency="office",
        procedure="small/inquiry",
        stage="open",
        main_role="suspect",
        persons={name: Person(name, "suspect", BEGIN) for name in persons},
    )


def resolve(
    start: Proceeding,
    *raw: dict[str, Any],
    about: tuple[str, ...] = (),
    travelling: tuple[str, ...] = (),
    fields: tuple[Field, ...] = (),
    **values: Any,
) -> Resolver:
    problems: list[Problem] = []
    effects = parse_effects(raw, "test", problems)
    assert not problems
    act = Act(LI, BEGIN, fields, values, about, travelling)
    resolver = Resolver(TOLD, TOLD.world.procedures[start.procedure], start, act)
    run(resolver, effects)
    return resolver


def test_an_effect_sees_what_the_one_before_it_did() -> None:
    found = resolve(
        state(), {"mark": "noted"}, {"mark": "sent", "when": "noted"}, {"mark": "agreed", "when": "arrived"}
    )
    assert found.state.marks == {"noted", "sent"}


def test_marks_measures_and_clocks_go_to_whom_the_act_is_of() -> None:
    found = resolve(
        state("甲", "乙"), {"mark": "noted"}, {"measure": "detained"}, {"start": ["custody"]}, about=("乙",)
    )
    assert [sorted(person.marks) for person in found.state.persons.values()] == [[], ["noted"]]
    assert [clock.person for clock in found.state.clocks.values()] == ["乙"]


def test_a_scope_forces_the_proceeding_and_per_person_everybody_who_travels() -> None:
    forced = resolve(state("甲"), {"mark": "noted", "scope": "proceeding"}, about=("甲",))
    assert (forced.state.marks, forced.state.persons["甲"].marks) == ({"noted"}, frozenset())
    spread = resolve(state("甲", "乙"), {"start": ["custody"], "per": "person"}, travelling=("乙",))
    assert [clock.person for clock in spread.state.clocks.values()] == ["乙"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("now", BEGIN),
        (None, BEGIN),
        ({"field": "on"}, datetime(2024, 2, 1, tzinfo=CHINA)),
        ({"field": "none"}, BEGIN),
        ({"fact": "sentence.end"}, datetime(2024, 2, 3, tzinfo=CHINA)),
        ({"person": "measure_since"}, BEGIN - timedelta(days=2)),
    ],
)
def test_a_clock_starts_where_the_pack_says(source: Any, expected: datetime) -> None:
    work = Work(state("甲"))
    at = (BEGIN - timedelta(days=2)).isoformat()
    work.apply({"is": "measure", "person": "甲", "measure": "detained", "custody": True, "at": at}, BEGIN)
    work.apply({"is": "fact", "person": "甲", "name": "sentence", "value": {"end": "2024-02-03"}}, BEGIN)
    raw = {"start": ["custody"], **({"from": source} if source else {})}
    (clock,) = resolve(work.done(), raw, about=("甲",), on="2024-02-01").state.clocks.values()
    assert clock.started_at == expected


def test_a_restarted_clock_follows_the_one_it_ended() -> None:
    found = resolve(state("甲"), {"start": ["custody"]}, {"restart": ["custody"]}, about=("甲",))
    first, second = found.state.clocks.values()
    assert (first.status, second.status, second.follows) == ("restarted", "running", first.id)


@pytest.mark.parametrize(
    ("raw", "values", "code"),
    [
        ({"extend": "custody", "by": "1 day"}, {}, "extend.not_running"),
        ({"issue": "poem"}, {}, "document.no_template"),
        ({"separate": None}, {}, "separate.nobody_left"),
    ],
)
def test_what_can_not_be_done_is_complained_of(raw: dict[str, Any], values: dict[str, Any], code: str) -> None:
    assert [problem.code for problem in resolve(state("甲"), raw, about=("甲",), **values).problems] == [code]


def test_what_arrives_from_elsewhere_is_never_refused_for_an_expired_limit() -> None:
    office = Office()
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    late = BEGIN + timedelta(days=9)
    held = office.state(case)

    def paused(delivered: datetime | None) -> list[str]:
        act = Act(LI, late, about=(person,), delivered=delivered)
        resolver = Resolver(TOLD, TOLD.world.procedures[held.procedure], held, act)
        run(resolver, parse_effects([{"pause": ["custody"]}], "test", []))
        return [problem.code for problem in resolver.problems]

    assert paused(None) == ["liberty.expired"]
    assert paused(late) == []


def test_the_same_effects_on_the_same_state_give_the_same_facts() -> None:
    def act() -> list[dict[str, Any]]:
        return resolve(
            state("甲"), {"measure": "detained"}, {"start": ["custody"]}, {"mark": "noted"}, about=("甲",)
        ).effects

    twice: list[Callable[[], list[dict[str, Any]]]] = [act, act]
    first, second = (each() for each in twice)
    assert first == second
