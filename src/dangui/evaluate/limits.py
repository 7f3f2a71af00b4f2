"""Limits on real data — 期限评测: what deadlines and the sentence rule say about a folder like data/timeline."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from dangui.core.problem import Problem
from dangui.core.sentence import parse_credit_rules
from dangui.evaluate.intervals import judge_intervals, limits, read_events
from dangui.evaluate.rows import read_rows
from dangui.evaluate.terms import Judge

PACKS = Path(__file__).parents[3] / "procedures"
EVENTS, SPANS = "events.csv", "sentence_spans.csv"


def evaluate_limits(folder: Path, procedures: Path = PACKS) -> dict[str, Any]:
    """Judge every interval of ``events.csv`` and every term of ``sentence_spans.csv`` in ``folder``.

    The result is JSON: ``intervals`` and ``sentences``, either None when its table is absent, and ``missing`` naming
    those. Rows that can't be read are counted by class, never a crash. Raises FileNotFoundError if there is no folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}")
    settings = yaml.safe_load(files("dangui.evaluate").joinpath("limits.yaml").read_text("utf-8"))
    has = {name: (folder / name).is_file() for name in (EVENTS, SPANS)}
    events = read_events(read_rows(folder / EVENTS)) if has[EVENTS] else []
    chain = limits(settings["intervals"]["steps"], procedures)
    judge = Judge(settings, _credit_rules(procedures / "criminal" / "credit.yaml"), events)
    return {
        "missing": [name for name, there in has.items() if not there],
        "intervals": judge_intervals(events, settings["intervals"], chain) if has[EVENTS] else None,
        "sentences": judge.judge(read_rows(folder / SPANS)) if has[SPANS] else None,
        "titles": settings["classes"],
    }


def render(result: Mapping[str, Any]) -> str:
    """The result as lines for people, Chinese and English."""
    lines = [f"缺少 {name}，未评测 / {name} is absent, not evaluated" for name in result["missing"]]
    if result["intervals"]:
        lines += _interval_lines(result["intervals"], result["titles"])
    if result["sentences"]:
        lines += _sentence_lines(result["sentences"], result["titles"])
    return "\n".join(lines)


def _interval_lines(found: Mapping[str, Any], titles: Mapping[str, Any]) -> list[str]:
    chain = " + ".join(f"{limit['length']} ({limit['basis']}; {limit['source']})" for limit in found["limits"])
    lines = [
        "刑事拘留 → 逮捕 / detention → arrest",
        f"  最长合法期限 / lawful maximum used: {chain}",
        "  末一步为执行，文书所载多为批准次日 / last comes execution, whose day the texts print",
        f"  间隔 / intervals {found['intervals']:>7}    标记 / flagged {found['flagged']}",
    ]
    lines += [f"  {days:>8} 日 / days {count:>7}" for days, count in found["within"].items()]
    lines.append(f"  未标记最长 / longest not flagged {found['longest_not_flagged']}, "
                 f"标记最短 / shortest flagged {found['shortest_flagged']}")
    return lines + [_class_line(name, count, titles) for name, count in found["classes"].items()]


def _sentence_lines(found: Mapping[str, Any], titles: Mapping[str, Any]) -> list[str]:
    def rate(share: float | None) -> str:
        return "—" if share is None else f"{share:.2%}"

    lines = [
        "刑期止日 / ends of sentences (printed ends masked first)",
        f"  行 / rows {found['rows']}, 可读 / readable {found['readable']}, "
        f"遮盖后仍可见 / end still visible {found['end_still_visible']}",
        f"  仅按法定规则 / plain rule            {found['plain_rule']:>7}  {rate(found['plain_share'])}",
        f"  加载明的折抵 / with stated credit    {found['exact']:>7}  {rate(found['share'])}",
        f"  再加记载的羁押 / and recorded custody {found['with_recorded_custody']:>6}  "
        f"{rate(found['with_recorded_share'])}",
        "  未得出的 / not reproduced:",
    ]
    lines += [_class_line(name, count, titles) for name, count in found["classes"].items()]
    return lines + [f"  无法读取 / unreadable {cell:<8} {count:>5}" for cell, count in found["unreadable"].items()]


def _class_line(name: str, count: int, titles: Mapping[str, Any]) -> str:
    title = titles.get(name, {"zh": "", "en": ""})
    return f"  {count:>6}  {name:<26} {title['zh']} / {title['en']}"


def _credit_rules(path: Path) -> Any:
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    return parse_credit_rules(yaml.safe_load(path.read_text("utf-8")), path.name, problems)
