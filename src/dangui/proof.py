"""Proof — 证明: what the dossier still lacks about each accused for the stage that comes next, said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dangui.core.condition import holds
from dangui.core.evidence import EvidenceStandard, Finding, lacking
from dangui.core.facts import Facts
from dangui.core.party import Person
from dangui.core.procedure import Procedure
from dangui.core.proceeding import Proceeding
from dangui.core.world import Catalogue, Told, World, title_of
from dangui.views import FindingView, LackingView


def missing(told: Told, state: Proceeding, name: Callable[[str], str]) -> tuple[LackingView, ...]:
    """For every charge that has a standard; nothing once the proceeding is closed. ``name`` gives names by person."""
    procedure = told.world.procedures[state.procedure]
    catalogue = told.world.catalogues.get(procedure.catalogue)
    if state.closed or catalogue is None:
        return ()
    return tuple(
        _view(told, state, person, offence, catalogue, name(person.id))
        for person in state.people(state.main_role)
        for offence in person.charges
        if offence in told.world.standards and next_stage(told.world, state, person, offence)
    )


def next_stage(world: World, state: Proceeding, person: Person, offence: str) -> str:
    """The stage whose standard counts now for a person's charge, or "".

    It is the procedure to which the hand-over that answers one of the person's running limits leads; without such a
    limit the last one to which this procedure hands over; without any, this procedure itself.
    """
    standard = world.standards[offence]
    stages = {stage for point in standard.points for stage in point.at}
    procedure = world.procedures[state.procedure]
    ahead = [(stage, limits) for stage, limits in _handed_to(world, procedure) if stage in stages]
    running = {clock.deadline for clock in state.live_clocks() if clock.person in (None, person.id)}
    due = next((stage for stage, limits in ahead if limits & running), "")
    own = short(procedure)
    return due or (ahead[-1][0] if ahead else own if own in stages else "")


def short(procedure: Procedure) -> str:
    """The name by which standards call the stage that this procedure is: its id without the field."""
    return procedure.id.rpartition("/")[2]


def _handed_to(world: World, procedure: Procedure) -> Iterator[tuple[str, frozenset[str]]]:
    """(stage, limits met by getting there) of every hand-over this procedure begins, in the order of its actions."""
    for action in procedure.actions.values():
        collaboration = world.collaborations.get(action.collaboration)
        node = collaboration.nodes.get(action.node) if collaboration else None
        if collaboration is None or node is None or node.verb != "initiate":
            continue
        effects = [
            effect
            for moment in ("on_sent", "on_delivered", "on_received")
            for effect in collaboration.effects(node.id, moment, node.by)
        ]
        met = {str(limit) for effect in effects if effect.verb == "meet" for limit in effect.value}
        for side in node.to:
            yield from ((each.rpartition("/")[2], frozenset(met)) for each in collaboration.sides[side].procedures)


def _view(
    told: Told, state: Proceeding, person: Person, offence: str, catalogue: Catalogue, name: str
) -> LackingView:
    world, standard = told.world, told.world.standards[offence]
    stage = next_stage(world, state, person, offence)
    facts = Facts(state, person, told.now)
    confessions = {kind.id for kind in catalogue.kinds.values() if kind.confession}
    found = lacking(standard, stage, state, person, facts, confessions)
    title = next(each.title for each in world.procedures.values() if short(each) == stage)
    return LackingView(
        person.id, name, title_of(world.offences, offence), stage, title, standard.unverified,
        sum(stage in point.at and not holds(point.unless, facts) for point in standard.points),
        tuple(_finding(each, standard, catalogue, state, facts) for each in found),
    )


def _finding(
    finding: Finding, standard: EvidenceStandard, catalogue: Catalogue, state: Proceeding, facts: Facts
) -> FindingView:
    point, titles = finding.point, {kind.id: kind.title for kind in catalogue.kinds.values()}
    return FindingView(
        point.id, point.link, point.title, finding.level, finding.says,
        tuple(title_of(titles, kind) for kind in finding.needed),
        tuple(title_of(titles, kind) for kind in finding.wants if kind not in finding.needed),
        tuple((each, state.materials[each]["title"]) for each in finding.there), point.basis,
        tuple(
            (title_of(titles, form.kind), form.says, form.basis)
            for form in standard.forms
            if form.kind in finding.wants and holds(form.when, facts)
        ),
    )
