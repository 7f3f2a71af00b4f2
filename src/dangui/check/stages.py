"""Stages — 阶段检查: every stage can be reached from the first, and from every stage a closed one can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dangui.check.ground import Ground, problem, procedure_place
from dangui.core.problem import Problem
from dangui.core.procedure import Procedure

Ways = Mapping[str, set[str]]


def check(ground: Ground) -> Iterator[Problem]:
    """The graph of stages of every procedure; cases exist."""
    for procedure in ground.world.procedures.values():
        place = procedure_place(procedure)
        for stage in sorted(procedure.closed - set(procedure.stages)):
            yield problem(
                "procedure.unknown_stage", f"{place}:closed", f"没有阶段“{stage}”", f"there is no stage '{stage}'"
            )
        if not procedure.closed:
            yield problem(
                "procedure.never_closed", f"{place}:closed", "本流程没有办结阶段", "this procedure has no closed stage"
            )
        yield from _walked(procedure, _ways(ground, procedure))
        if not list((ground.root / "procedures" / procedure.id / "cases").glob("*.yaml")):
            yield problem("procedure.no_cases", procedure_place(procedure, "cases"), "没有案例", "there are no cases")


def _ways(ground: Ground, procedure: Procedure) -> Ways:
    ways: dict[str, set[str]] = {stage: set() for stage in procedure.stages}
    open_stages = set(procedure.stages) - procedure.closed
    for spot in ground.spots_of(procedure):
        leaving = set(spot.action.stages) if spot.action else open_stages
        for effect in spot.effects:
            target = (
                str(effect.value)
                if effect.verb == "stage"
                else next(iter(sorted(procedure.closed)), "")
                if effect.verb == "close"
                else ""
            )
            if target in ways:
                for stage in leaving & set(ways):
                    ways[stage].add(target)
    return ways


def _walked(procedure: Procedure, ways: Ways) -> Iterator[Problem]:
    reached = _reach(procedure.first, ways)
    for stage in procedure.stages:
        place = procedure_place(procedure, f"stages/{stage}.yaml")
        if stage not in reached:
            yield problem("stage.unreachable", place, f"无法到达阶段“{stage}”", f"the stage '{stage}' can't be reached")
        if stage not in procedure.closed and procedure.closed and not _reach(stage, ways) & procedure.closed:
            yield problem(
                "stage.no_way_out",
                place,
                f"从阶段“{stage}”无法办结",
                f"from the stage '{stage}' no closed stage can be reached",
            )


def _reach(start: str, ways: Ways) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for stage in ways.get(waiting.pop(), set()) - found:
            found.add(stage)
            waiting.append(stage)
    return found
