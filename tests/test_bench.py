"""The bench runs, in a tiny configuration, and leaves figures that can be read. Nothing here is about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_rail_bench_runs_and_writes_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "rail.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench.rail", "--tiny", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text("utf-8"))
    assert {figure["figure"] for figure in figures} >= {
        "acts.ratio.1",
        "acts.ratio.2",
        "fold.cold",
        "fold.snapshot",
        "my_work.p95",
    }
    for figure in figures:
        assert set(figure) == {"figure", "value", "unit", "against", "goal", "met"}
        assert figure["value"] > 0
        assert isinstance(figure["met"], bool)
    assert len(done.stdout.splitlines()) == len(figures)
