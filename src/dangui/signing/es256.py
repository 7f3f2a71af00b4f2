"""ES256 — 椭圆曲线签名: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), the algorithm that most devices offer.

Of the two values of s that both verify only the lower one is accepted, so that nobody can change the bytes of a
signature and leave it valid.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

PUBLIC = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
PRIVATE = bytes.fromhex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")
BETWEEN = bytes.fromhex("a14403420004")
PUBLIC_BYTES = 64
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group (SEC 2 §2.4.2)."""

_HOW = ec.ECDSA(SHA256())


def generate() -> tuple[bytes, bytes]:
    """A new secret and its public half."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_numbers()
    return (
        key.private_numbers().private_value.to_bytes(32, "big"),
        point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"),
    )


def sign(secret: bytes, public: bytes, message: bytes) -> bytes:
    """r and s side by side, s the lower one. Raises ValueError for a secret outside of the group."""
    key = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(message, _HOW))
    return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds and is in the one form."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if s > ORDER // 2:
        return False
    try:
        _point(public).verify(encode_dss_signature(r, s), message, _HOW)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_point(public: bytes) -> bool:
    """Whether ``public`` is a point of the curve."""
    try:
        _point(public)
    except ValueError:
        return False
    return True


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
