"""Caller — 调用方: who asks, by the key that came with the request, and how often they may."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import OrderedDict

from django.http import HttpRequest
from ninja.security import HttpBearer

from dangui.api.answers import Rejected
from dangui.api.keys import actor_of, recognise
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, words

RATE = float(os.environ.get("DANGUI_API_RATE", "50"))
"""Requests a second that one key may make of one process, on average."""
BURST = 4
"""How many seconds' worth may come at once."""
MOST_KEYS = 10_000
_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)


class Allowance:
    """A bucket per key that fills again with time — 调用额度. Kept in memory: it bounds load, it is not a right."""

    def __init__(self, rate: float = RATE) -> None:
        self._rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> float:
        """Take one; 0 if there was one, else the seconds until there is."""
        with self._lock:
            left, at = self._left.pop(key, (self._rate * BURST, now))
            left = min(self._rate * BURST, left + (now - at) * self._rate)
            self._left[key] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > MOST_KEYS:
                self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / self._rate


allowance = Allowance()


class Bearer(HttpBearer):
    """``Authorization: Bearer dg_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of that key. Raises Rejected for a key whose person left the post, or that asks too often."""
        key = recognise(token)
        if key is None:
            return None
        wait = allowance.take(key.id, time.monotonic())
        if wait:
            raise Rejected(
                429,
                Problem(
                    "request.too_many", "request", words("请求过于频繁,请稍后再试", "too many requests; wait a little")
                ),
                {"Retry-After": str(int(wait) + 1)},
            )
        actor = actor_of(key)
        if actor is None:
            raise Rejected(
                403,
                Problem(
                    "key.no_post",
                    "request",
                    words("该人员已不任此岗位,凭证不能再用", "the person of this key no longer holds the post"),
                ),
            )
        return actor


def actor(request: HttpRequest) -> Actor:
    """Who asks."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


def idempotency_key(request: HttpRequest) -> str | None:
    """The key under which the same request counts once. Raises Rejected for one that is too long or odd."""
    given = request.headers.get("Idempotency-Key")
    if given is not None and not _KEY.fullmatch(given):
        raise Rejected(
            422,
            Problem(
                "request.key",
                "Idempotency-Key",
                words("请求编号应为1至100个可见字符", "an idempotency key has 1 to 100 visible characters"),
            ),
        )
    return given


def expected_head(request: HttpRequest) -> str | None:
    """The head of the ledger that the caller was looking at (If-Match), without its quotes."""
    given = request.headers.get("If-Match")
    return given.strip().removeprefix("W/").strip('"') if given and given.strip() != "*" else None
