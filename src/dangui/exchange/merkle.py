"""Merkle tree — 默克尔树: one hash over a growing list, with proofs that something is in it and nothing was taken out.

RFC 9162 §2.1 with SHA-256. A tree is known by ``nodes(level, index)``: the hash over the 2^level leaves from
index·2^level on, all of them present.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""

HASH = 32
"""Bytes of a hash."""


def leaf(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two halves."""
    return hashlib.sha256(b"\1" + left + right).digest()


def full(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of neighbours."""
    while len(hashes) > 1:
        hashes = [node(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the first ``size`` leaves."""
    return _over(0, size, nodes) if size else EMPTY


def inclusion(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The proof that the leaf is in the tree of ``size``, leaf first (§2.1.3.1). Raises ValueError if it isn't."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    found: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            found.append(_over(middle, high, nodes))
            high = middle
        else:
            found.append(_over(low, middle, nodes))
            low = middle
    return tuple(reversed(found))


def consistency(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The proof that the tree of ``old`` is a beginning of that of ``new`` (§2.1.4.1). Raises ValueError."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is no beginning of one of {new}")
    found: list[bytes] = []
    low, high, known = 0, new, True
    while old and high != old:
        middle = low + _split(high - low)
        if old <= middle:
            found.append(_over(middle, high, nodes))
            high = middle
        else:
            found.append(_over(low, middle, nodes))
            low, known = middle, False
    if not known:
        found.append(_over(low, high, nodes))
    return tuple(reversed(found))


def has(index: int, size: int, hashed: bytes, proof: Sequence[bytes], whole: bytes) -> bool:
    """Whether ``proof`` shows that the leaf with the hash ``hashed`` is in the tree with root ``whole`` (§2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(hashed, whole, *proof):
        return False
    at, last, found = index, size - 1, hashed
    for each in proof:
        if not last:
            return False
        if at & 1 or at == last:
            found = node(each, found)
            at, last = _up(at, last)
        else:
            found = node(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == whole


def continues(old: int, new: int, before: bytes, after: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree with root ``before`` is a beginning of that with ``after`` (§2.1.4.2)."""
    if not 0 <= old <= new or not _are_hashes(before, after, *proof):
        return False
    if old in (0, new):
        return not proof and before == (after if old == new else EMPTY)
    path = [before, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = path[0]
    for each in path[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            was, now = node(each, was), node(each, now)
            at, last = _up(at, last)
        else:
            now = node(now, each)
        at, last = at >> 1, last >> 1
    return last == 0 and was == before and now == after


class Tree:
    """A tree in memory — 内存中的树."""

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def append(self, entry: bytes) -> None:
        """One more entry."""
        self._levels[0].append(leaf(entry))
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node(*self._levels[level][-2:]))
            level += 1

    def nodes(self, level: int, index: int) -> bytes:
        """The hash over the 2^level leaves from index·2^level on."""
        return self._levels[level][index]


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _over(low: int, high: int, nodes: Nodes) -> bytes:
    """The hash over the leaves from ``low`` to ``high``."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, low >> level)
    middle = low + _split(count)
    return node(_over(low, middle, nodes), _over(middle, high, nodes))


def _up(at: int, last: int) -> tuple[int, int]:
    """Past the levels where this is the last node and has no neighbour."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH for value in values)
