"""Checkpoint — 检查点: a signed statement of how long a log is and what its root is.

The forms are those of C2SP tlog-checkpoint and signed-note, so that witnesses of other makers can read and sign it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from dangui.core.problem import Refusal
from dangui.exchange.finding import problem
from dangui.exchange.merkle import HASH
from dangui.signing.key import Signer, Verifier

_TYPES = {"ed25519": b"\1", "es256": b"\xffdangui-es256\0", "sm2": b"\xffdangui-sm2\0"}
"""C2SP knows Ed25519 as 1; what it has no number for begins with 255 and a name of its own."""

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]{1,200}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log is and its root — 检查点. ``origin`` is the name of the log, without spaces and plus signs."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note. Raises ValueError for an origin that can't name a log."""
    if not _NAME.fullmatch(checkpoint.origin):
        raise ValueError(f"{checkpoint.origin!r} can't name a log")
    signature = key_hash(checkpoint.origin, signer.public) + signer.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n— {checkpoint.origin} {_text(signature)}\n"


def read(note: str, origin: str, key: Verifier) -> Checkpoint:
    """The checkpoint of a note that ``key`` signed under the name ``origin``; what others signed too is passed over.

    Raises Refusal (log.wrong_checkpoint).
    """
    text, _, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or lines[0] != origin or not _SIZE.fullmatch(lines[1]) or not is_signed(note, origin, key):
        raise _wrong(origin)
    root = _bytes(lines[2])
    if len(root) != HASH or not signatures.endswith("\n"):
        raise _wrong(origin)
    return Checkpoint(origin, int(lines[1]), root)


def is_signed(note: str, name: str, key: Verifier) -> bool:
    """Whether ``key`` signed that note under that name."""
    text, _, signatures = note.rpartition("\n\n")
    begin, expected = f"— {name} ", key_hash(name, key)
    found = (_bytes(line.removeprefix(begin)) for line in signatures.split("\n") if line.startswith(begin))
    return any(each[:4] == expected and key.verify(f"{text}\n".encode(), each[4:]) for each in found)


def key_hash(name: str, key: Verifier) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _TYPES[key.algorithm] + key.raw).digest()[:4]


def _wrong(origin: str) -> Refusal:
    return Refusal([problem("log.wrong_checkpoint", origin)])


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    """The bytes of base64 in its one form; nothing for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _text(raw) == text else b""
