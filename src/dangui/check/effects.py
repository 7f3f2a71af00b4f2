"""Effects — 效果检查: whatever an effect names exists: stages, marks, measures, limits, documents, fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dangui.check.ground import Ground, Spot, names, problem
from dangui.core.length import parse_length
from dangui.core.problem import Problem
from dangui.core.procedure import Effect
from dangui.core.shape import nearest

Rule = Callable[[Ground, Spot, Effect, str], Iterator[Problem]]


def check(ground: Ground) -> Iterator[Problem]:
    """Every effect of every action and node."""
    for spot in ground.spots():
        for number, effect in enumerate(spot.effects):
            place = f"{spot.place}[{number}]"
            yield from _RULES[effect.verb](ground, spot, effect, place)
            if "from" in effect.more:
                yield from _start_from(spot, effect.more["from"], place)


def _named(what: str, zh: str, known: Callable[[Ground, Spot], Iterable[str]]) -> Rule:
    def rule(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
        options = list(known(ground, spot))
        for name in names(effect.value):
            if name not in options:
                yield problem(
                    f"effect.unknown_{what}",
                    place,
                    f"没有{zh}“{name}”",
                    f"there is no {what} '{name}'",
                    nearest(name, options),
                )
        if not names(effect.value):
            yield problem(
                f"effect.no_{what}", place, f"“{effect.verb}”须写明{zh}", f"'{effect.verb}' must name a {what}"
            )

    return rule


def _asking(*keys: str, kinds: tuple[str, ...] = ()) -> Rule:
    """The value, and those further keys, name fields that are asked."""

    def rule(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
        wanted = [effect.value, *(effect.more[key] for key in keys if key in effect.more)]
        for name in wanted:
            yield from _field(spot, name, place, kinds if name is effect.value else ())

    return rule


def _field(spot: Spot, name: Any, place: str, kinds: tuple[str, ...] = ()) -> Iterator[Problem]:
    found = spot.asked(name)
    said = name.get("field") if isinstance(name, Mapping) else name
    if found is None:
        yield problem(
            "effect.field_not_asked",
            place,
            f"表单没有询问“{said}”",
            f"no field '{said}' is asked here",
            nearest(str(said), [f.name for f in spot.fields]),
        )
    elif kinds and found.kind not in kinds:
        yield problem(
            "effect.field_kind",
            place,
            f"字段“{said}”应为{'、'.join(kinds)}",
            f"the field '{said}' should be {' or '.join(kinds)}, it is {found.kind}",
        )


def _measure(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    if isinstance(effect.value, Mapping):
        yield from _field(spot, effect.value, place, ("code", "text"))
        return
    measures = ground.world.fields[spot.procedure.field].measures
    if effect.value not in measures:
        yield problem(
            "effect.unknown_measure",
            place,
            f"没有强制措施“{effect.value}”",
            f"there is no measure '{effect.value}'",
            nearest(str(effect.value), measures),
        )


def _join(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    if effect.value not in spot.procedure.persons:
        yield problem(
            "effect.unknown_role",
            place,
            f"本流程没有当事人身份“{effect.value}”",
            f"there is no role '{effect.value}' here",
            nearest(str(effect.value), spot.procedure.persons),
        )
    for key, kinds in (("record", ("person",)), ("user", ("user", "text")), ("for", ("persons",))):
        if key in effect.more:
            yield from _field(spot, effect.more[key], place, kinds)


def _outcome(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    if isinstance(effect.value, Mapping):
        yield from _field(spot, effect.value, place)
        return
    world = ground.world
    tables = [
        *world.codes_for(spot.procedure).values(),
        *(table for each in world.collaborations.values() for table in each.codes.values()),
    ]
    if not any(effect.value in table for table in tables):
        yield problem(
            "effect.unknown_outcome", place, f"没有码值“{effect.value}”", f"no code table has '{effect.value}'"
        )


def _remember(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    for name in names(effect.value):
        yield from _field(spot, name, place)


def _extend(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    limit = spot.procedure.limits.get(str(effect.value))
    if limit is None:
        yield problem(
            "effect.unknown_limit",
            place,
            f"没有期限“{effect.value}”",
            f"there is no limit '{effect.value}'",
            nearest(str(effect.value), spot.procedure.limits),
        )
    elif not limit.extendable:
        yield problem(
            "effect.not_extendable", place, f"“{limit.title['zh']}”没有可延长的规定", f"'{limit.id}' has no extension"
        )
    if ("by" in effect.more) == ("to" in effect.more):
        yield problem("effect.extension", place, "延长须写明 by 或 to 之一", "an extension says either by or to")
    for value in (effect.more[key] for key in ("by", "to") if key in effect.more):
        if isinstance(value, Mapping):
            yield from _field(spot, value, place, ("integer",))
        elif not _is_length(value):
            yield problem(
                "effect.length", place, f"看不懂的期限“{value}”", f"'{value}' is not a length such as 15 days"
            )


def _is_length(value: Any) -> bool:
    try:
        parse_length(str(value))
    except ValueError:
        return False
    return True


def _issue(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    world = ground.world
    if world.template(spot.procedure, str(effect.value)) is None:
        known = [*world.templates.get(spot.procedure.id, {}), *world.fields[spot.procedure.field].templates]
        yield problem(
            "effect.unknown_document",
            place,
            f"没有文书模板“{effect.value}”",
            f"there is no document template '{effect.value}'",
            nearest(str(effect.value), known),
        )


def _sentence(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    value = effect.value if isinstance(effect.value, Mapping) else {}
    for key in ("kind", "months", "from"):
        if key not in value:
            yield problem("effect.sentence", place, f"sentence 缺少“{key}”", f"sentence lacks '{key}'")
        else:
            yield from _field(spot, value[key], place)


def _separate(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    if isinstance(effect.value, str):
        yield from _field(spot, effect.value, place, ("persons",))


def _open(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    wanted = str(effect.value)
    if wanted not in ground.world.procedures:
        yield problem(
            "effect.unknown_procedure",
            place,
            f"没有流程“{wanted}”",
            f"there is no procedure '{wanted}'",
            nearest(wanted, ground.world.procedures),
        )
    elif not any(wanted in agency.runs for agency in ground.agencies_of(spot.procedure)):
        yield problem(
            "effect.procedure_elsewhere",
            place,
            f"办理本流程的机关不办理“{wanted}”",
            f"no agency that runs this procedure runs '{wanted}'",
        )


def _close(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    if not spot.procedure.closed:
        yield problem("effect.no_closed_stage", place, "本流程没有办结阶段", "this procedure has no closed stage")


def _start_from(spot: Spot, source: Any, place: str) -> Iterator[Problem]:
    if isinstance(source, Mapping) and "field" in source:
        yield from _field(spot, source, place, ("date", "datetime"))
    elif not (
        source in ("now", "delivered")
        or (isinstance(source, Mapping) and ("fact" in source or source == {"person": "measure_since"}))
    ):
        yield problem(
            "effect.from", place, f"看不懂的起算点“{source}”", f"'{source}' is not a time that a clock can start from"
        )


def _nothing(ground: Ground, spot: Spot, effect: Effect, place: str) -> Iterator[Problem]:
    yield from ()


_LIMIT = _named("limit", "期限", lambda ground, spot: spot.procedure.limits)
_MARK = _named("mark", "标记", lambda ground, spot: spot.procedure.marks)
_MATERIAL = _asking("by", kinds=("material", "materials"))
_USER = _asking(kinds=("user",))

_RULES: Mapping[str, Rule] = {
    "stage": _named("stage", "阶段", lambda ground, spot: spot.procedure.stages),
    "mark": _MARK,
    "unmark": _MARK,
    "measure": _measure,
    "join": _join,
    "charge": _asking(kinds=("code", "list")),
    "discharge": _asking(kinds=("code", "list")),
    "outcome": _outcome,
    "remember": _remember,
    "start": _LIMIT,
    "meet": _LIMIT,
    "cancel": _LIMIT,
    "extend": _extend,
    "pause": _LIMIT,
    "resume": _LIMIT,
    "restart": _LIMIT,
    "issue": _issue,
    "bind": _asking(kinds=("file",)),
    "strike": _MATERIAL,
    "supersede": _MATERIAL,
    "exclude": _MATERIAL,
    "seal": _MATERIAL,
    "exhibit": _nothing,
    "serve": _asking(kinds=("document",)),
    "assign": _USER,
    "release": _USER,
    "recuse": _USER,
    "cover": _USER,
    "grant": _asking(kinds=("user", "text")),
    "sentence": _sentence,
    "separate": _separate,
    "merge": _asking(),
    "open": _open,
    "hold": _nothing,
    "unhold": _nothing,
    "close": _close,
    "leave": _nothing,
}
"""A rule for each verb of core.procedure.VERBS; a test compares the two lists."""
