"""Opening — 受理: the first entry of a ledger: somebody opens a case, a hand-over brings it, or an act splits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dangui.core import reasons
from dangui.core.decide import Decision, concluded
from dangui.core.effects import run
from dangui.core.ledger import Actor, Draft
from dangui.core.paper import shown
from dangui.core.party import Person
from dangui.core.problem import Problem, Refusal, words
from dangui.core.procedure import Action, Procedure
from dangui.core.proceeding import Proceeding
from dangui.core.resolve import Act, Opening, Resolver
from dangui.core.world import Agency, Told, title_of


def begin(told: Told, procedure: Procedure, agency: str, case_id: str, act: Act) -> Resolver:
    """A resolver over a brand-new proceeding, its number drawn and everything a later reader needs resolved."""
    office = told.world.agencies[agency]
    resolver = Resolver(told, procedure, Proceeding(), act)
    resolver.add(
        "opened", id=told.new_id("proceeding"), case_id=case_id, procedure=procedure.id, title=procedure.title,
        agency=agency, number=_number(told, procedure, office, act.at.year), main_role=procedure.main_role,
        stage=procedure.first, stage_title=procedure.stages[procedure.first].title, pack=told.world.digest,
        leads=procedure.leads, receivers=list(office.receives), supervisors=_readers(procedure, office))
    return resolver


def _number(told: Told, procedure: Procedure, office: Agency, year: int) -> str:
    if procedure.number not in office.case_numbers:
        return ""
    serial = told.next_number(office.id, f"case.{procedure.number}", year)
    return office.case_numbers[procedure.number].format(year=year, serial=serial)


def _readers(procedure: Procedure, office: Agency) -> list[str]:
    """Posts of the agency that work on such a proceeding besides the one that leads it."""
    actions = procedure.actions.values()
    at_work = (post for action in actions for post in (*action.by, *action.approval, *action.executes))
    named = dict.fromkeys([*procedure.supervises, *at_work])
    return [post for post in named if post in office.posts and post != procedure.leads]


def open_case(told: Told, actor: Actor, procedure_id: str, values: Mapping[str, Any], *, at: datetime | None = None,
              case_id: str = "") -> Decision:
    """Open a case at the desk — 受案. The procedure's action ``open``, if it has one, gives form and effects."""
    procedure = told.world.procedures.get(procedure_id)
    office = told.world.agencies.get(actor.agency)
    if procedure is None or office is None or procedure_id not in office.runs or "act" not in procedure.opens_by:
        raise Refusal([Problem("procedure.not_here", "procedure", words(
            "本机关不能受理此类案件", "this agency can't open such a case"))])
    moment, action = at or told.now, procedure.actions.get("open")
    if impossible := reasons.impossible_time(moment):
        raise Refusal(impossible)
    fields = reasons.form_of(told.world, action) if action else ()
    blank = Proceeding(procedure=procedure_id, agency=actor.agency)
    clean, problems = reasons.checked(told, blank, fields, values, (), moment)
    problems = [*reasons.wrong_time(blank, told.now, moment), *_wrong_post(actor, action), *problems]
    if problems:
        raise Refusal(problems)
    resolver = begin(told, procedure, actor.agency, case_id or told.new_id("case"), Act(actor, moment, fields, clean))
    if actor.post == procedure.leads:
        resolver.add("assign", user=actor.user, post=actor.post, until="")
    run(resolver, action.effects.get("done", ()) if action else ())
    kept = {field.name: clean[field.name] for field in fields if field.name in clean and field.kind != "person"}
    return concluded(resolver, "proceeding.opened", {
        "title": action.title if action else procedure.title, "with": kept,
        "shown": shown(fields, clean, told.world.codes_for(procedure)), "basis": list(action.basis) if action else []})


def _wrong_post(actor: Actor, action: Action | None) -> list[Problem]:
    """Whether the action ``open`` is for other posts; without such an action any post of the agency may open a case."""
    if action is None or actor.post in action.by:
        return []
    said = words("本岗位不能受理案件", "this post can't open a case")
    return [Problem("action.wrong_post", "actor", said, basis=action.basis)]


def open_beside(told: Told, parent: Proceeding, actor: Actor, at: datetime, opening: Opening) -> Decision:
    """Another proceeding of the same case at the same agency: opened by an act, or a sibling that separation makes.

    It takes the persons with their measures and marks, and the materials, and names its parent and the parent's head; a
    sibling also takes stage, marks, facts, clocks, documents and hand-overs as they stand.
    """
    resolver = begin(told, told.world.procedures[opening.procedure], parent.agency, parent.case_id, Act(actor, at))
    for person in _moving(resolver.procedure, parent, opening):
        resolver.add("join", person=person.as_json(), title=resolver.procedure.persons[person.role])
        if person.held_here:
            resolver.add("hold", person=person.id, on=True, at=at.isoformat())
    _bring(resolver, parent, opening)
    if opening.kind == "separated":
        _bring_all(resolver, parent, opening)
    resolver.add("link", link={
        "kind": opening.kind, "from": parent.id, "head": parent.head.digest, "reason": opening.reason})
    return concluded(resolver, "proceeding.opened", {"title": resolver.procedure.title, "from": parent.id})


def _moving(procedure: Procedure, parent: Proceeding, opening: Opening) -> Iterator[Person]:
    """Those named, in the main role there, and whoever else is here and has to do with them, in the same role."""
    for person in parent.persons.values():
        if person.id in opening.persons:
            yield replace(person, role=procedure.main_role, left=False)
        elif person.left or person.role == parent.main_role or person.role not in procedure.persons:
            continue
        elif person.defends is None or person.defends in opening.persons:
            yield person


def _bring(resolver: Resolver, parent: Proceeding, opening: Opening) -> None:
    for item in parent.materials.values():
        if not item.get("internal") or opening.kind == "separated":
            resolver.add("material", material={**item, "source": parent.id})
    charges = [charge for each in opening.persons for charge in parent.persons[each].charges]
    for charge in charges[:1]:
        resolver.add("charge", person=None, offence=charge, title=title_of(resolver.world.offences, charge))
    for user, post in parent.assigned.items():
        if post == resolver.procedure.leads:
            resolver.add("assign", user=user, post=post, until="")
    for user in parent.counsel_of(set(opening.persons)):
        resolver.add("grant", user=user, post="", until="")


def _bring_all(resolver: Resolver, parent: Proceeding, opening: Opening) -> None:
    resolver.add("stage", to=parent.stage, title=parent.stage_title, closed=False)
    for word in sorted(parent.marks):
        resolver.add("mark", word=word, person=None, title=title_of(resolver.procedure.marks, word))
    for name, value in parent.facts.items():
        resolver.add("fact", person=None, name=name, value=value)
    for clock in parent.clocks.values():
        if clock.person is None or clock.person in opening.persons:
            resolver.add("clock", clock=clock.as_json())
    for document in parent.documents.values():
        if not document["of"] or set(document["of"]) & set(opening.persons):
            resolver.add("document", document=dict(document))
    for each in parent.handovers.values():
        resolver.add("handover", handover=dict(each))


def parting(parent: Proceeding, opening: Opening, sibling: str, at: datetime) -> Draft:
    """The parent's entry that says who left for which sibling."""
    link = {"kind": opening.kind, "to": sibling, "reason": opening.reason}
    effects: list[dict[str, Any]] = [{"is": "link", "link": link}]
    effects += [{"is": "hold", "person": person, "on": False, "at": at.isoformat()} for person in opening.persons
                if parent.persons[person].held_here]
    if opening.kind == "separated":
        effects += [{"is": "leave", "person": person} for person in opening.persons]
        effects += [{"is": "clock", "clock": {**clock.as_json(), "status": "cancelled", "ended_at": at.isoformat()}}
                    for clock in parent.live_clocks() if clock.person in opening.persons]
    separated = opening.kind == "separated"
    title = words("另案处理", "separated") if separated else words("另立程序", "another proceeding opened")
    body = {"title": title, "of": list(opening.persons), "effects": effects}
    return Draft(parent.id, f"proceeding.{opening.kind}", body, at)
