"""Sending — 移送: the messages of a hand-over that an act sends, with the persons and materials that travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from dangui.core.collaboration import Collaboration, Node
from dangui.core.digest import digest
from dangui.core.effects import run
from dangui.core.form import Field
from dangui.core.paper import shown
from dangui.core.party import Person
from dangui.core.ports import Job
from dangui.core.procedure import Action
from dangui.core.proceeding import Proceeding
from dangui.core.resolve import Resolver
from dangui.core.world import World

OPEN = ("initiated", "delivered", "received", "parked", "returned")
"""States of a hand-over that can still be answered."""

UNRECEIVED = ("initiated", "delivered", "parked")
"""States of a hand-over that nobody has received yet: it can be withdrawn, and not be sent again."""

Run = Mapping[str, Any]
"""One running of a collaboration, as it stands in the state of each side — 移送."""


def message_fields(world: World, action: Action) -> tuple[Field, ...]:
    """The field table of the node that the action sends."""
    return world.collaborations[action.collaboration].nodes[action.node].fields if action.sends else ()


def prefilled(state: Proceeding, fields: Sequence[Field], of: Sequence[str]) -> dict[str, Any]:
    """Values that the ledger already knows (``from:``), so that nobody types them again."""
    person = state.persons.get(of[0]) if of else None
    found = {field.name: _source(state, person, field.source) for field in fields if field.source}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _source(state: Proceeding, person: Person | None, source: str) -> Any:
    kind, _, name = source.partition(".")
    if kind == "person" and person is not None:
        return _OF_PERSON[name](person) if name in _OF_PERSON else person.facts.get(name, state.facts.get(name))
    return state.number if name == "number" else state.facts.get(name)


_OF_PERSON: Mapping[str, Callable[[Person], Any]] = {
    "measure": lambda person: person.measure,
    "measure_since": lambda person: person.measure_since and person.measure_since.isoformat(),
    "outcome": lambda person: person.outcome,
    "offence": lambda person: next(iter(person.charges), None),
    "charge": lambda person: next(iter(person.charges), None),
    "offences": lambda person: list(person.charges),
    "charges": lambda person: list(person.charges),
}


def send(resolver: Resolver, action: Action) -> list[Job]:
    """Enter that the node was sent and give one job per side it goes to."""
    collaboration = resolver.world.collaborations[action.collaboration]
    node = collaboration.nodes[action.node]
    begins = node.verb == "initiate"
    sent = _new_run(resolver, collaboration, node) if begins else _running(resolver, collaboration, node)
    if sent is None:
        return []
    persons = _travelling(resolver, node)
    message = _message(resolver, collaboration, node, sent, persons)
    closing = {"return": "returned"}.get(node.verb, "closed" if node.closes else sent["status"])
    resolver.add("handover", handover={
        **sent, "status": "initiated" if begins else closing, "node": node.id,
        "persons": [each.id for each in persons]})
    run(resolver, collaboration.effects(node.id, "on_sent", sent["side"]))
    return [_job(resolver, message, side) for side in node.to if side in sent["sides"]]


def _message(resolver: Resolver, collaboration: Collaboration, node: Node, sent: Run,
             persons: Sequence[Person]) -> dict[str, Any]:
    act, state = resolver.act, resolver.state
    codes = resolver.world.codes_for(resolver.procedure, collaboration.id)
    return {
        "run": sent["id"], "collaboration": collaboration.id, "version": collaboration.version, "node": node.id,
        "verb": node.verb, "case_id": state.case_id, "sides": sent["sides"], "from": sent["side"],
        "about": list(act.about) or sent["about"], "persons": [_person(person, node) for person in persons],
        "fields": {field.name: act.values[field.name] for field in node.fields if field.name in act.values},
        "shown": shown(node.fields, act.values, codes), "materials": _materials(state, node),
        "sent_at": act.at.isoformat(), "sent_by": act.actor.user, "number": state.number, "offence": state.offence,
        "counsel": state.counsel_of({person.id for person in persons}),
    }


def _job(resolver: Resolver, message: Mapping[str, Any], side: str) -> Job:
    addressed = {**message, "to": side, "id": resolver.told.new_id("message")}
    return Job("deliver", {"message": sealed(addressed)}, f"deliver:{addressed['id']}", message["case_id"])


def sealed(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message under the digest of all its other fields; an older seal is replaced."""
    said = {name: value for name, value in message.items() if name != "seal"}
    return {**said, "seal": digest(said)}


def _new_run(resolver: Resolver, collaboration: Collaboration, node: Node) -> Run | None:
    about = list(resolver.act.about)
    if any(other["collaboration"] == collaboration.id and other["status"] in UNRECEIVED
           and other["direction"] == "out" and _share(other["about"], about)
           for other in resolver.state.handovers.values()):
        resolver.complain("handover.under_way", "with", "同一移送尚未签收,不能重复移送",
                          "the same hand-over is still on its way")
        return None
    sides = _sides(resolver, collaboration, node)
    return None if sides is None else {
        "id": resolver.told.new_id("handover"), "collaboration": collaboration.id, "title": collaboration.title,
        "side": node.by, "sides": sides, "direction": "out", "status": "initiated", "about": about,
        "sent_at": resolver.act.at.isoformat(),
    }


def _sides(resolver: Resolver, collaboration: Collaboration, node: Node) -> dict[str, dict[str, Any]] | None:
    """Where each side is found; None, with a complaint, if one that the node goes to is nowhere."""
    state = resolver.state
    neighbours = resolver.world.agencies[state.agency].neighbours
    sides: dict[str, dict[str, Any]] = {node.by: {"agency": state.agency, "proceeding": state.id}}
    for name, side in collaboration.sides.items():
        agency = state.agency if side.at in ("", "self") else neighbours.get(side.at)
        if agency is not None:
            sides.setdefault(name, {"agency": agency, "proceeding": None})
        elif name in node.to:
            resolver.complain("handover.no_neighbour", name, f"本机关没有对应的“{side.at}”",
                              f"this agency has no '{side.at}'")
            return None
    return sides


def _running(resolver: Resolver, collaboration: Collaboration, node: Node) -> Run | None:
    """The newest open run of this collaboration in which we stand on the side that sends this node."""
    for known in reversed(list(resolver.state.handovers.values())):
        fits = known["collaboration"] == collaboration.id and known["side"] == node.by and known["status"] in OPEN
        if fits and _share(known["about"], resolver.act.about):
            return dict(known)
    resolver.complain("handover.none", "with", f"没有进行中的“{collaboration.title['zh']}”可供办理",
                      f"no '{collaboration.title['en']}' is open to answer")
    return None


def _share(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two hand-overs concern a person in common; one that names nobody concerns everybody."""
    return not some or not others or bool(set(some) & set(others))


def _travelling(resolver: Resolver, node: Node) -> list[Person]:
    """The persons the act is of, or all of a role that travels; defenders and others of the roles named too."""
    about = set(resolver.act.about)
    roles_of_about = {resolver.state.persons[each].role for each in about}
    return [person for role in node.persons for person in resolver.state.people(role)
            if (role not in roles_of_about or person.id in about) and _client_travels(person, about)]


def _client_travels(person: Person, about: Set[str]) -> bool:
    """Counsel goes where the client goes: the co-suspect's counsel has no business there."""
    return not about or person.defends is None or person.defends in about


def _person(person: Person, node: Node) -> dict[str, Any]:
    raw = person.as_json()
    return {**raw, "role": node.persons[person.role], "marks": [word for word in raw["marks"] if word in node.carries],
            "facts": {key: value for key, value in raw["facts"].items() if key in node.carries}}


def _materials(state: Proceeding, node: Node) -> list[dict[str, Any]]:
    return [dict(item) for item in state.materials.values()
            if item.get("volume") in node.volumes and not item.get("internal") and item.get("status") == "bound"]
