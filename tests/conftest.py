"""Shared parts of the tests: one embedded PostgreSQL for all workers, and a fresh database for each module."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings

from dangui.store import embedded, migrate
from dangui.store.embedded import Dsns

settings.register_profile("steady", derandomize=True, deadline=None)  # the same examples on every machine, however busy
settings.load_profile("steady")

_TEMPLATE = "dangui_template"


@contextlib.contextmanager
def _users(folder: Path, change: int) -> Iterator[int]:
    """How many test processes use the server of ``folder``, after ``change``; one process looks at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "users", "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        count = int(file.read() or 0) + change
        file.truncate(0)
        file.write(str(count))
        file.flush()
        yield count


def _make_template(server: Dsns) -> None:
    with psycopg.connect(server.owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE}")
    migrate.migrate(server.database(_TEMPLATE).owner)


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[Dsns]:
    """One server for the whole run; the workers of xdist share it, the last one stops it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"dangui-tests-{run[:12]}"
    with _users(folder, +1) as count:
        server = embedded.ensure(folder / "node", durable=False)
        if count == 1:
            _make_template(server)
    yield server
    with _users(folder, -1) as count:
        if count == 0:
            embedded.stop(folder / "node")
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def embedded_postgres(embedded_server: Dsns) -> Iterator[Dsns]:
    """A fresh, migrated database for one test module: ``.owner`` and ``.app`` are its connection strings."""
    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(embedded_server.owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        yield embedded_server.database(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
