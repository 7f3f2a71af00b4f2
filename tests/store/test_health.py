"""Health says what an operator must know."""

from __future__ import annotations

from pathlib import Path

import psycopg
from store_samples import LI, job

from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns
from dangui.store.health import health
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore


def test_a_node_that_works_is_healthy_and_its_failing_jobs_are_named(
        postgres_store: PostgresStore, tmp_path: Path) -> None:
    blobs = DirectoryBlobs(tmp_path / "blobs")
    assert health(postgres_store, blobs).as_json() == {
        "ok": True, "jobs_waiting": 0, "jobs_failing": 0, "problems": []}
    with postgres_store.writing(LI) as tx:
        tx.enqueue(job("stuck"))
        tx.enqueue(job("behind it"))

    def fail(_: object) -> None:
        raise OSError("away")

    postgres_store.run_jobs(fail)
    found = health(postgres_store, blobs)
    assert (found.jobs_waiting, found.jobs_failing) == (2, 1)
    assert [(one.code, one.place) for one in found.problems] == [("job.failing", "stuck")]


def test_every_part_that_is_away_is_named_at_once(tmp_path: Path) -> None:
    blobs = DirectoryBlobs(tmp_path / "blobs")
    blobs.folder.rename(tmp_path / "moved")
    store = PostgresStore(Pool("host=/nowhere dbname=x"), Vault(b"s" * 32))
    assert [one.code for one in health(store, blobs).problems] == ["blobs.unavailable", "database.unavailable"]


def test_a_database_that_was_not_migrated_is_said_to_be(embedded_server: Dsns, tmp_path: Path) -> None:
    with psycopg.connect(embedded_server.owner, autocommit=True) as server:
        server.execute("CREATE DATABASE t_health")
        pool = Pool(embedded_server.database("t_health").app)
        found = health(PostgresStore(pool, Vault(b"s" * 32)), DirectoryBlobs(tmp_path / "blobs"))
        pool.close()
        server.execute("DROP DATABASE t_health WITH (FORCE)")
    assert [one.code for one in found.problems] == ["database.not_migrated"]
