"""Demo — 演示: one made-up case that travels the whole way and others that wait at every desk, by the real clerk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dangui.app import Parts, settings
from dangui.core.ledger import Actor
from dangui.core.problem import Refusal
from dangui.core.proceeding import Proceeding
from dangui.demo.lines import told
from dangui.demo.pages import Scanner, scanned
from dangui.demo.script import Clock, Script, at_play_time, read_scripts, read_sheet
from dangui.people import read_people
from dangui.rehearsal.play import play as act
from dangui.rehearsal.scene import prepare
from dangui.rehearsal.stage import Stage

Say = Callable[[str], object]


class BadScript(Exception):  # noqa: N818 - says what is wrong
    """A step of the demonstration was refused: the script or a pack is wrong. Earlier steps stay."""


def play(parts: Parts, say: Say = print, folder: Path | None = None) -> None:
    """Play the story, a line per act, and the other cases into ``parts``; a case that is there already is left alone.

    Nobody else may carry out jobs of this node meanwhile: hand-overs are delivered at the time the script says.
    Raises BadScript with the step and every reason.
    """
    root = settings().packs
    data = folder or root / "demo"
    others = [script for path in sorted((data / "cases").glob("*.yaml")) for script in read_scripts(path)]
    playing = _Playing(parts, root, data)
    fresh = [script for script in [*read_scripts(data / "story.yaml"), *others] if not _there(parts, script)]
    for script in fresh:
        playing.case(script, say if script["id"] == "story" else lambda line: None)
    if fresh:
        say(f"另有{len(others)}件不同案由的案件分布在各机关待办。 · {len(others)} other cases wait at different desks.")
    else:
        say("演示案件已在库中，未作改动。 · The demonstration is here already; nothing was changed.")


def case_id(script: Script) -> str:
    """The case a script plays, the same at every play."""
    return f"demo-{script['id']}"


def _there(parts: Parts, script: Script) -> bool:
    """Whether the agency where the case begins has it already."""
    begins: Script = script.get("opened") or next(iter(script.get("given", ())), {})
    agency = begins.get("agency") or script["words"]["police"]
    with parts.store.reading(Actor("inbox", agency, "inbox")) as tx:
        return bool(tx.rows_of_case(case_id(script)))


class _Playing:
    """What all cases of one play share."""

    def __init__(self, parts: Parts, root: Path, data: Path) -> None:
        self.parts = parts
        self.people = read_people(root / "agencies/yunxi/people.yaml")
        self.routes = read_sheet(data / "routes.yaml")["routes"]
        self.clock = Clock(parts.clerk.now(), parts.calendar)
        self.files = scanned(Scanner())

    def case(self, script: Script, say: Say) -> None:
        parts = self.parts
        stage = Stage(
            parts.world, parts.calendar, self.people, case_id=case_id(script), store=parts.store, blobs=parts.blobs,
            printer=parts.clerk.printer, new_id=lambda kind: secrets.token_hex(10), files=self.files)
        perform(stage, at_play_time(script, self.clock, self.routes), say)


def perform(stage: Stage, script: Script, say: Say) -> None:
    """All steps of a script on a stage. Raises BadScript."""
    here = prepare(stage, script) if "opened" in script else ""
    for number, step in enumerate(script["given"], 1):
        try:
            done = _perform(stage, step, here, say)
        except (Refusal, LookupError) as error:
            raise BadScript(f"{script['id']}, step {number} {dict(step)}: {error}") from error
        here = here or done


def _perform(stage: Stage, step: Mapping[str, Any], here: str, say: Say) -> str:
    """One step, told if it says something; returns the proceeding it stands in."""
    if "says" not in step:
        return act(stage, step, here).proceeding
    where = "" if "open" in step else stage.find(step["in"]) if "in" in step else here
    before: Proceeding | None = stage.state(where) if where else None
    done = act(stage, step, here)
    say(told(stage.world, step, before, stage.state(where or done.proceeding)))
    return done.proceeding
