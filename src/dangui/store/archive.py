"""Archive — 全库: every ledger of a node, past all access rules: to verify, rebuild, catch up, export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from dangui.core.digest import canonical
from dangui.core.ledger import Entry
from dangui.core.ports import Projection
from dangui.core.problem import Problem, words
from dangui.store.batch import projection_text
from dangui.store.pool import Pool
from dangui.store.postgres import read_entries
from dangui.store.queries import QUERIES

_BATCH = 200
"""Ledgers read at a time."""

Ledger = tuple[str, Sequence[Entry]]
"""A proceeding and its whole ledger."""


class Ledgers(Protocol):
    """What verify, rebuild and catch_up need of a store; MemoryStore has it as well."""

    def ledgers(self) -> Iterator[Ledger]: ...
    def ledgers_behind(self) -> Iterator[Ledger]: ...
    def checked_ledgers(self) -> Iterator[tuple[str, Sequence[Entry], Sequence[Problem]]]: ...
    def projected_heads(self) -> Iterator[tuple[str, int]]: ...
    def replace(self, projection: Projection) -> None: ...


class Archive:
    """The ledgers of a database, as its owner; make ``owner`` with ``Pool(dsn, role=None)``."""

    def __init__(self, owner: Pool) -> None:
        self._owner = owner

    def ledgers(self) -> Iterator[Ledger]:
        """Every proceeding with its whole ledger, in order. Raises ValueError at an entry that can't be read."""
        for batch in self._batches("all_ledgers"):
            for proceeding, lines in batch:
                yield proceeding, read_entries(lines)

    def ledgers_behind(self) -> Iterator[Ledger]:
        """The ledgers whose projection is missing or older than their head."""
        for batch in self._batches("ledgers_behind"):
            for proceeding, lines in batch:
                yield proceeding, read_entries(lines)

    def checked_ledgers(self) -> Iterator[tuple[str, Sequence[Entry], Sequence[Problem]]]:
        """Every ledger as far as it can be read, and what is wrong with its characters."""
        for batch in self._batches("all_ledgers"):
            for proceeding, lines in batch:
                problems: list[Problem] = []
                yield proceeding, [entry for line in lines if (entry := _checked(line, problems))], problems

    def projected_heads(self) -> Iterator[tuple[str, int]]:
        """Every projected proceeding and the sequence number its ledger had then."""
        after = ""
        while found := self._query("projected_heads", after=after, limit=_BATCH * 10):
            yield from found
            after = found[-1][0]

    def replace(self, projection: Projection) -> None:
        """Store a projection made anew; a newer one stays."""
        self._query("project", projection=projection_text(projection))

    def _batches(self, query: str) -> Iterator[list[tuple[str, list[Any]]]]:
        after = ""
        while names := [name for name, in self._query(query, after=after, limit=_BATCH)]:
            ledgers: dict[str, list[Any]] = {name: [] for name in names}
            for line in self._query("whole_ledgers", proceedings=names):
                ledgers[line[0]].append(line)
            yield list(ledgers.items())
            after = names[-1]

    def _query(self, query: str, **values: Any) -> list[Any]:
        with self._owner.connection() as connection:
            return connection.execute(QUERIES[query], values).fetchall()


def rebuild(store: Ledgers, project: Callable[[Sequence[Entry]], Projection]) -> int:
    """Make every projection anew with ``project``, while the node works; returns how many."""
    return _project_all(store, store.ledgers(), project)


def catch_up(store: Ledgers, project: Callable[[Sequence[Entry]], Projection]) -> int:
    """Make the projections that are missing or behind their ledger; returns how many."""
    return _project_all(store, store.ledgers_behind(), project)


def _project_all(store: Ledgers, ledgers: Iterator[Ledger], project: Callable[[Sequence[Entry]], Projection]) -> int:
    count = 0
    for _, entries in ledgers:
        store.replace(project(entries))
        count += 1
    return count


def _exact(entry: Entry, line: Sequence[Any]) -> bool:
    times = (entry.occurred_at.isoformat(), entry.recorded_at.isoformat())
    try:
        return canonical(entry.body).decode() == line[3] and times == (line[6], line[7])
    except ValueError:  # a float or a lone surrogate, which was never entered
        return False


def _checked(line: Sequence[Any], problems: list[Problem]) -> Entry | None:
    """The entry of ``line``; its body must have the canonical characters, its times must be times."""
    place = f"{line[0]}#{line[1]}"
    try:
        entry, = read_entries([line])
    except ValueError:
        problems.append(Problem("ledger.unreadable_entry", place, words(
            "已被改动,无法读出", "was altered and can no longer be read")))
        return None
    if not _exact(entry, line):
        problems.append(Problem("ledger.altered_characters", place, words(
            "存储的字符已被改动", "its stored characters were altered")))
    return entry
