"""Custody — 羁押链: the spells of each person's measures on one common line of time, so that a gap is seen as a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dangui.web.desk.sheet import CaseSheet, Spell, Train

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """A spell with its place from 0 to 1000."""

    spell: Spell
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Chain:
    """All spells of one person."""

    train: Train
    spells: tuple[Piece, ...]


def chains(case: CaseSheet, now: datetime) -> tuple[Chain, ...]:
    """One chain for each person of the case, all to the same scale."""
    starts = [spell.since for train in case.trains for spell in train.spells]
    start = min(starts, default=now)
    span = max(now - start, timedelta(minutes=1))
    return tuple(
        Chain(train, tuple(_piece(spell, start, span, now) for spell in train.spells)) for train in case.trains
    )


def _piece(spell: Spell, start: datetime, span: timedelta, now: datetime) -> Piece:
    x = round(WIDTH * ((spell.since - start) / span))
    end = round(WIDTH * ((min(spell.until or now, now) - start) / span))
    return Piece(spell, x, max(end - x - 2, 2))
