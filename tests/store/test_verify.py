"""One altered byte anywhere in ledger or blobs is found and named."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from store_samples import LI, ledger, open_proceeding, projection

from dangui.core.ports import HeadMoved, Projection
from dangui.store.archive import Archive, catch_up, rebuild
from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns
from dangui.store.memory import MemoryStore
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from dangui.store.verify import blobs_of, verify_store

COLUMNS = ("body", "kind", "actor", "post", "occurred_at", "recorded_at", "pack", "previous", "digest")


@pytest.fixture
def archive(embedded_postgres: Dsns) -> Iterator[Archive]:
    pool = Pool(embedded_postgres.owner, role=None)
    yield Archive(pool)
    pool.close()


@pytest.fixture
def blobs(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs")


@pytest.fixture
def tamperer(embedded_postgres: Dsns) -> Iterator[psycopg.Connection[Any]]:
    """The database's superuser with the triggers switched off; what is done is undone after the test."""
    with psycopg.connect(embedded_postgres.owner) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
        connection.commit()


@pytest.fixture
def ledgers(postgres_store: PostgresStore, blobs: DirectoryBlobs, emptied: None) -> list[str]:
    names = [f"case-{n}" for n in range(3)]
    for name in names:
        bodies = [{"blob": blobs.put(io.BytesIO(f"{name} page {n}".encode())).digest, "标题": f"第{n}页\n", "n": n}
                  for n in range(5)]
        open_proceeding(postgres_store, name, bodies=bodies)
    return names


def test_an_untouched_store_is_found_whole(ledgers: list[str], archive: Archive, blobs: DirectoryBlobs) -> None:
    assert verify_store(archive, blobs) == []


@pytest.mark.parametrize("seed", range(40))
def test_one_altered_character_of_any_entry_is_named(
        ledgers: list[str], archive: Archive, blobs: DirectoryBlobs, tamperer: psycopg.Connection[Any],
        seed: int) -> None:
    dice = random.Random(seed)
    name, seq, column = dice.choice(ledgers), dice.randint(1, 5), COLUMNS[seed % len(COLUMNS)]
    found = tamperer.execute(f"SELECT {column}::text FROM dangui.entry WHERE proceeding = %s AND seq = %s",
                             [name, seq]).fetchone()
    assert found is not None
    for altered in one_character_altered(found[0], dice):
        try:
            with tamperer.transaction():
                tamperer.execute(f"UPDATE dangui.entry SET {column} = %s WHERE proceeding = %s AND seq = %s",
                                 [altered, name, seq])
            break
        except psycopg.DataError:
            continue  # no longer JSON: the database itself does not take it
    tamperer.commit()
    assert f"{name}#{seq}" in {problem.place for problem in verify_store(archive, blobs)}


def one_character_altered(text: str, dice: random.Random) -> Iterator[str]:
    while True:
        place = dice.randrange(len(text))
        letter = chr(ord(text[place]) ^ dice.choice([1, 2, 4, 8]))
        if letter.isprintable():
            yield text[:place] + letter + text[place + 1:]


@pytest.mark.parametrize(("change", "place", "code"), [
    ("UPDATE dangui.entry SET body = '{ \"n\": 1}' WHERE proceeding = 'case-1' AND seq = 2",
     "case-1#2", "ledger.altered_entry"),
    ("UPDATE dangui.entry SET body = replace(body::text, ':', ': ')::json WHERE proceeding = 'case-1' AND seq = 2",
     "case-1#2", "ledger.altered_characters"),
    ("UPDATE dangui.entry SET body = '{\"n\": 1.5}' WHERE proceeding = 'case-1' AND seq = 2",
     "case-1#2", "ledger.altered_characters"),
    ("UPDATE dangui.entry SET recorded_at = 'yesterday' WHERE proceeding = 'case-1' AND seq = 2",
     "case-1#2", "ledger.unreadable_entry"),
    ("DELETE FROM dangui.entry WHERE proceeding = 'case-1' AND seq = 2", "case-1#3", "ledger.gap"),
    ("DELETE FROM dangui.entry WHERE proceeding = 'case-1' AND seq = 1", "case-1#2", "ledger.broken_chain"),
    ("DELETE FROM dangui.entry WHERE proceeding = 'case-1' AND seq = 5", "case-1#5", "ledger.cut_short"),
    ("DELETE FROM dangui.entry WHERE proceeding = 'case-1'", "case-1#5", "ledger.cut_short"),
    ("UPDATE dangui.entry SET proceeding = 'case-9' WHERE proceeding = 'case-1' AND seq = 2",
     "case-9#2", "ledger.altered_entry"),
    ("UPDATE dangui.entry SET seq = 9 WHERE proceeding = 'case-1' AND seq = 5", "case-1#9", "ledger.gap"),
])
def test_what_was_done_to_a_ledger_is_said(
        ledgers: list[str], archive: Archive, blobs: DirectoryBlobs, tamperer: psycopg.Connection[Any], change: str,
        place: str, code: str) -> None:
    tamperer.execute(change.encode())
    tamperer.commit()
    assert (place, code) in {(problem.place, problem.code) for problem in verify_store(archive, blobs)}


@pytest.mark.parametrize("seed", range(5))
def test_one_flipped_byte_of_a_blob_names_the_entry_that_bound_it(
        ledgers: list[str], archive: Archive, blobs: DirectoryBlobs, seed: int) -> None:
    dice = random.Random(seed)
    name, entries = dice.choice(list(archive.ledgers()))
    entry = dice.choice(entries)
    path = blobs.folder / entry.body["blob"][:2] / entry.body["blob"][2:4] / entry.body["blob"]
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)
    problem, = verify_store(archive, blobs)
    assert (problem.code, problem.place) == ("blob.altered", f"{name}#{entry.seq}")
    assert entry.body["blob"] in problem.says["zh"]
    path.unlink()
    problem, = verify_store(archive, blobs)
    assert (problem.code, problem.place) == ("blob.missing", f"{name}#{entry.seq}")


def test_a_blob_no_entry_names_is_checked_too(ledgers: list[str], archive: Archive, blobs: DirectoryBlobs) -> None:
    digest = blobs.put(io.BytesIO(b"a package")).digest
    (blobs.folder / digest[:2] / digest[2:4] / digest).write_bytes(b"b package")
    problem, = verify_store(archive, blobs)
    assert (problem.code, problem.place) == ("blob.altered", f"blob {digest}")


def test_blobs_are_found_at_any_depth_of_a_body() -> None:
    a, b = "a" * 64, "b" * 64
    assert list(blobs_of({"x": [{"blob": a}, {"y": {"blob": b, "z": ({"blob": a},)}}], "blob": "none"})) == [a, b, a]


# Rebuild and catch-up

@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest, postgres_store: PostgresStore, archive: Archive,
         emptied: None) -> tuple[Any, Any]:
    """A store, and the same as its operator has it."""
    if request.param == "memory":
        memory = MemoryStore()
        return memory, memory
    return postgres_store, archive


def new_projection(entries: Any) -> Projection:
    return projection(entries[0].proceeding, seq=entries[-1].seq, stage="made anew")


def test_a_rebuild_makes_every_projection_anew(kept: tuple[Any, Any]) -> None:
    store, archive = kept
    names = [f"case-{n:03}" for n in range(7)]
    for name in names:
        open_proceeding(store, name)
    assert rebuild(archive, new_projection) == 7
    with store.reading(LI) as tx:
        assert {row.stage for row in tx.rows(names)} == {"made anew"}
    assert [name for name, _ in archive.ledgers()] == names


def test_catching_up_projects_only_what_is_behind(kept: tuple[Any, Any]) -> None:
    store, archive = kept
    first = open_proceeding(store, "case-1")
    open_proceeding(store, "case-2")
    with store.writing(LI) as tx:
        tx.append(ledger("case-1", {"n": 2}, head=first[-1].head))
        tx.append(ledger("case-3", {"n": 1}))
    assert catch_up(archive, new_projection) == 2
    with store.reading(LI) as tx:
        assert {row.proceeding: (row.stage, row.seq) for row in tx.rows(["case-1", "case-2", "case-3"])} == {
            "case-1": ("made anew", 2), "case-2": ("detained", 1), "case-3": ("made anew", 1)}
    assert catch_up(archive, new_projection) == 0


def test_a_rebuild_never_overwrites_what_was_projected_meanwhile(kept: tuple[Any, Any]) -> None:
    store, archive = kept
    first = open_proceeding(store, "case-1")

    def slow(entries: Any) -> Projection:
        with store.writing(LI) as tx:
            tx.append(ledger("case-1", {"n": 2}, head=first[-1].head))
            tx.project(projection("case-1", seq=2, stage="tried"))
        return new_projection(entries)

    rebuild(archive, slow)
    with store.reading(LI) as tx:
        assert tx.rows(["case-1"])[0].stage == "tried"
    with pytest.raises(HeadMoved), store.writing(LI) as tx:
        tx.append(ledger("case-1", {"n": 2}, head=first[-1].head))
