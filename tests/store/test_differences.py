"""Of a projection only what differs from the one before is written, and it ends as if all of it had been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from store_samples import COUNSEL, LI, NOON, WANG, ledger, projection, task

from dangui.core.ledger import EMPTY, Actor
from dangui.core.ports import HeadMoved, Projection
from dangui.store.embedded import Dsns
from dangui.store.postgres import PostgresStore

_KEPT = (LI.principal, WANG.principal)


def _after(pid: str, change: str) -> Projection:
    tasks = [task(pid, "a"), task(pid, "b", WANG.principal)]
    match change:
        case "nothing":
            return projection(pid, _KEPT, tasks, seq=2)
        case "the limit":
            return projection(pid, _KEPT, tasks, seq=2, due_at=NOON + timedelta(days=5))
        case "the stage":
            return projection(pid, _KEPT, tasks, seq=2, stage="tried")
        case "a new grant":
            return projection(pid, (*_KEPT, COUNSEL.principal), tasks, seq=2)
        case "a lost grant":
            return projection(pid, (LI.principal,), tasks, seq=2)
        case "a task done":
            return projection(pid, _KEPT, tasks[1:], seq=2)
        case "a task moved":
            return projection(pid, _KEPT, [task(pid, "a", WANG.principal), tasks[1]], seq=2)
        case _:
            return projection(pid, _KEPT, (), seq=2, closed=True)


def _seen(store: PostgresStore, actor: Actor, pid: str) -> tuple[Any, ...]:
    with store.reading(actor) as tx:
        tasks = [one for one in tx.tasks([actor.principal], limit=1000)[0] if one.proceeding == pid]
        return list(tx.rows([pid])), tx.scope(pid), tasks


def _lines(dsns: Dsns, pid: str) -> list[list[Any]]:
    """What the tables hold, whoever may see it."""
    with psycopg.connect(dsns.owner, autocommit=True) as owner:
        return [owner.execute(f"SELECT t::text FROM dangui.{table} t WHERE proceeding = %s ORDER BY 1",
                              [pid]).fetchall() for table in ("proceeding_row", "access", "task", "proceeding_person")]


@pytest.mark.parametrize("change", [
    "nothing", "the limit", "the stage", "a new grant", "a lost grant", "a task done", "a task moved", "the end"])
def test_what_differs_written_alone_ends_as_the_whole(
        postgres_store: PostgresStore, embedded_postgres: Dsns, change: str) -> None:
    pid = f"differs-{change}"
    before = projection(pid, _KEPT, [task(pid, "a"), task(pid, "b", WANG.principal)])
    after = _after(pid, change)
    with postgres_store.writing(LI) as tx:
        tx.append(ledger(pid, {"n": 1}, head=EMPTY))
        tx.project(before)
    with postgres_store.writing(LI) as tx:
        tx.project(after, before)
    alone = _lines(embedded_postgres, pid), [_seen(postgres_store, each, pid) for each in (LI, WANG, COUNSEL)]
    with postgres_store.writing(LI) as tx:
        tx.project(after)
    assert alone == (_lines(embedded_postgres, pid),
                     [_seen(postgres_store, each, pid) for each in (LI, WANG, COUNSEL)])


def test_a_difference_from_lines_that_are_not_there_is_refused(postgres_store: PostgresStore) -> None:
    pid = "differs-from-others"
    with postgres_store.writing(LI) as tx:
        tx.append(ledger(pid, {"n": 1}, head=EMPTY))
        tx.project(projection(pid, seq=3))
    with pytest.raises(HeadMoved), postgres_store.writing(LI) as tx:
        tx.project(projection(pid, seq=2), projection(pid))


def test_a_text_with_the_character_zero_is_an_error_of_the_text(postgres_store: PostgresStore) -> None:
    with pytest.raises(psycopg.DataError), postgres_store.writing(Actor("li\x00", LI.agency, LI.post)) as tx:
        tx.project(projection("zero"))
