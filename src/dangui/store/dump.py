"""Dump — 数据库转储: a database as one file, and back, with PostgreSQL's own programs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dangui.core.ports import Unavailable
from dangui.store import embedded
from dangui.store.pool import APPLICATION, Connection

_HEADS = """
SELECT DISTINCT ON (proceeding) proceeding, seq, digest FROM dangui.entry ORDER BY proceeding, seq DESC"""

_FOR_TABLES_TO_COME = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dangui_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO dangui_app"""
"""These name the owner they were made by, who may bear another name where a dump is loaded; so they are made anew."""

_TABLES = """
SELECT schemaname || '.' || tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""


def dump(owner_dsn: str, target: Path) -> dict[str, Any]:
    """Dump one snapshot of the database to ``target``; returns ``count`` of that snapshot. Raises Unavailable."""
    with _connected(owner_dsn) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None  # noqa: S101 - a function call has a value
        _run("pg_dump", connection, owner_dsn, "--format=custom", f"--snapshot={snapshot[0]}", f"--file={target}")
        return _count(connection)


def load(owner_dsn: str, source: Path) -> None:
    """Load a dump into an empty database, all of it or nothing. Raises Unavailable with what went wrong."""
    with _connected(owner_dsn) as connection, tempfile.NamedTemporaryFile("w", suffix=".list") as parts:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
            connection.execute(b"CREATE ROLE dangui_app NOLOGIN NOSUPERUSER NOBYPASSRLS")
        listed = _run("pg_restore", connection, "", "--list", str(source))
        parts.write("\n".join(line for line in listed.splitlines() if " DEFAULT ACL " not in line))
        parts.flush()
        _run("pg_restore", connection, owner_dsn, "--no-owner", "--single-transaction", "--exit-on-error",
             f"--use-list={parts.name}", str(source))
        connection.execute(_FOR_TABLES_TO_COME.encode())


def count(owner_dsn: str) -> dict[str, Any]:
    """Rows per table, and one digest over the heads of all ledgers. Raises Unavailable."""
    with _connected(owner_dsn) as connection:
        return _count(connection)


def is_occupied(owner_dsn: str) -> bool:
    """Whether the database holds any table. Raises Unavailable."""
    with _connected(owner_dsn) as connection:
        return connection.execute(_TABLES).fetchone() is not None


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise Unavailable(str(error)) from error


def _count(connection: Connection) -> dict[str, Any]:
    counted: dict[str, Any] = {}
    for name, in connection.execute(_TABLES).fetchall():
        table = psycopg.sql.SQL(".").join(map(psycopg.sql.Identifier, name.split(".", 1)))
        row = connection.execute(psycopg.sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
        counted[name] = row[0] if row else 0
    heads = hashlib.sha256()
    for proceeding, seq, found in connection.cursor().stream(_HEADS):
        heads.update(f"{proceeding} {seq} {found}\n".encode())
    return {**counted, "heads": heads.hexdigest()}


def _run(program: str, connection: Connection, dsn: str, *arguments: str) -> str:
    # The password goes through the environment: arguments can be read by everybody on the machine.
    known = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    environment = {**os.environ, **({"PGPASSWORD": known.pop("password")} if "password" in known else {})}
    folder = embedded.programs(connection.info.server_version // 10_000)
    target = [f"--dbname={make_conninfo(**known)}"] if dsn else []
    done = subprocess.run([str(folder / program), *target, *arguments], env=environment,  # noqa: S603
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{program} failed: {done.stderr.strip()}")
    return done.stdout
