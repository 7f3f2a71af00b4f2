"""Verification — 核验: what holds of a sealed package, told in words, with nothing but the file and public keys."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dangui.core.digest import sha256
from dangui.core.problem import Problem, Words, words
from dangui.exchange.container import Entry, entries, pieces
from dangui.exchange.finding import Findings
from dangui.exchange.seal import (
    LONGEST,
    MANIFEST,
    SEAL_FILE,
    SIGNATURES,
    Item,
    Seal,
    check_paths,
    read_manifest,
    read_seal,
    read_signatures,
)
from dangui.signing.key import SEAL, Verifier

UNSIGNED = 2**20
"""Bytes of a manifest that is read although no known key has signed it, so that more can be said of what is wrong."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome — 核验结果.

    ``holds`` says what was proved, ``unchecked`` what could not be, ``problems`` what is wrong.

    ``seal`` and ``items`` are given only if there is no problem at all.
    """

    holds: tuple[Words, ...]
    unchecked: tuple[Words, ...]
    problems: tuple[Problem, ...]
    seal: Seal | None
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Said:
    """What has been found so far."""

    found: Findings
    holds: list[Words]
    unchecked: list[Words]
    signed: bool = False
    """Whether a known key's signature over the seal holds."""


def verify_package(path: Path, keys: Iterable[Verifier]) -> Verified:
    """Read every byte of the package at ``path`` and check it against ``keys``. Raises OSError only.

    It is whole if there are no problems: at least one signature is by one of ``keys``, and each that is holds.
    """
    said = _Said(Findings(), [], [])
    with open(path, "rb", buffering=0) as file:  # it is read here and there: a buffer would be filled in vain
        every = entries(file, said.found)
        listed = {entry.name: entry for entry in every}
        seal_raw = _seal_file(file, listed, SEAL_FILE, said.found)
        manifest_raw = _seal_file(file, listed, MANIFEST, said.found)
        signatures_raw = _seal_file(file, listed, SIGNATURES, said.found)
        seal = None if seal_raw is None else read_seal(seal_raw, said.found)
        signatures = None if signatures_raw is None else read_signatures(signatures_raw, said.found)
        if seal is not None and seal_raw is not None and signatures is not None:
            _check_signatures(seal, seal_raw, signatures, {key.id: key for key in keys}, said)
        items = None if manifest_raw is None else _items(manifest_raw, seal, said)
        if seal is not None and manifest_raw is not None:
            _check_seal(seal, manifest_raw, items, said)
        _check_files(file, every, items, said)
    return _outcome(seal, items, said)


def _outcome(seal: Seal | None, items: tuple[Item, ...] | None, said: _Said) -> Verified:
    whole = not len(said.found) and seal is not None and items is not None
    if not whole and not len(said.found):
        raise AssertionError("what could not be read was not told")
    return Verified(
        tuple(said.holds), tuple(said.unchecked), said.found.listed(),
        seal if whole else None, (items or ()) if whole else (),
    )


def _items(raw: bytes, seal: Seal | None, said: _Said) -> tuple[Item, ...] | None:
    """What a manifest lists. A long one that nobody known has signed is not even parsed: it could fill the memory."""
    if len(raw) > UNSIGNED and (not said.signed or seal is None or sha256(raw) != seal.manifest):
        return None
    return read_manifest(raw, said.found)


def _seal_file(file: BinaryIO, listed: Mapping[str, Entry], name: str, found: Findings) -> bytes | None:
    """The content of a file of the seal, its checksum compared; None, and why, if there is none that can be read."""
    entry = listed.get(name)
    if entry is None:
        found.add("package.no_seal", name)
        return None
    if entry.size > LONGEST[name]:
        found.add("json.too_long", name, most=LONGEST[name])
        return None
    raw = b"".join(pieces(file, entry))
    if zlib.crc32(raw) != entry.crc:
        found.add("package.checksum_differs", name)
    return raw


def _check_signatures(
    seal: Seal, raw: bytes, signatures: Mapping[str, bytes], keys: Mapping[str, Verifier], said: _Said
) -> None:
    """The signatures are those of the signers named; each by a known key holds; there is at least one."""
    if signatures.keys() != seal.signers.keys():
        said.found.add("seal.signatures_differ", SIGNATURES)
    if not signatures.keys() & keys.keys():
        said.found.add("seal.unknown_key", SIGNATURES)
    for key, signature in signatures.items():
        short = key[:16]
        if key not in keys:
            zh, en = f"密钥 {short} 的签名:未提供该公钥", f"the signature of key {short}: that key was not given"
            said.unchecked.append(words(zh, en))
        elif seal.signers.get(key, keys[key].algorithm) != keys[key].algorithm:
            said.found.add("seal.wrong_algorithm", SEAL_FILE, key=short)
        elif keys[key].verify(SEAL + raw, signature):
            said.signed = True
            name = keys[key].algorithm
            said.holds.append(words(f"密钥 {short}({name})的签名有效", f"the signature of key {short} ({name}) holds"))
        else:
            said.found.add("seal.wrong_signature", f"{SIGNATURES}:{key}", key=short)


def _check_seal(seal: Seal, manifest: bytes, items: tuple[Item, ...] | None, said: _Said) -> None:
    """The manifest is the one that the seal names, with as many files and bytes."""
    if sha256(manifest) != seal.manifest:
        said.found.add("seal.manifest_differs", MANIFEST)
    if items is not None and (len(items), sum(item.size for item in items)) != (seal.files, seal.total):
        said.found.add("seal.counts_differ", SEAL_FILE)
    about = seal.heading
    if len(said.found):
        return
    moment = about.sealed_at.isoformat()
    said.holds.append(words(
        f"案件 {about.case}:节点 {about.node} 于 {moment} 封存,"
        f"{about.sender} 移送 {about.receiver}({about.collaboration})",
        f"case {about.case}: sealed by node {about.node} at {moment}, from {about.sender} to {about.receiver} "
        f"({about.collaboration})",
    ))
    said.holds.append(
        words(f"承接封签 {about.previous}", f"it follows the seal {about.previous}")
        if about.previous
        else words("封签称其为本案首次移送", "the seal says that it is the first of its case")
    )


def _check_files(file: BinaryIO, every: tuple[Entry, ...], items: tuple[Item, ...] | None, said: _Said) -> None:
    """The files are those of the manifest, in its order, each with the bytes that were sealed."""
    check_paths([entry.name for entry in every if entry.name not in LONGEST], said.found)
    if sorted(LONGEST) != sorted(entry.name for entry in every if entry.name in LONGEST):
        said.found.add("package.duplicate_name", "seal/")
    if items is None:
        return
    _check_names([entry.name for entry in every], [item.path for item in items], said.found)
    if sum(entry.size for entry in every) > file.seek(0, 2):  # files laid over each other, told as gaps
        return
    listed = {item.path: item for item in items}
    for entry in (entry for entry in every if entry.name in listed):
        _check_file(file, entry, listed[entry.name], said.found)
    if not len(said.found):
        total = sum(item.size for item in items)
        said.holds.append(words(
            f"{len(items)} 个文件、{total} 字节与封存时完全一致,不多不少",
            f"{len(items)} files, {total} bytes, are exactly what was sealed: none altered, none more, none fewer",
        ))


def _check_names(every: list[str], listed: list[str], found: Findings) -> None:
    """What is in the package is what the manifest lists, in its order, then the three files of the seal."""
    sealed, known = {*every, *LONGEST}, {*listed, *LONGEST}
    for path in (path for path in listed if path not in sealed):
        found.add("package.missing_file", path)
    for path in (path for path in every if path not in known):
        found.add("package.extra_file", path)
    if every != [*listed, MANIFEST, SEAL_FILE, SIGNATURES]:
        found.add("package.order", "package")


def _check_file(file: BinaryIO, entry: Entry, item: Item, found: Findings) -> None:
    """The checksum is compared with the signed one, not computed: SHA-256 says more about the bytes."""
    if entry.size != item.size:
        found.add("package.size_differs", entry.name)
    if f"{entry.crc:08x}" != item.crc32:
        found.add("package.checksum_differs", entry.name)
    digest = hashlib.sha256()
    for piece in pieces(file, entry):
        digest.update(piece)
    if digest.hexdigest() != item.sha256:
        found.add("package.file_altered", entry.name)
