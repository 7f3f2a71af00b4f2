"""Signing key — 签名密钥: a node's key and its public half; both are PEM that any other program reads.

A public key is a SubjectPublicKeyInfo (RFC 5280; RFC 8410 for Ed25519, RFC 5480 for the curves, GM/T 0009 for SM2), a
private key a PKCS #8 with its public half. For our three algorithms the bytes around the key never vary, so they are
compared, not parsed: a key has one form only, and so one id.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Protocol

from dangui.core.digest import sha256
from dangui.signing import ed25519, es256, sm2

SEAL = b"dangui-seal-v1\0"
"""What is signed of a seal begins with this, so that no other signed text can be passed off as a seal."""

SIGNATURE_BYTES = 64
"""Every signature has this length: Ed25519 as in RFC 8032, ES256 as in RFC 7518 §3.4, SM2 as r and s side by side."""


class Algorithm(Protocol):
    """What a module of an algorithm offers."""

    PUBLIC: bytes
    PRIVATE: bytes
    BETWEEN: bytes
    PUBLIC_BYTES: int

    def generate(self) -> tuple[bytes, bytes]:
        """A new secret and its public half."""

    def sign(self, secret: bytes, public: bytes, message: bytes) -> bytes:
        """The signature in its one form."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature holds and is in its one form."""

    def is_point(self, public: bytes) -> bool:
        """Whether ``public`` can be a key."""


ALGORITHMS: dict[str, Algorithm] = {"ed25519": ed25519, "es256": es256, "sm2": sm2}
"""By their names in seals; the first is the default."""


class BadKey(ValueError):  # noqa: N818 - says what it is
    """Not a key, or not in its one form — 密钥无效."""


class Verifier(Protocol):
    """Whoever can tell whether a signature holds — 验签者."""

    @property
    def algorithm(self) -> str:
        """A name of ``ALGORITHMS``."""

    @property
    def id(self) -> str:
        """Which key: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""

    @property
    def raw(self) -> bytes:
        """The key itself: 32 bytes (Ed25519), or x and y of the point, 64 bytes."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over ``message``, in the one form; nothing is raised."""


class Signer(Protocol):
    """Whoever can sign: a key in a file, later one in a device — 签名者."""

    @property
    def public(self) -> Verifier:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that everybody may have — 公钥. ``raw``: 32 bytes (Ed25519), or x and y of the point, 64 bytes."""

    algorithm: str
    raw: bytes

    @property
    def der(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return ALGORITHMS[self.algorithm].PUBLIC + self.raw

    @property
    def id(self) -> str:
        """SHA-256 of the SubjectPublicKeyInfo, in hexadecimal."""
        return sha256(self.der)

    @property
    def pem(self) -> str:
        """As a file; openssl reads it."""
        return _pem("PUBLIC KEY", self.der)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over ``message``, in the one form; nothing is raised."""
        return len(signature) == SIGNATURE_BYTES and ALGORITHMS[self.algorithm].verify(self.raw, message, signature)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key whose secret is in memory — 私钥. It prints without the secret."""

    public: PublicKey
    secret: bytes = field(repr=False)

    @property
    def pem(self) -> str:
        """PKCS #8, for a file that only its owner may read; openssl reads it."""
        form = ALGORITHMS[self.public.algorithm]
        after = form.BETWEEN + self.public.raw if form.BETWEEN else b""
        return _pem("PRIVATE KEY", form.PRIVATE + self.secret + after)

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``."""
        return ALGORITHMS[self.public.algorithm].sign(self.secret, self.public.raw, message)


def generate(algorithm: str = "ed25519") -> PrivateKey:
    """A new key. Raises KeyError for an algorithm that isn't one of ``ALGORITHMS``."""
    secret, raw = ALGORITHMS[algorithm].generate()
    return PrivateKey(PublicKey(algorithm, raw), secret)


def read_public(text: str) -> PublicKey:
    """The public key of a PEM. Raises BadKey for anything else, also for a point that is not on its curve."""
    der = _unpem("PUBLIC KEY", text)
    for name, form in ALGORITHMS.items():
        raw = der.removeprefix(form.PUBLIC)
        if raw != der and len(raw) == form.PUBLIC_BYTES and form.is_point(raw):
            return PublicKey(name, raw)
    raise BadKey("not the public key of Ed25519, of P-256 or of SM2")


def read_private(text: str) -> PrivateKey:
    """The key of a PEM. Raises BadKey for anything else, also if its two halves do not belong together."""
    der = _unpem("PRIVATE KEY", text)
    for name, form in ALGORITHMS.items():
        rest = der.removeprefix(form.PRIVATE)
        if rest == der:
            continue
        secret, after = rest[:32], rest[32:]
        raw = after.removeprefix(form.BETWEEN) if form.BETWEEN else ed25519.public_of(secret)
        key = PrivateKey(PublicKey(name, raw), secret)
        if key.pem == _pem("PRIVATE KEY", der) and _belong_together(key):
            return key
    raise BadKey("not a private key of Ed25519, of P-256 or of SM2")


def _belong_together(key: PrivateKey) -> bool:
    try:
        return key.public.verify(SEAL, key.sign(SEAL))
    except ValueError:
        return False


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))  # RFC 7468 §2
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _unpem(label: str, text: str) -> bytes:
    begin, end = f"-----BEGIN {label}-----", f"-----END {label}-----"
    head, _, rest = text.strip().partition(begin)
    body, found, tail = rest.partition(end)
    if head or tail or not found:
        raise BadKey(f"no {label} in PEM")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        raise BadKey(f"no {label} in PEM") from None
    if base64.b64encode(der).decode("ascii") != "".join(body.split()):
        raise BadKey(f"a {label} whose base64 is not the canonical one (RFC 4648 §3.5)")
    return der
