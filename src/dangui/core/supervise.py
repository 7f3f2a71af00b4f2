"""Supervise — 监督: alarms that follow from the state and the time, and the chain of custody over all ledgers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from dangui.core.party import Person
from dangui.core.problem import Problem, words
from dangui.core.proceeding import Clock, Proceeding


def alarms(state: Proceeding, now: datetime) -> list[Problem]:
    """Whoever is in custody here while every limit that should protect him has passed (CPL 98): release or convert."""
    liberty = [clock for clock in state.live_clocks() if clock.liberty and not state.closed]
    held = [person for person in state.persons.values() if person.custody and not person.left]
    return [problem for person in held if (problem := _unlawful(person, liberty, now))]


def _unlawful(person: Person, liberty: list[Clock], now: datetime) -> Problem | None:
    live = [clock for clock in liberty if clock.person in (None, person.id)]
    if not live or any(clock.status == "paused" or clock.ends_at > now for clock in live):
        return None
    last = live[-1]
    return Problem("custody_without_basis", person.id, words(
        f"“{last.title['zh']}”已于{last.last_day}届满,仍在押:应当立即释放或者变更强制措施",
        f"'{last.title['en']}' ended on {last.last_day} and the person is still held: release or convert at once"),
        basis=(*last.basis, "criminal_procedure/2018#98"))


@dataclass(frozen=True, slots=True)
class Holding:
    """Which proceeding held a person from when to when — 羁押阶段."""

    proceeding: str
    agency: str
    since: datetime
    until: datetime | None


def custody_chain(person: str, states: Iterable[Proceeding]) -> tuple[list[Holding], list[Problem]]:
    """All holdings of one person over the ledgers of a case, in order, with every gap and overlap (换押)."""
    holdings = sorted((Holding(state.id, state.agency, since, until) for state in states if person in state.persons
                       for since, until in state.persons[person].holds), key=lambda holding: holding.since)
    problems = []
    for earlier, later in pairwise(holdings):
        if earlier.until is None or earlier.until > later.since:
            problems.append(Problem("custody.overlap", person, words(
                f"{earlier.agency}尚未换押,{later.agency}已同时羁押",
                f"held by {earlier.agency} and {later.agency} at once")))
        elif earlier.until < later.since:
            problems.append(Problem("custody.gap", person, words(
                f"{earlier.agency}与{later.agency}之间换押中断",
                f"a gap between {earlier.agency} and {later.agency}")))
    return holdings, problems
