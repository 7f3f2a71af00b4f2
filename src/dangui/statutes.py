"""Statutes — 法条: the articles of law that the packs cite, read from statutes/<key>/<year>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dangui.citation import Article, Statute, Statutes
from dangui.core.problem import Problem, words
from dangui.packs_yaml import Sheet, read_file

_KEYS = {"title", "adopted", "in_force_from", "in_force_to", "note", "source", "checked_at", "articles"}


class BadStatutes(ValueError):  # noqa: N818 - says what is wrong
    """Files of statutes/ have problems; ``problems`` holds every one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.says['en']}" for problem in problems))
        self.problems = problems


def read_statutes(folder: Path) -> Statutes:
    """Every version of every law below the folder, by ``key/year``. Raises BadStatutes with every problem."""
    statutes, problems = load_statutes(folder)
    if problems:
        raise BadStatutes(problems)
    return statutes


def load_statutes(folder: Path) -> tuple[Statutes, tuple[Problem, ...]]:
    """What could be read of the folder, and what is wrong with the rest of it."""
    statutes: dict[str, Statute] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*.yaml")):
        sheet = read_file(path, folder.parent)
        problems += sheet.problems
        statute = _statute(path, sheet, problems)
        if statute is not None:
            statutes[f"{statute.key}/{statute.year}"] = statute
    return statutes, tuple(problems)


def _statute(path: Path, sheet: Sheet, problems: list[Problem]) -> Statute | None:
    raw = sheet.value
    if not isinstance(raw, Mapping) or not isinstance(raw.get("articles"), Mapping) or not path.stem.isdigit():
        problems.append(
            _problem(
                sheet.at(),
                "须为“法律键/年份.yaml”,内有title与articles",
                "must be <key>/<year>.yaml with a title and articles",
            )
        )
        return None
    for key in sorted(set(raw) - _KEYS):
        problems.append(_problem(sheet.at(key), f"不认识的键“{key}”", f"unknown key '{key}'"))
    days = [_day(sheet, key, problems) for key in ("adopted", "in_force_from", "in_force_to")]
    articles = {
        str(name): article
        for name, item in raw["articles"].items()
        if (article := _article(sheet, str(name), item, problems)) is not None
    }
    return Statute(path.parent.name, int(path.stem), str(raw.get("title", "")), days[0], days[1], days[2], articles)


def _day(sheet: Sheet, key: str, problems: list[Problem]) -> date | None:
    text = sheet.value.get(key)
    try:
        return date.fromisoformat(text) if text is not None else None
    except (TypeError, ValueError):
        problems.append(_problem(sheet.at(key), f"不是日期:{text}", f"not a date: {text}"))
        return None


def _article(sheet: Sheet, name: str, item: Any, problems: list[Problem]) -> Article | None:
    paras = item.get("paras") if isinstance(item, Mapping) else None
    if not isinstance(paras, list) or not paras or not all(isinstance(para, str) for para in paras):
        problems.append(_problem(sheet.at("articles", name), f"第{name}条没有款", f"article {name} has no paragraphs"))
        return None
    return Article(str(item.get("heading") or ""), tuple(paras))


def _problem(place: str, zh: str, en: str) -> Problem:
    return Problem("statutes.malformed", place, words(zh, en))
