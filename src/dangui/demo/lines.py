"""Lines — 演示解说: one line per act of the story, with the documents, limits and hand-overs that came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dangui.core.proceeding import Proceeding
from dangui.core.world import World

_NOTHING = Proceeding()


def told(world: World, step: Mapping[str, Any], before: Proceeding | None, after: Proceeding) -> str:
    """When, where, what in Chinese with short English, and what it brought."""
    when = str(step.get("executed", step.get("approved_at", step["at"])))
    office = world.agencies[after.agency].title["zh"]
    came = "；".join([*_documents(before or _NOTHING, after), *_limits(before or _NOTHING, after), *_sent(world, before or _NOTHING, after)])
    says = step["says"]
    return f"{when}  {office}  {says['zh']}" + (f"  【{came}】" if came else "") + f"  · {says['en']}"


def _documents(before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, item in after.documents.items():
        if key not in before.documents:
            yield f"《{item['title']['zh']}》{item['number']}"


def _limits(before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, clock in after.clocks.items():
        known = before.clocks.get(key)
        if clock.status == "running" and (known is None or known.ends_at != clock.ends_at):
            until = _hour(clock.ends_at) if " " in clock.last_day or clock.ends_at.strftime("%H:%M") != "00:00" else clock.last_day
            yield f"{clock.title['zh']}至{until}"
        elif known is not None and known.status == "running" and clock.status == "met":
            yield f"{clock.title['zh']}按期办结" if clock.ends_at > (after.last_at or clock.ends_at) else f"{clock.title['zh']}办结"


def _sent(world: World, before: Proceeding, after: Proceeding) -> Iterator[str]:
    for key, run in after.handovers.items():
        if key not in before.handovers and run["direction"] == "out":
            others = [place["agency"] for side, place in run["sides"].items() if side != run["side"]]
            yield f"{run['title']['zh']} → {'、'.join(world.agencies[each].title['zh'] for each in others)}"


def _hour(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
