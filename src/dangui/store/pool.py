"""Pool — 连接池: database connections shared by threads; one that broke is dropped, the next is made when it is needed.

It has no thread and no back-off of its own: the first request after the database is back succeeds.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from dangui.core.ports import Unavailable

Connection = psycopg.Connection[tuple[Any, ...]]

APPLICATION = "dangui_app"
"""The role under row-level security; whoever logs in works as this role."""

ZONE = "Asia/Shanghai"
"""China has one zone; moments read from a database come in it, so that a list shows the same day everywhere."""


class Pool:
    """At most ``size`` connections to ``dsn``; a caller waits ``patience`` seconds for a free one."""

    def __init__(self, dsn: str, size: int = 16, patience: float = 10.0, role: str | None = APPLICATION) -> None:
        self._dsn = _with_settings(dsn, role)
        self.size = size
        self._patience = patience
        self._process = os.getpid()
        self._free = _permits(size)
        self._idle: list[Connection] = []
        self._closed = False

    def take(self) -> Connection:
        """A connection outside any transaction. Raises Unavailable."""
        if self._process != os.getpid():
            self._forget_parent()
        try:
            self._free.get(timeout=self._patience)
        except Empty:
            raise Unavailable(
                f"all {self.size} database connections have been busy for {self._patience:g} s") from None
        try:
            return self._sound() or psycopg.connect(self._dsn, autocommit=True)
        except psycopg.Error as error:
            self._free.put(None)
            raise Unavailable(str(error)) from error
        except BaseException:
            self._free.put(None)
            raise

    def give_back(self, connection: Connection) -> None:
        """Keep ``connection`` for the next caller; one that is broken or inside a transaction is closed."""
        if connection.pgconn.transaction_status != TransactionStatus.IDLE or self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        self._free.put(None)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for the length of a block; what the database says of its absence becomes Unavailable."""
        connection = self.take()
        try:
            yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(str(error)) from error
        finally:
            self.give_back(connection)

    def close(self) -> None:
        """Close what is idle now, and the rest as it is given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _sound(self) -> Connection | None:
        """An idle connection that still stands. One the database has closed has something to read: its farewell."""
        while self._idle:
            connection = self._idle.pop()
            watch = select.poll()
            watch.register(connection.pgconn.socket, select.POLLIN)
            if not watch.poll(0):
                return connection
            connection.close()
        return None

    def _forget_parent(self) -> None:
        # A forked process must not talk on its parent's sockets, nor close them: it only forgets them.
        self._process = os.getpid()
        self._free = _permits(self.size)
        for connection in self._idle:
            _INHERITED.append(connection)
        self._idle = []


_INHERITED: list[Connection] = []


def _permits(size: int) -> SimpleQueue[None]:
    """One permit per connection. A queue, because a semaphore is written in Python and costs ten times as much."""
    permits: SimpleQueue[None] = SimpleQueue()
    for _ in range(size):
        permits.put(None)
    return permits


def _with_settings(dsn: str, role: str | None) -> str:
    given = conninfo_to_dict(dsn)
    # Nothing here takes a lock for longer than an act; who waits longer than this waits for something that hangs.
    settings = f"{given.pop('options', None) or ''} -c TimeZone={ZONE} -c lock_timeout=30s"
    return make_conninfo(**{
        # A network that swallows packets must not hold a request, or a worker, for ever.
        "connect_timeout": "5", "keepalives_idle": "30", "tcp_user_timeout": "30000",
        **{key: str(value) for key, value in given.items() if value is not None},
        "options": (settings + (f" -c role={role}" if role else "")).strip()})
