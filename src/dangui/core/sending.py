"""Sending — 移送: the messages of a hand-over that an act sends, with the persons and materials that travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dangui.core.collaboration import Collaboration, Node
from dangui.core.digest import digest
from dangui.core.form import Field
from dangui.core.paper import shown
from dangui.core.party import Person
from dangui.core.ports import Job
from dangui.core.proceeding import Proceeding
from dangui.core.procedure import Action
from dangui.core.resolve import Resolver
from dangui.core.world import World

OPEN = ("initiated", "delivered", "received", "parked", "returned")


def message_fields(world: World, action: Action) -> tuple[Field, ...]:
    """The field table of the node that the action sends."""
    collaboration, _, node = action.sends.partition(".")
    return world.collaborations[collaboration].nodes[node].fields if node else ()


def prefilled(state: Proceeding, fields: Sequence[Field], of: Sequence[str]) -> dict[str, Any]:
    """Values that the ledger already knows (``from:``), so that nobody types them again."""
    person = state.persons.get(of[0]) if of else None
    found = {field.name: _source(state, person, field.source) for field in fields if field.source}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _source(state: Proceeding, person: Person | None, source: str) -> Any:
    kind, _, name = source.partition(".")
    if kind == "person" and person is not None:
        if name == "measure_since":
            return person.measure_since.isoformat() if person.measure_since else None
        if name in ("offence", "charge"):
            return person.charges[0] if person.charges else None
        if name in ("measure", "outcome"):
            return getattr(person, name)
        if name in ("charges", "offences"):
            return list(person.charges)
        return person.facts.get(name, state.facts.get(name))
    return state.number if name == "number" else state.facts.get(name)


def send(resolver: Resolver, action: Action) -> list[Job]:
    """Enter that the node was sent and give one job per side it goes to."""
    name, _, node_id = action.sends.partition(".")
    collaboration = resolver.world.collaborations[name]
    node = collaboration.nodes[node_id]
    run = _new_run(resolver, collaboration, node) if node.verb == "initiate" else _running(resolver, collaboration, node)
    if run is None:
        return []
    own = run["side"]
    persons = _travelling(resolver, node)
    message = {
        "run": run["id"], "collaboration": name, "version": collaboration.version, "node": node_id, "verb": node.verb,
        "case_id": resolver.state.case_id, "sides": run["sides"], "from": own, "about": list(resolver.act.about) or run["about"],
        "persons": [_person(person, node) for person in persons],
        "fields": {field.name: resolver.act.values[field.name] for field in node.fields if field.name in resolver.act.values},
        "shown": shown(node.fields, resolver.act.values, resolver.world.codes_for(resolver.procedure, name)),
        "materials": _materials(resolver, node), "sent_at": resolver.act.at.isoformat(), "sent_by": resolver.act.actor.user,
        "number": resolver.state.number, "offence": resolver.state.offence,
        "counsel": sorted(resolver.state.counsel),
    }
    status = "initiated" if node.verb == "initiate" else {"return": "returned"}.get(node.verb, "closed" if node.closes else run["status"])
    resolver.add(**{"is": "handover", "handover": {**run, "status": status, "node": node_id, "persons": [person.id for person in persons]}})
    resolver.run(collaboration.effects(node_id, "on_sent", own))
    return [_job(resolver, message, side) for side in node.to if side in run["sides"]]


def _job(resolver: Resolver, message: Mapping[str, Any], side: str) -> Job:
    addressed = {**message, "to": side, "id": resolver.told.new_id("message")}
    sealed = {**addressed, "seal": digest(addressed)}
    # in order per case and receiver: a message parked at one agency must not hold up the others
    return Job("deliver", {"message": sealed}, f"deliver:{sealed['id']}", f"{message['case_id']}:{message['sides'][side]['agency']}")


def _new_run(resolver: Resolver, collaboration: Collaboration, node: Node) -> dict[str, Any] | None:
    neighbours = resolver.world.agencies[resolver.state.agency].neighbours
    sides: dict[str, dict[str, Any]] = {node.by: {"agency": resolver.state.agency, "proceeding": resolver.state.id}}
    for name, side in collaboration.sides.items():
        if name == node.by:
            continue
        agency = resolver.state.agency if side.at in ("", "self") else neighbours.get(side.at)
        if agency is None and name not in node.to:
            continue
        if agency is None:
            resolver.complain("handover.no_neighbour", name, f"本机关没有对应的“{side.at}”", f"this agency has no '{side.at}'")
            return None
        sides[name] = {"agency": agency, "proceeding": None}
    if any(run["collaboration"] == collaboration.id and run["status"] in ("initiated", "parked") and set(run["about"]) & set(resolver.act.about)
           for run in resolver.state.handovers.values()):
        resolver.complain("handover.under_way", "with", "同一移送尚未签收,不能重复移送", "the same hand-over is still on its way")
        return None
    return {"id": resolver.told.new_id("handover"), "collaboration": collaboration.id, "title": collaboration.title, "side": node.by,
            "sides": sides, "direction": "out", "status": "initiated", "about": list(resolver.act.about), "sent_at": resolver.act.at.isoformat()}


def _running(resolver: Resolver, collaboration: Collaboration, node: Node) -> dict[str, Any] | None:
    """The newest open run of this collaboration in which we stand on the side that sends this node."""
    for run in reversed(list(resolver.state.handovers.values())):
        fits = run["collaboration"] == collaboration.id and run["side"] == node.by and run["status"] in OPEN
        if fits and (not resolver.act.about or not run["about"] or set(run["about"]) & set(resolver.act.about)):
            return dict(run)
    resolver.complain("handover.none", "with", f"没有进行中的“{collaboration.title['zh']}”可供办理", f"no '{collaboration.title['en']}' is open to answer")
    return None


def _travelling(resolver: Resolver, node: Node) -> list[Person]:
    """The persons the act is of, or all of a role that travels; defenders and others of the roles named too."""
    about = set(resolver.act.about)
    roles_of_about = {resolver.state.persons[each].role for each in about}
    return [person for role in node.persons for person in resolver.state.people(role)
            if role not in roles_of_about or person.id in about]


def _person(person: Person, node: Node) -> dict[str, Any]:
    raw = person.as_json()
    return {**raw, "role": node.persons[person.role], "marks": [word for word in raw["marks"] if word in node.carries],
            "facts": {key: value for key, value in raw["facts"].items() if key in node.carries}}


def _materials(resolver: Resolver, node: Node) -> list[dict[str, Any]]:
    return [dict(item) for item in resolver.state.materials.values()
            if item.get("volume") in node.volumes and not item.get("internal") and item.get("status") == "bound"]
