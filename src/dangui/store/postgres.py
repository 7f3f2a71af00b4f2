"""PostgreSQL store — 数据库存储: the store of core.ports over any PostgreSQL from 15 on, under row-level security.

A transaction begins with its first trip to the database, and what is written is gathered and sent before the next read,
or at the end: an act decided on a remembered state costs one trip and is one statement, which names the actor, writes
everything and commits. So HeadMoved comes at the latest when the transaction ends.

If the connection breaks while the commit is under way, nobody can know here whether it happened; Unavailable is raised,
and the same request sent again with its idempotency key finds the answer or is done once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from dangui.core.ledger import Actor, Entry, Head
from dangui.core.ports import Answer, HeadMoved, Job, Look, NotYet, PersonRecord, Projection, Row, Task, Unavailable
from dangui.store import checks, paging
from dangui.store.batch import Batch
from dangui.store.entering import enter
from dangui.store.jobs import Waiting, error_text, retry_at
from dangui.store.keys import Vault
from dangui.store.pool import Connection, Pool
from dangui.store.queries import QUERIES
from dangui.store.sight import widest

_KINDS = ("deadline", "approval", "execution", "reception", "request")
_FIRST = "-infinity"
_AFTER_ALL_TEXT = "\U0010ffff"

_TAKEN = {"entry_pkey", "answer_pkey"}
"""Keys a racing writer may have taken first."""


def _translated(error: psycopg.Error) -> Exception:
    """What ``error`` means to the clerk."""
    match error.sqlstate, error.diag.message_primary:
        case ("DG001" | "40001" | "40P01"), _:
            return HeadMoved(str(error))
        case "23505", _ if error.diag.constraint_name in _TAKEN:
            return HeadMoved(str(error))
        case "DG002", person:
            return checks.shredded(person or "")
        case "DG003", key:
            return checks.other_job(key or "")
        case "42501", text:
            return PermissionError(text)
    return Unavailable(str(error)) if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else error


class _Transaction:
    """One transaction as one actor; reads are prepared, writes wait in a batch."""

    def __init__(self, connection: Connection, actor: Actor, vault: Vault, now: Callable[[], datetime],
                 begin: str) -> None:
        self._connection = connection
        self._actor = actor
        self._vault = vault
        self._now = now
        self._batch = Batch()
        self._begin = begin

    # Reading

    def head(self, proceeding: str) -> Head | None:
        found = self._all("head", proceeding=proceeding)
        return Head(*found[0]) if found else None

    def entries(self, proceeding: str, after: int = 0) -> Sequence[Entry]:
        return read_entries(self._all("entries", proceeding=proceeding, after=after))

    def rows(self, proceedings: Iterable[str]) -> Sequence[Row]:
        return [_row(line) for line in self._all("rows", proceedings=list(proceedings))]

    def rows_of_case(self, case_id: str) -> Sequence[Row]:
        return [_row(line) for line in self._all("rows_of_case", case_id=case_id)]

    def scope(self, proceeding: str) -> str | None:
        return widest(line[0] for line in self._all("scopes", proceeding=proceeding))

    def list_rows(self, principal: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        due, proceeding = paging.read_key(after, 2)
        found, more = paging.cut([_row(line) for line in self._all(
            "list_rows", principal=principal, due=_due(due), proceeding=proceeding, limit=limit + 1)], limit)
        return found, paging.page_key(paging.due_text(found[-1].due_at), found[-1].proceeding) if more else ""

    def find(self, text: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        number, proceeding = paging.read_key(after, 2)
        low = text.strip()
        if not low or "\x00" in low:
            return [], ""
        found, more = paging.cut([_row(line) for line in self._all(
            "find", low=low, high=low + _AFTER_ALL_TEXT, name=self._vault.name_index(text), number=number,
            proceeding=proceeding, limit=limit + 1)], limit)
        return found, paging.page_key(found[-1].number, found[-1].proceeding) if more else ""

    def tasks(
        self, principals: Sequence[str], after: str = "", limit: int = 50, kind: str = ""
    ) -> tuple[Sequence[Task], str]:
        due, proceeding, last = paging.read_key(after, 3)
        found, more = paging.cut([Task(*line) for line in self._all(
            "tasks", principals=sorted(set(principals)), due=_due(due), proceeding=proceeding, id=last,
            kind=kind, limit=limit + 1)], limit)
        if not more:
            return found, ""
        return found, paging.page_key(paging.due_text(found[-1].due_at), found[-1].proceeding, found[-1].id)

    def count_tasks(self, principals: Sequence[str], most: int = 1000) -> Mapping[str, int]:
        return dict(self._all("count_tasks", kinds=list(_KINDS), principals=list(principals), most=most))

    def persons(self, ids: Iterable[str]) -> Mapping[str, PersonRecord]:
        return {line[0]: self._vault.open(*line) for line in self._all("persons", ids=list(ids))}

    def looks(self, proceeding: str, after: int = 0, limit: int = 50) -> Sequence[Look]:
        return [Look(at, Actor(user, agency, post), what, of, ref, allowed) for
                at, user, agency, post, what, of, ref, allowed
                in self._all("looks", proceeding=proceeding, after=after, limit=limit)]

    def record(self, look: Look) -> None:
        checks.own_look(look, self._actor)
        self._batch.look(look)

    # Writing

    def next_serial(self, agency: str, kind: str, year: int) -> int:
        checks.own_series(agency, self._actor)
        return int(self._all("next_serial", agency=agency, kind=kind, year=year)[0][0])

    def append(self, entries: Sequence[Entry]) -> None:
        if entries:
            checks.one_ledger(entries, self._actor)
            self._batch.entries(entries)

    def project(self, projection: Projection, before: Projection | None = None) -> None:
        checks.one_projection(projection)
        self._batch.projection(projection, before)

    def put_person(self, record: PersonRecord) -> None:
        checks.storable(dict(record.data))
        self._batch.person(record, self._vault.seal(record))

    def enqueue(self, job: Job) -> None:
        self._batch.job(job, self._now())

    def answer(self, key: str) -> Answer | None:
        found = self._all("answer", key=key)
        return Answer(*found[0]) if found else None

    def remember(self, key: str, answer: Answer) -> None:
        checks.storable(dict(answer.result))
        self._batch.answer(key, answer)

    # Beginning and end

    def commit(self) -> None:
        """Send what waits, and commit; a transaction that already failed is left to be rolled back."""
        begun = not self._begin
        if begun and self._connection.pgconn.transaction_status != TransactionStatus.INTRANS:
            return
        try:
            if self._batch and not begun:
                enter(self._connection, self._who(), self._batch)
            elif self._batch:
                self._send(QUERIES["write_and_commit"])
            elif begun:
                self._connection.execute(b"COMMIT")
        except psycopg.Error as error:
            raise _translated(error) from error

    def _all(self, query: str, **values: Any) -> list[Any]:
        try:
            if self._batch:
                self._send(QUERIES["write"])
            elif self._begin:
                self._send(b"")
            return self._connection.execute(QUERIES[query], values, prepare=True).fetchall()
        except psycopg.Error as error:
            raise _translated(error) from error

    def _send(self, query: bytes) -> None:
        """Begin and name the actor, unless that was done, then ``query`` with what was gathered; all in one trip."""
        values: dict[str, str] = {}
        if self._batch:
            values["batch"], texts = self._batch.take()
            # One by one: quoting them as an array would take the driver longer than all the rest.
            values |= {f"text{place}": text for place, text in enumerate(texts)}
            listed = ", ".join(f"%(text{place})s" for place in range(len(texts)))
            query = query.replace(b"%(texts)s", f"ARRAY[{listed}]::text[]".encode())
        if self._begin:
            values |= zip(("user", "agency", "principal"), self._who(), strict=True)
            query = b";\n".join(part for part in (QUERIES[self._begin], query) if part)
            self._begin = ""
        # The simple protocol, with values quoted here, sends several statements in one trip.
        psycopg.ClientCursor(self._connection).execute(query, values)

    def _who(self) -> tuple[str, str, str]:
        actor = self._actor
        return actor.user, actor.agency, actor.principal if actor.agency and actor.post else ""


class PostgresStore:
    """The store of core.ports on ``pool``; ``clock`` tells when jobs are due, ``vault`` opens personal data."""

    def __init__(self, pool: Pool, vault: Vault, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.pool = pool
        self._vault = vault
        self._clock = clock

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[_Transaction]:
        """See core.ports.Store; a look is kept even if the reading ends in a refusal."""
        tx, connection = self._begin(actor, "begin_reading")
        try:
            try:
                yield tx
            finally:
                tx.commit()
        finally:
            self._end(connection)

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[_Transaction]:
        """See core.ports.Store."""
        tx, connection = self._begin(actor, "begin_writing")
        try:
            yield tx
            tx.commit()
        finally:
            self._end(connection)

    def run_jobs(self, handler: Callable[[Job], None], limit: int = 100) -> int:
        """See core.ports.Store; jobs the handler queues are run as well. Any number of workers may do this at once."""
        ran = 0
        while ran < limit and self._run_one(handler):
            ran += 1
        return ran

    def jobs_waiting(self, limit: int = 1000) -> list[Waiting]:
        """Jobs not done yet, for the operator: those that failed first, with their error; then by age."""
        with self.pool.connection() as connection:
            found = connection.execute(QUERIES["jobs_waiting"], {"limit": limit}).fetchall()
        return [Waiting(Job(name, args, key, lock), attempts, error, due_at)
                for name, args, key, lock, attempts, error, due_at in found]

    def shred(self, person: str) -> None:
        """See core.ports.Store."""
        with self.pool.connection() as connection:
            connection.execute(QUERIES["shred"], {"person": person})

    def close(self) -> None:
        """Close the connections."""
        self.pool.close()

    def _run_one(self, handler: Callable[[Job], None]) -> bool:
        # The job's row stays locked while the handler works: if this process dies, the lock goes with it and the job
        # is free at once, with no lease to wait for.
        with self.pool.connection() as connection, connection.transaction():
            taken = connection.execute(QUERIES["take_job"], {"now": self._clock()}).fetchone()
            if taken is None:
                return False
            number, name, args, key, lock, attempts = taken
            failure, again, waits = "", None, False
            try:
                handler(Job(name, args, key, lock))
            except Exception as error:
                failure, again = error_text(error), retry_at(self._clock(), attempts + 1)
                waits = isinstance(error, NotYet)
            connection.execute(QUERIES["end_job"], {"id": number, "now": self._clock(), "error": failure,
                                                    "again": again, "waits": waits})
            return True

    def _begin(self, actor: Actor, query: str) -> tuple[_Transaction, Connection]:
        connection = self.pool.take()
        return _Transaction(connection, actor, self._vault, self._clock, query), connection

    def _end(self, connection: Connection) -> None:
        """Give the connection back outside any transaction; what was not committed is rolled back."""
        try:
            if connection.pgconn.transaction_status in _OPEN:
                connection.pgconn.exec_(b"ROLLBACK")
        finally:
            self.pool.give_back(connection)


_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


def read_entries(lines: Sequence[Sequence[Any]]) -> list[Entry]:
    """Entries from their columns, in the order of the table. Raises ValueError if a time is none."""
    # All bodies in one call of the parser: for a ledger of sixty entries that is half the cost of reading it.
    bodies = json.loads(f"[{','.join([line[3] for line in lines])}]")
    moment = datetime.fromisoformat
    return [Entry(proceeding, seq, kind, body, actor, post, moment(occurred_at), moment(recorded_at), pack, previous,
                  digest)
            for (proceeding, seq, kind, _, actor, post, occurred_at, recorded_at, pack, previous, digest), body
            in zip(lines, bodies, strict=True)]


def _row(line: Sequence[Any]) -> Row:
    persons, assigned = line[9:11]
    return Row(*line[:9], tuple(persons), tuple(assigned), *line[11:])  # type: ignore[call-arg]  # the table's order


def _due(text: str) -> str:
    return paging.moment(text).isoformat() if text not in ("", paging.NEVER) else text or _FIRST
