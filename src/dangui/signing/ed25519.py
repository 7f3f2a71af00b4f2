"""Ed25519 — 爱德华曲线签名: the default algorithm (RFC 8032), from the cryptography library."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC = bytes.fromhex("302a300506032b6570032100")
PRIVATE = bytes.fromhex("302e020100300506032b657004220420")
BETWEEN = b""
"""The public half is not in the private file: it follows from the secret."""
PUBLIC_BYTES = 32


def generate() -> tuple[bytes, bytes]:
    """A new secret and its public half."""
    secret = Ed25519PrivateKey.generate().private_bytes_raw()
    return secret, public_of(secret)


def public_of(secret: bytes) -> bytes:
    """The public half of a secret of 32 bytes; of anything else, nothing."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw() if len(secret) == 32 else b""


def sign(secret: bytes, public: bytes, message: bytes) -> bytes:
    """64 bytes; the same message gives the same signature."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds. A second form of the same signature (S beyond the order) is refused."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_point(public: bytes) -> bool:
    """Whether ``public`` has the length of a key."""
    return len(public) == PUBLIC_BYTES
