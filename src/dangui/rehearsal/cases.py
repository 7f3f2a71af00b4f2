"""Cases — 案例: the case files of the packs, each played from its first act to its last check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dangui.core import supervise
from dangui.core.problem import Refusal
from dangui.rehearsal.checks import check
from dangui.rehearsal.play import play
from dangui.rehearsal.scene import prepare
from dangui.rehearsal.stage import Stage, moment


class Mismatch(AssertionError):  # noqa: N818 - says what it is
    """What the script expected and what came instead."""


def case_files(root: Path) -> list[Path]:
    """Every case of every pack, in order."""
    return sorted([*root.glob("procedures/*/*/cases/*.yaml"), *root.glob("collaborations/*/cases/*.yaml")])


def run_case(stage: Stage, script: Mapping[str, Any]) -> None:
    """Play a whole case file. Raises Mismatch with every check that failed, or with the given step that was refused."""
    here = prepare(stage, script) if "opened" in script else ""
    for number, step in enumerate(script.get("given", ()), 1):
        try:
            done = play(stage, step, here)
        except (Refusal, LookupError) as error:
            raise Mismatch(f"given step {number} {step}: {error}") from error
        here = here or done.proceeding
    failed = [said for wanted in script.get("then", ()) for said in check(stage, wanted, here)]
    if "when" in script:
        failed += _when(stage, script["when"], script.get("then_again", {}), here)
    if failed:
        raise Mismatch("; ".join(failed))


def _when(stage: Stage, step: Mapping[str, Any], expected: Any, here: str) -> Iterator[str]:
    """What differs from what the act in question should come to."""
    at = moment(step["at"])
    place = _place(stage, step, here)
    before = {alarm.code for alarm in supervise.alarms(stage.state(place), at)} if place else set()
    refused = _refused(stage, step, here)
    if isinstance(expected, list):
        expected = {"checks": expected}
    wanted = sorted(expected.get("refused", []))
    if refused != wanted:
        yield f"refused {refused}, expected {wanted}"
    for each in expected.get("checks", ()):
        yield from check(stage, each, here)
    if refused:
        return
    state = stage.state(_place(stage, step, here) or stage.log[-1][1].proceeding)
    flags = {flag["code"] for flag in state.flags}
    raised = before | {alarm.code for alarm in supervise.alarms(state, at)}
    yield from (f"no flag {code} among {sorted(flags)}" for code in expected.get("flagged", ()) if code not in flags)
    yield from (f"no alarm {code} among {sorted(raised)}" for code in expected.get("alarm", ()) if code not in raised)


def _place(stage: Stage, step: Mapping[str, Any], here: str) -> str:
    return stage.find(step["in"]) if "in" in step else here


def _refused(stage: Stage, step: Mapping[str, Any], here: str) -> list[str]:
    try:
        play(stage, step, here)
    except Refusal as refusal:
        return sorted(reason.code for reason in refusal.reasons)
    return []
