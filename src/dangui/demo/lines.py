"""Lines — 演示解说: one line per act of the story, with the documents, limits and hand-overs that came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dangui.core.proceeding import Clock, Proceeding
from dangui.core.world import World

_NOTHING = Proceeding()


def told(world: World, step: Mapping[str, Any], before: Proceeding | None, after: Proceeding) -> str:
    """When, where, what in Chinese with short English, and what it brought."""
    known = before or _NOTHING
    when = str(step.get("executed", step.get("approved_at", step["at"])))
    came = "；".join(dict.fromkeys([*_documents(known, after), *_limits(known, after), *_sent(world, known, after)]))
    says, office = step["says"], world.agencies[after.agency].title["zh"]
    return f"{when}  {office}  {says['zh']}{f'  【{came}】' if came else ''}  · {says['en']}"


def _documents(before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, item in after.documents.items():
        if key not in before.documents:
            yield f"《{item['title']['zh']}》{item['number']}"


def _limits(before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, clock in after.clocks.items():
        known = before.clocks.get(key)
        if clock.status == "running" and (known is None or known.ends_at != clock.ends_at):
            yield f"{clock.title['zh']}至{_end(clock)}"
        elif clock.status == "met" and known is not None and known.status == "running":
            yield f"{clock.title['zh']}按期办结"


def _end(clock: Clock) -> str:
    """The last day, or the hour where the limit ends within a day."""
    return clock.last_day if clock.ends_at.strftime("%H:%M") == "00:00" else clock.ends_at.strftime("%Y-%m-%d %H:%M")


def _sent(world: World, before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, run in after.handovers.items():
        if key not in before.handovers and run["direction"] == "out":
            others = [place["agency"] for side, place in run["sides"].items() if side != run["side"]]
            yield f"{run['title']['zh']} → {'、'.join(world.agencies[each].title['zh'] for each in others)}"
