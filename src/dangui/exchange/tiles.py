"""Tiles — 瓦片文件: a Merkle tree in plain files of 256 hashes each, never changed once full.

As in C2SP tlog-tiles: ``tile/<level>/<number>`` holds 256 hashes, ``tile/entries/<number>`` the 256 entries below a
tile of level 0; the last tile of a level is ``<number>.p/<width>``. A file is there whole and durable, or not at all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from dangui.core.problem import Refusal
from dangui.exchange.finding import problem
from dangui.exchange.merkle import HASH, full

WIDTH = 256
LEVELS = 8
"""Levels of the tree in one tile: 256 = 2⁸."""
ENTRIES = "entries"
LONGEST_ENTRY = 0xFFFF


class Tiles:
    """The files of a log below ``folder``. Reading raises OSError for what is missing — 瓦片."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tile"

    @property
    def exist(self) -> bool:
        """Whether anything was ever written."""
        return self._folder.exists()

    def hashes(self, level: int, number: int, width: int) -> list[bytes]:
        """The first ``width`` hashes of a tile; fewer if the file is too short."""
        raw = self._read(str(level), number, width)
        return [raw[at : at + HASH] for at in range(0, min(len(raw), width * HASH), HASH)]

    def entries(self, number: int, width: int) -> list[bytes]:
        """The first ``width`` entries below a tile of level 0; fewer if the file is too short or malformed."""
        raw, at, found = self._read(ENTRIES, number, width), 0, list[bytes]()
        while at + 2 <= len(raw) and len(found) < width:
            (length,) = struct.unpack_from(">H", raw, at)
            found.append(raw[at + 2 : at + 2 + length])
            at += 2 + length
        return found

    def write_hashes(self, level: int, number: int, hashes: Sequence[bytes]) -> None:
        """A tile with these hashes, durable."""
        self._write(str(level), number, len(hashes), b"".join(hashes))

    def write_entries(self, number: int, entries: Sequence[bytes]) -> None:
        """The entries below a tile of level 0, durable."""
        self._write(ENTRIES, number, len(entries), b"".join(struct.pack(">H", len(each)) + each for each in entries))

    def node(self, size: int, level: int, index: int) -> bytes:
        """The hash over the 2^level leaves from index·2^level on, in a log of ``size``.

        Raises Refusal (log.tile_damaged) if its file is missing or too short.
        """
        above, below = divmod(level, LEVELS)
        first = index << below
        number = first // WIDTH
        try:
            hashes = self.hashes(above, number, width(size, above, number))
        except FileNotFoundError:
            hashes = []
        found = hashes[first % WIDTH : first % WIDTH + (1 << below)]
        if len(found) != 1 << below or len(found[-1]) != HASH:
            raise Refusal([problem("log.tile_damaged", f"tile/{above}/{number}")])
        return full(found)

    def prune(self, old: int, new: int) -> None:
        """Remove the narrow files of tiles that became full between these sizes; a full one was signed for."""
        for level in range(LEVELS):
            for number in range((old >> LEVELS * level) // WIDTH, (new >> LEVELS * level) // WIDTH):
                for kind in (str(level), ENTRIES) if level == 0 else (str(level),):
                    shutil.rmtree(self._path(kind, number, 1).parent, ignore_errors=True)

    def _read(self, kind: str, number: int, width: int) -> bytes:
        """The narrow file first: it stays until the full one is signed for, and may then be gone."""
        if width < WIDTH:
            with contextlib.suppress(FileNotFoundError):
                return self._path(kind, number, width).read_bytes()
        return self._path(kind, number, WIDTH).read_bytes()

    def _write(self, kind: str, number: int, width: int, content: bytes) -> None:
        write_durably(self._path(kind, number, width), content)

    def _path(self, kind: str, number: int, width: int) -> Path:
        thousands = [f"{number % 1000:03d}"]
        while number := number // 1000:
            thousands.insert(0, f"x{number % 1000:03d}")
        path = self._folder.joinpath(kind, *thousands)
        return path if width == WIDTH else path.with_name(f"{path.name}.p") / str(width)


def width(size: int, level: int, number: int) -> int:
    """Hashes in that tile of a log of ``size``."""
    return min(WIDTH, (size >> LEVELS * level) - number * WIDTH)


def write_durably(path: Path, content: bytes) -> None:
    """A file that is there whole once this returns, whatever happens to the power."""
    made = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    with open(fresh, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    for folder in (path.parent, *(each.parent for each in made)):  # a new folder is durable when the one above it is
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
