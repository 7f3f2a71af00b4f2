"""Shown — 呈现: the reader's views of a proceeding as the values that the templates draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dangui.core.handover import MACHINE
from dangui.core.problem import Problem, Words, words
from dangui.core.world import World, title_of
from dangui.views import ActionView, DeadlineView, LineView, PendingView, PersonView, ProceedingView, RunView
from dangui.web.desk.draw.urgent import grouped
from dangui.web.desk.sheet import (
    ActionLine,
    Choice,
    Clock,
    Consequence,
    Coupling,
    Exhibit,
    FormSheet,
    Line,
    Material,
    Paper,
    Pending,
    Person,
    ProceedingSheet,
    Record,
    Station,
    Volume,
)

_AT_END: Mapping[str, Words] = {
    "release_or_convert": words("应当释放或者变更强制措施", "release, or convert the measure"),
    "decide": words("应当作出决定", "a decision is due"),
    "act": words("应当办理完毕", "the act is due"),
}
_DETAILS: tuple[tuple[str, Words], ...] = (
    ("sex", words("性别", "Sex")),
    ("born", words("出生", "Born")),
    ("id_number", words("证件号码", "Document")),
    ("ethnicity", words("民族", "Ethnicity")),
    ("education", words("文化程度", "Education")),
    ("occupation", words("职业", "Occupation")),
    ("phone", words("电话", "Telephone")),
    ("address", words("住址", "Address")),
)
_SEXES = {"male": words("男", "male"), "female": words("女", "female")}
_GLYPHS = (
    ("制作", "document"),
    ("强制措施", "measure"),
    ("进入", "stage"),
    ("移送", "told"),
    ("开始计算", "clock"),
    ("办结期限", "clock"),
    ("延长", "clock"),
    ("中止计算", "clock"),
)
"""The mark beside a consequence, by how its Chinese sentence begins; only a decoration, the sentence says it all."""
_STATUS = {"initiated": "sent", "returned": "rejected"}


def clock(view: DeadlineView) -> Clock:
    """A limit for the gauge."""
    status = view.status if view.status != "restarted" else "cancelled"
    if status == "met" and view.ended_at and view.ended_at >= view.ends_at:
        status = "late"
    last = view.ends_at - timedelta(microseconds=1)
    whole_day = timezone.localtime(view.ends_at).time().isoformat() == "00:00:00"
    working = [Line(step["says"], (step["basis"],) if step["basis"] else ()) for step in view.working]
    own = {citation for line in working for citation in line.basis}
    # The article that gives the length is said beside the line that counts it.
    working = working and [
        *working[:-1],
        Line(working[-1].says, (*working[-1].basis, *(each for each in view.basis if each not in own))),
    ]
    return Clock(
        view.ref,
        view.title,
        view.person or "",
        view.liberty,
        status,
        view.started_at,
        view.ends_at,
        timezone.localtime(last).date() if whole_day else None,
        view.ended_at,
        tuple(working),
        (),
        tuple(Line(says, (basis,) if basis else ()) for says, basis in view.extendable),
        _AT_END.get(view.at_end),
        None,
        view.deadline,
        view.extensions,
        view.unverified,
    )


def person(view: PersonView, defended: Mapping[str, str]) -> Person:
    """A line of the table of persons."""
    details = [(title, _detail(key, view.data[key])) for key, title in _DETAILS if view.data.get(key)]
    if view.sentence:
        details.append((words("刑期", "Term"), _sentence(view.sentence)))
    minor = (words("未成年人", "Minor"),) if view.minor else ()
    return Person(
        view.id,
        view.name,
        view.role_title,
        tuple(details),
        view.measure_title if view.measure != "none" else None,
        view.measure_since,
        view.in_custody,
        view.charges,
        (*minor, *view.marks),
        view.outcome,
        view.left,
        defended.get(view.id, ""),
    )


def _detail(key: str, value: str) -> Words:
    return _SEXES.get(value, words(value, value)) if key == "sex" else words(value, value)


def _sentence(found: Mapping[str, Any]) -> Words:
    years, months = divmod(int(found["months"]), 12)
    zh = (f"{years}年" if years else "") + (f"{months}个月" if months else "")
    en = " ".join(part for part in (f"{years} y" if years else "", f"{months} m" if months else "") if part)
    return words(
        f"{zh},自{found['start']}起至{found['end']}止,折抵{found['credit_days']}日".replace(",", "，"),
        f"{en}, {found['start']} to {found['end']}, {found['credit_days']} days credited",
    )


def consequences(will: Iterable[Words]) -> tuple[Consequence, ...]:
    """What will happen, each with its mark."""
    return tuple(Consequence(_glyph(says["zh"].rpartition("后:")[2]), says) for says in will)


def _glyph(says: str) -> Any:
    return next((glyph for begin, glyph in _GLYPHS if says.startswith(begin)), "other")


def action(view: ActionView) -> ActionLine:
    """A line of what may be done next; it has reasons only if it can be done for nobody."""
    every = {problem.code: problem for problems in view.reasons.values() for problem in problems}
    able = [each for each in view.candidates if not view.reasons.get(each[0])]
    candidates = able if view.possible else list(view.candidates)
    return ActionLine(
        view.id,
        view.title,
        "apply" if view.needs_approval else "do",
        view.needs_approval,
        view.sends,
        words("对象", "Person") if view.of else None,
        view.many,
        tuple(Choice(value, words(name, name)) for value, name in candidates),
        () if view.possible else tuple(every.values()),
        view.basis,
    )


def form(view: ActionView, chosen: Sequence[str]) -> FormSheet:
    """The action as a form, filled with what the ledger already knows."""
    line = action(view)
    options = {name: tuple(Choice(value, title) for value, title in given) for name, given in view.options.items()}
    persons = tuple(chosen) or tuple(each.value for each in line.candidates if view.many or len(line.candidates) == 1)
    reasons = tuple(problem for each in chosen for problem in view.reasons.get(each, ())) or line.reasons
    return FormSheet(line, persons, view.fields, view.prefill, options, consequences(view.will), reasons)


def pending(view: PendingView, sheet_of: Any) -> Pending:
    """An application; ``sheet_of`` is the row of its proceeding with names."""
    return Pending(
        view.ref,
        sheet_of.proceeding,
        view.title,
        "、".join(view.persons),
        view.status,
        view.applied_by,
        view.applied_at,
        said(view.shown),
        consequences(view.will),
        view.may_approve,
        view.may_execute,
        view.may_cancel,
        view.awaits,
        view.reason,
        (),
        sheet_of.number,
        sheet_of.case,
        sheet_of.due_at,
        sheet_of.liberty,
    )


def _about(name: str, says: Words) -> Words:
    return words(f"{name}：{says['zh']}", f"{name}: {says['en']}") if name else says


def said(shown: Iterable[Mapping[str, Any]]) -> tuple[tuple[Words, Words | str], ...]:
    """Asked values with their labels."""
    return tuple((item["label"], item["value"]) for item in shown)


def record(view: LineView) -> Record:
    """A line of the history."""
    by = "" if view.user == MACHINE else view.user
    return Record(
        view.seq,
        view.says,
        view.office,
        by,
        view.occurred_at,
        view.recorded_at,
        view.flags,
        view.basis,
        view.digest,
        said(view.shown),
        view.made,
        view.corrected_by,
    )


def coupling(view: RunView, proceeding: str = "", number: str = "", parties: Sequence[str] = ()) -> Coupling:
    """A hand-over."""
    status = _STATUS.get(view.status, view.status)
    status = "warned" if status == "received" and view.warnings else status
    problems = [
        Problem(str(each.get("code", "")), str(each.get("place", "")), _problem(each)) for each in view.problems
    ]
    problems += [Problem("warning", "", words(text, text)) for text in view.warnings]
    return Coupling(
        view.run,
        view.title,
        view.direction,
        view.partner,
        view.sent_at or view.delivered_at or timezone.now(),
        view.delivered_at,
        view.received_at,
        status,
        proceeding,
        "",
        number,
        None,
        tuple(parties or view.persons),
        tuple(problems),
        view.may_receive,
        view.may_withdraw,
        tuple(Choice(code, title) for code, title in view.reject_codes),
        None,
        said(view.shown),
    )


def _problem(item: Mapping[str, Any]) -> Words:
    title, note = item.get("title") or words("", ""), str(item.get("note", ""))
    return words(
        "：".join(part for part in (title["zh"], note) if part), ": ".join(part for part in (title["en"], note) if part)
    )


def material(item: Mapping[str, Any], world: World, catalogue: str, names: Mapping[str, str]) -> Material:
    """A bound material."""
    kinds = world.catalogues[catalogue].kinds if catalogue in world.catalogues else {}
    kind = kinds[item["kind"]].title if item["kind"] in kinds and "template" not in item else words("文书", "Document")
    return Material(
        item["id"],
        item["title"],
        kind,
        "、".join(names[each] for each in item.get("of", ()) if names.get(each)),
        str(item.get("made_on") or item["at"])[:10],
        datetime.fromisoformat(item["at"]),
        item.get("pages") or None,
        int(item.get("size") or 0),
        str(item.get("blob") or ""),
        item.get("status", "bound"),
        str(item.get("reason") or ""),
    )


def paper(item: Mapping[str, Any], world: World, field: str) -> Paper:
    """An issued document with its services."""
    manners = world.fields[field].codes.get("service_manner", {}) if field in world.fields else {}
    served = tuple(
        (str(each.get("recipient") or ""), title_of(manners, each.get("manner") or ""), str(each.get("on") or "")[:10])
        for each in item["services"]
    )
    return Paper(
        item["id"],
        item["title"],
        item["number"],
        "、".join(item["persons"]),
        item["issued_at"],
        str(item.get("blob") or ""),
        served,
    )


def exhibit(item: Mapping[str, Any], number: int) -> Exhibit:
    """A registered thing."""
    return Exhibit(
        str(number),
        str(item.get("name", "")),
        str(item.get("description", "")),
        str(item.get("quantity", "")),
        str(item.get("place", "")),
        str(item.get("taken_from", "")),
    )


def stages(every: Sequence[tuple[str, Words]], here: str) -> tuple[Station, ...]:
    """The stages of a procedure as stations, the present one marked. Which were passed is not said: some are byways."""
    return tuple(Station(each, title, "here" if each == here else "ahead") for each, title in every)


def _volumes(view: ProceedingView, world: World, names: Mapping[str, str]) -> tuple[Volume, ...]:
    catalogue = world.procedures[view.row.procedure].catalogue
    internal = world.catalogues[catalogue].internal
    return tuple(
        Volume(volume, title, volume in internal, tuple(material(item, world, catalogue, names) for item in items))
        for volume, title, items in view.materials
    )


def proceeding(
    view: ProceedingView, world: World, line: Any, rail: tuple[Station, ...], defended: Mapping[str, str]
) -> ProceedingSheet:
    """The whole page. ``line`` is its row with names; ``defended`` names whom each defender defends."""
    procedure = world.procedures[view.row.procedure]
    names = {each.id: each.name for each in view.persons}
    limits = tuple(clock(each) for each in view.deadlines)
    alarms = tuple(replace(each, says=_about(names.get(each.place, ""), each.says)) for each in view.alarms)
    return ProceedingSheet(
        view.row.proceeding,
        view.row.case_id,
        view.row.number,
        view.row.procedure_title,
        view.row.stage_title,
        view.agency_title,
        view.row.offence,
        view.opened_at,
        view.row.closed,
        view.head,
        view.seq,
        view.scope,
        tuple(name for _, name in view.assigned),
        stages(view.stages, view.row.stage),
        rail,
        limits,
        tuple(person(each, defended) for each in view.persons),
        grouped((action(each) for each in view.actions), limits, procedure, world),
        tuple(pending(each, line) for each in view.pending),
        _volumes(view, world, names),
        tuple(paper(each, world, procedure.field) for each in view.documents),
        tuple(coupling(each, view.row.proceeding) for each in view.handovers),
        tuple(exhibit(each, number) for number, each in enumerate(view.exhibits, 1)),
        tuple(record(each) for each in view.history),
        alarms,
        view.lacking,
    )
