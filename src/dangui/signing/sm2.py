"""SM2 — 国密签名: SM2 with SM3 (GB/T 32918.2, GB/T 32905), for agencies that must use commercial cryptography.

The signer's identity is the customary one of GM/T 0009 §10, so that any other program verifies without being told.
"""

from __future__ import annotations

import gmssl_pyx
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

PUBLIC = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
PRIVATE = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
BETWEEN = bytes.fromhex("a14403420004")
PUBLIC_BYTES = 64

_PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
"""The curve of GB/T 32918.5: y² = x³ - 3x + b."""


def generate() -> tuple[bytes, bytes]:
    """A new secret and its public half."""
    public, secret = gmssl_pyx.sm2_key_generate()
    return bytes(secret), bytes(public)


def sign(secret: bytes, public: bytes, message: bytes) -> bytes:
    """r and s side by side. Raises ValueError for a secret outside of the group."""
    try:
        r, s = decode_dss_signature(gmssl_pyx.sm2_sign(secret, public, message))
    except gmssl_pyx.GmsslInnerError as error:
        raise ValueError("no secret of SM2") from error
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        return bool(gmssl_pyx.sm2_verify(public, message, encode_dss_signature(r, s)))
    except gmssl_pyx.GmsslInnerError:
        return False


def is_point(public: bytes) -> bool:
    """Whether ``public`` is a point of the curve."""
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    return max(x, y) < _PRIME and (y * y - (x * x * x - 3 * x + _B)) % _PRIME == 0
