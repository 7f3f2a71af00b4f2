"""Directory — 人员名册: who works where, from the accounts; remembered for a moment, as every page asks often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from dangui.web.models import Holder
from dangui.web.people import names_of, users_of

FRESH = 20.0
"""Seconds for which an answer is taken as still true."""

Answer = TypeVar("Answer")


class Accounts:
    """The People of the clerk, from the node's accounts."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[float, object]] = {}

    def name(self, user: str) -> str:
        """The person's name, or the id of somebody who has no account any more."""
        return self._remembered(("name", user), lambda: names_of([user]).get(user, user))

    def with_post(self, agency: str, post: str) -> tuple[str, ...]:
        """Users who hold the post in that agency; in any, where ``agency`` is "" (a lawyer, a mediator)."""
        return self._remembered(
            ("post", agency, post),
            lambda: tuple(user for user, _ in users_of(agency, post)) if agency else _anywhere(post),
        )

    def _remembered(self, key: tuple[str, ...], ask: Callable[[], Answer]) -> Answer:
        asked_at, known = self._known.get(key, (0.0, None))
        if time.monotonic() - asked_at > FRESH or key not in self._known:
            known = ask()
            self._known[key] = (time.monotonic(), known)
        return known  # type: ignore[return-value]


def _anywhere(post: str) -> tuple[str, ...]:
    found = Holder.objects.filter(post=post, user__is_active=True).order_by("user__username")
    return tuple(found.values_list("user__username", flat=True).distinct())
