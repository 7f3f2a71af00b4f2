"""Blob folder — 文件库: bytes under their SHA-256 in a directory; acknowledged once a power cut can't take them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from dangui.core.ports import Blob, Unavailable

_PIECE = 2**20
"""Bytes read at a time; a recording of any length passes through this much memory."""

_LEFT_BEHIND = 24 * 3600
"""Seconds after which a file that nobody wrote to is nobody's."""

_DIGEST = re.compile("[0-9a-f]{64}")


class DirectoryBlobs:
    """``<folder>/ab/cd/abcd…``; what is being received lies in ``<folder>/arriving`` until it is whole and durable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arriving = folder / "arriving"
        with _disk():
            self._arriving.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()

    def put(self, data: BinaryIO) -> Blob:
        """Store ``data`` and return its name. A blob already here is written anew, which mends one that was damaged.

        Raises Unavailable if the disk fails or is full; then there is no such blob, or the one there was.
        """
        fresh = self._arriving / uuid4().hex
        with _disk():
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb", buffering=0) as file:
                blob = _copy(data, file)
            with _disk():
                self._settle(fresh, blob.digest)
        finally:
            fresh.unlink(missing_ok=True)
        return blob

    def open(self, digest: str) -> BinaryIO:
        """The bytes. Raises FileNotFoundError for an unknown digest, and for anything that is none."""
        return open(self._path(digest), "rb")

    def has(self, digest: str) -> bool:
        """Whether the blob is here."""
        return _DIGEST.fullmatch(digest) is not None and self._path(digest).is_file()

    def size(self, digest: str) -> int:
        """Its bytes. Raises FileNotFoundError."""
        return self._path(digest).stat().st_size

    def digests(self) -> Iterator[str]:
        """All digests, in order."""
        for outer in _folders(self.folder):
            for inner in _folders(outer):
                yield from sorted(name for name in os.listdir(inner) if _DIGEST.fullmatch(name))

    def is_whole(self, digest: str) -> bool:
        """Whether the bytes still have that digest; False for a blob that is not here."""
        if not self.has(digest):
            return False
        with open(self._path(digest), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def _sweep(self) -> None:
        """Remove what a killed process left half-received; a day is longer than any transfer takes."""
        for left in self._arriving.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process sweeps, or has just received it
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                    left.unlink()

    def _settle(self, fresh: Path, digest: str) -> None:
        place = self._path(digest)
        shards = (place.parent.parent, place.parent)
        made = [shard for shard in shards if not shard.exists()]
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(fresh, place)
        # The name is durable when its folder is, and a new folder when the one above it is.
        for folder in (place.parent, *(shard.parent for shard in made)):
            _sync(folder)

    def _path(self, digest: str) -> Path:
        if _DIGEST.fullmatch(digest) is None:
            raise FileNotFoundError(f"{digest[:80]!r} is not a SHA-256 in lower-case hexadecimal")
        return self.folder / digest[:2] / digest[2:4] / digest


def _copy(data: BinaryIO, file: BinaryIO) -> Blob:
    found = hashlib.sha256()
    size = 0
    while piece := data.read(_PIECE):
        found.update(piece)
        size += len(piece)
        with _disk():
            _write_all(file, piece)
    with _disk():
        os.fsync(file.fileno())
    return Blob(found.hexdigest(), size)


def _write_all(file: BinaryIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest):]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folders(folder: Path) -> list[Path]:
    return sorted(inner for inner in folder.iterdir() if len(inner.name) == 2 and inner.is_dir())


@contextmanager
def _disk() -> Iterator[None]:
    """A failure of our disk is ours to report as such; a failure of the sender's stream is not."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the blob folder failed: {error}") from error
