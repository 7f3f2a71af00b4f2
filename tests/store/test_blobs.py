"""Both blob stores: what was put comes back; what is damaged is known to be."""

from __future__ import annotations

import errno
import io
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from dangui.core.digest import sha256
from dangui.core.ports import Unavailable
from dangui.store.blobs import DirectoryBlobs
from dangui.store.memory import MemoryBlobs


@pytest.fixture(params=["memory", "directory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MemoryBlobs() if request.param == "memory" else DirectoryBlobs(tmp_path / "blobs")


@pytest.fixture
def folder(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs")


def place(folder: DirectoryBlobs, digest: str) -> Path:
    return folder.folder / digest[:2] / digest[2:4] / digest


def test_bytes_come_back_under_their_digest(blobs: Any) -> None:
    blob = blobs.put(io.BytesIO(b"page one"))
    assert (blob.digest, blob.size) == (sha256(b"page one"), 8)
    with blobs.open(blob.digest) as file:
        assert file.read() == b"page one"
    assert blobs.has(blob.digest)
    assert blobs.is_whole(blob.digest)
    empty = blobs.put(io.BytesIO(b""))
    assert blobs.put(io.BytesIO(b"page one")) == blob
    assert list(blobs.digests()) == sorted([blob.digest, empty.digest])


@pytest.mark.parametrize("name", [
    "", "..", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/etc/passwd", "arriving",
    "٣" * 64, "0" * 64])
def test_nothing_is_opened_by_a_name_that_is_no_digest_here(blobs: Any, name: str) -> None:
    assert not blobs.has(name)
    assert not blobs.is_whole(name)
    with pytest.raises(FileNotFoundError):
        blobs.open(name)


def test_a_flipped_byte_is_known_and_mended_by_putting_the_bytes_again(folder: DirectoryBlobs) -> None:
    blob = folder.put(io.BytesIO(b"a" * 5000))
    path = place(folder, blob.digest)
    path.write_bytes(b"a" * 4000 + b"b" + b"a" * 999)
    assert not folder.is_whole(blob.digest)
    folder.put(io.BytesIO(b"a" * 5000))
    assert folder.is_whole(blob.digest)


def test_a_stream_that_breaks_leaves_nothing(folder: DirectoryBlobs) -> None:
    class Broken(io.RawIOBase):
        pieces = iter([b"x" * 2**20])

        def read(self, size: int = -1) -> bytes:
            try:
                return next(self.pieces)
            except StopIteration:
                raise ConnectionResetError("the sender went away") from None

    with pytest.raises(ConnectionResetError):
        folder.put(Broken())  # type: ignore[arg-type]
    assert [path for path in folder.folder.rglob("*") if path.is_file()] == []


def test_a_full_disk_is_unavailable_and_leaves_nothing(
        folder: DirectoryBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="no space left"):
        folder.put(io.BytesIO(b"x"))
    assert [path for path in folder.folder.rglob("*") if path.is_file()] == []


def test_file_name_and_folders_are_durable_before_the_blob_is_acknowledged(
        folder: DirectoryBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, os.replace

    def seen_sync(handle: int) -> None:
        order.append(os.path.relpath(os.readlink(f"/proc/self/fd/{handle}"), folder.folder).split("/")[0])
        sync(handle)

    def seen_replace(source: str, target: str) -> None:
        order.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_sync)
    monkeypatch.setattr(os, "replace", seen_replace)
    digest = folder.put(io.BytesIO(b"x")).digest
    assert order == ["arriving", "rename", digest[:2], ".", digest[:2]]


def test_a_recording_of_any_length_passes_through_little_memory(folder: DirectoryBlobs) -> None:
    class Long(io.RawIOBase):
        left = 48

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return bytes(size) if self.left >= 0 else b""

    tracemalloc.start()
    blob = folder.put(Long())  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert blob.size == 48 * 2**20
    assert peak < 4 * 2**20


def test_what_a_killed_process_left_half_received_is_swept_a_day_later(folder: DirectoryBlobs) -> None:
    old, new = folder.folder / "arriving" / "old", folder.folder / "arriving" / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    DirectoryBlobs(folder.folder)
    assert [old.exists(), new.exists()] == [False, True]


def test_only_the_node_s_own_account_may_enter_the_folder(folder: DirectoryBlobs) -> None:
    digest = folder.put(io.BytesIO(b"x")).digest
    path = place(folder, digest)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
