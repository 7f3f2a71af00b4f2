"""City — 城市: a quarter of a million proceedings of three police agencies, copied from four played ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.copies import Changes, Press, put
from bench.node import settle, vault
from bench.played import Played, rules, stage, taken
from dangui.core.calendar import CHINA
from dangui.store.embedded import Dsns

AGENCIES = ("qinghe_police", "linchuan_police", "yunxi_police")
MINE = 15
"""Proceedings of one officer that have limits running, four each: sixty tasks of his own."""


def load(dsns: Dsns, folder: Path, proceedings: int) -> int:
    """Fill the database; returns how many proceedings there are."""
    with psycopg.connect(dsns.owner, autocommit=True) as connection:
        total = put(connection, _copies(_presses(folder), proceedings))
    settle(dsns)
    return total


def _presses(folder: Path) -> dict[str, Press]:
    """Filed, detained (four limits running), waiting for the chief's approval, waiting for an officer to be named."""
    given, key = rules(), vault(folder)
    filed, detained = taken(*stage(given, 3)), taken(*stage(given, 4))
    applied, referred = _first_two(given)
    return {
        name: Press(each, key)
        for name, each in (("filed", filed), ("detained", detained), ("applied", applied), ("referred", referred))
    }


def _first_two(given: Any) -> tuple[Played, Played]:
    from datetime import datetime

    from bench.played import OFFICER
    from dangui.core.decide import Request
    from dangui.core.ledger import Actor

    at = datetime(2026, 3, 2, 9, tzinfo=CHINA)
    played, here = stage(given, 1)
    played.clerk.act(OFFICER, here, Request("file_case", (), {"offence": "theft", "facts": "手机一部被盗"}, at))
    applied = taken(played, here)
    played, _ = stage(given, 0)
    played.now = at
    registry = Actor("zheng_hua", "qinghe_police", "case_registry")
    done = played.clerk.open(
        registry,
        "criminal/investigation",
        {"source": "transferred", "summary": "市场监管部门移送的案件线索"},
        at=at,
        case_id=played.case_id,
    )
    return applied, taken(played, done.proceeding)


def _copies(presses: dict[str, Press], total: int) -> Iterator[tuple[Press, Changes]]:
    """Of twenty proceedings two have limits running, one waits for approval, one for an officer; the rest are filed."""
    numbers = {name: each.played.state.number for name, each in presses.items()}
    detained = 0
    for place in range(total):
        kind = {0: "detained", 10: "detained", 5: "applied", 15: "referred"}.get(place % 20, "filed")
        officer = f"officer_{place // 120:05d}"
        if kind == "detained":
            officer, detained = "zhao_min" if detained < MINE else f"officer_{detained // MINE:05d}", detained + 1
        agency = AGENCIES[0] if officer == "zhao_min" else AGENCIES[place % len(AGENCIES)]
        yield (
            presses[kind],
            Changes(
                secrets.token_hex(7),
                (
                    (numbers[kind], numbers[kind].replace("〕1号", f"〕{place + 1}号")),
                    ("zhao_min", officer),
                    (AGENCIES[0], agency),
                ),
            ),
        )
