"""Transparency log — 透明日志: an append-only list in files, of which a node signs the length and the root.

What was written is read back and computed anew before it is signed for: one wrong hash under a signature could never be
mended. Entries hold digests, never words.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dangui.core.problem import Problem, Refusal
from dangui.exchange import checkpoint, merkle
from dangui.exchange.checkpoint import Checkpoint
from dangui.exchange.finding import Findings, problem
from dangui.exchange.tiles import LEVELS, LONGEST_ENTRY, WIDTH, Tiles, width, write_durably
from dangui.signing.key import Signer, Verifier


class Log:
    """The log ``origin`` in ``folder``, signed with ``signer``; several processes may append — 透明日志."""

    def __init__(self, folder: Path, origin: str, signer: Signer) -> None:
        self._folder, self._origin, self._signer = folder, origin, signer
        self._tiles = Tiles(folder)

    def checkpoint(self) -> Checkpoint:
        """The last that was signed. Raises Refusal if there is none, or if it isn't ours."""
        return read_checkpoint(self._folder, self._origin, self._signer.public)

    def append(self, entries: Sequence[bytes]) -> Checkpoint:
        """Append and sign; when this returns, all of it is durable. Raises Refusal, and then nothing was signed."""
        long = [number for number, entry in enumerate(entries) if len(entry) > LONGEST_ENTRY]
        if long:
            raise Refusal([problem("log.entry_too_long", f"entries[{number}]") for number in long])
        with self._alone():
            if not self._tiles.exist and not (self._folder / "checkpoint").exists():
                self._sign(Checkpoint(self._origin, 0, merkle.EMPTY))
            before = self.checkpoint()
            new = before.size + len(entries)
            _expect_sound(self._tiles, before.size - before.size % WIDTH, before)
            _write(self._tiles, before.size, entries)
            after = Checkpoint(self._origin, new, _root(self._tiles, new))
            self._prove(before, after, entries)
            self._sign(after)
            self._tiles.prune(before.size, new)
            return after

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The proof that the entry is in the log of ``size``. Raises ValueError if that can't be."""
        return merkle.inclusion(index, size, self._nodes(size))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that nothing of the log of ``old`` was changed in that of ``new``. Raises ValueError."""
        return merkle.consistency(old, new, self._nodes(new))

    def _nodes(self, size: int) -> merkle.Nodes:
        whole = self.checkpoint().size
        if size > whole:
            raise ValueError(f"the log has {whole} entries, not {size}")
        return partial(self._tiles.node, whole)

    def _prove(self, before: Checkpoint, after: Checkpoint, entries: Sequence[bytes]) -> None:
        """The files, read again, continue what was signed last and hold what was to be appended."""
        _expect_sound(self._tiles, before.size - before.size % WIDTH, after)
        proof = merkle.consistency(before.size, after.size, partial(self._tiles.node, after.size))
        if not merkle.continues(before.size, after.size, before.root, after.root, proof):
            raise Refusal([problem("log.tile_damaged", "tile")])
        if _read_back(self._tiles, before.size, after.size) != list(entries):
            raise Refusal([problem("log.tile_damaged", "tile/entries")])

    def _sign(self, found: Checkpoint) -> None:
        write_durably(self._folder / "checkpoint", checkpoint.sign(found, self._signer).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process appends."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def read_checkpoint(folder: Path, origin: str, key: Verifier) -> Checkpoint:
    """The checkpoint of the log in ``folder``. Raises Refusal unless it is there and ``key`` signed it."""
    try:
        note = (folder / "checkpoint").read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        raise Refusal([problem("log.wrong_checkpoint", origin)]) from None
    return checkpoint.read(note, origin, key)


def verify_log(folder: Path, origin: str, key: Verifier) -> list[Problem]:
    """Everything that is wrong with the log in ``folder``, each damaged file named: every entry is hashed anew."""
    try:
        return list(_damaged(Tiles(folder), 0, read_checkpoint(folder, origin, key)))
    except Refusal as refusal:
        return list(refusal.reasons)


def _root(tiles: Tiles, size: int) -> bytes:
    return merkle.root(size, partial(tiles.node, size))


def _write(tiles: Tiles, old: int, entries: Sequence[bytes]) -> None:
    """The tiles that grow, lowest level first."""
    _grow_entries(tiles, old, entries)
    level, fresh = 0, [merkle.leaf(entry) for entry in entries]
    while fresh:
        count = old >> LEVELS * level
        known = tiles.hashes(level, count // WIDTH, count % WIDTH) if count % WIDTH else []
        hashes, first = known + fresh, count // WIDTH
        fresh = []
        for at in range(0, len(hashes), WIDTH):
            tile = hashes[at : at + WIDTH]
            tiles.write_hashes(level, first + at // WIDTH, tile)
            fresh += [merkle.full(tile)] if len(tile) == WIDTH else []
        level += 1


def _grow_entries(tiles: Tiles, old: int, entries: Sequence[bytes]) -> None:
    known = tiles.entries(old // WIDTH, old % WIDTH) if old % WIDTH else []
    every = [*known, *entries] if entries else []
    for at in range(0, len(every), WIDTH):
        tiles.write_entries((old + at) // WIDTH, every[at : at + WIDTH])


def _read_back(tiles: Tiles, old: int, new: int) -> list[bytes]:
    """The entries from ``old`` on, as the files have them."""
    found: list[bytes] = []
    for number in range(old // WIDTH, -(-new // WIDTH)):
        found += tiles.entries(number, width(new, 0, number))
    return found[old % WIDTH :]


def _expect_sound(tiles: Tiles, first: int, signed: Checkpoint) -> None:
    found = _damaged(tiles, first, signed)
    if found:
        raise Refusal(found)


def _damaged(tiles: Tiles, first: int, signed: Checkpoint) -> tuple[Problem, ...]:
    """Tiles that are not what the entries from ``first`` on make them; then, a root that isn't the signed one."""
    found, level = Findings(), 0
    while signed.size >> LEVELS * level:
        start, count = first >> LEVELS * level, signed.size >> LEVELS * level
        for number in range(start // WIDTH, -(-count // WIDTH)):
            if not _is_sound(tiles, level, number, signed.size, max(0, start - number * WIDTH)):
                found.add("log.tile_damaged", f"tile/{level}/{number}")
        level += 1
    if not len(found) and not _has_root(tiles, signed):
        found.add("log.tile_damaged", "tile")
    return found.listed()


def _has_root(tiles: Tiles, signed: Checkpoint) -> bool:
    try:
        return _root(tiles, signed.size) == signed.root
    except Refusal:
        return False


def _is_sound(tiles: Tiles, level: int, number: int, size: int, since: int) -> bool:
    """Whether the tile says, from its place ``since`` on, what the entries or the tiles below it make it say."""
    wide = width(size, level, number)
    try:
        hashes = tiles.hashes(level, number, wide)
        if level == 0:
            return hashes == [merkle.leaf(entry) for entry in tiles.entries(number, wide)]
        below = (tiles.hashes(level - 1, number * WIDTH + at, WIDTH) for at in range(since, wide))
        return len(hashes) == wide and all(
            len(each) == WIDTH and merkle.full(each) == said for each, said in zip(below, hashes[since:], strict=True)
        )
    except OSError:
        return False
