"""Verification — 核验: walks every ledger and every blob of a node and names what was altered, lost or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dangui.core import ledger
from dangui.core.ports import Blobs
from dangui.core.problem import Problem, words
from dangui.store.archive import Ledgers

_DIGEST = re.compile("[0-9a-f]{64}")


def verify_store(store: Ledgers, blobs: Blobs) -> list[Problem]:
    """Everything that no longer is as it was recorded; an empty list means that nothing was found.

    Covered: every character of every entry, the chain, ledgers shorter than their projection says, every blob that an
    entry names under the key ``blob``, and the bytes of all other blobs.
    """
    problems: list[Problem] = []
    heads: dict[str, int] = {}
    named: dict[str, str] = {}
    for proceeding, entries, found in store.checked_ledgers():
        problems += [*found, *ledger.verify(entries)]
        heads[proceeding] = entries[-1].seq if entries else 0
        for entry in entries:
            for digest in blobs_of(entry.body):
                named.setdefault(digest, f"{proceeding}#{entry.seq}")
    problems += _cut_short(store, heads)
    problems += _damaged(blobs, named)
    return problems


def blobs_of(body: Any) -> Iterator[str]:
    """The digests an entry's body names under the key ``blob``, at any depth."""
    match body:
        case dict():
            for key, value in body.items():
                if key == "blob" and isinstance(value, str) and _DIGEST.fullmatch(value):
                    yield value
                else:
                    yield from blobs_of(value)
        case list() | tuple():
            for item in body:
                yield from blobs_of(item)


def _cut_short(store: Ledgers, heads: dict[str, int]) -> Iterator[Problem]:
    for proceeding, seq in store.projected_heads():
        if heads.get(proceeding, 0) < seq:
            yield Problem("ledger.cut_short", f"{proceeding}#{seq}", words(
                f"登记簿应有{seq}条,仅存{heads.get(proceeding, 0)}条",
                f"the ledger had {seq} entries, {heads.get(proceeding, 0)} are left"))


def _damaged(blobs: Blobs, named: dict[str, str]) -> Iterator[Problem]:
    stored = set(blobs.digests())
    for digest, place in named.items():
        if digest not in stored:
            yield Problem("blob.missing", place, words(
                f"材料文件 {digest} 缺失", f"the file {digest} it names is missing"))
    for digest in sorted(stored):
        if not blobs.is_whole(digest):
            yield Problem("blob.altered", named.get(digest, f"blob {digest}"), words(
                f"材料文件 {digest} 的内容已被改动", f"the bytes of the file {digest} were altered"))
