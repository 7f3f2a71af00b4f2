"""Parts — 部件: the one place where the web takes the reader, the clerk and the rest from ``app``."""

from __future__ import annotations

from collections.abc import Mapping

from dangui.core.ledger import Actor
from dangui.core.problem import Words, words


def waiting(actor: Actor) -> Mapping[str, int]:
    """How much waits for this actor, per kind of task."""
    return {}


def agency_title(agency: str) -> Words:
    """The name of an agency."""
    return words(agency, agency)


def agency_order(agency: str) -> int:
    """Its place among the agencies of the packs."""
    return 0


def post_title(agency: str, post: str) -> Words:
    """The name of a post."""
    return words(post, post)
