"""Asked — 请求: what a request brings besides its form: the actor, the place in a list, its key."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.http import HttpRequest

from dangui.core.calendar import CHINA
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, Refusal, words

LONGEST_KEY = 120


def actor(request: HttpRequest) -> Actor:
    """Who acts, in which post."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def after(request: HttpRequest) -> str:
    """Where the list goes on."""
    return request.GET.get("after", "")[:500]


def new_key() -> str:
    """A key for a form: the same form sent twice is one act."""
    return secrets.token_hex(12)


def key(request: HttpRequest) -> str:
    """The key that came with the form."""
    return request.POST.get("key", "")[:LONGEST_KEY] or new_key()


def moment(text: str) -> datetime | None:
    """A time from an input, in Chinese time; None if it was left empty. Raises Refusal if it is no time."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(
            [Problem("field.invalid/at", "with.at", words(f"“{text}”不是有效的时间", f"“{text}” is not a time"))]
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
