"""Opening — 受理: the first entry of a ledger, whether somebody opens a case, a hand-over brings it, or an act splits it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dangui.core.decide import Decision, check_values, form_of, right_time
from dangui.core.ledger import Actor, Draft
from dangui.core.paper import shown
from dangui.core.problem import Problem, Refusal, Words, words
from dangui.core.proceeding import Proceeding
from dangui.core.procedure import Procedure
from dangui.core.resolve import Act, Opening, Resolver
from dangui.core.world import Told


def opened(told: Told, procedure: Procedure, agency: str, proceeding: str, case_id: str, year: int) -> dict[str, Any]:
    """The effect that begins a ledger, with its number drawn and everything a later reader needs resolved."""
    office = told.world.agencies[agency]
    number = ""
    if procedure.number in office.case_numbers:
        serial = told.next_number(agency, f"case.{procedure.number}", year)
        number = office.case_numbers[procedure.number].format(year=year, serial=serial)
    return {
        "is": "opened", "id": proceeding, "case_id": case_id, "procedure": procedure.id, "title": procedure.title, "agency": agency,
        "number": number, "main_role": procedure.main_role, "stage": procedure.first, "stage_title": procedure.stages[procedure.first].title,
        "pack": told.world.digest, "leads": procedure.leads, "receivers": list(office.receives), "supervisors": _readers(told, procedure, agency),
    }


def _readers(told: Told, procedure: Procedure, agency: str) -> list[str]:
    """Posts of the agency that work on such a proceeding besides the one that leads it."""
    named = [*procedure.supervises, *(post for action in procedure.actions.values() for post in (*action.by, *action.approval, *action.executes))]
    return [post for post in dict.fromkeys(named) if post in told.world.agencies[agency].posts and post != procedure.leads]


def begin(told: Told, procedure: Procedure, agency: str, case_id: str, act: Act) -> Resolver:
    """A resolver over a brand-new proceeding."""
    resolver = Resolver(told, procedure, Proceeding(), act)
    resolver.add(**opened(told, procedure, agency, told.new_id("proceeding"), case_id, act.at.year))
    return resolver


def open_case(told: Told, actor: Actor, procedure_id: str, values: Mapping[str, Any], *, at: datetime | None = None, case_id: str = "") -> Decision:
    """Open a case at the desk — 受案. The procedure's action ``open``, if it has one, gives form and effects."""
    procedure = told.world.procedures.get(procedure_id)
    office = told.world.agencies.get(actor.agency)
    if procedure is None or office is None or procedure_id not in office.runs or "act" not in procedure.opens_by:
        raise Refusal([Problem("procedure.not_here", "procedure", words("本机关不能受理此类案件", "this agency can't open such a case"))])
    moment = at or told.now
    action = procedure.actions.get("open")
    fields = form_of(told, procedure, action) if action else ()
    clean, problems = check_values(told, procedure, Proceeding(agency=actor.agency), fields, values, (), moment)
    problems = [*right_time(Proceeding(), told.now, moment), *problems]
    if action and actor.post not in action.by:
        problems.append(Problem("action.wrong_post", "actor", words("本岗位不能受理案件", "this post can't open a case"), basis=action.basis))
    if problems:
        raise Refusal(problems)
    resolver = begin(told, procedure, actor.agency, case_id or told.new_id("case"), Act(actor, moment, fields, clean))
    if actor.post == procedure.leads:
        resolver.add(**{"is": "assign", "user": actor.user, "post": actor.post, "until": ""})
    if action:
        resolver.run(action.effects.get("done", ()))
    return opened_by(resolver, action.title if action else procedure.title, {"with": {
        field.name: clean[field.name] for field in fields if field.name in clean and field.kind != "person"},
        "shown": shown(fields, clean, told.world.codes_for(procedure)), "basis": list(action.basis) if action else []})


def opened_by(resolver: Resolver, title: Words, more: Mapping[str, Any]) -> Decision:
    """The decision whose single entry opens the proceeding of ``resolver``."""
    if resolver.problems:
        raise Refusal(resolver.problems)
    body = {"title": dict(title), "effects": resolver.effects, "of": [], **more}
    draft = Draft(resolver.state.id, "proceeding.opened", body, resolver.act.at)
    return Decision((draft,), tuple(resolver.records), resolver.prints, (), tuple(resolver.openings), resolver.state)


def open_beside(told: Told, parent: Proceeding, actor: Actor, at: datetime, opening: Opening) -> Decision:
    """Another proceeding of the same case at the same agency: opened by an act, or a sibling that separation makes.

    A sibling takes the persons with their measures, marks and clocks as they stand, the materials and the open
    hand-overs, and names its parent and the parent's head.
    """
    procedure = told.world.procedures[opening.procedure]
    resolver = begin(told, procedure, parent.agency, parent.case_id, Act(actor, at))
    separated = opening.kind == "separated"
    role = procedure.main_role
    for person in parent.persons.values():
        if person.id in opening.persons or person.role not in (parent.main_role,) and (person.defends is None or person.defends in opening.persons):
            moved = replace(person, role=role if person.id in opening.persons else person.role, left=False)
            if moved.role in procedure.persons:
                resolver.add(**{"is": "join", "person": moved.as_json(), "title": procedure.persons[moved.role]})
                if person.held_here:
                    resolver.add(**{"is": "hold", "person": person.id, "on": True, "at": at.isoformat()})
    _bring(resolver, parent, separated, opening)
    resolver.add(**{"is": "link", "link": {"kind": opening.kind, "from": parent.id, "head": parent.head.digest, "reason": opening.reason}})
    return opened_by(resolver, procedure.title, {"from": parent.id})


def _bring(resolver: Resolver, parent: Proceeding, separated: bool, opening: Opening) -> None:
    for item in parent.materials.values():
        if not item.get("internal") or separated:
            resolver.add(**{"is": "material", "material": {**item, "source": parent.id}})
    if parent.offence:
        charges = [charge for each in opening.persons for charge in parent.persons[each].charges]
        for charge in charges[:1]:
            resolver.add(**{"is": "charge", "person": None, "offence": charge, "title": resolver.world.offences[charge]})
    for user, post in parent.assigned.items():
        if post == resolver.procedure.leads:
            resolver.add(**{"is": "assign", "user": user, "post": post, "until": ""})
    for user in sorted(parent.counsel):
        resolver.add(**{"is": "grant", "user": user, "post": "", "until": ""})
    if not separated:
        return
    resolver.add(**{"is": "stage", "to": parent.stage, "title": parent.stage_title, "closed": False})
    for word in sorted(parent.marks):
        resolver.add(**{"is": "mark", "word": word, "person": None, "title": {}})
    for clock in parent.clocks.values():
        if clock.person is None or clock.person in opening.persons:
            resolver.add(**{"is": "clock", "clock": clock.as_json()})
    for run in parent.handovers.values():
        resolver.add(**{"is": "handover", "handover": dict(run)})


def parting(parent: Proceeding, opening: Opening, sibling: str, at: datetime) -> Draft:
    """The parent's entry that says who left for which sibling."""
    effects: list[dict[str, Any]] = [{"is": "link", "link": {"kind": opening.kind, "to": sibling, "reason": opening.reason}}]
    effects += [{"is": "hold", "person": person, "on": False, "at": at.isoformat()} for person in opening.persons
                if parent.persons[person].held_here]
    if opening.kind == "separated":
        effects += [{"is": "leave", "person": person} for person in opening.persons]
        effects += [{"is": "clock", "clock": {**clock.as_json(), "status": "cancelled", "ended_at": at.isoformat()}}
                    for clock in parent.live_clocks() if clock.person in opening.persons]
    title = words("另案处理", "separated") if opening.kind == "separated" else words("另立程序", "another proceeding opened")
    return Draft(parent.id, f"proceeding.{opening.kind}", {"title": title, "of": list(opening.persons), "effects": effects}, at)

