"""Container — 容器: a ZIP that can be written in one way only, so that reading it leaves no two opinions.

Stored, never compressed; no date, no comment, no data descriptor; UTF-8 names, marked as such exactly when they are not
ASCII; ZIP64 fields exactly where a number needs them (APPNOTE 6.3.10 §4.3–4.5). Names, lengths and checksums of the
files in their order determine every other byte; a reader makes those bytes again and compares.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dangui.core.problem import Refusal
from dangui.exchange.finding import Findings, problem

MOST_ENTRIES = 1_000_000
MOST_DIRECTORY = 2**28
"""Files, and bytes of the directory, that a reader accepts."""

PIECE = 2**20
"""Bytes held at a time."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_PLAIN, _LARGE = 20, 45
"""Version needed: 2.0, or 4.5 where there are ZIP64 fields."""
_MADE_BY = 3 << 8 | _LARGE
_FIRST_DAY = 0x21
"""1 January 1980, the first date a ZIP can say."""
_MODE = 0o100644 << 16
_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the container — 条目: its name, length, CRC-32, and where its header starts."""

    name: str
    size: int
    crc: int
    start: int

    @property
    def header(self) -> bytes:
        """The header before the file."""
        large = self.size >= _FULL_32
        raw, extra = self.name.encode(), struct.pack("<2H2Q", 1, 16, self.size, self.size) if large else b""
        size = min(self.size, _FULL_32)
        return _LOCAL.pack(
            b"PK\3\4", _LARGE if large else _PLAIN, self.flags, 0, 0, _FIRST_DAY, self.crc, size, size,
            len(raw), len(extra),
        ) + raw + extra

    @property
    def listed(self) -> bytes:
        """Its lines in the directory."""
        numbers = [self.size, self.size] if self.size >= _FULL_32 else []
        numbers += [self.start] if self.start >= _FULL_32 else []
        raw = self.name.encode()
        extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        size = min(self.size, _FULL_32)
        return _CENTRAL.pack(
            b"PK\1\2", _MADE_BY, _LARGE if numbers else _PLAIN, self.flags, 0, 0, _FIRST_DAY, self.crc, size, size,
            len(raw), len(extra), 0, 0, 0, _MODE, min(self.start, _FULL_32),
        ) + raw + extra

    @property
    def content(self) -> int:
        """Where its bytes start."""
        return self.start + len(self.header)

    @property
    def flags(self) -> int:
        """Its flags: nothing, or that the name is UTF-8."""
        return 0 if self.name.isascii() else _UTF8


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written of a file — 已存."""

    sha256: str
    crc: int


class Container:
    """A container being written to a file that can seek; memory does not grow with the length of files — 写入容器."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._from = out.tell()
        self._at = 0
        self._directory: list[bytes] = []

    def add(self, name: str, size: int, data: BinaryIO) -> Stored:
        """One more file. Raises Refusal (package.file_changing) unless ``data`` yields exactly ``size`` bytes."""
        return self._whole(name, size, data) if size <= PIECE else self._long(name, size, data)

    def close(self) -> None:
        """Write the directory. Nothing can be added afterwards."""
        directory = b"".join(self._directory)
        self._out.write(directory + _tail(len(self._directory), len(directory), self._at))

    def _whole(self, name: str, size: int, data: BinaryIO) -> Stored:
        content = data.read(size + 1)
        _expect(name, size, len(content))
        entry = Entry(name, size, zlib.crc32(content), self._at)
        self._out.write(entry.header)
        self._out.write(content)
        self._listed(entry)
        return Stored(hashlib.sha256(content).hexdigest(), entry.crc)

    def _long(self, name: str, size: int, data: BinaryIO) -> Stored:
        """The header is written twice, because the checksum is known afterwards."""
        digest, crc, left = hashlib.sha256(), 0, size
        self._out.write(Entry(name, size, 0, self._at).header)
        while left and (piece := data.read(min(PIECE, left))):
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            left -= len(piece)
            self._out.write(piece)
        _expect(name, size, size - left + len(data.read(1)))
        entry = Entry(name, size, crc, self._at)
        self._out.seek(self._from + self._at)
        self._out.write(entry.header)
        self._out.seek(size, 1)
        self._listed(entry)
        return Stored(digest.hexdigest(), crc)

    def _listed(self, entry: Entry) -> None:
        self._directory.append(entry.listed)
        self._at = entry.content + entry.size


def entries(file: BinaryIO, found: Findings) -> tuple[Entry, ...]:
    """The files of a container, with everything that is wrong with its form told to ``found``; nothing is raised."""
    length = file.seek(0, 2)
    end = _end(file, length)
    if end is None:
        found.add("package.unreadable", "package")
        return ()
    count, size, start = end
    if count > MOST_ENTRIES or size > MOST_DIRECTORY:
        found.add("package.too_many_entries", "package")
        return ()
    file.seek(start)
    every = tuple(_listed(file.read(size), found))
    _check_end(file, every, end, found)
    _check_headers(file, every, start, found)
    return every


def pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time; fewer than its length if the container ends before."""
    file.seek(entry.content)
    left = entry.size
    while left and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _expect(name: str, size: int, got: int) -> None:
    if got != size:
        raise Refusal([problem("package.file_changing", name)])


def _tail(count: int, size: int, start: int) -> bytes:
    """What follows the directory."""
    record = b""
    if count >= _FULL_16 or size >= _FULL_32 or start >= _FULL_32:
        record = _END_64.pack(b"PK\6\6", 44, _MADE_BY, _LARGE, 0, 0, count, count, size, start)
        record += _LOCATOR.pack(b"PK\6\7", 0, start + size, 1)
    few = min(count, _FULL_16)
    return record + _END.pack(b"PK\5\6", 0, 0, few, few, min(size, _FULL_32), min(start, _FULL_32), 0)


def _end(file: BinaryIO, length: int) -> tuple[int, int, int] | None:
    """Number of files, length and start of the directory, as the end of the container says; None if it says nothing."""
    file.seek(max(0, length - _END.size - _LOCATOR.size - _END_64.size))
    last = file.read()
    if last[-_END.size : -_END.size + 4] != b"PK\5\6":
        return None
    _, _, _, _, count, size, start, _ = _END.unpack(last[-_END.size :])
    if count == _FULL_16 or size == _FULL_32 or start == _FULL_32:
        if last[:4] != b"PK\6\6":
            return None
        *_, count, size, start = _END_64.unpack(last[: _END_64.size])
    return (count, size, start) if start + size <= length else None


def _check_end(file: BinaryIO, every: tuple[Entry, ...], end: tuple[int, int, int], found: Findings) -> None:
    """What follows the directory is its one end, and nothing else."""
    count, size, start = end
    file.seek(start + size)
    tail = _tail(count, size, start)
    if file.read(len(tail) + 1) != tail or count != len(every):
        found.add("package.not_canonical", "package")


def _check_headers(file: BinaryIO, every: tuple[Entry, ...], directory: int, found: Findings) -> None:
    """Each file begins where the one before it ends, with the header that the directory asks for."""
    at = 0
    for entry in every:
        if entry.start != at:
            found.add("package.gap", entry.name)
        at = entry.content + entry.size
        file.seek(entry.start)
        if file.read(len(entry.header)) != entry.header:
            found.add("package.headers_differ", entry.name)
    if at != directory:
        found.add("package.gap", "package")


def _listed(raw: bytes, found: Findings) -> Iterator[Entry]:
    """The files that the directory names."""
    at = 0
    while at < len(raw):
        if raw[at : at + 4] != b"PK\1\2" or at + _CENTRAL.size > len(raw):
            found.add("package.not_canonical", "package")
            return
        fields = _CENTRAL.unpack_from(raw, at)
        name, extra, comment = fields[10:13]
        after = at + _CENTRAL.size + name + extra + comment
        entry = _entry(raw[at:after], fields, found)
        if entry:
            yield entry
        at = after


def _entry(line: bytes, fields: tuple[int, ...], found: Findings) -> Entry | None:
    flags, method, crc, size, start = fields[3], fields[4], fields[7], fields[9], fields[16]
    raw = line[_CENTRAL.size : _CENTRAL.size + fields[10]]
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        found.add("package.bad_name", raw.hex())
        return None
    size, start = _long_numbers(line[_CENTRAL.size + len(raw) :], size, start)
    entry = Entry(name, size, crc, start)
    before = len(found)
    if method:
        found.add("package.compressed", name)
    if flags != entry.flags:
        found.add("package.flags", name, flags=hex(flags))
    if len(found) == before and line != entry.listed:
        found.add("package.not_canonical", name)
    return entry


def _long_numbers(extra: bytes, size: int, start: int) -> tuple[int, int]:
    """Length and start, from the ZIP64 field where they do not fit; its form is compared afterwards."""
    numbers = [each for (each,) in struct.iter_unpack("<Q", extra[4 : 4 + (len(extra) - 4) // 8 * 8])]
    if size == _FULL_32 and len(numbers) >= 2:
        size, numbers = numbers[0], numbers[2:]
    if start == _FULL_32 and numbers:
        start = numbers[0]
    return size, start
