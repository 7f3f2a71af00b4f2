"""Run — 检查执行: loads the packs, lets every check look at them, and gives all problems at once, each of them once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from dangui.check import (
    agencies,
    citations,
    custody,
    documents,
    effects,
    evidence,
    forms,
    handovers,
    languages,
    stages,
    vocabulary,
)
from dangui.check.ground import Ground
from dangui.core.problem import Problem
from dangui.packs import Packs
from dangui.statutes import load_statutes

CHECKS: tuple[Callable[[Ground], Iterator[Problem]], ...] = (
    citations.check,
    vocabulary.check,
    effects.check,
    forms.check,
    agencies.check,
    handovers.check,
    documents.check,
    stages.check,
    custody.check,
    evidence.check,
    languages.check,
)
"""One for each concern; every one of them sees all packs and stops at nothing."""


def check(root: Path) -> tuple[Problem, ...]:
    """Every problem of the packs below ``root``, in the order of their places."""
    packs = Packs(root)
    world = packs.load()
    statutes, malformed = load_statutes(root / "statutes")
    ground = Ground(root, world, statutes)
    found = [*packs.problems, *malformed, *(problem for each in CHECKS for problem in each(ground))]
    once = {(problem.code, problem.place, problem.says["en"]): problem for problem in found}
    return tuple(sorted(once.values(), key=lambda problem: (problem.place, problem.code)))
