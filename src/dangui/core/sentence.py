"""Sentence — 刑期: when a term of deprivation ends, and how many of its days earlier custody has already served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dangui.core.calendar import ONE_DAY
from dangui.core.deadline import HALF_MONTH_DAYS, Step, add_months, add_years
from dangui.core.problem import Problem, words
from dangui.core.shape import Shape

TERM_BASIS = "spc_crim_interp_2021/2021#202.2"

MonthEnd = Literal["last_day", "same_day"]
"""``last_day``: a term of months from the last day of a month runs to a last day. ``same_day``: to the same number."""


@dataclass(frozen=True, slots=True)
class CreditRule:
    """So many days of a kind of custody serve so many days of a kind of penalty — 折抵."""

    kind: str
    custody_kind: str
    custody_days: int
    credit_days: int
    basis: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Days of the penalty already served, and how they were counted — 折抵日数."""

    days: int
    working: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """The last day of a term — 刑期止日. An ``end`` before the start means custody has served it all."""

    end: date
    working: tuple[Step, ...]


def years_and_months(months: int) -> tuple[int, int]:
    """A term as judgments pronounce it: 18 months are one year and six months."""
    return divmod(months, 12)


def sentence_end(
    start: date, *, years: int = 0, months: int = 0, half_months: int = 0, kind: str, credit_days: int = 0,
    month_end: MonthEnd = "last_day", basis: str = TERM_BASIS,
) -> SentenceEnd:
    """The last day of a term of ``kind`` that begins on ``start``, less the days custody has served.

    Years run to the day before the same day of the year, months from there to the day before the same day of the
    month. ``start`` counts. ``month_end`` is ``same_day`` for terms fixed before 1 March 2021, when the sentence on
    month ends came into force. Raises ValueError for a term of nothing or for negative numbers.
    """
    if min(years, months, half_months, credit_days) < 0 or years + months + half_months == 0:
        raise ValueError("a term needs at least one year, month or half month, and no number below zero")
    after_years = add_years(start, years)
    by_same_day = month_end == "same_day" or not months
    anchor = _same_day(after_years, months) if by_same_day else add_months(after_years, months)
    end = anchor + half_months * HALF_MONTH_DAYS * ONE_DAY - ONE_DAY
    zh = "".join(text for number, text in (
        (years, f"{years}年"), (months, f"{months}个月"), (half_months, "半个月" * half_months)) if number)
    en = " ".join(text for number, text in (
        (years, f"{years} y"), (months, f"{months} m"), (half_months, f"{half_months} half m")) if number)
    steps = [Step("term", words(f"自{start}起{zh}，至{end}（同日的前一日）",
                                f"{kind}: {en} from {start} to {end}, the day before the same day"), basis)]
    if credit_days:
        steps.append(Step("credit", words(f"折抵{credit_days}日，至{end - credit_days * ONE_DAY}",
                                          f"{credit_days} days served before: {end - credit_days * ONE_DAY}"), ""))
    end -= credit_days * ONE_DAY
    if end < start:
        steps.append(Step("term_served", words("先行羁押已折抵全部刑期，应即释放",
                                               "custody has served the whole term; release at once"), ""))
    return SentenceEnd(end, tuple(steps))


def custody_credit(
    episodes: Sequence[tuple[str, date, date]], penalty_kind: str, rules: Iterable[CreditRule]
) -> Credit:
    """The days of ``penalty_kind`` served by ``episodes`` (custody kind, first day, last day; both days count).

    A day counts once, for the kind that gives most, even where detention and arrest meet on it. Days are added per
    kind before the ratio is taken; a remainder that earns no whole day is named in a step, for the court to see.
    A kind without a rule earns nothing. Raises ValueError for an episode that ends before it begins.
    """
    held = {rule.custody_kind: rule for rule in rules if rule.kind == penalty_kind}
    days: dict[date, str] = {}
    for custody_kind, first, last in episodes:
        if last < first:
            raise ValueError(f"custody ends ({last}) before it begins ({first})")
        if custody_kind not in held:
            continue
        for day in (first + n * ONE_DAY for n in range((last - first).days + 1)):
            if day not in days or _ratio(held[custody_kind]) > _ratio(held[days[day]]):
                days[day] = custody_kind
    counted = list(days.values())
    total, steps = 0, []
    for custody_kind in dict.fromkeys(counted):
        served, step = _served(held[custody_kind], counted.count(custody_kind))
        total += served
        steps.append(step)
    return Credit(total, tuple(steps))


def parse_credit_rules(raw: Any, place: str, problems: list[Problem]) -> tuple[CreditRule, ...]:
    """Read ``credit.yaml``, ``{kind: [{custody, per, counts, basis}]}``: ``per`` days in custody serve ``counts``."""
    table = Shape(raw, place, problems)
    rules = []
    for kind in raw if isinstance(raw, Mapping) else ():
        for number, row in enumerate(table.many(str(kind))):
            shape = Shape(row, f"{place}:{kind}[{number}]", problems)
            per, counts = shape.number("per") or 0, shape.number("counts") or 0
            if min(per, counts) < 1:
                shape.complain("credit.ratio", "per", "折抵比例应为正整数", "per and counts are whole days, at least 1")
            custody, basis = shape.text("custody", required=True), shape.text("basis", required=True)
            rules.append(CreditRule(str(kind), custody, max(per, 1), max(counts, 0), basis))
            shape.done()
    return tuple(rules)


def _served(rule: CreditRule, days: int) -> tuple[int, Step]:
    served, left = days // rule.custody_days * rule.credit_days, days % rule.custody_days
    zh = f"{rule.custody_kind}{days}日，每{rule.custody_days}日折抵{rule.credit_days}日，计{served}日"
    en = f"{days} days {rule.custody_kind}, {rule.custody_days} for {rule.credit_days}: {served} days served"
    if left:
        zh, en = f"{zh}，余{left}日不足折抵", f"{en}, {left} left over"
    return served, Step("custody_credit", words(zh, en), rule.basis)


def _ratio(rule: CreditRule) -> float:
    return rule.credit_days / rule.custody_days


def _same_day(day: date, months: int) -> date:
    first = add_months(day.replace(day=1), months)
    return min(first + (day.day - 1) * ONE_DAY, add_months(first, 1) - ONE_DAY)
