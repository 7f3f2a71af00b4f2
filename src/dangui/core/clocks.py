"""Clocks — 期限运行: starting, extending, pausing and ending limits: arithmetic on what the pack and the law say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dangui.core import condition as conditions
from dangui.core.calendar import Calendar, in_china
from dangui.core.condition import Known
from dangui.core.deadline import Counting, due
from dangui.core.length import Length, parse_length
from dangui.core.problem import Problem, words
from dangui.core.procedure import Extension, Limit
from dangui.core.proceeding import Clock


def start(limit: Limit, clock_id: str, person: str | None, at: datetime, known: Known, calendar: Calendar,
          follows: str | None = None) -> Clock | None:
    """A new clock of ``limit`` from ``at``; None if no length of the pack applies on that day."""
    day = in_china(at).date()
    rows = sorted(limit.lengths, key=lambda row: row.when == conditions.ALWAYS)
    row = next((row for row in rows if row.since <= day < row.until and conditions.holds(row.when, known)), None)
    if row is None:
        return None
    found = due(at, [row.length], limit.counting, calendar)
    return Clock(
        clock_id, limit.id, person, limit.title, at, (row.length.text(),), found.ends_at, found.last_day.isoformat(),
        "running", limit.counting.protects_liberty, limit.counting.rolls, limit.counting.counts, limit.at_end,
        tuple(tier.text() for tier in limit.warn), (row.basis,) if row.basis else (),
        tuple(step.as_json() for step in found.working), follows=follows,
    )


def extend(clock: Clock, limit: Limit, *, by: Length | None, to: Length | None, known: Known,
           calendar: Calendar) -> Clock | Problem:
    """The clock extended ``by`` a length (added) or ``to`` one (instead of the first), if a row of the pack allows."""
    row = next((row for row in limit.extendable if _allows(row, by, to) and conditions.holds(row.when, known)
                and (not row.times or clock.extended_by.count(row.basis) < row.times)), None)
    asked = (by or to or parse_length("1 days")).says()
    if row is None:
        return Problem("extend.not_allowed", clock.deadline, words(
            f"“{limit.title['zh']}”不能这样延长({asked['zh']})",
            f"'{limit.title['en']}' can't be extended like this ({asked['en']})"),
            words(";".join(_offer(row)["zh"] for row in limit.extendable) or "此期限不得延长",
                  "; ".join(_offer(row)["en"] for row in limit.extendable) or "this limit can't be extended"),
            tuple(row.basis for row in limit.extendable if row.basis))
    lengths = (*clock.lengths, by.text()) if by else ((to.text(),) if to else clock.lengths)
    basis = (*clock.basis, row.basis) if row.basis else clock.basis
    longer = recount(replace(clock, lengths=lengths, basis=basis, extensions=clock.extensions + 1,
                             extended_by=(*clock.extended_by, row.basis)), limit.counting.basis, calendar)
    if longer.ends_at <= clock.ends_at:
        return Problem("extend.not_longer", clock.deadline, words(
            f"“{limit.title['zh']}”现至{clock.last_day}，这样延长并不更长",
            f"'{limit.title['en']}' already ends on {clock.last_day}; this would not be longer"))
    return longer


def _allows(row: Extension, by: Length | None, to: Length | None) -> bool:
    if by is not None and row.by is not None:
        return row.by.holds(by)
    return to is not None and row.to is not None and to.unit is row.to.unit and to.number <= row.to.number


def _offer(row: Extension) -> dict[str, str]:
    if row.by:
        return {"zh": f"可延长{row.by.says()['zh']}", "en": f"by {row.by.says()['en']}"}
    said = row.to.says() if row.to else words("", "")
    return {"zh": f"可延长至{said['zh']}", "en": f"to {said['en']}"}


def recount(clock: Clock, basis: Mapping[str, str], calendar: Calendar) -> Clock:
    """The clock with its end computed anew from its lengths and excluded time; ``basis`` cites the counting rules."""
    found = due(clock.started_at, [parse_length(text) for text in clock.lengths],
                Counting(clock.counts, clock.rolls, clock.liberty, basis), calendar,  # type: ignore[arg-type]
                excluded=[(since, until) for since, until, _ in clock.excluded if until])
    return replace(clock, ends_at=found.ends_at, last_day=found.last_day.isoformat(),
                   working=tuple(step.as_json() for step in found.working))


def pause(clock: Clock, at: datetime, reason: str) -> Clock:
    """Time from ``at`` does not count until ``resume`` (鉴定期间 …)."""
    return replace(clock, status="paused", excluded=(*clock.excluded, (at, None, reason)))


def resume(clock: Clock, at: datetime, basis: Mapping[str, str], calendar: Calendar) -> Clock:
    """The clock runs again; the time it stood is added."""
    since, _, reason = clock.excluded[-1]
    excluded = (*clock.excluded[:-1], (since, max(at, since), reason))
    return recount(replace(clock, status="running", excluded=excluded), basis, calendar)


def end(clock: Clock, at: datetime, status: str) -> Clock:
    """The clock ``met``, ``cancelled`` or ``restarted`` at ``at``."""
    return replace(clock, status=status, ended_at=at)


def concerning(clocks: Sequence[Clock], deadlines: Sequence[str], persons: Sequence[str]) -> list[Clock]:
    """The live clocks of those deadlines that concern the persons or the whole proceeding; all, if none is named."""
    return [clock for clock in clocks if clock.live and clock.deadline in deadlines
            and (clock.person is None or not persons or clock.person in persons)]


def late_flag(clock: Clock, at: datetime) -> dict[str, Any]:
    """The note that a limit was met after its end."""
    says = words(f"“{clock.title['zh']}”应于{clock.last_day}前办理,已逾期",
                 f"'{clock.title['en']}' was due by {clock.last_day}: late")
    return {"code": f"{clock.deadline}.late", "person": clock.person, "at": at.isoformat(), "basis": list(clock.basis),
            "says": says}
