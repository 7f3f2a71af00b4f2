"""Languages — 语言检查: what is said in Chinese is Chinese, and what is said in English is English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dangui.check.citations import FOLDERS
from dangui.check.ground import Ground, problem
from dangui.core.problem import Problem
from dangui.packs_yaml import Sheet, read_file

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[A-Za-z]{3}")


def check(ground: Ground) -> Iterator[Problem]:
    """Every pair of texts in every file of the packs; that both are there is seen to when the file is loaded."""
    for folder in FOLDERS:
        for path in sorted((ground.root / folder).rglob("*.yaml")):
            sheet = read_file(path, ground.root)
            yield from _pairs(sheet, sheet.value, ())


def _pairs(sheet: Sheet, value: Any, steps: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        zh, en = value.get("zh"), value.get("en")
        if isinstance(en, str) and isinstance(zh, str) and en and zh:
            yield from _mixed(sheet, zh, en, steps)
        for key, item in value.items():
            yield from _pairs(sheet, item, (*steps, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _pairs(sheet, item, (*steps, number))


def _mixed(sheet: Sheet, zh: str, en: str, steps: tuple[str | int, ...]) -> Iterator[Problem]:
    if _HAN.search(en):
        yield problem(
            "language.english",
            sheet.at(*steps, "en"),
            f"英文中有中文:{en}",
            f"Chinese characters in the English text: {en}",
        )
    if not _HAN.search(zh) and _LETTERS.search(zh):
        yield problem(
            "language.chinese",
            sheet.at(*steps, "zh"),
            f"中文文本没有中文:{zh}",
            f"no Chinese in the Chinese text: {zh}",
        )
