"""A backup brings everything back, proves it, and is refused with every reason when it is not whole."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from store_samples import LI, job, ledger, look, open_proceeding, person, task

from dangui.core.ports import Unavailable
from dangui.core.problem import Refusal
from dangui.store.backup import Node, backup, check, restore, verify_node
from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault, node_secret
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore


@pytest.fixture(scope="module")
def node(embedded_postgres: Dsns, tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A node with something of every kind in it."""
    folder = tmp_path_factory.mktemp("node")
    blobs = DirectoryBlobs(folder / "blobs")
    store = PostgresStore(Pool(embedded_postgres.app), Vault(node_secret(folder)))
    bodies = [{"blob": blobs.put(io.BytesIO(bytes([n]) * 1000)).digest} for n in range(4)]
    open_proceeding(store, "case-1", bodies=bodies, tasks=[task("case-1")], persons=("a",))
    with store.writing(LI) as tx:
        tx.put_person(person("a", "case-of-case-1", "赵六"))
        tx.next_serial(LI.agency, "立案", 2026)
        tx.enqueue(job("later"))
        tx.record(look("case-1"))
    store.close()
    return Node(embedded_postgres.owner, folder / "blobs", folder)


@pytest.fixture
def empty(embedded_server: Dsns, tmp_path: Path) -> Iterator[Node]:
    """A node without anything, whose owner bears another name."""
    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(embedded_server.owner, autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'p' CREATEROLE")
        server.execute(f"GRANT dangui_app TO {name}")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
        server.execute(f"ALTER DATABASE {name} OWNER TO {name}")
        dsn = psycopg.conninfo.make_conninfo(embedded_server.owner, dbname=name, user=name, password="p")
        yield Node(dsn, tmp_path / "fresh" / "blobs", tmp_path / "fresh")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.execute(f"DROP ROLE {name}")


def test_a_restored_node_answers_as_the_old_one_did(node: Node, empty: Node, tmp_path: Path) -> None:
    made = backup(node, tmp_path / "backup")
    restore(tmp_path / "backup", empty, expected=made)
    assert verify_node(empty) == []
    store = PostgresStore(Pool(empty.owner_dsn), Vault(node_secret(empty.folder)))
    with store.writing(LI) as tx:
        entries = tx.entries("case-1")
        assert len(entries) == 4
        assert tx.persons(["a"])["a"].data["name"] == "赵六"
        assert tx.next_serial(LI.agency, "立案", 2026) == 2
        assert list(tx.looks("case-1")) == [look("case-1")]
        tx.append(ledger("case-1", {"n": 5}, head=entries[-1].head))
    assert [one.job.key for one in store.jobs_waiting()] == ["later"]
    store.close()


def test_work_that_goes_on_during_a_backup_does_not_disturb_it(
        node: Node, empty: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dangui.store import backup as module

    dump = module.dump.dump

    def dump_and_work_on(dsn: str, target: Path) -> dict[str, object]:
        counted = dump(dsn, target)
        store = PostgresStore(Pool(dsn), Vault(node_secret(node.folder)))
        open_proceeding(store, f"case-{uuid4().hex}",
                        bodies=[{"blob": DirectoryBlobs(node.blobs).put(io.BytesIO(b"late")).digest}])
        store.close()
        return counted

    monkeypatch.setattr(module.dump, "dump", dump_and_work_on)
    backup(node, tmp_path / "backup")
    monkeypatch.undo()
    restore(tmp_path / "backup", empty)


def test_a_backup_never_overwrites_one(node: Node, tmp_path: Path) -> None:
    backup(node, tmp_path / "backup")
    with pytest.raises(Refusal, match=r"backup\.target_exists"):
        backup(node, tmp_path / "backup")


def test_a_node_in_use_is_never_overwritten(node: Node, tmp_path: Path) -> None:
    backup(node, tmp_path / "backup")
    with pytest.raises(Refusal) as refused:
        restore(tmp_path / "backup", node)
    assert [reason.code for reason in refused.value.reasons] == [
        "restore.database_not_empty", "restore.node_not_empty"]


def first_blob(folder: Path) -> Path:
    return next(path for path in sorted((folder / "blobs").rglob("*")) if path.is_file())


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(("harm", "code"), [
    (lambda folder: flip(folder / "database.dump"), "backup.altered"),
    (lambda folder: flip(folder / "node.secret"), "backup.altered"),
    (lambda folder: flip(folder / "manifest.json"), "backup.altered"),
    (lambda folder: (folder / "database.dump").unlink(), "backup.missing"),
    (lambda folder: (folder / "manifest.json").unlink(), "backup.no_manifest"),
    (lambda folder: flip(first_blob(folder)), "backup.blob_altered"),
    (lambda folder: first_blob(folder).unlink(), "backup.blob_missing"),
    (lambda folder: (folder / "blobs").rename(folder / "moved"), "backup.blob_missing"),
])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_written(
        node: Node, empty: Node, tmp_path: Path, harm: Callable[[Path], object], code: str) -> None:
    backup(node, tmp_path / "backup")
    harm(tmp_path / "backup")
    with pytest.raises(Refusal) as refused:
        restore(tmp_path / "backup", empty)
    assert {reason.code for reason in refused.value.reasons} == {code}
    assert not empty.folder.exists()


def test_every_reason_is_given_at_once(node: Node, tmp_path: Path) -> None:
    backup(node, tmp_path / "backup")
    flip(tmp_path / "backup" / "database.dump")
    (tmp_path / "backup" / "node.secret").unlink()
    first_blob(tmp_path / "backup").unlink()
    flip(first_blob(tmp_path / "backup"))
    assert sorted(problem.code for problem in check(tmp_path / "backup")) == [
        "backup.altered", "backup.blob_altered", "backup.blob_missing", "backup.missing"]


def test_a_manifest_made_to_fit_an_altered_backup_is_unmasked_by_its_kept_digest(node: Node, tmp_path: Path) -> None:
    kept = backup(node, tmp_path / "backup")
    path = tmp_path / "backup" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest.pop("digest")
    manifest["made_at"] = "2020-01-01T00:00:00+00:00"
    from dangui.core.digest import digest

    path.write_text(json.dumps({**manifest, "digest": digest(manifest)}), "utf-8")
    assert check(tmp_path / "backup") == []
    assert [problem.code for problem in check(tmp_path / "backup", kept)] == ["backup.other"]


def test_a_database_that_is_away_is_said_to_be_and_leaves_no_backup(node: Node, tmp_path: Path) -> None:
    away = Node("host=/nowhere dbname=x", node.blobs, node.folder)
    with pytest.raises(Unavailable):
        backup(away, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
