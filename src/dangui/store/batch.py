"""Batch — 一批写入: what one transaction has to write, as the function dangui.write takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from dangui.core.digest import canonical
from dangui.core.ledger import Entry
from dangui.core.ports import Answer, Job, Look, PersonRecord, Projection, Row, Task
from dangui.store import checks
from dangui.store.keys import Sealed
from dangui.store.sight import by_principal


class Batch:
    """Parts as JSON, and beside them the texts that must arrive with the very characters a digest covers."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Any]] = {}
        self._texts: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def entries(self, entries: Sequence[Entry]) -> None:
        """Entries of one ledger, after its head."""
        first = entries[0]
        self._add("ledgers", {"proceeding": first.proceeding, "seq": first.seq - 1, "previous": first.previous,
                              "entries": [self._entry(entry) for entry in entries]})

    def projection(self, projection: Projection, before: Projection | None = None) -> None:
        """A projection; only what differs from ``before``, if that is given."""
        self._add("projections", _whole(projection) if before is None else _difference(before, projection))

    def person(self, record: PersonRecord, sealed: Sealed) -> None:
        """A sealed personal record."""
        self._add("persons", {
            "id": record.id, "case_id": record.case_id, "sealed": sealed.sealed.hex(), "wrapped": sealed.wrapped.hex(),
            "name_index": sealed.name_index.hex() if sealed.name_index else None})

    def job(self, job: Job, due_at: datetime) -> None:
        """A job due at once. Raises ValueError for what can't be stored."""
        args = canonical(dict(job.args)).decode()
        checks.storable_text(args, dict(job.args))
        self._add("jobs", {"name": job.name, "key": job.key, "lock": job.lock, "due_at": due_at.isoformat(),
                           "args": self._place(args)})

    def answer(self, key: str, answer: Answer) -> None:
        """An answer to a request."""
        self._add("answers", {"key": key, "request": answer.request, "result": dict(answer.result)})

    def look(self, look: Look) -> None:
        """A look of the one who is acting."""
        self._add("looks", {"at": look.at.isoformat(), "what": look.what, "proceeding": look.proceeding,
                            "ref": look.ref, "allowed": look.allowed})

    def take(self) -> tuple[str, list[str]]:
        """All of it, as JSON and texts; the batch is empty afterwards."""
        found = _text(self._parts), self._texts
        self._parts, self._texts = {}, []
        return found

    def _add(self, name: str, part: Any) -> None:
        self._parts.setdefault(name, []).append(part)

    def _place(self, text: str) -> int:
        """Keep a text; its place, from 1."""
        self._texts.append(text)
        return len(self._texts)

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {"seq": entry.seq, "kind": entry.kind, "occurred_at": entry.occurred_at.isoformat(),
                "recorded_at": entry.recorded_at.isoformat(), "pack": entry.pack, "previous": entry.previous,
                "digest": entry.digest, "body": self._place(entry.text or canonical(entry.body).decode())}


def projection_text(projection: Projection) -> str:
    """A projection as the function dangui.project reads it."""
    return _text(_whole(projection))


def _whole(projection: Projection) -> dict[str, Any]:
    return {"row": _row(projection.row), "tasks": [_task(task) for task in projection.tasks],
            "grants": _grants(by_principal(projection.grants))}


def _difference(before: Projection, after: Projection) -> dict[str, Any]:
    """What of ``after`` differs from ``before``, or the whole where the persons or the case changed."""
    old, new = before.row, after.row
    if (old.case_id, old.procedure, old.agency, old.persons) != (new.case_id, new.procedure, new.agency, new.persons):
        return _whole(after)
    known, tasks = {task.id: task for task in before.tasks}, {task.id: task for task in after.tasks}
    found = {"since": old.seq, "tasks": [_task(task) for task in after.tasks if task != known.get(task.id)],
             "tasks_gone": [each for each in known if each not in tasks]}
    if before.grants == after.grants and _same_but_for_seq(old, new):
        found |= {"proceeding": new.proceeding, "seq": new.seq}
    else:
        found |= {"row": _row(new), **_granted_anew(before, after)}
    return {name: each for name, each in found.items() if each != []}


def _granted_anew(before: Projection, after: Projection) -> dict[str, Any]:
    """The grants that differ, which are all of them where what they repeat of the row does; and those that are gone."""
    old, new = before.row, after.row
    granted, grants = by_principal(before.grants), by_principal(after.grants)
    repeated = (old.closed, old.due_at, old.number) == (new.closed, new.due_at, new.number)
    return {"grants": _grants({name: scope for name, scope in grants.items()
                               if not repeated or scope != granted.get(name)}),
            "grants_gone": [each for each in granted if each not in grants]}


_COMPARED = attrgetter(*(each.name for each in fields(Row) if each.name != "seq"))


def _same_but_for_seq(old: Row, new: Row) -> bool:
    return bool(_COMPARED(old) == _COMPARED(new))


def _grants(scopes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"principal": name, "scope": scope} for name, scope in scopes.items()]


def _row(row: Row) -> dict[str, Any]:
    return {
        "proceeding": row.proceeding, "case_id": row.case_id, "procedure": row.procedure, "agency": row.agency,
        "number": row.number, "stage": row.stage, "stage_title": dict(row.stage_title),
        "procedure_title": dict(row.procedure_title), "offence": _words(row.offence), "persons": row.persons,
        "assigned": row.assigned, "opened_at": row.opened_at.isoformat(), "closed": row.closed,
        "due_at": _moment(row.due_at), "due_title": _words(row.due_title), "due_liberty": row.due_liberty,
        "seq": row.seq}


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id, "principal": task.principal, "kind": task.kind, "ref": task.ref, "title": dict(task.title),
        "person": task.person, "due_at": _moment(task.due_at), "liberty": task.liberty,
        "since": task.since.isoformat()}


def _words(words: Any) -> dict[str, str] | None:
    return None if words is None else dict(words)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
