"""Migration — 迁移: brings a database to the present tables, one SQL file after the other, all of them or none.

Django's migrations run the same files (store/django); both keep the list dangui.migration, so either may come first.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import psycopg

from dangui.core.ports import Unavailable

RECORD = "INSERT INTO dangui.migration (name) VALUES (%s)"
"""Notes a migration as applied."""

_LOCK = 0x64616E677569
"""Two processes that migrate at once queue on this advisory lock ("dangui" in ASCII)."""


def names() -> list[str]:
    """All migrations in order."""
    return sorted(file.name for file in files("dangui.store").joinpath("migrations").iterdir()
                  if file.name.endswith(".sql"))


def text(name: str) -> str:
    """The SQL of a migration."""
    return files("dangui.store").joinpath("migrations", name).read_text("utf-8")


def migrate(owner_dsn: str, until: str | None = None) -> list[str]:
    """Apply what is missing, up to and with ``until``; returns what was applied. Raises Unavailable."""
    try:
        with psycopg.connect(owner_dsn) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            missing = [name for name in names()
                       if name not in applied(connection) and (until is None or name <= until)]
            for name in missing:
                connection.execute(text(name).encode())
                connection.execute(RECORD, [name])
            return missing
    except psycopg.OperationalError as error:
        raise Unavailable(str(error)) from error


def missing(owner_dsn: str) -> list[str]:
    """Migrations the database has not had yet."""
    try:
        with psycopg.connect(owner_dsn) as connection:
            had = applied(connection)
            return [name for name in names() if name not in had]
    except psycopg.OperationalError as error:
        raise Unavailable(str(error)) from error


def applied(connection: psycopg.Connection[tuple[Any, ...]]) -> set[str]:
    """Migrations the database has had."""
    listed = "SELECT FROM pg_tables WHERE schemaname = 'dangui' AND tablename = 'migration'"
    if connection.execute(listed).fetchone() is None:
        return set()
    return {name for name, in connection.execute("SELECT name FROM dangui.migration").fetchall()}
