"""Enter — 一次写入: a batch as one prepared statement, which is a transaction of its own.

The statement goes to libpq as it is. What the driver does for statements in general (finding parameters, choosing a
form for each value, remembering what was prepared) would cost more than the decision that is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from dangui.store.batch import Batch
from dangui.store.pool import Connection
from dangui.store.queries import QUERIES

_NAME = b"dangui_enter"
_TEXT = 25
"""The type number of text, the same in every PostgreSQL."""

_NOT_PREPARED = b"26000"
_AS_TEXT, _AS_BYTES = 0, 1
_FORMS = (_AS_TEXT, _AS_TEXT, _AS_TEXT, _AS_TEXT, _AS_BYTES)
_SQLSTATE = 67  # PG_DIAG_SQLSTATE, the letter C


def enter(connection: Connection, who: Sequence[str], batch: Batch) -> None:
    """Write ``batch`` in the name of ``who`` (user, agency, principal) and commit. Raises psycopg.Error."""
    parts, texts = batch.take()
    values = [*(_characters(name) for name in who), _characters(parts), _array(texts)]
    conn = connection.pgconn
    found = conn.exec_prepared(_NAME, values, _FORMS)
    if found.error_field(_SQLSTATE) == _NOT_PREPARED:  # the first act on this connection
        _checked(conn, conn.prepare(_NAME, QUERIES["enter"]))
        found = conn.exec_prepared(_NAME, values, _FORMS)
    _checked(conn, found)


def _checked(conn: PGconn, found: PGresult) -> None:
    if conn.status == ConnStatus.BAD:
        raise psycopg.OperationalError(conn.get_error_message())
    if found.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise error_from_result(found)


def _characters(text: str) -> bytes:
    if "\x00" in text:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return text.encode()


_SIZE = Struct("!i")
_HEADER = Struct("!iiiii")


def _array(texts: Sequence[str]) -> bytes:
    """The binary form of text[]: dimensions, no nulls, the type; length and first index; then each with its size."""
    if not texts:
        return _HEADER.pack(0, 0, _TEXT, 0, 0)[:12]
    items = [text.encode() for text in texts]
    return _HEADER.pack(1, 0, _TEXT, len(items), 1) + b"".join([_SIZE.pack(len(item)) + item for item in items])
