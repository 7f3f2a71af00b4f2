"""Vocabulary — 词汇检查: conditions ask only with words that something can make true, of codes that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dangui.check.ground import Ground, names, node_place, problem
from dangui.core import condition as conditions
from dangui.core.condition import AllOf, AnyOf, Compare, Condition, Not, Word
from dangui.core.facts import known_words
from dangui.core.form import Field
from dangui.core.problem import Problem, Words
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest

STANDING_FACTS = ("measure", "outcome", "role", "stage", "number", "sentence")
"""Facts that hold without anybody having remembered them."""


def check(ground: Ground) -> Iterator[Problem]:
    """Every condition of every action, limit, field and effect."""
    for procedure in ground.world.procedures.values():
        words = Vocabulary(ground, procedure)
        for condition, place, fields in _conditions(ground, procedure):
            yield from words.wrong(condition, place, fields)
        for action in procedure.actions.values():
            yield from words.never(action.needs, f"{action.place}.needs")


Asked = tuple[Condition, str, Sequence[Field] | None]
"""A condition, where it stands, and the form at hand there (None: no form)."""


def _conditions(ground: Ground, procedure: Procedure) -> Iterator[Asked]:
    for action in procedure.actions.values():
        fields = ground.fields(action)
        yield action.needs, f"{action.place}.needs", fields
        yield action.expects, f"{action.place}.expects", fields
        yield from _of_fields(action.asks, f"{action.place}.asks", fields)
    for limit in procedure.limits.values():
        for number, when in enumerate([row.when for row in limit.lengths] + [row.when for row in limit.extendable]):
            yield when, f"{limit.place}[{number}].when", None
    for spot in ground.spots_of(procedure):
        yield from ((effect.when, f"{spot.place}[{n}].when", spot.fields) for n, effect in enumerate(spot.effects))
    for collaboration, side in ground.sides_of(procedure):
        for node in collaboration.nodes.values():
            if node.by == side:
                yield from _of_fields(node.fields, f"{node_place(collaboration, node)}.fields", node.fields)


def _of_fields(asked: Iterable[Field], place: str, fields: Sequence[Field]) -> Iterator[Asked]:
    """Conditions under which fields are required."""
    for field in asked:
        if field.required is not None:
            yield field.required, f"{place}.{field.name}", fields


class Vocabulary:
    """The words of one procedure — 词汇."""

    def __init__(self, ground: Ground, procedure: Procedure) -> None:
        self.ground, self.procedure = ground, procedure
        world = ground.world
        field = world.fields[procedure.field]
        self.plain, self.dotted = known_words()
        self.marks = {*procedure.marks}
        self.measures = {*field.measures}
        self.set_marks = set(_set_marks(ground, procedure))
        catalogue = world.catalogues.get(procedure.catalogue)
        templates = {*world.templates.get(procedure.id, {}), *field.templates}
        partners = {collaboration.id for collaboration, _ in ground.sides_of(procedure)}
        codes = [
            *world.codes_for(procedure).values(),
            *(table for name in partners for table in world.collaborations[name].codes.values()),
        ]
        self.tables: Mapping[str, Iterable[str]] = {
            "running": procedure.limits,
            "paused": procedure.limits,
            "past": procedure.limits,
            "met": procedure.limits,
            "has_material": {*(catalogue.kinds if catalogue else ()), *templates},
            "has_document": templates,
            "sent": partners,
            "received": partners,
            "stage": procedure.stages,
            "charged": world.offences,
            "outcome": {code for table in codes for code in table},
            "has": procedure.persons,
        }
        self.facts = {*STANDING_FACTS, *remembered(ground, procedure)}

    def wrong(self, condition: Condition, place: str, fields: Sequence[Field] | None) -> Iterator[Problem]:
        """What the condition asks that nobody could answer; ``fields`` None where no form is at hand."""
        asked = None if fields is None else {field.name for field in fields}
        for kind, name in conditions.names(condition):
            if kind == "word":
                yield from self._word(name, place)
            elif kind == "fact" and name.partition(".")[0] not in self.facts:
                yield problem(
                    "condition.unknown_fact",
                    place,
                    f"没有动作记下“{name}”",
                    f"no action remembers the fact '{name}'",
                    nearest(name, self.facts),
                )
            elif kind == "field" and asked is not None and name not in asked:
                yield problem(
                    "condition.unknown_field",
                    place,
                    f"表单中没有字段“{name}”",
                    f"the form has no field '{name}'",
                    nearest(name, asked),
                )
        if fields is not None:
            yield from self._codes(condition, place, list(fields))

    def never(self, condition: Condition, place: str) -> Iterator[Problem]:
        """Marks that are needed and that nothing ever sets: the action could never be done."""
        for name in _needed(condition):
            if name in self.marks and name not in self.set_marks:
                yield problem(
                    "mark.never_set", place, f"没有任何效果设定“{name}”", f"nothing ever sets the mark '{name}'"
                )

    def _word(self, name: str, place: str) -> Iterator[Problem]:
        head, _, tail = name.partition(".")
        if head in ("all", "some") and tail:
            yield from self._word(tail, place)
        elif tail and head in self.tables:
            if tail not in self.tables[head]:
                yield problem(
                    "condition.unknown_name",
                    place,
                    f"“{name}”中的“{tail}”不存在",
                    f"there is no '{tail}' as in '{name}'",
                    self._near(head, tail),
                )
        elif tail and head in self.dotted:
            return
        elif tail or name not in self.plain | self.marks | self.measures:
            yield problem(
                "condition.unknown_word",
                place,
                f"不认识的条件词“{name}”",
                f"unknown word '{name}'",
                nearest(name, {*self.plain, *self.marks, *self.measures}),
            )

    def _near(self, head: str, tail: str) -> Words:
        return nearest(tail, self.tables[head])

    def _codes(self, condition: Condition, place: str, fields: list[Field]) -> Iterator[Problem]:
        kinds = {field.name: field for field in fields if field.kind in ("code", "list")}
        for compare in _compares(condition):
            field = kinds.get(compare.name) if compare.kind == "field" else None
            table = self._table(field.table) if field else None
            for value in compare.value if isinstance(compare.value, tuple) else (compare.value,):
                if table and compare.how in ("is", "in") and value not in table:
                    yield problem(
                        "condition.unknown_code",
                        place,
                        f"码表中没有“{value}”",
                        f"'{value}' is not a code of '{compare.name}'",
                        nearest(str(value), table),
                    )

    def _table(self, name: str) -> Mapping[str, Any] | None:
        world = self.ground.world
        found = [
            world.codes_for(self.procedure).get(name),
            *(each.codes.get(name) for each in world.collaborations.values()),
        ]
        return {code: True for table in found if table for code in table} or None


def remembered(ground: Ground, procedure: Procedure) -> set[str]:
    """Names of the facts that something may remember in a proceeding of this procedure, or that travel to it."""
    found = {
        name
        for spot in ground.spots_of(procedure)
        for effect in spot.effects
        if effect.verb == "remember"
        for name in names(effect.value)
    }
    carried = {
        name
        for collaboration, _ in ground.sides_of(procedure)
        for node in collaboration.nodes.values()
        for name in node.carries
    }
    return found | carried


def _set_marks(ground: Ground, procedure: Procedure) -> Iterator[str]:
    for spot in ground.spots_of(procedure):
        yield from (str(effect.value) for effect in spot.effects if effect.verb == "mark")
    for collaboration, _ in ground.sides_of(procedure):
        for node in collaboration.nodes.values():
            yield from node.carries


def _needed(condition: Condition) -> Iterator[str]:
    """Words without which the condition can't hold."""
    match condition:
        case Word(name):
            yield name
        case AllOf(of):
            for each in of:
                yield from _needed(each)
        case AnyOf((single,)):
            yield from _needed(single)


def _compares(condition: Condition) -> Iterator[Compare]:
    match condition:
        case Compare():
            yield condition
        case Not(of):
            yield from _compares(of)
        case AnyOf(of) | AllOf(of):
            for each in of:
                yield from _compares(each)
