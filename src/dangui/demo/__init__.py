"""Demo — 演示: one made-up case that travels the whole way, and others that wait at every desk, played through the real clerk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from dangui.app import Parts, settings
from dangui.core.calendar import CHINA
from dangui.core.ledger import Actor
from dangui.core.problem import Refusal
from dangui.core.proceeding import Proceeding
from dangui.demo.lines import told
from dangui.demo.pages import Scanner, scanned
from dangui.demo.script import at_play_time, read_scripts
from dangui.people import Directory, read_people
from dangui.rehearsal import Stage
from dangui.rehearsal import play as act

Say = Callable[[str], object]


class BadScript(Exception):  # noqa: N818 - says what is wrong
    """A step of the demonstration was refused: the script or a pack is wrong. Earlier steps stay."""


def play(parts: Parts, say: Say = print, folder: Path | None = None) -> None:
    """Play the story and the other cases into ``parts``, a line per act of the story; what is there already is left alone.

    Raises BadScript with the step and every reason.
    """
    root = settings().packs
    data = folder or root / "demo"
    people = read_people(root / "agencies/yunxi/people.yaml")
    scanner = Scanner()
    story, others = read_scripts(data / "story.yaml"), [
        script for path in sorted((data / "cases").glob("*.yaml")) for script in read_scripts(path)]
    for script in story:
        if not _there(parts, script):
            say(f"{script['says']['zh']} · {script['says']['en']}")
            _play(parts, people, scanner, script, say)
    fresh = [script for script in others if not _there(parts, script)]
    for script in fresh:
        _play(parts, people, scanner, script, lambda line: None)
    say(_sum(len(others), len(fresh)))


def _sum(known: int, fresh: int) -> str:
    if not fresh:
        return "演示案件已在库中，未作改动。 · The demonstration is here already; nothing was changed."
    return f"另有{known}件不同案由的案件分布在各机关待办。 · {known} other cases of different offences wait at different desks."


def case_id(script: Mapping[str, Any]) -> str:
    """The case a script plays, the same at every play."""
    return f"demo-{script['id']}"


def _there(parts: Parts, script: Mapping[str, Any]) -> bool:
    agency = script["given"][0]["agency"]
    with parts.store.reading(Actor("inbox", agency, "inbox")) as tx:
        return bool(tx.rows_of_case(case_id(script)))


def _play(parts: Parts, people: Directory, scanner: Scanner, script: Mapping[str, Any], say: Say) -> None:
    ready = at_play_time(script, parts.clerk.now(), parts.calendar)
    stage = Stage(parts.world, parts.calendar, people, now=datetime(2000, 1, 1, tzinfo=CHINA), case_id=case_id(script), store=parts.store,
                  blobs=parts.blobs, printer=parts.clerk.printer, new_id=lambda kind: secrets.token_hex(10), files=scanned(scanner))
    perform(stage, ready, say)


def perform(stage: Stage, script: Mapping[str, Any], say: Say) -> None:
    """All steps of a script on a stage. Raises BadScript."""
    here = ""
    for number, step in enumerate(script["given"], 1):
        try:
            where = "" if "open" in step else stage.find(step["in"]) if "in" in step else here
            before: Proceeding | None = stage.state(where) if where else None
            done = act(stage, step, here)
        except (Refusal, LookupError) as error:
            raise BadScript(f"{script['id']}, step {number} {dict(step)}: {error}") from error
        here = here or done.proceeding
        if "says" in step:
            say(told(stage.world, step, before, stage.state(where or done.proceeding)))
