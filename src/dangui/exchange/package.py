"""Sealed package — 密封案卷包: a dossier in one file that proves itself: whose it is, and that nothing changed.

``data/…`` holds the files, ``seal/manifest.json`` lists them, ``seal/seal.json`` says what the package is and names the
manifest by its digest, ``seal/signatures.json`` holds the signatures over ``dangui-seal-v1``, a zero byte and the seal.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from dangui.core.digest import canonical, sha256
from dangui.core.problem import Refusal
from dangui.exchange.container import Container
from dangui.exchange.finding import Findings
from dangui.exchange.seal import (
    MANIFEST,
    SEAL_FILE,
    SIGNATURES,
    Heading,
    Item,
    Seal,
    check_heading,
    check_paths,
    manifest_raw,
)
from dangui.signing.key import SEAL, Signer


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be sealed — 待封文件: its path below ``data/``, its material's id or nothing, and how to read it."""

    path: str
    material: str
    size: int
    open: Callable[[], BinaryIO]


def write_package(out: BinaryIO, heading: Heading, sources: Sequence[Source], signers: Sequence[Signer]) -> Seal:
    """Write the sealed package of ``sources``, in their order, to a file that can seek; the seal is returned.

    Memory does not grow with the length of files. Raises Refusal with every reason before anything is written, or
    while it is written if a file changes its length.
    """
    _refuse(heading, sources, signers)
    container = Container(out)
    items = [_added(container, source) for source in sources]
    manifest = manifest_raw(items)
    seal = Seal(
        heading, sha256(manifest), len(items), sum(item.size for item in items),
        {signer.public.id: signer.public.algorithm for signer in signers},
    )
    raw = seal.raw()
    signatures = canonical({signer.public.id: signer.sign(SEAL + raw).hex() for signer in signers})
    for name, content in ((MANIFEST, manifest), (SEAL_FILE, raw), (SIGNATURES, signatures)):
        container.add(name, len(content), BytesIO(content))
    container.close()
    return seal


def save_package(path: Path, heading: Heading, sources: Sequence[Source], signers: Sequence[Signer]) -> Seal:
    """The same into a new file that is there whole and durable, or not at all. Raises Refusal and OSError."""
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with open(fresh, "xb") as out:
            seal = write_package(out, heading, sources, signers)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return seal


def _added(container: Container, source: Source) -> Item:
    with source.open() as data:
        stored = container.add(source.path, source.size, data)
    return Item(source.path, source.size, stored.sha256, f"{stored.crc:08x}", source.material)


def _refuse(heading: Heading, sources: Sequence[Source], signers: Sequence[Signer]) -> None:
    found = Findings()
    check_heading(heading, found)
    check_paths([source.path for source in sources], found)
    if not signers or len({signer.public.id for signer in signers}) < len(signers):
        found.add("seal.no_signer", SEAL_FILE)
    if len(found):
        raise Refusal(found.listed())
