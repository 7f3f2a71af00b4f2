"""Offers — 可办事项: what one actor may do in a proceeding now, as forms, with every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from dangui.core import reasons
from dangui.core.condition import ALWAYS, AllOf, Condition, names
from dangui.core.form import Field
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, Words, words
from dangui.core.procedure import STEPS, Action, Effect
from dangui.core.proceeding import Proceeding
from dangui.core.sending import prefilled
from dangui.core.world import Told
from dangui.views import ActionView

ERASED = "（已删除）"
"""Stands for the name of somebody whose record was erased."""

_LATER = {"approved": words("批准后", "on approval"), "executed": words("执行后", "on execution")}


def same(text: str) -> Words:
    """A name: it is not translated."""
    return words(text, text)


class Offers:
    """Actions of one proceeding for one actor; choices are offered only of what he may see (``seen``)."""

    def __init__(self, told: Told, state: Proceeding, actor: Actor, seen: Proceeding | None = None) -> None:
        self.told, self.state, self.actor = told, state, actor
        self.seen = seen or state
        self.world = told.world
        self.procedure = told.world.procedures[state.procedure]

    def name(self, person: str) -> str:
        """The name of a person, or the note that the record was erased."""
        return self.told.record(person).get("name", ERASED)

    def all(self) -> tuple[ActionView, ...]:
        """Actions of this stage for this post, possible ones first."""
        mine = [action for action in self.procedure.actions.values() if action.id != "open" and not (
            reasons.wrong_stage(self.state, action) or reasons.wrong_actor(self.state, self.actor, action))]
        return tuple(sorted((self.view(action) for action in mine), key=lambda view: not view.possible))

    def view(self, action: Action) -> ActionView:
        """One action with its form and its reasons per person."""
        fields = reasons.form_of(self.world, action)
        people = self.seen.people(action.of) if action.of else []
        collaboration = self.world.collaborations.get(action.collaboration)
        posts = self.world.agencies[self.state.agency].posts
        return ActionView(
            action.id, action.title, action.of or None, action.many,
            tuple((person.id, self.name(person.id)) for person in people), fields,
            {field.name: tuple(self._options(field, action)) for field in fields},
            prefilled(self.state, fields, tuple(person.id for person in people[:1])),
            self._standing(action, [person.id for person in people]),
            tuple(posts[post].title for post in action.approval if post in posts), tuple(self.will(action)),
            action.basis, collaboration.title if collaboration else None)

    def _standing(self, action: Action, people: Sequence[str]) -> dict[str, tuple[Problem, ...]]:
        """What stands in the way, by person; what hangs on the form is not known before it is filled in."""
        if action.of and not people:
            return {"": (Problem("person.missing", "of", words(
                "案内没有相应的当事人", "nobody in that role is here")),)}
        known = replace(action, needs=AllOf(tuple(_known(action.needs))))
        return {
            person: tuple(reasons.unmet(self.told, self.state, known, (person,) if person else (), {}, self.told.now))
            for person in (people if action.of else [""])}

    def _options(self, field: Field, action: Action) -> Iterator[tuple[str, Words]]:
        """The choices of a field, as (value, words)."""
        match field.kind:
            case "code" | "list":
                yield from self.world.codes_for(self.procedure, action.collaboration).get(field.table, {}).items()
            case "user":
                users = reasons.holders(self.told, self.state, field.table)
                yield from ((user, same(self.told.user_name(user))) for user in users)
            case "persons":
                yield from ((person.id, same(self.name(person.id))) for person in self.seen.people(field.table))
            case "material" | "materials":
                materials = self.seen.materials.items()
                yield from ((key, item["title"]) for key, item in materials if item.get("status") == "bound")
            case "document":
                yield from ((key, item["title"]) for key, item in self.seen.documents.items())
            case "exhibit":
                yield from ((key, same(str(item.get("name", key)))) for key, item in self.seen.exhibits.items())

    def will(self, action: Action, steps: Sequence[str] = STEPS) -> Iterator[Words]:
        """What will happen, from the pack, each thing once: documents, limits, measures, stage, who is told.

        What hangs on the form or on the person is said as such, because neither is known yet.
        """
        said = [(self._effect(effect), _LATER.get(step), effect.when != ALWAYS)
                for step in steps for effect in action.effects.get(step, ())]
        if action.sends:
            title = self.world.collaborations[action.collaboration].title
            said.append((words(f"移送:{title['zh']}", f"sends: {title['en']}"), None, False))
        told: dict[str, Words] = {}
        for what, when, maybe in said:
            if what and (what["zh"] not in told or not maybe):
                told[what["zh"]] = _said(what, when, maybe)
        yield from told.values()

    def _effect(self, effect: Effect) -> Words | None:
        title = _TITLES[effect.verb](self, effect) if effect.verb in _TITLES else None
        return title and words(*(_SAID[effect.verb][tongue].format(title[tongue]) for tongue in ("zh", "en")))

    def _document(self, effect: Effect) -> Words | None:
        template = self.world.template(self.procedure, str(effect.value))
        return template.title if template else None

    def _measure(self, effect: Effect) -> Words | None:
        return self.world.measure(self.procedure, effect.value).title if isinstance(effect.value, str) else None

    def _stage(self, effect: Effect) -> Words | None:
        return self.procedure.stages[str(effect.value)].title

    def _limits(self, effect: Effect) -> Words | None:
        asked = [effect.value] if isinstance(effect.value, str) else effect.value
        if effect.verb not in ("start", "restart"):
            running = {clock.deadline for clock in self.state.live_clocks()}
            asked = [name for name in asked if name in running]
        titles = [self.procedure.limits[name].title for name in asked if name in self.procedure.limits]
        if not titles:
            return None
        return words("、".join(title["zh"] for title in titles), ", ".join(title["en"] for title in titles))


def _known(needs: Condition) -> Iterator[Condition]:
    """Those of the conditions, all of which must hold, that do not hang on what is asked."""
    if isinstance(needs, AllOf):
        for each in needs.of:
            yield from _known(each)
    elif all(kind != "field" for kind, _ in names(needs)):
        yield needs


def _said(what: Words, when: Words | None, maybe: bool) -> Words:
    """A consequence with the step that brings it, and a note if it is not certain."""
    zh, en = (f"{what['zh']}（视情况）", f"{what['en']} (if it applies)") if maybe else (what["zh"], what["en"])
    return words(f"{when['zh']}:{zh}", f"{when['en']}: {en}") if when else words(zh, en)


_TITLES: Mapping[str, Callable[[Offers, Effect], Words | None]] = {
    "issue": Offers._document, "measure": Offers._measure, "stage": Offers._stage, "start": Offers._limits,
    "restart": Offers._limits, "meet": Offers._limits, "extend": Offers._limits, "pause": Offers._limits,
}

_SAID: Mapping[str, Words] = {
    "issue": words("制作《{}》", "issues '{}'"), "measure": words("强制措施变为“{}”", "measure becomes '{}'"),
    "stage": words("进入“{}”阶段", "moves to '{}'"), "start": words("开始计算:{}", "starts: {}"),
    "restart": words("开始计算:{}", "starts: {}"), "meet": words("办结期限:{}", "meets: {}"),
    "extend": words("延长:{}", "extends: {}"), "pause": words("中止计算:{}", "pauses: {}"),
}
