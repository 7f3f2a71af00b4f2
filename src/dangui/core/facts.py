"""Facts — 事实: the words in which conditions ask about a person and a proceeding, and how each is said to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangui.core.party import Person
from dangui.core.problem import Words, words
from dangui.core.procedure import Procedure
from dangui.core.proceeding import Proceeding
from dangui.core.world import World


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at one moment about one person of a proceeding, or about the proceeding when ``person`` is None."""

    state: Proceeding
    person: Person | None
    now: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)

    def word(self, name: str) -> bool:
        """Whether the word holds: first of the person, then of the proceeding."""
        head, _, tail = name.partition(".")
        if tail and head in _DOTTED:
            return _DOTTED[head](self, tail)
        if name in _PLAIN:
            return _PLAIN[name](self)
        if self.person is not None and (name in self.person.marks or name == self.person.measure):
            return True
        return name in self.state.marks

    def value(self, kind: str, name: str) -> Any:
        """An asked field, or a remembered fact of the person, else of the proceeding."""
        if kind == "field":
            return self.fields.get(name)
        if self.person is not None:
            if name in ("measure", "outcome", "role"):
                return getattr(self.person, name)
            if name in self.person.facts:
                return self.person.facts[name]
        if name in ("stage", "number"):
            return getattr(self.state, name)
        return self.state.facts.get(name)

    def about(self, person: Person) -> Facts:
        """The same moment, asked about another person."""
        return Facts(self.state, person, self.now, self.fields)


def _clocks(facts: Facts, deadline: str) -> list[Any]:
    about = facts.person.id if facts.person else None
    return [clock for clock in facts.state.clocks.values()
            if clock.deadline == deadline and (about is None or clock.person in (None, about))]


def _overdue(facts: Facts) -> bool:
    about = facts.person.id if facts.person else None
    return any(clock.liberty and clock.status == "running" and clock.ends_at <= facts.now
               and (about is None or clock.person in (None, about)) for clock in facts.state.clocks.values())


def _has_material(facts: Facts, kind: str) -> bool:
    bound = (item for item in facts.state.materials.values() if item.get("status", "bound") == "bound")
    return any(item.get("kind") == kind for item in bound)


def _has_document(facts: Facts, template: str) -> bool:
    about = facts.person.id if facts.person else None
    return any(item["template"] == template and (about is None or not item["of"] or about in item["of"])
               for item in facts.state.documents.values())


def _open_run(facts: Facts, collaboration: str, direction: str) -> bool:
    about = facts.person.id if facts.person else None
    return any(run["collaboration"] == collaboration and run["direction"] == direction
               and run["status"] in ("initiated", "delivered", "received", "parked")
               and (about is None or not run["about"] or about in run["about"])
               for run in facts.state.handovers.values())


def _each(facts: Facts, word: str) -> list[bool]:
    return [facts.about(person).word(word) for person in facts.state.people(facts.state.main_role)]


def _has_defender(facts: Facts) -> bool:
    about = facts.person.id if facts.person else None
    return any(person.defends in (None, about) for person in facts.state.people("defender"))


def _outcome_is(facts: Facts, code: str) -> bool:
    return facts.person is not None and facts.person.outcome == code


_PLAIN: Mapping[str, Callable[[Facts], bool]] = {
    "in_custody": lambda facts: bool(facts.person and facts.person.custody),
    "minor": lambda facts: bool(facts.person and facts.person.minor),
    "has_defender": _has_defender,
    "overdue": _overdue,
    "assigned": lambda facts: bool(facts.state.assigned),
    "held_here": lambda facts: bool(facts.person and facts.person.held_here),
    "has_outcome": lambda facts: bool(facts.person and facts.person.outcome),
}

_DOTTED: Mapping[str, Callable[[Facts, str], bool]] = {
    "running": lambda facts, name: any(clock.live for clock in _clocks(facts, name)),
    "paused": lambda facts, name: any(clock.status == "paused" for clock in _clocks(facts, name)),
    "past": lambda facts, name: any(clock.is_past(facts.now) for clock in _clocks(facts, name)),
    "met": lambda facts, name: any(clock.status == "met" for clock in _clocks(facts, name)),
    "has_material": _has_material,
    "has_document": _has_document,
    "sent": lambda facts, name: _open_run(facts, name, "out"),
    "received": lambda facts, name: _open_run(facts, name, "in"),
    "stage": lambda facts, name: facts.state.stage == name,
    "charged": lambda facts, name: bool(facts.person and name in facts.person.charges),
    "outcome": _outcome_is,
    "all": lambda facts, name: all(_each(facts, name)),
    "some": lambda facts, name: any(_each(facts, name)),
    "has": lambda facts, name: bool(facts.state.people(name)),
}

_SAID: Mapping[str, Words] = {
    "in_custody": words("在押", "in custody"), "minor": words("未成年", "a minor"),
    "has_defender": words("有辩护人", "represented by counsel"),
    "overdue": words("羁押期限已届满", "custody limit passed"), "assigned": words("已分案", "assigned"),
    "held_here": words("由本机关羁押", "held by this agency"), "has_outcome": words("已有处理结果", "already decided"),
    "running": words("期限“{}”进行中", "'{}' is running"), "paused": words("期限“{}”已中止", "'{}' is paused"),
    "past": words("期限“{}”已届满", "'{}' has passed"), "met": words("“{}”已按期办理", "'{}' was met"),
    "has_material": words("卷内有“{}”", "'{}' is in the dossier"),
    "has_document": words("已制作“{}”", "'{}' was issued"),
    "sent": words("“{}”已移送未了", "'{}' is under way"), "received": words("已收到“{}”", "'{}' was received"),
    "stage": words("处于“{}”阶段", "in stage '{}'"), "charged": words("涉嫌“{}”", "charged with '{}'"),
    "outcome": words("处理结果为“{}”", "outcome is '{}'"), "all": words("全部:{}", "all: {}"),
    "some": words("其中有人:{}", "some: {}"), "fact": words("“{}”符合要求", "'{}' as required"),
    "field": words("填写的“{}”符合要求", "'{}' filled in as required"),
    "has": words("有{}", "there is a {}"),
}
"""How each built-in word is said to people; {} stands for the title of what follows the dot."""


def known_words() -> tuple[frozenset[str], frozenset[str]]:
    """(plain built-in words, prefixes of dotted ones) for the checker of packs."""
    return frozenset(_PLAIN), frozenset(_DOTTED)


def say(word: str, procedure: Procedure, world: World) -> Words:
    """A word as a person would say it, with titles from the packs."""
    head, _, tail = word.partition(".")
    if word in procedure.marks:
        return procedure.marks[word]
    if word in world.fields[procedure.field].measures:
        return world.fields[procedure.field].measures[word].title
    if not tail or head not in _SAID:
        return _SAID.get(word, words(word, word))
    inner = say(tail, procedure, world) if head in ("all", "some") else _titled(tail, procedure, world)
    return words(_SAID[head]["zh"].format(inner["zh"]), _SAID[head]["en"].format(inner["en"]))


def _titled(name: str, procedure: Procedure, world: World) -> Words:
    for table in (procedure.limits, procedure.stages, world.collaborations):
        if name in table:
            title: Words = table[name].title
            return title
    template = world.template(procedure, name)
    if template:
        return template.title
    for codes in (world.offences, procedure.persons, *world.codes_for(procedure).values()):
        if name in codes:
            return codes[name]
    return words(name, name)
