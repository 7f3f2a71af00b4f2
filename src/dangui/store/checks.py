"""Check — 入库检查: what both stores refuse before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dangui.core.ledger import Actor, Entry
from dangui.core.ports import Look, Projection
from dangui.core.problem import Problem, Refusal, words


def one_ledger(entries: Sequence[Entry], actor: Actor) -> None:
    """Entries are of one ledger, follow each other and are ``actor``'s. Raises ValueError or PermissionError."""
    first = entries[0]
    for place, entry in enumerate(entries):
        if entry.proceeding != first.proceeding or entry.seq != first.seq + place:
            raise ValueError(f"entries of {first.proceeding} break off at {entry.proceeding}#{entry.seq}")
        if place and entry.previous != entries[place - 1].digest:
            raise ValueError(f"{entry.proceeding}#{entry.seq} does not name the entry before it")
        if (entry.user, entry.post) != (actor.user, actor.principal):
            raise PermissionError(f"{entry.proceeding}#{entry.seq} is in the name of {entry.user} at {entry.post}, "
                                  f"but {actor.user} at {actor.principal} is acting")
        storable_text(entry.text, entry.body)


def one_projection(projection: Projection) -> None:
    """Grants and tasks are of the row's proceeding, tasks have ids of their own. Raises ValueError."""
    proceeding = projection.row.proceeding
    named = {grant.proceeding for grant in projection.grants} | {task.proceeding for task in projection.tasks}
    if named - {proceeding}:
        raise ValueError(f"projection of {proceeding} holds lines of {', '.join(sorted(named - {proceeding}))}")
    if len({task.id for task in projection.tasks}) < len(projection.tasks):
        raise ValueError(f"projection of {proceeding} holds two tasks with one id")


def own_look(look: Look, actor: Actor) -> None:
    """A look is recorded by the one who looked. Raises PermissionError."""
    if look.actor != actor:
        raise PermissionError(f"a look of {look.actor.principal} recorded by {actor.principal}")


def own_series(agency: str, actor: Actor) -> None:
    """Only an agency itself takes numbers of its series. Raises PermissionError."""
    if agency != actor.agency:
        raise PermissionError(f"a number of {agency} taken by {actor.principal}")


def storable_text(text: str, value: Any) -> None:
    """As ``storable``; where ``text`` is the JSON of ``value``, that tells faster."""
    if not text or "\\u0000" in text:
        storable(value)


def storable(value: Any) -> None:
    """Refuse U+0000, which PostgreSQL can't hold. Raises ValueError."""
    match value:
        case str():
            if "\x00" in value:
                raise ValueError("text holds the character U+0000, which cannot be stored")
        case list() | tuple():
            for item in value:
                storable(item)
        case dict():
            for key, item in value.items():
                storable(key)
                storable(item)


def shredded(person: str) -> Refusal:
    """The answer to writing personal data whose key was destroyed."""
    return Refusal([Problem("person.shredded", person, words(
        "该人员的个人信息已依法删除,不能再写入",
        "the personal data of this person was erased and cannot be written again"))])


def other_job(key: str) -> ValueError:
    """The answer to two different jobs with one key."""
    return ValueError(f"job key {key!r} already names another job; a key stands for one piece of work, for ever")
