"""Copy — 副本: any number of ledgers that differ from a played one in their ids, put into the database by COPY.

Every chain is valid: the canonical text of each entry gets the copy's ids and is hashed anew. Only the salts of
personal data are the same in all copies, because the digests of the persons' records cover them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from bench.played import TOKEN, Played
from dangui.core.digest import canonical, sha256
from dangui.core.ledger import GENESIS, Entry, Head, sealed_fields
from dangui.core.ports import PersonRecord
from dangui.store.batch import projection_text
from dangui.store.keys import Vault

TABLES: Mapping[str, str] = {
    "entry": "proceeding, seq, kind, body, actor, post, occurred_at, recorded_at, pack, previous, digest",
    "proceeding_row": "proceeding, case_id, procedure, agency, number, stage, stage_title, procedure_title, offence, "
    "persons, assigned, opened_at, closed, due_at, due_title, due_liberty, seq",
    "access": "principal, proceeding, scope, closed, due_at, number",
    "task": "proceeding, id, principal, kind, ref, title, person, due_at, sort_at, liberty, since",
    "person": "id, case_id, sealed, name_index",
    "person_key": "person, wrapped",
    "proceeding_person": "person, proceeding",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a copy says instead — 替换: the beginning of its ids, and any other texts."""

    token: str
    more: tuple[tuple[str, str], ...] = ()

    def of(self, text: str) -> str:
        """The copy's version of a text."""
        text = text.replace(TOKEN, self.token)
        for old, new in self.more:
            text = text.replace(old, new)
        return text


@dataclass
class Press:
    """Makes copies of one played ledger — 复制."""

    played: Played
    vault: Vault
    _sealed: list[tuple[Entry, str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._sealed = [
            (entry, canonical(sealed_fields(entry)).decode(), canonical(entry.body).decode())
            for entry in self.played.entries
        ]
        row, self._access, self._tasks = _projected(self.played)
        self._row = row

    def head(self, changes: Changes) -> Head:
        """The end of a copy."""
        *_, last = self.entries(changes)
        return Head(last[1], last[10])

    def entries(self, changes: Changes) -> Iterator[tuple[Any, ...]]:
        """The lines of table entry."""
        previous = GENESIS
        for entry, sealed, body in self._sealed:
            text = changes.of(sealed).replace(f'"previous":"{entry.previous}"', f'"previous":"{previous}"')
            digest = sha256(text.encode())
            yield (
                changes.of(entry.proceeding),
                entry.seq,
                entry.kind,
                changes.of(body),
                changes.of(entry.user),
                changes.of(entry.post),
                entry.occurred_at.isoformat(),
                entry.recorded_at.isoformat(),
                entry.pack,
                previous,
                digest,
            )
            previous = digest

    def lines(self, changes: Changes) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Every line of a copy, with its table."""
        for line in self.entries(changes):
            yield "entry", line
        yield "proceeding_row", _changed(changes, self._row)
        for line in self._access:
            yield "access", _changed(changes, line)
        for line in self._tasks:
            yield "task", _changed(changes, line)
        for person in self.played.persons:
            yield from self._person(changes, person)

    def _person(self, changes: Changes, person: PersonRecord) -> Iterator[tuple[str, tuple[Any, ...]]]:
        known = replace(person, id=changes.of(person.id), case_id=changes.of(person.case_id))
        sealed = self.vault.seal(known)
        yield "person", (known.id, known.case_id, sealed.sealed, sealed.name_index)
        yield "person_key", (known.id, sealed.wrapped)
        yield "proceeding_person", (known.id, changes.of(self.played.state.id))


def put(connection: psycopg.Connection[Any], copies: Iterable[tuple[Press, Changes]], at_once: int = 5_000) -> int:
    """COPY the copies into their tables, as the owner, a few thousand at a time; returns how many."""
    total = 0
    waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    for press, changes in copies:
        for table, line in press.lines(changes):
            waiting[table].append(line)
        total += 1
        if total % at_once == 0:
            _send(connection, waiting)
    _send(connection, waiting)
    return total


def _send(connection: psycopg.Connection[Any], waiting: dict[str, list[tuple[Any, ...]]]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for table, lines in waiting.items():
            with cursor.copy(f"COPY dangui.{table} ({TABLES[table]}) FROM STDIN".encode()) as copy:
                for line in lines:
                    copy.write_row(line)
            lines.clear()


def _projected(played: Played) -> tuple[tuple[Any, ...], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The lines of the lists as dangui.project would write them."""
    import json

    found = json.loads(projection_text(played.projection))
    row = found["row"]
    due = row["due_at"] or "infinity"
    names = TABLES["proceeding_row"].split(", ")
    line = tuple(_text(row[name]) for name in names)
    grants = [
        (each["principal"], row["proceeding"], each["scope"], row["closed"], due, row["number"])
        for each in found["grants"]
    ]
    tasks = [
        (
            row["proceeding"],
            each["id"],
            each["principal"],
            each["kind"],
            each["ref"],
            _text(each["title"]),
            each["person"],
            each["due_at"],
            each["due_at"] or "infinity",
            each["liberty"],
            each["since"],
        )
        for each in found["tasks"]
    ]
    return line, grants, tasks


def _text(value: Any) -> Any:
    import json

    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _changed(changes: Changes, line: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(changes.of(value) if isinstance(value, str) else value for value in line)
