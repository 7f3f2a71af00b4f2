"""Procedure — 流程: what may be done in a proceeding, by which post, when and on which basis; data made of packs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast, get_args

from dangui.core import condition as conditions
from dangui.core.condition import ALWAYS, Condition
from dangui.core.deadline import Counting, Counts
from dangui.core.form import Field, parse_fields
from dangui.core.length import Bounds, Length, Unit, parse_bounds
from dangui.core.problem import Problem, Words, words
from dangui.core.shape import Shape, nearest

VERBS: Mapping[str, tuple[str, ...]] = {
    "stage": (), "mark": ("scope", "per"), "unmark": ("scope", "per"), "measure": (), "join": ("record", "user", "for"),
    "charge": (), "discharge": (), "outcome": (), "remember": ("scope", "per"), "start": ("from", "per", "scope"),
    "meet": (), "cancel": (), "extend": ("by", "to", "reason"), "pause": ("reason",), "resume": (),
    "restart": ("from", "per", "scope"), "issue": ("to",), "bind": (), "strike": (), "supersede": ("by",),
    "exclude": (), "seal": (), "exhibit": (), "serve": (), "assign": (), "release": (), "recuse": (), "cover": (),
    "grant": (), "sentence": (), "separate": (), "merge": (), "open": (), "hold": (), "unhold": (), "close": (),
    "leave": (),
}
"""Every effect an action may have, with the further keys it takes — see CONTRIBUTING, "effects"."""

STEPS = ("done", "applied", "approved", "executed")
"""When effects happen: ``done`` at once; with approval at application, at approval and at execution."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of an act, as the pack writes it; resolved into facts when the act is decided."""

    verb: str
    value: Any
    more: Mapping[str, Any]
    when: Condition


@dataclass(frozen=True, slots=True)
class Action:
    """What may be done — 办理动作. ``approval`` lists the posts that must approve in turn (呈请 → 批准 → 执行)."""

    id: str
    title: Words
    by: tuple[str, ...]
    stages: tuple[str, ...]
    approval: tuple[str, ...]
    executes: tuple[str, ...]
    of: str
    many: bool
    needs: Condition
    expects: Condition
    asks: tuple[Field, ...]
    sends: str
    effects: Mapping[str, tuple[Effect, ...]]
    basis: tuple[str, ...]
    place: str

    @property
    def collaboration(self) -> str:
        """The collaboration of the message it sends, or ""."""
        return self.sends.partition(".")[0]

    @property
    def node(self) -> str:
        """The node of that collaboration, or ""."""
        return self.sends.partition(".")[2]


@dataclass(frozen=True, slots=True)
class LengthRow:
    """A length in force between two dates, under a condition."""

    length: Length
    since: date
    until: date
    when: Condition
    basis: str


@dataclass(frozen=True, slots=True)
class Extension:
    """How a limit may be extended: ``by`` least to most, or ``to`` at most, of one unit."""

    by: Bounds | None
    to: Length | None
    when: Condition
    times: int
    basis: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline as data — 期限: lengths in force, counting rule, extensions, and what its end forces."""

    id: str
    title: Words
    lengths: tuple[LengthRow, ...]
    counting: Counting
    extendable: tuple[Extension, ...]
    at_end: str
    warn: tuple[Length, ...]
    unverified: Words
    place: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a procedure — 阶段."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure pack — 流程."""

    id: str
    title: Words
    agency: str
    opens_by: tuple[str, ...]
    stages: Mapping[str, Stage]
    first: str
    closed: frozenset[str]
    persons: Mapping[str, Words]
    number: str
    catalogue: str
    leads: str
    supervises: tuple[str, ...]
    marks: Mapping[str, Words]
    actions: Mapping[str, Action]
    limits: Mapping[str, Limit]
    sources: tuple[str, ...]
    basis_none: str
    defence_reads: frozenset[str] = frozenset()
    """Volumes that the law opens to the defence in this procedure (CPL 40); none before the review for prosecution."""

    @property
    def field(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def main_role(self) -> str:
        """The role whom the procedure is mainly about: the first one named."""
        return next(iter(self.persons), "")


def parse_effects(raw: Sequence[Any], place: str, problems: list[Problem]) -> tuple[Effect, ...]:
    """A list of effects."""
    return tuple(_parse_effect(item, f"{place}[{number}]", problems) for number, item in enumerate(raw))


def _parse_effect(raw: Any, place: str, problems: list[Problem]) -> Effect:
    shape = Shape(raw, place, problems)
    keys = [str(key) for key in raw] if isinstance(raw, Mapping) else [str(raw)]
    verb = next((key for key in keys if key in VERBS), "")
    if not verb:
        zh, en = f"没有“{'、'.join(keys)}”这种效果", f"no effect is called {', '.join(keys)}"
        shape.complain("effect.unknown", "", zh, en, nearest(keys[0] if keys else "", VERBS))
        return Effect("close", None, {}, ALWAYS)
    when = conditions.parse(shape.any("when"), f"{place}.when", problems)
    more = {key: shape.any(key) for key in VERBS[verb] if shape.has(key)}
    value = shape.any(verb)
    shape.done()
    return Effect(verb, value, more, when)


def parse_action(action_id: str, raw: Any, stages: tuple[str, ...], place: str, problems: list[Problem]) -> Action:
    """One action of a stage file."""
    shape = Shape(raw, place, problems)
    of_role, many = _of(shape.any("of"))
    effects = {step: parse_effects(shape.many(f"when_{step}"), f"{place}.when_{step}", problems)
               for step in STEPS if shape.has(f"when_{step}")}
    action = Action(
        action_id, shape.title(), shape.texts("by", required=True), shape.texts("in") or stages,
        shape.texts("approval"), shape.texts("executes"), of_role, many,
        conditions.parse(shape.any("needs"), f"{place}.needs", problems),
        conditions.parse(shape.any("expects"), f"{place}.expects", problems),
        parse_fields(shape.many("asks"), f"{place}.asks", problems), shape.text("sends"), effects,
        shape.texts("basis"), place,
    )
    shape.done()
    _check_steps(action, shape)
    return action


def _of(raw: Any) -> tuple[str, bool]:
    """(role, whether several) of ``of: suspect`` or ``of: {role: suspect, many: true}``."""
    if isinstance(raw, Mapping):
        return str(raw.get("role", "")), bool(raw.get("many"))
    return str(raw or ""), False


def _check_steps(action: Action, shape: Shape) -> None:
    wrong = "done" in action.effects if action.approval else set(action.effects) - {"done"}
    if wrong:
        shape.complain("action.steps", "when_done",
                       "须经审批的动作用 when_approved/when_executed,不须审批的用 when_done",
                       "an action with approval has when_approved or when_executed; one without has when_done")
    if action.approval and any(field.kind == "person" for field in action.asks):
        shape.complain("action.person_in_application", "asks",
                       "须经审批的动作不得填报个人信息:呈请写入登记簿,不能删除",
                       "an action with approval can't ask for a personal record: what was applied for stays for ever")


def parse_limit(limit_id: str, raw: Any, place: str, problems: list[Problem]) -> Limit:
    """One entry of deadlines.yaml."""
    shape = Shape(raw, place, problems)
    rows = tuple(_parse_row(item, f"{place}.length[{number}]", problems)
                 for number, item in enumerate(shape.many("length", required=True)))
    extendable = tuple(_parse_extension(item, f"{place}.extendable[{number}]", problems)
                       for number, item in enumerate(shape.many("extendable")))
    limit = Limit(
        limit_id, shape.title(), rows, _parse_counting(shape, rows), extendable,
        shape.choice("at_end", ["release_or_convert", "decide", "act", "none"], "none"),
        tuple(_length(text, f"{place}.warn", problems) for text in shape.texts("warn")),
        shape.title("unverified", required=False), place,
    )
    shape.text("checked_at")
    shape.text("met_by")
    shape.done()
    return limit


def _parse_counting(shape: Shape, rows: Sequence[LengthRow]) -> Counting:
    liberty = shape.choice("protects", ["liberty"]) == "liberty"
    usual = "from_fact" if rows and rows[0].length.unit is Unit.HOURS else "next_day"
    counts = cast("Counts", shape.choice("counts", get_args(Counts), usual))
    rolls = shape.flag("rolls", not liberty)
    if liberty and rolls:
        shape.complain("limit.liberty_rolls", "rolls", "涉及人身自由的期限不因节假日顺延",
                       "a limit that protects liberty never rolls over rest days")
    return Counting(counts=counts, rolls=rolls and not liberty, protects_liberty=liberty)


def _parse_row(raw: Any, place: str, problems: list[Problem]) -> LengthRow:
    shape = Shape(raw, place, problems)
    length = _length(shape.text("is", required=True), place, problems)
    row = LengthRow(length, _day(shape, "since", date.min), _day(shape, "until", date.max),
                    conditions.parse(shape.any("when"), f"{place}.when", problems), shape.text("basis"))
    shape.done()
    return row


def _parse_extension(raw: Any, place: str, problems: list[Problem]) -> Extension:
    shape = Shape(raw, place, problems)
    by, to = shape.text("by"), shape.text("to")
    if bool(by) == bool(to):
        shape.complain("limit.extension", "by", "延长须写明 by 或 to 之一", "an extension says either by or to")
    found = Extension(
        _bounds(by, place, problems) if by else None, _length(to, place, problems) if to else None,
        conditions.parse(shape.any("when"), f"{place}.when", problems), shape.number("times") or 0, shape.text("basis"),
    )
    shape.done()
    return found


def _bounds(text: str, place: str, problems: list[Problem]) -> Bounds:
    try:
        return parse_bounds(text)
    except ValueError as error:
        problems.append(Problem("limit.length", place, words(f"看不懂的期限“{text}”", str(error))))
        return Bounds(_ONE_DAY, _ONE_DAY)


_ONE_DAY = Length(1, Unit.DAYS)


def _length(text: str, place: str, problems: list[Problem]) -> Length:
    return _bounds(text, place, problems).most


def _day(shape: Shape, key: str, default: date) -> date:
    text = shape.text(key)
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        shape.complain("pack.not_a_date", key, f"“{text}”不是日期", f"'{text}' is not a date")
        return default
