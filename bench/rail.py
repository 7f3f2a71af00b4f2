"""Rail — 轨道评测: every figure of the foundation, a line each, and build/bench/rail.json."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import acts, folding, mywork
from bench.figure import Figure, write
from bench.node import node
from bench.played import ROOT

OUT = ROOT / "build/bench/rail.json"
PARTS = ("acts", "fold", "my_work")
TINY = (
    acts.Size(writers=(1, 2), ledgers=4, turns=1, processes=2),
    folding.Size(entries=60, times=2),
    mywork.Size(proceedings=400, clients=2, requests=8),
)
FULL = (acts.Size(), folding.Size(), mywork.Size())


def main() -> None:
    """Measure what was asked for. ``--tiny`` only shows that everything works."""
    asked = argparse.ArgumentParser(prog="bench.rail", description=__doc__)
    asked.add_argument("--tiny", action="store_true", help="a few seconds, for the tests")
    asked.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    asked.add_argument("--out", type=Path, default=OUT)
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the databases are stopped on the way out
    found: list[Figure] = []
    for figure in measured(*(TINY if options.tiny else FULL), options.only):
        print(figure.line(), flush=True)
        found.append(figure)
    write(found, options.out)


def measured(
    writing: acts.Size, thinking: folding.Size, looking: mywork.Size, only: tuple[str, ...] | list[str] = PARTS
) -> Iterator[Figure]:
    """The figures one after the other; what needs a database has one of its own."""
    if "fold" in only:
        yield from folding.figures(thinking)
    if "acts" in only:
        with node() as (folder, dsns):
            yield from acts.figures(dsns, folder, writing)
    if "my_work" in only:
        with node() as (folder, dsns):
            yield from mywork.figures(dsns, folder, looking)


if __name__ == "__main__":
    main()
