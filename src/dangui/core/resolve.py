"""Resolve — 效果落实: an act whose effects become facts one by one, each applied before the next is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangui.core.facts import Facts
from dangui.core.form import Field
from dangui.core.ledger import Actor
from dangui.core.length import Length, parse_length
from dangui.core.ports import PersonRecord
from dangui.core.problem import Problem, words
from dangui.core.procedure import Effect, Procedure
from dangui.core.proceeding import Proceeding, Work
from dangui.core.world import Told


@dataclass(frozen=True, slots=True)
class Act:
    """The act whose effects are resolved: who, when, with what values, about whom.

    ``travelling`` are the persons of a hand-over; ``delivered`` is set where the act is another agency's, already done,
    and only arrives here.
    """

    actor: Actor
    at: datetime
    fields: tuple[Field, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    travelling: tuple[str, ...] = ()
    delivered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A new proceeding that an act opens at the same agency: another procedure, or a sibling after separation."""

    procedure: str
    persons: tuple[str, ...]
    kind: str
    reason: str = ""


class Resolver:
    """Gathers what an act enters, on a state that follows along — 逐项落实."""

    def __init__(self, told: Told, procedure: Procedure, state: Proceeding, act: Act) -> None:
        self.told, self.procedure, self.act = told, procedure, act
        self.world = told.world
        self.work = Work(state)
        self.effects: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.prints: dict[str, Any] = {}
        self.records: list[PersonRecord] = []
        self.openings: list[Opening] = []
        self._seen: Proceeding | None = state

    @property
    def state(self) -> Proceeding:
        """The state with everything resolved so far."""
        if self._seen is None:
            self._seen = self.work.done()
        return self._seen

    def add(self, kind: str, **said: Any) -> None:
        """Enter one fact and apply it."""
        effect = {"is": kind, **said}
        self.effects.append(effect)
        self.work.apply(effect, self.act.at)
        self._seen = None

    def flag(self, flag: Mapping[str, Any]) -> None:
        """Enter a note that something was not as it should be — 标注."""
        self.add("flag", flag=dict(flag))

    def complain(self, code: str, place: str, zh: str, en: str) -> None:
        """Note why the act can't be done."""
        self.problems.append(Problem(code, place, words(zh, en)))

    def facts(self, person: str | None) -> Facts:
        """What conditions are asked of, about ``person``."""
        return Facts(self.state, self.state.persons.get(person) if person else None, self.act.at, self.act.values)

    def text(self, value: Any) -> str:
        """A literal, or the value of ``{field: name}``."""
        if isinstance(value, Mapping) and "field" in value:
            return str(self.act.values.get(value["field"], ""))
        return str(value)

    def asked(self, name: Any) -> Any:
        """The value of the asked field ``name`` (also written ``{field: name}``)."""
        return self.act.values.get(name["field"] if isinstance(name, Mapping) else str(name))

    def moment(self, source: Any, person: str | None = None) -> datetime:
        """The time a clock starts from: now, an asked field, a remembered fact (``sentence.end``), the measure's."""
        if source == "delivered":
            return self.act.delivered or self.act.at
        if not isinstance(source, Mapping):
            return self.act.at
        if "person" in source:
            about = self.act.about[0] if self.act.about else person
            return (self.state.persons[about].measure_since if about else None) or self.act.at
        given = self.asked(source) if "field" in source else self._remembered(str(source.get("fact")), person)
        if not given:
            return self.act.at
        found = datetime.fromisoformat(given)
        return found if found.tzinfo else found.replace(tzinfo=self.act.at.tzinfo)

    def _remembered(self, name: str, person: str | None) -> Any:
        """A fact of the person or the proceeding; ``sentence.end`` is a part of one."""
        head, _, part = name.partition(".")
        found = self.facts(person).value("fact", head)
        return found.get(part) if part and isinstance(found, Mapping) else found

    def length(self, value: Any) -> Length | None:
        """``15 days`` or ``{field: name, unit: days}``; None, with a complaint, where the field gives no length."""
        if not isinstance(value, Mapping):
            return parse_length(str(value))
        try:
            return parse_length(f"{self.asked(value) or 0} {value.get('unit', 'days')}")
        except ValueError:
            name = str(value["field"])
            self.complain(f"field.invalid/{name}", f"with.{name}", "期限长度无效", "is not a length of time")
            return None


Verb = Callable[[Resolver, Effect, "str | None"], None]
"""Resolves one effect about one person, or about the proceeding."""


def names_of(effect: Effect) -> list[str]:
    """The ids that an effect names, written as one word or as a list."""
    return [effect.value] if isinstance(effect.value, str) else [str(name) for name in effect.value]
