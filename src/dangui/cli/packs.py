"""Packs — 流程包命令: check, begin a new procedure, collect words, cut statutes, judge by real data."""

from __future__ import annotations

import argparse
import re
import runpy
from pathlib import Path

from dangui.app import settings
from dangui.cli import says
from dangui.cli.says import Trouble

ROOT = Path(__file__).parents[3]


def check(options: argparse.Namespace) -> int:
    """Every problem of the packs at once."""
    from dangui.check.run import check as found_in

    root = (options.folder or settings().packs).resolve()
    if not (root / "procedures").is_dir():
        raise Trouble(f"{root} 中没有 procedures/", f"there is no procedures/ in {root}")
    found = found_in(root)
    if options.json:
        says.as_json({"ok": not found, "problems": [problem.as_json() for problem in found]})
    else:
        says.problems(found)
        count = len(found)
        says.line(
            "流程包没有问题" if not count else f"共 {count} 个问题", f"{count} problems" if count else "no problems"
        )
    return says.FOUND if found else says.OK


def new_procedure(options: argparse.Namespace) -> int:
    """Write the folder of a procedure that runs, with a case, for somebody to change."""
    from dangui.cli.scaffold import write

    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", options.id):
        raise Trouble(
            "流程编号形如 field/name,用小写字母、数字和下划线",
            "a procedure is called field/name, in small letters, digits and _",
        )
    root = (options.packs or settings().packs).resolve()
    folder = root / "procedures" / options.id
    if folder.exists():
        raise Trouble(f"{folder} 已存在", f"{folder} is there already")
    agency = write(root, options.id)
    says.line(f"已写入 {folder}", f"written to {folder}")
    says.line(f"{agency} 已可办理;请执行 dangui check", f"{agency} runs it; now try dangui check")
    return says.OK


def glossary(options: argparse.Namespace) -> int:
    """Write GLOSSARY.md, or compare it."""
    from dangui.cli.glossary import glossary as collected

    text, path = collected(ROOT / "src" / "dangui"), ROOT / "GLOSSARY.md"
    if options.check:
        if not path.exists() or path.read_text("utf-8") != text:
            raise Trouble(
                "GLOSSARY.md 不是最新,请执行 dangui glossary", "GLOSSARY.md is stale; run `dangui glossary`", says.FOUND
            )
        return says.OK
    path.write_text(text, "utf-8")
    says.line("已写入 GLOSSARY.md", "GLOSSARY.md written")
    return says.OK


def statutes(options: argparse.Namespace) -> int:
    """Copy the cited articles from a collection of laws into statutes/."""
    tool = ROOT / "tools" / "cut_statutes.py"
    for needed in (options.data / "laws" / "articles.jsonl", options.data / "laws" / "index.csv", tool):
        if not needed.is_file():
            raise Trouble(f"没有 {needed}", f"there is no {needed}")
    return int(runpy.run_path(str(tool))["main"](options.data))


def evaluate(options: argparse.Namespace) -> int:
    """Judge limits and sentence ends by a folder of real data."""
    from dangui.evaluate.limits import evaluate_limits, render

    if not options.folder.is_dir():
        raise Trouble(f"没有目录 {options.folder}", f"there is no folder {options.folder}")
    found = evaluate_limits(options.folder)
    if options.json:
        says.as_json(found)
    else:
        print(render(found))
    return says.OK
