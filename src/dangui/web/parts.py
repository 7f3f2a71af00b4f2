"""Parts — 部件: what the web needs of the engine: the reader, the clerk, the statutes; put together by ``app``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from dangui.citation import Statute
from dangui.clerk import Clerk
from dangui.core.ledger import Actor
from dangui.core.problem import Words, words
from dangui.core.world import World
from dangui.reader import Reader


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages need of the engine. ``acted`` is told after each act that something may have been queued."""

    reader: Reader
    clerk: Clerk
    statutes: Mapping[str, Statute]
    acted: Callable[[], object] = bool


_used: list[Parts] = []


def use(parts: Parts) -> None:
    """Take these parts. Called before the first request."""
    _used[:] = [parts]


def parts() -> Parts:
    """The parts in use. Raises ImproperlyConfigured if the application was started without them."""
    if not _used:
        raise ImproperlyConfigured(
            "没有引擎可用，请用 dangui serve 启动 — start the desk with `dangui serve`; parts.use() was not called"
        )
    return _used[0]


def world() -> World:
    """All packs."""
    return parts().reader.world


def statutes() -> Mapping[str, Statute]:
    """The laws held here, by ``key/year``."""
    return parts().statutes


def waiting(actor: Actor) -> Mapping[str, int]:
    """How much waits for this actor, per kind of task; each counted up to 1,000."""
    return parts().reader.waiting(actor)


def agency_title(agency: str) -> Words:
    """The name of an agency."""
    found = world().agencies.get(agency)
    return found.title if found else words(agency, agency)


def agency_order(agency: str) -> tuple[int, int]:
    """Its place in lists: from the county up, and along the way a case goes."""
    found = world().agencies.get(agency)
    level, kind = (found.level, found.kind) if found else ("", "")
    return (_LEVELS.index(level) if level in _LEVELS else len(_LEVELS), _WAY.index(kind) if kind in _WAY else len(_WAY))


def post_title(agency: str, post: str) -> Words:
    """The name of a post."""
    found = world().agencies.get(agency)
    return found.posts[post].title if found and post in found.posts else words(post, post)


@dataclass(frozen=True, slots=True)
class Duties:
    """What a post is ever asked to do, so that the frame offers only that — 岗位职责."""

    approves: bool
    executes: bool
    receives: bool
    opens: bool


def duties(actor: Actor) -> Duties:
    """The duties of the actor's post, from the procedures that its agency runs."""
    rules = world()
    office = rules.agencies.get(actor.agency)
    if office is None:
        return Duties(approves=False, executes=False, receives=False, opens=False)
    procedures = [rules.procedures[name] for name in office.runs if name in rules.procedures]
    actions = [action for procedure in procedures for action in procedure.actions.values()]
    return Duties(
        approves=any(actor.post in action.approval for action in actions),
        executes=any(
            "executed" in action.effects and actor.post in (action.executes or action.by) for action in actions
        ),
        receives=actor.post in office.receives,
        opens=any(
            "act" in procedure.opens_by
            and ("open" not in procedure.actions or actor.post in procedure.actions["open"].by)
            for procedure in procedures
        ),
    )


_LEVELS = ("county", "city", "province")
_WAY = ("police", "procuratorate", "court", "detention_house", "justice_bureau", "prison", "legal_aid", "law_firm")
"""Kinds of agency in the order in which a criminal case meets them; only for the order of lists."""
