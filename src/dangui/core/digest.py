"""Digest — 摘要: the one canonical form of a JSON value (RFC 8785) and its SHA-256.

Ledgers, seals and packages hold strings, integers, booleans, null, lists and objects only; a float is refused, because
two programs may print it differently, and money or durations are integers of their smallest unit.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

LARGEST = 2**53 - 1
"""RFC 8785 numbers are IEEE doubles; a larger integer would not survive another reader (RFC 7493 §2.2)."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of ``value``. Raises ValueError for floats, non-string keys, lone surrogates and huge integers."""
    _check(value)
    # Keys sort by UTF-16 code units (RFC 8785 §3.2.3); json sorts by code point, which differs only beyond the BMP.
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of ``value``."""
    return sha256(canonical(value))


def _check(value: Any) -> None:
    match value:
        case None | bool():
            return
        case str():
            value.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
        case int():
            if abs(value) > LARGEST:
                raise ValueError(f"integer {value} is beyond 2^53-1 and would not survive another JSON reader")
        case list() | tuple():
            for item in value:
                _check(item)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ValueError(f"object key {key!r} is not a string")  # noqa: TRY004
                key.encode("utf-8")
                _check(item)
        case _:
            raise ValueError(f"{type(value).__name__} {value!r} has no canonical form")


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
