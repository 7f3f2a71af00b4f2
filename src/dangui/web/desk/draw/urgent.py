"""Urgent — 催办: which actions answer a limit that is running now, so that they stand first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dangui.core.procedure import Action, Effect, Procedure
from dangui.core.world import World
from dangui.web.desk.sheet import ActionLine, Clock

ANSWERS = ("meet", "cancel", "extend", "pause")


def grouped(
    lines: Iterable[ActionLine], clocks: Iterable[Clock], procedure: Procedure, world: World
) -> tuple[ActionLine, ...]:
    """The lines in groups: those that answer a running limit, those of this stage, those of any time.

    Of the first the nearest end stands first, and what meets a limit before what moves it. Once a limit is past, what
    ends the custody stands before both.
    """
    running = {
        clock.deadline: clock
        for clock in sorted(clocks, key=lambda clock: clock.ends_at, reverse=True)
        if clock.status in ("running", "past")
    }
    open_stages = len(procedure.stages) - len(procedure.closed)
    found = [_placed(line, running, procedure, world, open_stages) for line in lines]
    past = {clock.ends_at for clock in running.values() if clock.status == "past"}
    return tuple(
        sorted(
            found,
            key=lambda line: (
                _GROUPS[line.group],
                line.due_at.timestamp() if line.due_at else 0.0,
                not (line.due_at in past and _frees(line, procedure, world)),
                _moves(line, procedure, world),
            ),
        )
    )


_GROUPS = {"due": 0, "stage": 1, "any": 2}


def _frees(line: ActionLine, procedure: Procedure, world: World) -> bool:
    """Whether it ends custody: release, or another measure that leaves the person free."""
    custody = {measure.id for measure in world.fields[procedure.field].measures.values() if measure.custody}
    named = {str(effect.value) for effect in _effects(procedure.actions[line.id], world) if effect.verb == "measure"}
    return bool(named) and not named & custody


def _moves(line: ActionLine, procedure: Procedure, world: World) -> bool:
    """Whether it only extends or pauses limits, so that it comes after what meets them."""
    return not any(effect.verb in ("meet", "cancel") for effect in _effects(procedure.actions[line.id], world))


def _placed(
    line: ActionLine, running: dict[str, Clock], procedure: Procedure, world: World, open_stages: int
) -> ActionLine:
    action = procedure.actions[line.id]
    near = [running[name] for name in answered(action, world) if name in running]
    if near:
        clock = min(near, key=lambda clock: clock.ends_at)
        return replace(line, group="due", due_at=clock.ends_at, due_title=clock.title, liberty=clock.liberty)
    return replace(line, group="stage" if len(action.stages) < open_stages else "any")


def answered(action: Action, world: World) -> set[str]:
    """The limits that an action meets, ends, extends or pauses, in its own steps or when what it sends is delivered."""
    return {
        name
        for effect in _effects(action, world)
        if effect.verb in ANSWERS
        for name in ([effect.value] if isinstance(effect.value, str) else effect.value)
    }


def _effects(action: Action, world: World) -> Iterator[Effect]:
    for step in action.effects.values():
        yield from step
    collaboration, _, name = action.sends.partition(".")
    if name:
        node = world.collaborations[collaboration].nodes[name]
        for sides in node.effects.values():
            yield from sides.get(node.by, ())
