"""A log only grows, proves it, names what was damaged, and signs nothing that it could not read back."""

from __future__ import annotations

import base64
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dangui.core.problem import Refusal
from dangui.exchange import checkpoint, merkle
from dangui.exchange.checkpoint import Checkpoint
from dangui.exchange.log import Log, read_checkpoint, verify_log
from dangui.exchange.merkle import Tree
from dangui.exchange.tiles import Tiles
from dangui.signing.key import ALGORITHMS, PublicKey, generate

ORIGIN = "node-a.example/log"
KEY = generate()


def log(folder: Path) -> Log:
    return Log(folder, ORIGIN, KEY)


def entry(number: int) -> bytes:
    return f"head {number}".encode()


def refused(folder: Path) -> list[str]:
    """The codes with which appending is refused."""
    with pytest.raises(Refusal) as refusal:
        log(folder).append([b"more"])
    return [each.code for each in refusal.value.reasons]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "tile").rglob("*") if path.is_file())


def test_a_log_has_the_root_of_its_entries_however_they_arrived(tmp_path: Path) -> None:
    chance, tree, seen = random.Random(5), Tree(), [Checkpoint(ORIGIN, 0, merkle.EMPTY)]
    while tree.size < 1_500:
        batch = [entry(tree.size + at) for at in range(chance.choice([0, 1, 2, 100, 255, 256, 257]))]
        for each in batch:
            tree.append(each)
        seen.append(log(tmp_path).append(batch))
        assert seen[-1] == Checkpoint(ORIGIN, tree.size, merkle.root(tree.size, tree.nodes))
    assert verify_log(tmp_path, ORIGIN, KEY.public) == []
    last, found = seen[-1], log(tmp_path)
    for earlier in seen:
        proof = found.consistency(earlier.size, last.size)
        assert merkle.continues(earlier.size, last.size, earlier.root, last.root, proof)
    for index in chance.sample(range(last.size), 100):
        proof = found.inclusion(index, last.size)
        assert merkle.has(index, last.size, merkle.leaf(entry(index)), proof, last.root)


def test_tiles_lie_where_others_look_for_them_and_narrow_ones_go(tmp_path: Path) -> None:
    log(tmp_path).append([entry(number) for number in range(3)])
    log(tmp_path).append([entry(number) for number in range(3, 520)])
    names = [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)]
    assert names == [
        "tile/0/000", "tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2", "tile/entries/000", "tile/entries/001",
        "tile/entries/002.p/8",
    ]
    assert Tiles(tmp_path)._path("0", 1_234_067, 256).as_posix().endswith("tile/0/x001/x234/067")


def test_every_damaged_file_is_named(tmp_path: Path) -> None:
    log(tmp_path).append([entry(number) for number in range(600)])
    chance = random.Random(9)
    for path in files(tmp_path):
        whole = path.read_bytes()
        for _ in range(20):
            damaged = bytearray(whole)
            damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            path.write_bytes(damaged)
            assert {each.code for each in verify_log(tmp_path, ORIGIN, KEY.public)} == {"log.tile_damaged"}, path
        for short in (b"", whole[:-1]):
            path.write_bytes(short)
            assert verify_log(tmp_path, ORIGIN, KEY.public), path
        path.unlink()
        assert verify_log(tmp_path, ORIGIN, KEY.public), path
        path.write_bytes(whole)
    assert verify_log(tmp_path, ORIGIN, KEY.public) == []


def test_nothing_is_appended_to_a_log_whose_end_was_altered(tmp_path: Path) -> None:
    before = log(tmp_path).append([entry(number) for number in range(300)])
    for name in ("tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"):
        path = tmp_path / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert set(refused(tmp_path)) == {"log.tile_damaged"}
        assert log(tmp_path).checkpoint() == before
        path.write_bytes(whole)
    assert log(tmp_path).append([b"more"]).size == 301


def test_what_reads_back_otherwise_than_it_was_written_is_not_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = log(tmp_path).append([entry(0)])
    write = Tiles._write

    def flipping(tiles: Tiles, kind: str, number: int, width: int, content: bytes) -> None:
        write(tiles, kind, number, width, content[:-1] + bytes([content[-1] ^ 1]))

    with monkeypatch.context() as broken:
        broken.setattr(Tiles, "_write", flipping)
        assert set(refused(tmp_path)) == {"log.tile_damaged"}
    assert log(tmp_path).checkpoint() == before
    assert log(tmp_path).append([b"more"]).size == 2
    assert verify_log(tmp_path, ORIGIN, KEY.public) == []


def test_what_was_written_and_not_signed_for_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log(tmp_path).append([entry(0)])
    note = (tmp_path / "checkpoint").read_bytes()
    log(tmp_path).append([b"lost"] * 400)
    (tmp_path / "checkpoint").write_bytes(note)  # as if the power had gone before the signature
    Tiles(tmp_path).write_hashes(0, 0, [merkle.leaf(entry(0))])
    Tiles(tmp_path).write_entries(0, [entry(0)])
    assert log(tmp_path).append([entry(1), entry(2)]).size == 3
    assert verify_log(tmp_path, ORIGIN, KEY.public) == []


def test_a_log_that_lost_its_checkpoint_does_not_begin_anew(tmp_path: Path) -> None:
    log(tmp_path).append([entry(0)])
    (tmp_path / "checkpoint").unlink()
    assert refused(tmp_path) == ["log.wrong_checkpoint"]
    assert [each.code for each in verify_log(tmp_path, ORIGIN, KEY.public)] == ["log.wrong_checkpoint"]


def test_a_checkpoint_of_another_key_or_log_is_refused_and_no_byte_of_it_may_change(tmp_path: Path) -> None:
    log(tmp_path).append([entry(0)])
    path = tmp_path / "checkpoint"
    whole = path.read_bytes()
    for origin, key in ((ORIGIN, generate().public), ("node-b.example/log", KEY.public)):
        with pytest.raises(Refusal):
            read_checkpoint(tmp_path, origin, key)
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Refusal):
            read_checkpoint(tmp_path, ORIGIN, KEY.public)


def test_an_entry_that_is_too_long_is_refused_and_so_are_questions_beyond_the_end(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        log(tmp_path).append([b"", b"x" * 65_536])
    assert [(each.code, each.place) for each in refusal.value.reasons] == [("log.entry_too_long", "entries[1]")]
    assert log(tmp_path).append([b"", b"x" * 65_535]).size == 2
    with pytest.raises(ValueError, match="2 entries, not 3"):
        log(tmp_path).inclusion(0, 3)


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: log(tmp_path).append([entry(number)]), range(40)))
    found = Tiles(tmp_path).entries(0, 40)
    assert sorted(found) == sorted(entry(number) for number in range(40))
    assert verify_log(tmp_path, ORIGIN, KEY.public) == []


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_a_checkpoint_may_carry_signatures_of_others(algorithm: str) -> None:
    key, other = generate(algorithm), generate()
    said = Checkpoint(ORIGIN, 7, merkle.EMPTY)
    note = checkpoint.sign(said, key)
    both = note + checkpoint.sign(said, other).rpartition("\n\n")[2]
    assert checkpoint.read(both, ORIGIN, key.public) == said
    assert checkpoint.is_signed(both, ORIGIN, other.public)
    assert not checkpoint.is_signed(note, ORIGIN, other.public)


def test_the_published_example_of_a_signed_note() -> None:
    key = PublicKey("ed25519", base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:])
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert checkpoint.key_hash("PeterNeumann", key).hex() == "c74f20a3"
    assert checkpoint.is_signed(note, "PeterNeumann", key)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_would_break_the_note_can_not_name_a_log(origin: str) -> None:
    with pytest.raises(ValueError, match="can't name a log"):
        checkpoint.sign(Checkpoint(origin, 0, merkle.EMPTY), KEY)
