"""Ledger — 登记簿: the append-only, hash-chained past of one proceeding; one writer, the agency that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangui.core.digest import canonical, digest, sha256
from dangui.core.problem import Problem, words

GENESIS = "0" * 64
"""The ``previous`` of a ledger's first entry."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which post — 经办人. ``principal`` names the post, ``user`` the person who holds it now."""

    user: str
    agency: str
    post: str

    @property
    def principal(self) -> str:
        """``agency/post``, the name under which access is granted."""
        return f"{self.agency}/{self.post}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What decide proposes to enter — 拟登记: not yet numbered, dated or chained."""

    proceeding: str
    kind: str
    body: Mapping[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a ledger — 登记簿末条: the last sequence number and its digest."""

    seq: int
    digest: str


EMPTY = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A past fact — 登记: when it ``occurred_at``, and when it was ``recorded_at``, so that backdating is visible."""

    proceeding: str
    seq: int
    kind: str
    body: Mapping[str, Any]
    user: str
    post: str
    occurred_at: datetime
    recorded_at: datetime
    pack: str
    previous: str
    digest: str
    text: str = field(default="", compare=False, repr=False)
    """The canonical characters of ``body``, where they are known."""

    @property
    def head(self) -> Head:
        """This entry as the end of its ledger."""
        return Head(self.seq, self.digest)


def sealed_fields(entry: Entry) -> dict[str, Any]:
    """Everything of an entry that its digest covers, as a JSON value."""
    return {
        "proceeding": entry.proceeding, "seq": entry.seq, "kind": entry.kind, "body": entry.body,
        "user": entry.user, "post": entry.post, "occurred_at": entry.occurred_at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(), "pack": entry.pack, "previous": entry.previous,
    }


def chain(drafts: Iterable[Draft], head: Head, actor: Actor, recorded_at: datetime, pack: str) -> list[Entry]:
    """Number, date and chain ``drafts`` of one proceeding after ``head``."""
    entries: list[Entry] = []
    for draft in drafts:
        body = canonical(draft.body)
        seal = _sealed(body, {
            "proceeding": draft.proceeding, "seq": head.seq + 1, "kind": draft.kind, "body": {}, "user": actor.user,
            "post": actor.principal, "occurred_at": draft.occurred_at.isoformat(),
            "recorded_at": recorded_at.isoformat(), "pack": pack, "previous": head.digest})
        entries.append(Entry(
            draft.proceeding, head.seq + 1, draft.kind, draft.body, actor.user, actor.principal,
            draft.occurred_at, recorded_at, pack, head.digest, seal, body.decode(),
        ))
        head = entries[-1].head
    return entries


def _sealed(body: bytes, others: Mapping[str, Any]) -> str:
    """The digest of an entry with that body; "body" is the first of the sealed names, so it is not written twice."""
    return sha256(canonical(others).replace(b'{"body":{}', b'{"body":' + body, 1))


def verify(entries: Sequence[Entry]) -> list[Problem]:
    """Every broken link or altered entry of one whole ledger, named by its sequence number."""
    problems: list[Problem] = []
    previous = EMPTY
    for entry in entries:
        place = f"{entry.proceeding}#{entry.seq}"
        if entry.seq != previous.seq + 1:
            problems.append(Problem("ledger.gap", place, words(
                f"第{previous.seq}条之后应为第{previous.seq + 1}条,实为第{entry.seq}条",
                f"entry {previous.seq + 1} is missing: {previous.seq} is followed by {entry.seq}")))
        if entry.previous != previous.digest:
            problems.append(Problem("ledger.broken_chain", place, words(
                "与前一条的摘要不相衔接", "does not name the digest of the entry before it")))
        if _recomputed(entry) != entry.digest:
            problems.append(Problem("ledger.altered_entry", place, words(
                "内容与登记时的摘要不符,已被改动", "its content no longer matches the digest it was recorded with")))
        previous = Head(entry.seq, entry.digest)
    return problems


def _recomputed(entry: Entry) -> str | None:
    try:
        return digest(sealed_fields(entry))
    except ValueError:
        return None
