"""kill -9 of the server and of the database under load loses nothing that was acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from store_samples import LI

from dangui.core.ledger import verify
from dangui.store import embedded, migrate
from dangui.store.archive import Archive
from dangui.store.keys import Vault
from dangui.store.memory import MemoryBlobs
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from dangui.store.verify import verify_store

APPENDS = 1_000

Acknowledged = dict[str, tuple[int, str]]


def kill_under_load(node: Path) -> Acknowledged:
    """Let the writers run up to ``APPENDS`` acknowledgements, kill them and the database; returns the last of each."""
    postmaster = embedded.postmaster(node)
    assert postmaster is not None
    program = Path(__file__).with_name("crash_writer.py")
    with subprocess.Popen([sys.executable, str(program), str(node)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(APPENDS)]
        os.kill(writer.pid, signal.SIGKILL)
        os.kill(postmaster, signal.SIGKILL)
        lines += [line for line in writer.stdout if line.endswith("\n")]
    acknowledged: Acknowledged = {}
    for line in lines:
        name, seq, digest = line.split()
        acknowledged[name] = max(acknowledged.get(name, (0, "")), (int(seq), digest))
    assert len(lines) >= APPENDS
    return acknowledged


@pytest.mark.slow
def test_no_acknowledged_entry_is_lost_and_every_chain_verifies(tmp_path: Path) -> None:
    node = tmp_path / "node"
    migrate.migrate(embedded.ensure(node).owner)
    acknowledged = kill_under_load(node)
    dsns = embedded.ensure(node)
    try:
        store, owner = PostgresStore(Pool(dsns.app), Vault(b"c" * 32)), Pool(dsns.owner, role=None)
        with store.reading(LI) as tx:
            for name, (seq, digest) in acknowledged.items():
                entries = tx.entries(name)
                assert entries[seq - 1].digest == digest
                assert verify(entries) == []
                assert tx.rows([name])[0].seq == entries[-1].seq
        assert verify_store(Archive(owner), MemoryBlobs()) == []
        owner.close()
        store.close()
    finally:
        embedded.stop(node)
