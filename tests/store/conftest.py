"""Both stores, for one suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Any:
    if request.param == "memory":
        return MemoryStore(clock)
    return request.getfixturevalue("postgres_store")
