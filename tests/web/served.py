"""A node of its own, served as ``dangui serve`` does, with the made-up people enrolled and a clock that the test sets.

python tests/web/served.py HOME PORT CLOCK      CLOCK is a file: how many seconds the clock is ahead
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from dangui.app import settings
from dangui.cli.node import open_node
from dangui.cli.serve import run
from dangui.core.calendar import CHINA
from dangui.people import read_people


def main(home: str, port: str, clock: str) -> None:
    """Serve until stopped."""
    where = replace(settings(), home=Path(home), demo=True)
    node = open_node(where)
    _enrol(where.packs)
    _follow(Path(clock))
    try:
        run(node, "127.0.0.1", int(port), 1, lambda: print("ready", flush=True))
    finally:
        node.stop()


def _enrol(packs: Path) -> None:
    from dangui.web.people import enrol

    for holder in read_people(packs / "agencies/yunxi/people.yaml").holders:
        enrol(holder.user, holder.zh, holder.agency, holder.post)


def _follow(clock: Path) -> None:
    """Everything that asks what time it is, the clerk and the pages, is answered by the clock of the test."""
    from django.utils import timezone

    from dangui import serving
    from dangui.web import parts

    def now() -> datetime:
        return datetime.now(CHINA) + timedelta(seconds=float(clock.read_text()))

    prepared = serving.prepare

    def prepare(*given: object) -> object:
        begin = prepared(*given)  # type: ignore[arg-type]
        parts.parts().clerk.now = now
        return begin

    serving.prepare = prepare  # type: ignore[assignment]
    timezone.now = now  # type: ignore[assignment]


if __name__ == "__main__":
    os.environ |= {"DANGUI_DEMO": "1", "DANGUI_HTTPS": "0", "DANGUI_UPLOAD_MOST": str(2**20)}
    main(*sys.argv[1:])
