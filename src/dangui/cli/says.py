"""Says — 输出: how the command line speaks: one sentence in both languages, and an exit code that scripts can trust."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from dangui.core.problem import Problem

OK, FOUND, USAGE, UNAVAILABLE, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: all well; problems were found; the command was wrong; something can't be reached; stopped by a person."""


class Trouble(Exception):  # noqa: N818 - what the user did or met, not a fault of the program
    """A mistake or an obstacle, said to the person at the keyboard — 无法执行."""

    def __init__(self, zh: str, en: str, code: int = USAGE) -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


def complain(zh: str, en: str) -> None:
    """One sentence in both languages on the error stream."""
    print(f"错误 / error: {zh} / {en}", file=sys.stderr)


def line(zh: str, en: str) -> None:
    """One line in both languages."""
    print(f"{zh} / {en}", flush=True)


def problems(found: Iterable[Problem]) -> None:
    """Each problem as *code · place · sentence · hint*, in both languages."""
    for problem in found:
        hint = (
            f" · {problem.hint['zh']} / {problem.hint['en']}"
            if problem.hint.get("zh") or problem.hint.get("en")
            else ""
        )
        print(f"{problem.code} · {problem.place} · {problem.says['zh']} / {problem.says['en']}{hint}")


def as_json(value: Any) -> None:
    """A JSON document on the output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()
