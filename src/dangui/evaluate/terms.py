"""Term — 刑期止日核对: printed terms computed again from start, length and custody, the printed end hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dangui.core.calendar import ONE_DAY
from dangui.core.sentence import CreditRule, MonthEnd, custody_credit, sentence_end, years_and_months
from dangui.evaluate.intervals import Event
from dangui.evaluate.passage import Passages, Stated
from dangui.evaluate.rows import read_date, read_months

NEAR = 3
"""Days within which two ways of counting a first and last day may differ."""

Custody = Sequence[tuple[str, date, date]]


@dataclass(frozen=True, slots=True)
class Term:
    """A printed term that can be read — 刑期行."""

    start: date
    months: int
    half_months: int
    kind: str
    printed_end: date
    month_end: MonthEnd
    basis: str

    def end(self, credit_days: int = 0, month_end: MonthEnd | None = None) -> date:
        """The last day by the statutory rule in force, less ``credit_days``."""
        years, months = years_and_months(self.months)
        return sentence_end(
            self.start, years=years, months=months, half_months=self.half_months, kind=self.kind,
            credit_days=credit_days, month_end=month_end or self.month_end, basis=self.basis,
        ).end


class Judge:
    """Reads rows and computes them again by the settings of limits.yaml and the credit table — 核对."""

    def __init__(self, settings: Mapping[str, Any], rules: Sequence[CreditRule], events: Sequence[Event]) -> None:
        self._settings = settings
        self._rules = rules
        self._passages = Passages(settings["passage"])
        self._events: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._judged: dict[str, date] = {}
        for event in events:
            self._events[event.defendant].append(event)
            if event.name == settings["judged"] and event.day:
                document = event.defendant[0]
                self._judged[document] = max(event.day, self._judged.get(document, event.day))

    def judge(self, rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
        """How many ends follow by the plain rule, with stated credit, with recorded custody; the misses by class."""
        exact: Counter[str] = Counter()
        classes: Counter[str] = Counter()
        unreadable: Counter[str] = Counter()
        total = 0
        for row in rows:
            total += 1
            term = self.read(row)
            if isinstance(term, str):
                unreadable[term] += 1
                continue
            outcome, exactly = self._outcome(term, row)
            exact.update(exactly)
            if outcome != "exact":
                classes[outcome] += 1
        readable = total - unreadable.total()
        return {
            "rows": total, "readable": readable, "exact": exact["stated"],
            "share": _share(exact["stated"], readable), "plain_rule": exact["plain"],
            "plain_share": _share(exact["plain"], readable), "with_recorded_custody": exact["recorded"],
            "with_recorded_share": _share(exact["recorded"], readable), "stated_credit": exact["has_credit"],
            "end_still_visible": exact["leak"], "unreadable": dict(sorted(unreadable.items())),
            "classes": {name: classes[name] for name in self._settings["classes"] if classes[name]},
        }

    def read(self, row: Mapping[str, str]) -> Term | str:
        """The row's term, or the first cell that can't be read."""
        start, end = read_date(row.get("start", "")), read_date(row.get("end", ""))
        months = read_months(row.get("months", ""))
        kind = self._settings["kinds"].get(row.get("kind", "").strip())
        if start is None or end is None or months is None or kind is None:
            found = {"start": start, "end": end, "months": months, "kind": kind}
            return next(name for name, value in found.items() if value is None)
        rule = self._rule_in_force(self._judged.get(row.get("doc_id", ""), start))
        term = Term(start, *months, kind, end, rule["month_end"], rule["basis"])
        try:
            term.end()
        except (ValueError, OverflowError):
            return "months"
        return term

    def _rule_in_force(self, day: date) -> Mapping[str, Any]:
        since = [rule for rule in self._settings["terms"] if date.fromisoformat(rule["since"]) <= day]
        last: Mapping[str, Any] = since[-1]
        return last

    def _outcome(self, term: Term, row: Mapping[str, str]) -> tuple[str, list[str]]:
        masked = self._passages.mask(row.get("context", ""), term.start, term.printed_end)
        stated = self._stated_days(term, self._passages.credit(masked, term.start))
        recorded = self._recorded_days(term, (row.get("doc_id", ""), row.get("defendant", "")))
        ends = {
            "plain": term.end(), "stated": term.end(stated or 0),
            "recorded": term.end(recorded if stated is None else stated),
        }
        exactly = [name for name, end in ends.items() if end == term.printed_end]
        exactly += ["has_credit"] if stated else []
        exactly += ["leak"] if self._passages.shows(masked, term.printed_end) else []
        if "stated" in exactly:
            return "exact", exactly
        return _class(term, ends, stated, recorded), exactly

    def _stated_days(self, term: Term, stated: Stated | None) -> int | None:
        """Days of credit the passage states; never more than the term has."""
        if stated is None:
            return None
        if stated.spell:
            custody = "designated" if stated.designated else "custody"
            kind = self._settings["spells"][custody]
            days = custody_credit([(kind, *stated.spell)], term.kind, self._rules).days
        else:
            days = stated.days_before(term.end())
        return days if days <= (term.end() - term.start).days + 1 else None

    def _recorded_days(self, term: Term, defendant: tuple[str, str]) -> int:
        """Credit for custody that events.csv records for this defendant before the term."""
        spells = _spells(self._events.get(defendant, ()), term.start, self._settings["spells"])
        days = custody_credit(spells, term.kind, self._rules).days
        return days if days <= (term.end() - term.start).days else 0


def _spells(events: Sequence[Event], before: date, settings: Mapping[str, Any]) -> Custody:
    """Closed spells of custody that ended before the day the term begins."""
    spells, since = [], None
    known = sorted((event.day, event.name) for event in events if event.day and event.day < before)
    for day, name in known:
        if name in settings["begins"]:
            since = since or day
        elif name in settings["ends"] and since:
            spells.append((settings["custody"], since, day))
            since = None
    return spells


def _class(term: Term, ends: Mapping[str, date], stated: int | None, recorded: int) -> str:
    """Why a printed end does not follow; the first that fits, from slips to silence."""
    end, best = term.printed_end, ends["stated"]
    other: MonthEnd = "same_day" if term.month_end == "last_day" else "last_day"
    tests = (
        ("end_before_start", end < term.start),
        ("month_end", term.end(stated or 0, other) == end),
        ("recorded", not stated and ends["recorded"] == end),
        ("no_same_day", 0 < (end - best).days <= NEAR and term.start.day > _clipped(term)),
        ("whole_years", (end.month, end.day) == (best.month, best.day)),
        ("whole_months", _whole_months_apart(best, end)),
        ("stated_near", bool(stated) and abs((end - best).days) <= NEAR),
        ("stated_differs", bool(stated)),
        ("recorded_near", bool(recorded) and abs((end - ends["recorded"]).days) <= NEAR),
        ("one_day_longer", (end - best).days == 1),
        ("not_stated", end < best),
    )
    return next((name for name, fits in tests if fits), "longer")


def _clipped(term: Term) -> int:
    """The day of the month the term's last month ends by, where it has no day of the start's number."""
    return (term.end() + ONE_DAY).day


def _whole_months_apart(computed: date, printed: date) -> bool:
    """The days after both ends bear the same number, in different months."""
    return (computed + ONE_DAY).day == (printed + ONE_DAY).day


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
