"""Limits — 期限效果: the effects by which an act starts, meets, extends, pauses and restarts clocks."""

from __future__ import annotations

from dataclasses import replace

from dangui.core import clocks
from dangui.core.problem import Problem
from dangui.core.procedure import Effect
from dangui.core.proceeding import Clock
from dangui.core.resolve import Resolver, Verb, names_of


def start(r: Resolver, e: Effect, person: str | None, follows: str | None = None) -> None:
    """Start the limits named; ``scope: proceeding`` makes them run for the whole proceeding."""
    about = None if e.more.get("scope") == "proceeding" else person
    at = r.moment(e.more.get("from"), about)
    for name in names_of(e):
        limit = r.procedure.limits[name]
        serial = 1 + sum(clock.deadline == name and clock.person == about for clock in r.state.clocks.values())
        clock = clocks.start(
            limit, f"{name}:{about or '-'}:{serial}", about, at, r.facts(about), r.told.calendar, follows)
        if clock:
            _enter(r, clock)
        else:
            r.complain("limit.no_length", name, f"“{limit.title['zh']}”在此日期没有可用的期限规定",
                       f"no length of '{limit.title['en']}' is in force on that day")


def ends(status: str) -> Verb:
    """The limits end as ``met`` (flagged if late) or ``cancelled``."""
    def resolve(r: Resolver, e: Effect, person: str | None) -> None:
        for clock in _live(r, e):
            if status == "met" and _is_over(r, clock):
                r.flag(clocks.late_flag(clock, r.act.at))
            _enter(r, clocks.end(clock, r.act.at, status))

    return resolve


def restart(r: Resolver, e: Effect, person: str | None) -> None:
    """A new clock of the limit that follows the last one, which ends if it still runs (重新计算)."""
    for name in names_of(e):
        same = [clock for clock in r.state.clocks.values() if clock.deadline == name and clock.person in (None, person)]
        before = same[-1] if same else None
        if before and before.live:
            if _prolongs_unlawfully(r, before):
                continue
            _enter(r, clocks.end(before, r.act.at, "restarted"))
        about = before.person if before else person
        start(r, replace(e, verb="start", value=[name]), about, before.id if before else None)


def extend(r: Resolver, e: Effect, person: str | None) -> None:
    """The limit is extended by a length, or to one, as a row of the pack allows (延长)."""
    limit = r.procedure.limits[str(e.value)]
    running = _live(r, e)
    if not running:
        r.complain("extend.not_running", str(e.value), f"“{limit.title['zh']}”没有在计算的期限",
                   f"no '{limit.title['en']}' is running")
    by, to = (r.length(e.more[key]) if key in e.more else None for key in ("by", "to"))
    if by is None and to is None:
        return
    for clock in running:
        if _prolongs_unlawfully(r, clock):
            continue
        found = clocks.extend(clock, limit, by=by, to=to, known=r.facts(clock.person), calendar=r.told.calendar)
        if isinstance(found, Problem):
            r.problems.append(found)
        else:
            _enter(r, found)


def pause(r: Resolver, e: Effect, person: str | None) -> None:
    """Time stops counting (鉴定期间 …); ``reason`` is an asked field or the words themselves."""
    reason = r.text(e.more.get("reason", ""))
    for clock in _live(r, e):
        if clock.status == "running" and not _prolongs_unlawfully(r, clock):
            _enter(r, clocks.pause(clock, r.act.at, str(r.asked(reason) or reason)))


def resume(r: Resolver, e: Effect, person: str | None) -> None:
    """Time counts again."""
    for clock in _live(r, e):
        if clock.status == "paused":
            limit = r.procedure.limits[clock.deadline]
            _enter(r, clocks.resume(clock, r.act.at, limit.counting.basis, r.told.calendar))


def _enter(r: Resolver, clock: Clock) -> None:
    r.add("clock", clock=clock.as_json())


def _live(r: Resolver, e: Effect) -> list[Clock]:
    about = r.act.about or r.act.travelling
    return clocks.concerning(list(r.state.clocks.values()), names_of(e), about)


def _is_over(r: Resolver, clock: Clock) -> bool:
    return clock.status == "running" and r.act.at >= clock.ends_at


def _prolongs_unlawfully(r: Resolver, clock: Clock) -> bool:
    """Whether this act would keep somebody past a limit of liberty that has ended; then it is refused (CPL 98).

    What arrives from another agency has happened there and is recorded all the same.
    """
    unlawful = clock.liberty and _is_over(r, clock) and r.act.delivered is None
    if unlawful:
        title = clock.title
        r.complain("liberty.expired", clock.deadline,
                   f"“{title['zh']}”已于{clock.last_day}届满,不得再延长羁押,应当释放或者变更强制措施",
                   f"'{title['en']}' ended on {clock.last_day}; custody can't be prolonged, release or convert")
    return unlawful


VERBS: dict[str, Verb] = {
    "start": start, "meet": ends("met"), "cancel": ends("cancelled"), "extend": extend, "pause": pause,
    "resume": resume, "restart": restart,
}
