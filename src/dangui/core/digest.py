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

_LAST_OF_PLANE_0 = "\uffff"

# What goes in circles never gets as far as here, so the encoders need not look for it.
_SORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode
_AS_GIVEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of ``value``. Raises ValueError for floats, non-string keys, lone surrogates and huge integers."""
    # Keys sort by UTF-16 code units (RFC 8785 §3.2.3). json sorts by code point, which is the same order, and much
    # faster, unless a key reaches beyond plane 0.
    plain = _examined(value)
    text = _SORTED(value) if plain else _AS_GIVEN(_ordered(value))
    return text.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, which is a ValueError


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of ``value``."""
    return sha256(canonical(value))


def _examined(value: Any) -> bool:
    """Whether every key lies in plane 0. Raises ValueError for what has no canonical form."""
    plain = True
    waiting = [value]
    for one in waiting:  # grows on the way
        kind = type(one)
        if kind is str or one is None or kind is bool:
            continue
        if isinstance(one, dict):
            plain = _has_plain_keys(one) and plain
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
        elif not isinstance(one, str):
            _examine_number(one)
    return plain


def _examine_number(value: Any) -> None:
    if not isinstance(value, int):
        raise ValueError(f"{type(value).__name__} {value!r} has no canonical form")
    if abs(value) > LARGEST:
        raise ValueError("an integer beyond 2^53-1 would not survive another JSON reader")


def _has_plain_keys(found: dict[Any, Any]) -> bool:
    try:
        keys = "".join(found)
    except TypeError:
        wrong = next(key for key in found if not isinstance(key, str))
        raise ValueError(f"object key {wrong!r} is not a string") from None
    return keys.isascii() or max(keys) <= _LAST_OF_PLANE_0


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
