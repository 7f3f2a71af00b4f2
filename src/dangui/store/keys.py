"""Personal data key — 个人信息密钥: each person's data under a key of its own, wrapped by the node's secret.

AES-256-GCM both times; the person's id is authenticated with it, so a record can't be passed off as another's.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dangui.core.ports import PersonRecord
from dangui.store.names import folded

SECRET_FILE = "node.secret"  # noqa: S105 - the name of a file
_NONCE = 12


class WrongSecret(Exception):  # noqa: N818 - says what happened
    """Personal data can't be opened: the node's secret is another one, or the record was altered."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A personal record as it is stored — 加密的个人信息; ``name_index`` is None for somebody without a name."""

    sealed: bytes
    wrapped: bytes
    name_index: bytes | None


class Vault:
    """Seals and opens personal records with the node's secret of 32 bytes — 密钥库."""

    def __init__(self, secret: bytes) -> None:
        self._wrapping = AESGCM(_derived(secret, b"dangui person key"))
        self._naming = _derived(secret, b"dangui name index")

    def seal(self, record: PersonRecord) -> Sealed:
        """``record`` under a new key. The old key of an updated record is gone with this."""
        key = AESGCM.generate_key(256)
        content = json.dumps({"data": dict(record.data), "salt": record.salt}, ensure_ascii=False).encode()
        name = record.data.get("name", "")
        return Sealed(_encrypt(AESGCM(key), content, record.id), _encrypt(self._wrapping, key, record.id),
                      self.name_index(name) if name else None)

    def open(self, person: str, case_id: str, sealed: bytes, wrapped: bytes) -> PersonRecord:
        """The record again. Raises WrongSecret."""
        try:
            key = _decrypt(self._wrapping, wrapped, person)
            content = json.loads(_decrypt(AESGCM(key), sealed, person))
        except InvalidTag:
            raise WrongSecret(f"the personal data of {person} does not open with this node's secret") from None
        return PersonRecord(person, case_id, content["data"], content["salt"])

    def name_index(self, name: str) -> bytes:
        """A keyed digest by which a whole name is found; without the secret it can't be guessed back."""
        return hmac.digest(self._naming, folded(name).encode(), "sha256")


def node_secret(folder: Path) -> bytes:
    """The node's secret from its data folder, made there on first use, readable by its owner only."""
    path = folder / SECRET_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text("ascii").strip())


def write_private(path: Path, text: str) -> None:
    """Write ``text`` durably to a new file only its owner may read. What another process wrote first stays."""
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _encrypt(cipher: AESGCM, content: bytes, person: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, content, person.encode())


def _decrypt(cipher: AESGCM, content: bytes, person: str) -> bytes:
    return cipher.decrypt(content[:_NONCE], content[_NONCE:], person.encode())
