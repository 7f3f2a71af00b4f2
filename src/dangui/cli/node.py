"""Node — 节点: the database and the blob store of this machine, opened for a command or for serving."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from psycopg.conninfo import make_conninfo

from dangui.app import Settings, settings
from dangui.cli.says import UNAVAILABLE, Trouble
from dangui.core.ports import Unavailable
from dangui.store import embedded, migrate
from dangui.store.archive import Archive
from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault, node_secret, write_private
from dangui.store.pool import APPLICATION, Pool
from dangui.store.postgres import PostgresStore

WEB_SECRET = "web.secret"  # noqa: S105 - the name of a file
IN_USE = "in-use.lock"
CONNECTIONS = 10
"""Database connections of one process: its request threads, and two for the outbox."""


@dataclass(frozen=True, slots=True)
class Node:
    """An opened node — 节点. ``use`` is held while this process works with the embedded database."""

    where: Settings
    dsns: Dsns
    use: int | None

    @property
    def blobs(self) -> DirectoryBlobs:
        """The files."""
        return DirectoryBlobs(self.where.home / "blobs")

    def store(self) -> PostgresStore:
        """The store, as the application."""
        return PostgresStore(Pool(self.dsns.app, size=CONNECTIONS), Vault(node_secret(self.where.home)))

    def archive(self) -> Archive:
        """All ledgers, as their owner."""
        return Archive(Pool(self.dsns.owner, size=2, role=None))

    def stop(self) -> None:
        """Stop the embedded database, unless another process still works with it."""
        if self.use is not None:
            os.close(self.use)
            with _lock(self.where.home) as mine:
                if _alone(mine):
                    embedded.stop(self.where.home)


def open_node(
    where: Settings | None = None, *, migrated: bool = True, meanwhile: Callable[[], object] = lambda: None
) -> Node:
    """The node of this machine, its database running and, unless told otherwise, brought to this version.

    ``meanwhile`` runs while the database starts; if it raises, the database is stopped again.
    """
    where = where or settings()
    where.home.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=1) as beside:
        starting = beside.submit(_started, where)
        try:
            meanwhile()
        except BaseException:
            starting.result().stop()
            raise
        node = starting.result()
    if migrated:
        migrate.migrate(node.dsns.owner)
        prepare_web(node)
    return node


def _started(where: Settings) -> Node:
    if not where.embedded:
        return Node(where, _given(where.database_url), None)
    # Waits for a process that is stopping the database; held until this one is done. A killed process lets go of it.
    use = os.open(where.home / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(use, fcntl.LOCK_SH)
    return Node(where, embedded.ensure(where.home), use)


@contextmanager
def _lock(home: Path) -> Iterator[int]:
    handle = os.open(home / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _alone(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _given(url: str) -> Dsns:
    """One account for everything; the application works in the role that row-level security binds."""
    return Dsns(url, make_conninfo(url, options=f"-c role={APPLICATION}"))


def prepare_web(node: Node) -> None:
    """Tell Django where the node keeps its things; bring its tables to this version if they are behind."""
    configure(node)
    import django

    django.setup()
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise Unavailable(str(error)) from error
    finally:
        connection.close()
    if behind:
        migrate_web(node)


def configure(node: Node) -> None:
    """The environment that the web application's settings are read from."""
    path = node.where.home / WEB_SECRET
    if not path.exists():
        write_private(path, token_urlsafe(50))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangui.web.settings")
    os.environ.setdefault("DANGUI_SECRET_KEY", path.read_text("utf-8"))
    os.environ["DANGUI_DATABASE_URL"] = node.dsns.app
    os.environ["DANGUI_EMBEDDED"] = "1" if node.where.embedded else "0"


def migrate_web(node: Node) -> None:
    """Bring Django's tables to this version, in a process of its own that works as the tables' owner."""
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DANGUI_DATABASE_URL": node.dsns.owner},
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["?"]
        raise Trouble(
            f"账户数据库升级失败:{last[0]}",
            f"the accounts' tables could not be brought to this version: {last[0]}",
            UNAVAILABLE,
        )


def root() -> Path:
    """The folder of the packs."""
    return settings().packs
