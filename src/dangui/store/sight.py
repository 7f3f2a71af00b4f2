"""Sight — 可见范围: the names under which an actor is granted proceedings, and which grant is the widest."""

from __future__ import annotations

from collections.abc import Iterable

from dangui.core.ledger import Actor
from dangui.core.ports import Grant

INBOX = "inbox"
"""The machine's post: it delivers hand-overs and sees its own agency's proceedings, and no others, without a grant."""

_WIDEST_FIRST = ("full", "defence")


def principals(actor: Actor) -> tuple[str, ...]:
    """The names an actor's grants and tasks may stand under: the post held now, and the person."""
    return tuple(name for name in (actor.principal if actor.agency and actor.post else "",
                                   f"user:{actor.user}" if actor.user else "") if name)


def is_inbox(actor: Actor) -> bool:
    """Whether this is the machine that delivers hand-overs to ``actor.agency``."""
    return actor.post == INBOX and bool(actor.agency)


def widest(scopes: Iterable[str]) -> str | None:
    """The scope that shows most, or None if there is none. An unknown scope shows least."""
    return min(scopes, key=_width, default=None)


def by_principal(grants: Iterable[Grant]) -> dict[str, str]:
    """One scope per principal, the widest if a principal was granted several."""
    found: dict[str, str] = {}
    for grant in grants:
        found[grant.principal] = min(grant.scope, found.get(grant.principal, grant.scope), key=_width)
    return found


def _width(scope: str) -> tuple[int, str]:
    return (_WIDEST_FIRST.index(scope) if scope in _WIDEST_FIRST else len(_WIDEST_FIRST), scope)
