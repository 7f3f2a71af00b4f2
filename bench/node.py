"""Node — 评测节点: an embedded database of the bench's own, in a temporary folder, durable like a real one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dangui.store import embedded, migrate
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault, node_secret


@contextmanager
def node() -> Iterator[tuple[Path, Dsns]]:
    """(folder, connection strings) for the length of a block; nothing is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dangui-bench-"))
    folder.chmod(0o755)
    try:
        with embedded.running(folder) as dsns:
            migrate.migrate(dsns.owner)
            yield folder, dsns
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def vault(folder: Path) -> Vault:
    """The node's vault."""
    return Vault(node_secret(folder))


def settle(dsns: Dsns) -> None:
    """Bring the database to rest: statistics made, everything written out."""
    with psycopg.connect(dsns.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
