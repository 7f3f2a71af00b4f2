"""Both stores, for one suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from store_samples import Clock

from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.memory import MemoryStore
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postgres_store(embedded_postgres: Dsns, clock: Clock) -> Iterator[PostgresStore]:
    store = PostgresStore(Pool(embedded_postgres.app), Vault(b"s" * 32), clock)
    yield store
    store.close()


@pytest.fixture
def emptied(embedded_postgres: Dsns) -> None:
    """The database without a line in any table of the store."""
    with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'dangui' "
                               "AND tablename <> 'migration'").fetchall()
        owner.execute("; ".join(f"DELETE FROM dangui.{table}" for table, in tables).encode())


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Any:
    if request.param == "memory":
        return MemoryStore(clock)
    return request.getfixturevalue("postgres_store")
