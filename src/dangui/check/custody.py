"""Custody — 羁押检查: what takes a person's liberty starts a limit that protects it, or one is running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dangui.check.ground import Ground, Spot, names, problem
from dangui.core.condition import AllOf, AnyOf, Condition, Word
from dangui.core.problem import Problem, words
from dangui.core.procedure import Effect, Procedure

STARTING = ("start", "restart", "resume")


def check(ground: Ground) -> Iterator[Problem]:
    """Every effect that puts a person into custody."""
    for spot in ground.spots():
        taking = [
            effect for effect in spot.effects if effect.verb == "measure" and _takes(ground, spot.procedure, effect)
        ]
        if taking and not _protected(ground, spot):
            yield problem(
                "custody.no_clock",
                spot.place,
                "限制人身自由的措施没有启动保护性期限",
                "a measure takes liberty and no limit that protects it starts",
                words(
                    "同时用 start 启动 protects: liberty 的期限",
                    "start a limit with protects: liberty in the same step",
                ),
            )
    for procedure in ground.world.procedures.values():
        for limit in procedure.limits.values():
            if limit.counting.protects_liberty and limit.at_end in ("none", ""):
                yield problem(
                    "custody.no_end",
                    f"{limit.place}.at_end",
                    f"“{limit.title['zh']}”届满后果未写明",
                    f"'{limit.id}' does not say what its end forces",
                    words("写明 at_end: release_or_convert", "write at_end: release_or_convert"),
                )


def _takes(ground: Ground, procedure: Procedure, effect: Effect) -> bool:
    measures = ground.world.fields[procedure.field].measures
    if isinstance(effect.value, Mapping):
        return False  # which measure is only known when it is asked; the engine refuses custody without a limit then
    found = measures.get(str(effect.value))
    return found is not None and found.custody


def _protected(ground: Ground, spot: Spot) -> bool:
    liberty = {limit.id for limit in spot.procedure.limits.values() if limit.counting.protects_liberty}
    return _starts(spot.effects, liberty) or _sends(ground, spot, liberty) or _needs_running(ground, spot, liberty)


def _starts(effects: Sequence[Effect], liberty: set[str]) -> bool:
    return any(effect.verb in STARTING and liberty & set(names(effect.value)) for effect in effects)


def _sends(ground: Ground, spot: Spot, liberty: set[str]) -> bool:
    """Whether what the action sends starts one in this very ledger."""
    found = ground.node(spot.action.sends) if spot.action and spot.action.sends else None
    return bool(found) and found is not None and _starts(found[0].effects(found[1].id, "on_sent", found[1].by), liberty)


def _needs_running(ground: Ground, spot: Spot, liberty: set[str]) -> bool:
    """Whether it can only be done to somebody who is in custody already, or while such a limit runs."""
    if spot.action is None:
        return False
    measures = ground.world.fields[spot.procedure.field].measures
    custody = {
        "in_custody",
        *(measure.id for measure in measures.values() if measure.custody),
        *(f"running.{limit}" for limit in liberty),
    }
    return _implies(spot.action.needs, custody)


def _implies(condition: Condition, one_of: set[str]) -> bool:
    """Whether the condition can only hold when one of those words does."""
    match condition:
        case Word(name):
            return name in one_of
        case AllOf(of):
            return any(_implies(each, one_of) for each in of)
        case AnyOf(of):
            return bool(of) and all(_implies(each, one_of) for each in of)
    return False
