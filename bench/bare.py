"""Bare transaction — 裸事务: the rows of an act written by hand with psycopg, when nothing is read or decided.

Each statement is what a careful programmer writes for these rows: the head is taken under a row lock and compared,
lines of the lists are written only where they change, everything is one transaction. All values are known beforehand,
and no row-level security stands in the way. psycopg prepares the statements by itself after their fifth use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.copies import Changes
from dangui.core.digest import canonical
from dangui.core.ledger import Actor, Entry
from dangui.core.ports import Answer, HeadMoved, Job, Projection
from dangui.store.batch import projection_text
from dangui.store.memory import MemoryStore

_HEAD = """SELECT e.seq, e.digest FROM dangui.proceeding_row r JOIN dangui.entry e USING (proceeding, seq)
WHERE r.proceeding = %s FOR UPDATE OF r"""
_ENTRY = """INSERT INTO dangui.entry
(proceeding, seq, kind, body, actor, post, occurred_at, recorded_at, pack, previous, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_ROW_COLUMNS = (
    "case_id",
    "procedure",
    "agency",
    "number",
    "stage",
    "stage_title",
    "procedure_title",
    "offence",
    "persons",
    "assigned",
    "opened_at",
    "closed",
    "due_at",
    "due_title",
    "due_liberty",
    "seq",
)
_ROW = (
    f"INSERT INTO dangui.proceeding_row (proceeding, {', '.join(_ROW_COLUMNS)}) "  # noqa: S608 - names of columns only
    f"VALUES (%s{', %s' * len(_ROW_COLUMNS)}) "
    f"ON CONFLICT (proceeding) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _ROW_COLUMNS)}"
)
_GRANT = """INSERT INTO dangui.access (proceeding, principal, scope, closed, due_at, number)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (proceeding, principal) DO UPDATE SET scope = excluded.scope,
closed = excluded.closed, due_at = excluded.due_at, number = excluded.number"""
_GRANT_GONE = "DELETE FROM dangui.access WHERE proceeding = %s AND principal = %s"
_TASK = """INSERT INTO dangui.task
(proceeding, id, principal, kind, ref, title, person, due_at, sort_at, liberty, since)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (proceeding, id) DO UPDATE SET
principal = excluded.principal, kind = excluded.kind, ref = excluded.ref, title = excluded.title,
person = excluded.person, due_at = excluded.due_at,
sort_at = excluded.sort_at, liberty = excluded.liberty, since = excluded.since"""
_TASK_GONE = "DELETE FROM dangui.task WHERE proceeding = %s AND id = %s"
_JOB = "INSERT INTO dangui.job (name, args, key, lock, due_at) VALUES (%s, %s, %s, %s, now())"
_ANSWER = "INSERT INTO dangui.answer (principal, key, request, result) VALUES (%s, %s, %s, %s)"

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The transaction of one act — 一次办理的事务: the head it expects, then its statements."""

    proceeding: str
    seq: int
    statements: tuple[Statement, ...]

    def copy(self, changes: Changes) -> Plan:
        """The same for a copy of the ledger."""
        return Plan(
            changes.of(self.proceeding),
            self.seq,
            tuple(
                (sql, tuple(changes.of(value) if isinstance(value, str) else value for value in values))
                for sql, values in self.statements
            ),
        )


def write(connection: psycopg.Connection[Any], plan: Plan) -> None:
    """One act by hand. Raises HeadMoved."""
    with connection.transaction(), connection.cursor() as cursor:
        head = cursor.execute(_HEAD, (plan.proceeding,)).fetchone()
        if head is None or head[0] != plan.seq:
            raise HeadMoved(plan.proceeding)
        for sql, values in plan.statements:
            cursor.execute(sql, values)


@dataclass
class Recorder:
    """A memory store that notes, act by act, what a database would have to write — 录写."""

    store: MemoryStore
    before: Projection
    plans: list[Plan] = field(default_factory=list)

    def reading(self, actor: Actor) -> Any:
        """As the store."""
        return self.store.reading(actor)

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[Any]:
        """As the store; what was written becomes a plan."""
        with self.store.writing(actor) as tx:
            noted = _Noted(tx, actor)
            yield noted
        found = noted.after or self.before
        self.plans.append(
            Plan(
                found.row.proceeding,
                self.before.row.seq,
                (*noted.entries, *_changed(self.before, found), *noted.others),
            )
        )
        self.before = found


class _Noted:
    """A transaction that notes its writes."""

    def __init__(self, tx: Any, actor: Actor) -> None:
        self._tx, self._actor = tx, actor
        self.entries: list[Statement] = []
        self.others: list[Statement] = []
        self.after: Projection | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def append(self, entries: Sequence[Entry]) -> None:
        self._tx.append(entries)
        self.entries += [
            (
                _ENTRY,
                (
                    each.proceeding,
                    each.seq,
                    each.kind,
                    canonical(each.body).decode(),
                    each.user,
                    each.post,
                    each.occurred_at.isoformat(),
                    each.recorded_at.isoformat(),
                    each.pack,
                    each.previous,
                    each.digest,
                ),
            )
            for each in entries
        ]

    def project(self, projection: Projection, before: Projection | None = None) -> None:
        self._tx.project(projection, before)
        self.after = projection

    def enqueue(self, job: Job) -> None:
        self._tx.enqueue(job)
        self.others.append((_JOB, (job.name, canonical(dict(job.args)).decode(), job.key, job.lock)))

    def remember(self, key: str, answer: Answer) -> None:
        self._tx.remember(key, answer)
        self.others.append((_ANSWER, (self._actor.principal, key, answer.request, json.dumps(dict(answer.result)))))


def _changed(before: Projection, after: Projection) -> Iterator[Statement]:
    """Lines of the lists that differ."""
    old, new = _lines(before), _lines(after)
    for key, (sql, values) in new.items():
        if old.get(key) != (sql, values):
            yield sql, values
    for table, proceeding, one in old.keys() - new.keys():
        yield (_GRANT_GONE if table == "access" else _TASK_GONE), (proceeding, one)


def _lines(projection: Projection) -> Mapping[tuple[str, str, str], Statement]:
    found = json.loads(projection_text(projection))
    row, id_ = found["row"], found["row"]["proceeding"]
    due = row["due_at"] or "infinity"
    lines: dict[tuple[str, str, str], Statement] = {
        ("row", id_, ""): (_ROW, (id_, *(_plain(row[name]) for name in _ROW_COLUMNS)))
    }
    for each in found["grants"]:
        lines["access", id_, each["principal"]] = (
            _GRANT,
            (id_, each["principal"], each["scope"], row["closed"], due, row["number"]),
        )
    for each in found["tasks"]:
        lines["task", id_, each["id"]] = (
            _TASK,
            (
                id_,
                each["id"],
                each["principal"],
                each["kind"],
                each["ref"],
                _plain(each["title"]),
                each["person"],
                each["due_at"],
                each["due_at"] or "infinity",
                each["liberty"],
                each["since"],
            ),
        )
    return lines


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
