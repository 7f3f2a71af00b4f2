"""Figure — 指标: one measured value beside its goal, and the file that keeps all of a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value — 指标值. ``against`` says what it was compared with, ``goal`` reads like ``>= 0.5``."""

    figure: str
    value: float
    unit: str
    against: str
    goal: str
    met: bool

    def line(self) -> str:
        """The figure as one printed line."""
        return f"{'✓' if self.met else '✗'} {self.figure}: {self.value:g} {self.unit} ({self.goal}) · {self.against}"


def judged(figure: str, value: float, unit: str, against: str, goal: str) -> Figure:
    """The figure with its verdict; ``goal`` is ``>= number`` or ``< number``, or "" where nothing is asked."""
    value = round(value, 3)
    if not goal:
        return Figure(figure, value, unit, against, goal, met=True)
    sign, _, number = goal.partition(" ")
    met = value >= float(number) if sign == ">=" else value < float(number)
    return Figure(figure, value, unit, against, goal, met)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Keep the figures of a run as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=1) + "\n", "utf-8")


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least ``part`` (0..1) of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1)]
