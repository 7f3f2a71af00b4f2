"""Fold and decide — 推演与办理: how long it takes to fold a ledger of 1,000 entries and decide the next act."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.figure import Figure, judged
from bench.played import NOW, OFFICER, PAGE, Officers, rules, stage, taken
from dangui.core import decide
from dangui.core.decide import Request
from dangui.core.proceeding import Proceeding, fold
from dangui.core.world import Told

BEHIND = 10
"""How many entries are newer than the snapshot."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long the ledger is, and how often it is timed."""

    entries: int = 1_000
    times: int = 40


def figures(size: Size) -> list[Figure]:
    """From the first entry, and from a snapshot ten entries old; the entries are in memory."""
    given = rules()
    played, here = stage(given)
    played.now = NOW
    state = played.state(here)
    officers = Officers(played.clerk, here, next(iter(state.documents)))
    while played.state(here).head.seq < size.entries:
        officers.round()
    entries = taken(played, here).entries[: size.entries]
    snapshot = fold(entries[:-BEHIND])
    told = Told(
        NOW,
        given.world,
        given.calendar,
        lambda kind: kind,
        lambda agency, kind, year: 1,
        lambda person: {},
        given.people.name,
        given.people.with_post,
    )

    def act(state: Proceeding) -> None:
        decide.act(
            told,
            state,
            OFFICER,
            Request("bind_material", (), {"upload": PAGE, "kind": "documentary_evidence", "title": "现场照片"}),
        )

    cold = _milliseconds(lambda: act(fold(entries)), size.times)
    warm = _milliseconds(lambda: act(fold(entries[-BEHIND:], snapshot)), size.times)
    what = f"{size.entries} entries in memory, then one act decided; median of {size.times}"
    return [
        judged("fold.cold", cold, "ms", f"from the first entry: {what}", "< 20"),
        judged("fold.snapshot", warm, "ms", f"from a snapshot {BEHIND} entries old: {what}", "< 5"),
    ]


def _milliseconds(work: Callable[[], None], times: int) -> float:
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(spent)
