"""Packages for tests: an honest one, and forgers who can write any container and sign with any key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from dangui.core.digest import canonical
from dangui.exchange.container import Container
from dangui.exchange.package import Source, write_package
from dangui.exchange.seal import MANIFEST, SEAL_FILE, SIGNATURES, Heading
from dangui.exchange.verify import Verified, verify_package
from dangui.signing.key import SEAL, PrivateKey, generate

KEY, SECOND, STRANGER = generate(), generate("es256"), generate()
HEADING = Heading(
    "case-1", "police.linan", "procuratorate.linan", "arrest/request", "node-a", "",
    datetime(2026, 11, 23, 9, 30, 0, tzinfo=UTC),
)
FILES = {
    "data/message.json": b'{"suspects":1}',
    "data/诉讼文书卷/001 提请批准逮捕书.pdf": b"%PDF-1.7 request" * 20,
    "data/evidence/a.jpg": bytes(range(256)),
    "data/evidence/empty.txt": b"",
}

Parts = dict[str, bytes]
"""Name → content of every file of a package, in order."""


def source(path: str, content: bytes) -> Source:
    return Source(path, f"m-{len(path)}", len(content), partial(BytesIO, content))


def sealed(
    files: Parts | None = None, heading: Heading = HEADING, keys: tuple[PrivateKey, ...] = (KEY, SECOND)
) -> bytes:
    """An honest package."""
    out = BytesIO()
    write_package(out, heading, [source(*each) for each in (FILES if files is None else files).items()], keys)
    return out.getvalue()


def parts(files: Parts | None = None) -> Parts:
    """The content of an honest package."""
    with ZipFile(BytesIO(sealed(files))) as package:
        return {name: package.read(name) for name in package.namelist()}


def contained(found: Parts | list[tuple[str, bytes]]) -> bytes:
    """Any files in a container of the one form."""
    out = BytesIO()
    container = Container(out)
    for name, content in found.items() if isinstance(found, dict) else found:
        container.add(name, len(content), BytesIO(content))
    container.close()
    return out.getvalue()


def signed_again(found: Parts, *keys: PrivateKey) -> Parts:
    """The parts with signatures over the seal as it is now: what a forger who has a key could do."""
    raw = found[SEAL_FILE]
    return found | {SIGNATURES: canonical({key.public.id: key.sign(SEAL + raw).hex() for key in keys})}


def changed(found: Parts, name: str, change: Callable[[Any], Any]) -> Parts:
    """The parts with a JSON file changed and written in its one form."""
    return found | {name: canonical(change(json.loads(found[name])))}


def resealed(found: Parts) -> Parts:
    """The parts with the seal naming the manifest as it is now, signed by both keys."""
    digest = sha256(found[MANIFEST]).hexdigest()
    return signed_again(changed(found, SEAL_FILE, lambda seal: seal | {"manifest": digest}), KEY, SECOND)


def verified(folder: Path, package: bytes, *keys: PrivateKey) -> Verified:
    """What verification says of those bytes, with the two keys unless others are given."""
    path = folder / "package.zip"
    path.write_bytes(package)
    return verify_package(path, [key.public for key in keys or (KEY, SECOND)])


def codes(folder: Path, package: bytes, *keys: PrivateKey) -> set[str]:
    """The codes of what is wrong."""
    return {each.code for each in verified(folder, package, *keys).problems}
