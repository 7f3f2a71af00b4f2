"""Acts per second — 每秒办理数: writers through the clerk, and writers by hand, in turns on the same disk.

A turn gives every writer ledgers of its own, copied from one played ledger of 47 entries, and lets it do the same
twenty acts in each of them. The sides take turns (A B, B A, A B …): a disk that is slow for a while is slow for both.
"""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import psycopg

from bench.bare import Plan, Recorder, write
from bench.copies import Changes, Press, put
from bench.figure import Figure, judged
from bench.node import settle, vault
from bench.played import NOW, Officers, Played, Rules, rules, stage, taken, with_page
from dangui.clerk import Clerk
from dangui.rehearsal.stage import unprinted
from dangui.store.embedded import Dsns
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore

Side = Literal["clerk", "bare"]
ROUNDS_BEFORE, ROUNDS = 2, 2
"""Rounds of ten acts a ledger has seen before it is copied, and sees while measured: from 47 entries to 67."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured — 规模: writers, ledgers of each, turns of both sides."""

    writers: tuple[int, ...] = (1, 4, 16)
    ledgers: int = 240
    turns: int = 5
    processes: int = 4

    def each(self, writers: int) -> int:
        """Ledgers per writer: a turn has about as many acts with any number of writers."""
        return max(1, self.ledgers // max(writers, 4))


@dataclass(frozen=True, slots=True)
class Scene:
    """What every writer starts from — 起点."""

    played: Played
    plans: tuple[Plan, ...]
    document: str


def scene(given: Rules) -> Scene:
    """The ledger to copy, and what the same acts would write by hand."""
    played, here = stage(given)
    played.now = NOW
    state = played.state(here)
    document = next(iter(state.documents))
    officers = Officers(played.clerk, here, document)
    for _ in range(ROUNDS_BEFORE):
        officers.round()
    found = taken(played, here)
    recorder = Recorder(played.store, found.projection)  # type: ignore[arg-type]
    played.clerk.store = recorder  # type: ignore[assignment]
    for _ in range(ROUNDS):
        officers.round()
    return Scene(found, tuple(recorder.plans), document)


def figures(dsns: Dsns, folder: Path, size: Size) -> list[Figure]:
    """The ratios of all numbers of writers."""
    given = scene(rules())
    press = Press(given.played, vault(folder))
    with Crew(dsns, folder, min(size.processes, max(size.writers))) as crew:
        _turn(crew, dsns, press, given, 1, 2)  # first use: prepared statements, plans, warm files
        return [figure for writers in size.writers for figure in _ratios(crew, dsns, press, given, writers, size)]


def _ratios(crew: Crew, dsns: Dsns, press: Press, given: Scene, writers: int, size: Size) -> list[Figure]:
    found = [
        _turn(crew, dsns, press, given, writers, size.each(writers), clerk_first=turn % 2 == 0)
        for turn in range(size.turns)
    ]
    ratio = statistics.median(clerk / bare for clerk, bare in found)
    clerk, bare = (statistics.median(each[side] for each in found) for side in (0, 1))
    return [
        judged(
            f"acts.clerk.{writers}",
            clerk,
            "acts/s",
            f"{writers} writers through the clerk, one after the other in each ledger",
            "",
        ),
        judged(f"acts.bare.{writers}", bare, "acts/s", f"{writers} writers, the same rows by hand with psycopg", ""),
        judged(
            f"acts.ratio.{writers}",
            ratio,
            "×",
            f"clerk {clerk:.0f}/s against {bare:.0f}/s by hand, median of {size.turns} turns",
            ">= 0.5",
        ),
    ]


def _turn(
    crew: Crew, dsns: Dsns, press: Press, given: Scene, writers: int, ledgers: int, clerk_first: bool = True
) -> tuple[float, float]:
    """Acts per second (clerk, bare), one right after the other."""
    sides: list[Side] = ["clerk", "bare"] if clerk_first else ["bare", "clerk"]
    copies = {side: [[Changes(secrets.token_hex(7)) for _ in range(ledgers)] for _ in range(writers)] for side in sides}
    with psycopg.connect(dsns.owner, autocommit=True) as connection:
        for side in sides:
            put(connection, ((press, changes) for each in copies[side] for changes in each))
    settle(dsns)
    speed = {side: crew.speed(side, copies[side]) for side in sides}
    return speed["clerk"], speed["bare"]


class Crew:
    """Processes that stay for the whole measurement, as the server's do; writers are spread over them as threads."""

    def __init__(self, dsns: Dsns, folder: Path, processes: int) -> None:
        context = get_context("spawn")
        self._pipes: list[Any] = []
        self._processes = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, dsns, folder), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Crew:
        for pipe in self._pipes:
            pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join()

    def speed(self, side: Side, copies: Sequence[Sequence[Changes]]) -> float:
        """Acts per second from the first writer's start to the last one's end."""
        shares = [[list(each) for each in copies[place :: len(self._pipes)]] for place in range(len(self._pipes))]
        for pipe, share in zip(self._pipes, shares, strict=True):
            pipe.send((side, share))
        for pipe in self._pipes:
            pipe.recv()  # everything is prepared
        for pipe in self._pipes:
            pipe.send("go")
        spans = [span for pipe in self._pipes for span in _received(pipe)]
        acts = sum(len(each) for each in copies) * ROUNDS * 10
        return acts / (max(end for _, end in spans) - min(begin for begin, _ in spans))


def _received(pipe: Any) -> list[tuple[float, float]]:
    found = pipe.recv()
    if isinstance(found, str):
        raise RuntimeError(found)
    spans: list[tuple[float, float]] = found
    return spans


def _work(pipe: Any, dsns: Dsns, folder: Path) -> None:
    """One process of writers."""
    given = rules()
    known = scene(given)
    store = PostgresStore(Pool(dsns.app), vault(folder))
    clerk = Clerk(store, with_page(), given.world, given.calendar, given.people, unprinted, now=lambda: NOW)
    connections: list[psycopg.Connection[Any]] = []
    pipe.send("ready")
    while (order := pipe.recv()) is not None:
        side, share = order
        while len(connections) < len(share):
            connections.append(psycopg.connect(dsns.owner, autocommit=True))
        jobs = [
            _through_clerk(clerk, known, each) if side == "clerk" else _by_hand(connection, known, each)
            for connection, each in zip(connections, share, strict=False)
        ]
        pipe.send("prepared")
        pipe.recv()
        pipe.send(_timed(jobs))
    store.close()


def _through_clerk(clerk: Clerk, known: Scene, copies: Sequence[Changes]) -> Iterable[Callable[[], None]]:
    """The acts of one writer: the first of every ledger, then the second of every ledger …"""
    officers = [Officers(clerk, each.of(known.played.state.id), each.of(known.document)) for each in copies]
    return [_act(each, number) for number in range(ROUNDS * 10) for each in officers]


def _act(officers: Officers, number: int) -> Callable[[], None]:
    return lambda: officers.act(number % 10)


def _by_hand(
    connection: psycopg.Connection[Any], known: Scene, copies: Sequence[Changes]
) -> Iterable[Callable[[], None]]:
    ready = [[plan.copy(each) for plan in known.plans] for each in copies]
    return [_written(connection, plans[number]) for number in range(ROUNDS * 10) for plans in ready]


def _written(connection: psycopg.Connection[Any], plan: Plan) -> Callable[[], None]:
    return lambda: write(connection, plan)


def _timed(jobs: Sequence[Iterable[Callable[[], None]]]) -> list[tuple[float, float]] | str:
    """When each writer began and ended; or what went wrong."""
    spans: list[tuple[float, float]] = []
    failed: list[str] = []

    def run(acts: Iterable[Callable[[], None]]) -> None:
        begin = time.monotonic()
        try:
            for act in acts:
                act()
        except Exception as error:
            failed.append(f"{type(error).__name__}: {error}")
        spans.append((begin, time.monotonic()))

    threads = [threading.Thread(target=run, args=(each,)) for each in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed[0] if failed else spans
