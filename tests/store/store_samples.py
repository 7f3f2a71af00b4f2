"""Small ledgers, rows and people for the tests of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dangui.core.ledger import EMPTY, Actor, Draft, Entry, Head, chain
from dangui.core.ports import Grant, Job, Look, PersonRecord, Projection, Row, Task
from dangui.core.problem import words

NOON = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
PACK = "p" * 64

LI = Actor("li", "police_east", "investigator")
WANG = Actor("wang", "procuratorate_east", "prosecutor")
COUNSEL = Actor("zhou", "law_firm", "defender")
INBOX = Actor("machine", "procuratorate_east", "inbox")


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOON.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


def ledger(proceeding: str, *bodies: dict[str, Any], actor: Actor = LI, head: Head = EMPTY,
           at: datetime = NOON) -> list[Entry]:
    """Chained entries with these bodies."""
    drafts = [Draft(proceeding, "note.made", body, at) for body in bodies]
    return chain(drafts, head, actor, at + timedelta(minutes=5), PACK)


def row(proceeding: str, **changes: Any) -> Row:
    """A line of a list."""
    fields: dict[str, Any] = {
        "proceeding": proceeding, "case_id": f"case-of-{proceeding}", "procedure": "criminal/investigation",
        "agency": "police_east", "number": f"东公(刑)立字〔2026〕{proceeding}号", "stage": "detained",
        "stage_title": words("拘留", "detained"), "procedure_title": words("侦查", "investigation"),
        "offence": words("盗窃罪", "theft"), "persons": (), "assigned": ("li",), "opened_at": NOON, "closed": False,
        "due_at": NOON + timedelta(days=3), "due_title": words("拘留期限", "detention"), "due_liberty": True, "seq": 1,
    }
    return Row(**{**fields, **changes})


def task(proceeding: str, name: str = "t1", principal: str = LI.principal, **changes: Any) -> Task:
    """Something that waits."""
    fields: dict[str, Any] = {
        "id": name, "principal": principal, "kind": "deadline", "proceeding": proceeding, "ref": "detention",
        "title": words("提请批准逮捕", "apply for arrest"), "person": None, "due_at": NOON + timedelta(days=3),
        "liberty": True, "since": NOON,
    }
    return Task(**{**fields, **changes})


def projection(proceeding: str, principals: Sequence[str] = (LI.principal,), tasks: Sequence[Task] = (),
               scope: str = "full", **changes: Any) -> Projection:
    """All lines of a proceeding."""
    grants = tuple(Grant(name, proceeding, scope) for name in principals)
    return Projection(row(proceeding, **changes), grants, tuple(tasks))


def person(name: str, case_id: str, full_name: str = "张三") -> PersonRecord:
    """Somebody's data."""
    return PersonRecord(name, case_id, {"name": full_name, "id_number": "110101199003070000"}, "salt-1")


def look(proceeding: str | None, actor: Actor = LI, allowed: bool = True, ref: str = "page-1") -> Look:
    """One reading."""
    return Look(NOON, actor, "material", proceeding, ref, allowed)


def job(key: str, lock: str = "case-1", name: str = "deliver", **args: Any) -> Job:
    """Work for later."""
    return Job(name, args, key, lock)


def open_proceeding(store: Any, proceeding: str, *, actor: Actor = LI, bodies: Sequence[dict[str, Any]] = ({"n": 1},),
                    tasks: Sequence[Task] = (), also: Sequence[str] = (), **changes: Any) -> list[Entry]:
    """Open a proceeding as ``actor``, who is granted it together with ``also``."""
    entries = ledger(proceeding, *bodies, actor=actor)
    fields = {"seq": len(entries), "agency": actor.agency, **changes}
    with store.writing(actor) as tx:
        tx.append(entries)
        tx.project(projection(proceeding, (actor.principal, *also), tasks, **fields))
    return entries
