"""Batch — 一批写入: what one transaction has to write, as one JSON value for the function dangui.write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dangui.core.digest import canonical
from dangui.core.ledger import Entry
from dangui.core.ports import Answer, Job, Look, PersonRecord, Projection, Row, Task
from dangui.store.keys import Sealed
from dangui.store.sight import by_principal


class Batch:
    """Parts as JSON text: an entry's body must arrive with the very characters its digest covers."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def entries(self, entries: Sequence[Entry]) -> None:
        """Entries of one ledger, after its head."""
        first = entries[0]
        opening = _text({"proceeding": first.proceeding, "seq": first.seq - 1, "previous": first.previous})
        self._add("ledgers", f'{opening[:-1]},"entries":[{",".join(map(_entry, entries))}]}}')

    def projection(self, projection: Projection) -> None:
        """A projection."""
        self._add("projections", projection_text(projection))

    def person(self, record: PersonRecord, sealed: Sealed) -> None:
        """A sealed personal record."""
        self._add("persons", _text({
            "id": record.id, "case_id": record.case_id, "sealed": sealed.sealed.hex(), "wrapped": sealed.wrapped.hex(),
            "name_index": sealed.name_index.hex() if sealed.name_index else None}))

    def job(self, job: Job, due_at: datetime) -> None:
        """A job due at once."""
        opening = _text({"name": job.name, "key": job.key, "lock": job.lock, "due_at": due_at.isoformat()})
        self._add("jobs", f'{opening[:-1]},"args":{canonical(dict(job.args)).decode()}}}')

    def answer(self, key: str, answer: Answer) -> None:
        """An answer to a request."""
        self._add("answers", _text({"key": key, "request": answer.request, "result": dict(answer.result)}))

    def look(self, look: Look) -> None:
        """A look of the one who is acting."""
        self._add("looks", _text({"at": look.at.isoformat(), "what": look.what, "proceeding": look.proceeding,
                                  "ref": look.ref, "allowed": look.allowed}))

    def take(self) -> str:
        """All of it as one JSON value; the batch is empty afterwards."""
        lists = [f'"{name}":[{",".join(parts)}]' for name, parts in self._parts.items()]
        self._parts = {}
        return f"{{{','.join(lists)}}}"

    def _add(self, name: str, part: str) -> None:
        self._parts.setdefault(name, []).append(part)


def projection_text(projection: Projection) -> str:
    """A projection as the function dangui.project reads it."""
    return _text({
        "row": _row(projection.row), "tasks": [_task(task) for task in projection.tasks],
        "grants": [{"principal": name, "scope": scope} for name, scope in by_principal(projection.grants).items()]})


def _entry(entry: Entry) -> str:
    opening = _text({
        "seq": entry.seq, "kind": entry.kind, "occurred_at": entry.occurred_at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(), "pack": entry.pack, "previous": entry.previous,
        "digest": entry.digest})
    return f'{opening[:-1]},"body":{canonical(entry.body).decode()}}}'


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
