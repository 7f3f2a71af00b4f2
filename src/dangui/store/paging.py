"""Page key — 翻页键: where a list goes on; the sort key of the last line shown, so no page is counted off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from dangui.core.problem import Problem, Refusal, words

T = TypeVar("T")

NEVER = "infinity"
"""Sorts after every moment, as in PostgreSQL: what has no deadline comes last."""

LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def page_key(*parts: str) -> str:
    """An opaque key of a line's sort values."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read_key(key: str, width: int) -> tuple[str, ...]:
    """The sort values of ``key``; empty strings at the start. Raises Refusal if it is no key of such a list."""
    if not key:
        return ("",) * width
    try:
        parts = json.loads(key)
    except ValueError:
        parts = None
    if not isinstance(parts, list) or len(parts) != width or not all(isinstance(part, str) for part in parts):
        raise _bad_key(key)
    return tuple(parts)


def moment(text: str) -> datetime:
    """A moment as it stands in a key: ISO 8601 with offset, ``NEVER`` or "" for the beginning of time."""
    if text == NEVER:
        return LAST_MOMENT
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _bad_key(text) from None
    if found.tzinfo is None:
        raise _bad_key(text)
    return found


def due_text(due_at: datetime | None) -> str:
    """A deadline as it stands in a key."""
    return due_at.astimezone(UTC).isoformat() if due_at else NEVER


def cut(lines: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """The first ``limit`` of ``lines`` (of which one more was asked for), and whether there are more."""
    return lines[:limit], len(lines) > limit


def _bad_key(key: str) -> Refusal:
    return Refusal([Problem("list.bad_key", "after", words(
        f"翻页键“{key[:80]}”无法识别", f"the page key {key[:80]!r} is not one this list gave out"),
        words("请从第一页重新打开列表", "open the list again from its first page"))])
