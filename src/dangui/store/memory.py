"""Memory store — 内存存储: the twin of the database for tests, rehearsals and simulations; same answers, nothing kept.

Writes happen at once under one lock and leave an undo list, so that a transaction that fails leaves nothing behind.
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from dangui.core.digest import sha256
from dangui.core.ledger import EMPTY, Actor, Entry, Head
from dangui.core.ports import Answer, Blob, HeadMoved, Job, Look, NotYet, PersonRecord, Projection, Row, Task
from dangui.core.problem import Problem
from dangui.store import checks, paging
from dangui.store.jobs import Waiting, error_text, retry_at
from dangui.store.names import folded
from dangui.store.sight import by_principal, is_inbox, principals, widest


@dataclass
class _Queued:
    job: Job
    due_at: datetime
    attempts: int = 0
    error: str = ""
    running: bool = False
    waits: bool = False
    done: bool = False


@dataclass
class _State:
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    cases: dict[str, dict[str, None]] = field(default_factory=dict)
    grants: dict[str, dict[str, str]] = field(default_factory=dict)
    tasks: dict[str, tuple[Task, ...]] = field(default_factory=dict)
    persons: dict[str, PersonRecord] = field(default_factory=dict)
    shredded: set[str] = field(default_factory=set)
    serials: dict[tuple[str, str, int], int] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    jobs: dict[str, _Queued] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)


class _Reading:
    """What one actor may see."""

    def __init__(self, state: _State, actor: Actor) -> None:
        self._state = state
        self._actor = actor
        self._principals = principals(actor)

    def head(self, proceeding: str) -> Head | None:
        entries = self.entries(proceeding)
        return entries[-1].head if entries else None

    def entries(self, proceeding: str, after: int = 0) -> Sequence[Entry]:
        if not self._sees(proceeding):
            return []
        return self._state.entries.get(proceeding, [])[after:]

    def rows(self, proceedings: Iterable[str]) -> Sequence[Row]:
        wanted = sorted(set(proceedings))
        return [self._state.rows[one] for one in wanted if one in self._state.rows and self._sees(one)]

    def rows_of_case(self, case_id: str) -> Sequence[Row]:
        return self.rows(self._state.cases.get(case_id, ()))

    def scope(self, proceeding: str) -> str | None:
        grants = self._state.grants.get(proceeding, {})
        return widest([grants[one] for one in self._principals if one in grants]
                      + (["full"] if self._own(proceeding) else []))

    def list_rows(self, principal: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        if principal not in self._principals:
            return [], ""
        due, last = paging.read_key(after, 2)
        start = (paging.moment(due), last)
        keyed = sorted(((row.due_at or paging.LAST_MOMENT, row.proceeding), row)
                       for row in self._state.rows.values()
                       if not row.closed and principal in self._state.grants[row.proceeding])
        found, more = paging.cut([row for key, row in keyed if not after or key > start][:limit + 1], limit)
        return found, paging.page_key(paging.due_text(found[-1].due_at), found[-1].proceeding) if more else ""

    def find(self, text: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        start = paging.read_key(after, 2)
        if not text.strip():
            return [], ""
        named = {one.id for one in self._state.persons.values() if folded(one.data.get("name", "")) == folded(text)}
        keyed = sorted(((row.number, row.proceeding), row) for row in self._state.rows.values()
                       if (row.number.startswith(text.strip()) or named.intersection(row.persons))
                       and self._sees(row.proceeding))
        found, more = paging.cut([row for key, row in keyed if not after or key > start][:limit + 1], limit)
        return found, paging.page_key(found[-1].number, found[-1].proceeding) if more else ""

    def tasks(
        self, principals: Sequence[str], after: str = "", limit: int = 50, kind: str = ""
    ) -> tuple[Sequence[Task], str]:
        due, *last = paging.read_key(after, 3)
        start = (paging.moment(due), *last)
        keyed = sorted(((task.due_at or paging.LAST_MOMENT, task.proceeding, task.id), task)
                       for task in self._tasks_of(principals) if kind in ("", task.kind))
        found, more = paging.cut([task for key, task in keyed if not after or key > start][:limit + 1], limit)
        if not more:
            return found, ""
        return found, paging.page_key(paging.due_text(found[-1].due_at), found[-1].proceeding, found[-1].id)

    def count_tasks(self, principals: Sequence[str], most: int = 1000) -> Mapping[str, int]:
        counted = Counter(task.kind for task in self._tasks_of(principals))
        return {kind: min(count, most) for kind, count in counted.items()}

    def persons(self, ids: Iterable[str]) -> Mapping[str, PersonRecord]:
        known = self._state.persons
        return {one: known[one] for one in set(ids) if one in known and self._sees_case(known[one].case_id)}

    def looks(self, proceeding: str, after: int = 0, limit: int = 50) -> Sequence[Look]:
        if not self._sees(proceeding):
            return []
        return [look for look in self._state.looks if look.proceeding == proceeding][after:after + limit]

    def record(self, look: Look) -> None:
        checks.own_look(look, self._actor)
        self._state.looks.append(look)

    def _tasks_of(self, wanted: Sequence[str]) -> list[Task]:
        own = set(wanted).intersection(self._principals)
        return [task for tasks in self._state.tasks.values() for task in tasks if task.principal in own]

    def _own(self, proceeding: str) -> bool:
        row = self._state.rows.get(proceeding)
        return is_inbox(self._actor) and row is not None and row.agency == self._actor.agency

    def _sees(self, proceeding: str) -> bool:
        grants = self._state.grants.get(proceeding, {})
        return any(one in grants for one in self._principals) or self._own(proceeding)

    def _sees_case(self, case_id: str) -> bool:
        return any(self._sees(one) for one in self._state.cases.get(case_id, ()))


class _Writing(_Reading):
    """One actor's transaction; ``undo`` runs backwards if it fails."""

    def __init__(self, state: _State, actor: Actor, now: datetime) -> None:
        super().__init__(state, actor)
        self._now = now
        self.undo: list[Callable[[], object]] = []
        self._opened = False
        self._written: set[str] = set()
        self._doubtful: list[PersonRecord] = []

    def next_serial(self, agency: str, kind: str, year: int) -> int:
        checks.own_series(agency, self._actor)
        series = (agency, kind, year)
        serial = self._state.serials.get(series, 0) + 1
        self._put(self._state.serials, series, serial)
        return serial

    def append(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        checks.one_ledger(entries, self._actor)
        proceeding = entries[0].proceeding
        self._must_be_writable(proceeding)
        ledger = self._state.entries.setdefault(proceeding, [])
        head = ledger[-1].head if ledger else EMPTY
        if head != Head(entries[0].seq - 1, entries[0].previous):
            raise HeadMoved(proceeding)
        length = len(ledger)
        ledger.extend(entries)
        self.undo.append(lambda: ledger.__delitem__(slice(length, None)))

    def project(self, projection: Projection, before: Projection | None = None) -> None:
        checks.one_projection(projection)
        self._must_be_writable(projection.row.proceeding)
        row = projection.row
        others = set(self._state.cases.get(row.case_id, ())) - self._written
        if others and row.proceeding not in self._state.rows and not (
                is_inbox(self._actor) or self._sees_case(row.case_id)):
            raise PermissionError(f"{self._actor.principal} opens a proceeding into a case of others")
        _project(self._state, projection, self._put)

    def put_person(self, record: PersonRecord) -> None:
        checks.storable(dict(record.data))
        if record.id in self._state.shredded:
            raise checks.shredded(record.id)
        known = self._state.persons.get(record.id)
        if known is not None and known.case_id != record.case_id:
            raise self._another_case(record)
        case = self._state.cases.get(record.case_id, {})
        if case and not self._written.intersection(case) and not self._sees_case(record.case_id):
            self._doubtful.append(record)
        self._put(self._state.persons, record.id, record)

    def enqueue(self, job: Job) -> None:
        checks.storable(dict(job.args))
        known = self._state.jobs.get(job.key)
        if known is None:
            self._put(self._state.jobs, job.key, _Queued(job, self._now))
        elif known.job.name != job.name or (not known.done and known.job.args != job.args):
            raise checks.other_job(job.key)

    def answer(self, key: str) -> Answer | None:
        return self._state.answers.get((self._actor.principal, key))

    def remember(self, key: str, answer: Answer) -> None:
        checks.storable(dict(answer.result))
        place = (self._actor.principal, key)
        if place in self._state.answers:
            raise HeadMoved(key)
        self._put(self._state.answers, place, answer)

    def record(self, look: Look) -> None:
        super().record(look)
        self.undo.append(self._state.looks.pop)

    def finish(self) -> None:
        """Refuse personal data of a case the actor doesn't see, unless a proceeding was opened with it."""
        if self._doubtful and not self._opened:
            raise self._another_case(self._doubtful[0])

    def _another_case(self, record: PersonRecord) -> PermissionError:
        return PermissionError(f"person {record.id} belongs to a case that {self._actor.principal} may not see")

    def _must_be_writable(self, proceeding: str) -> None:
        if proceeding in self._written or self._sees(proceeding):
            self._written.add(proceeding)  # and stays so, even if this very act hands the proceeding to others
            return
        if self._state.entries.get(proceeding) or proceeding in self._state.rows:
            raise PermissionError(f"{self._actor.principal} has no access to {proceeding}")
        self._opened = True
        self._written.add(proceeding)

    def _put(self, table: dict[Any, Any], key: object, value: object) -> None:
        if key in table:
            old = table[key]
            self.undo.append(lambda: table.__setitem__(key, old))
        else:
            self.undo.append(lambda: table.pop(key))
        table[key] = value


def _project(state: _State, projection: Projection, put: Callable[[dict[Any, Any], object, object], None]) -> None:
    row = projection.row
    old = state.rows.get(row.proceeding)
    if old is not None and old.seq > row.seq:
        return
    put(state.cases.setdefault(row.case_id, {}), row.proceeding, None)
    put(state.rows, row.proceeding, row)
    put(state.grants, row.proceeding, by_principal(projection.grants))
    put(state.tasks, row.proceeding, tuple(projection.tasks))


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryStore:
    """The store of core.ports in this process — 内存存储. ``clock`` tells when a failed job is due again."""

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._state = _State()
        self._lock = threading.RLock()

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[_Reading]:
        """See core.ports.Store; a look is kept even if the reading ends in a refusal."""
        with self._lock:
            yield _Reading(self._state, actor)

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[_Writing]:
        """See core.ports.Store."""
        with self._lock:
            tx = _Writing(self._state, actor, self._clock())
            try:
                yield tx
                tx.finish()
            except BaseException:
                for step in reversed(tx.undo):
                    step()
                raise

    def run_jobs(self, handler: Callable[[Job], None], limit: int = 100) -> int:
        """See core.ports.Store; the handler may write, its own jobs are run as well."""
        ran = 0
        while ran < limit and (queued := self._take()) is not None:
            self._run(queued, handler)
            ran += 1
        return ran

    def jobs_waiting(self, limit: int = 1000) -> list[Waiting]:
        """Jobs not done yet, for the operator: those that failed first, with their error; then by age."""
        with self._lock:
            waiting = [Waiting(one.job, one.attempts, one.error, one.due_at)
                       for one in self._state.jobs.values() if not one.done]
        return sorted(waiting, key=lambda one: one.attempts == 0)[:limit]

    def shred(self, person: str) -> None:
        """See core.ports.Store."""
        with self._lock:
            self._state.persons.pop(person, None)
            self._state.shredded.add(person)

    def ledgers(self) -> Iterator[tuple[str, Sequence[Entry]]]:
        """Every proceeding with its whole ledger, for verify and rebuild, past all access rules."""
        for proceeding in sorted(self._state.entries):
            if entries := self._state.entries[proceeding]:
                yield proceeding, list(entries)

    def ledgers_behind(self) -> Iterator[tuple[str, Sequence[Entry]]]:
        """The ledgers whose projection is missing or older than their head."""
        for proceeding, entries in self.ledgers():
            row = self._state.rows.get(proceeding)
            if row is None or row.seq < entries[-1].seq:
                yield proceeding, entries

    def checked_ledgers(self) -> Iterator[tuple[str, Sequence[Entry], Sequence[Problem]]]:
        """Every ledger; what is in memory can be read."""
        for proceeding, entries in self.ledgers():
            yield proceeding, entries, ()

    def projected_heads(self) -> Iterator[tuple[str, int]]:
        """Every projected proceeding and the sequence number its ledger had then."""
        yield from ((proceeding, self._state.rows[proceeding].seq) for proceeding in sorted(self._state.rows))

    def replace(self, projection: Projection) -> None:
        """Store a projection made anew; a newer one stays."""
        with self._lock:
            _project(self._state, projection, lambda table, key, value: table.__setitem__(key, value))

    def _take(self) -> _Queued | None:
        with self._lock:
            now = self._clock()
            held: set[str] = set()
            for one in self._state.jobs.values():
                if one.done:
                    continue
                if not one.running and one.due_at <= now and (one.waits or one.job.lock not in held):
                    one.running = True
                    return one
                if one.job.lock and not one.waits:
                    held.add(one.job.lock)
            return None

    def _run(self, queued: _Queued, handler: Callable[[Job], None]) -> None:
        try:
            handler(queued.job)
        except Exception as error:
            # Whatever went wrong, the job is kept and tried again.
            queued.attempts += 1
            queued.error = error_text(error)
            queued.waits = isinstance(error, NotYet)
            queued.due_at = retry_at(self._clock(), queued.attempts)
        else:
            queued.done = True
        finally:
            queued.running = False


class MemoryBlobs:
    """Blobs in this process — 内存文件库."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    def put(self, data: BinaryIO) -> Blob:
        """See core.ports.Blobs."""
        content = data.read()
        name = sha256(content)
        self._bytes[name] = content
        return Blob(name, len(content))

    def open(self, digest: str) -> BinaryIO:
        """See core.ports.Blobs."""
        if digest not in self._bytes:
            raise FileNotFoundError(digest)
        return io.BytesIO(self._bytes[digest])

    def has(self, digest: str) -> bool:
        """See core.ports.Blobs."""
        return digest in self._bytes

    def digests(self) -> Iterable[str]:
        """See core.ports.Blobs."""
        return sorted(self._bytes)

    def is_whole(self, digest: str) -> bool:
        """See core.ports.Blobs."""
        return digest in self._bytes and sha256(self._bytes[digest]) == digest
