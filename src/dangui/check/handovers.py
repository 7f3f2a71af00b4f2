"""Hand-overs — 移送检查: whatever is sent has somebody to receive it, and whatever is asked can be answered."""

from __future__ import annotations

from collections.abc import Iterator

from dangui.check.ground import Ground, node_place, problem
from dangui.core.collaboration import Collaboration, Node
from dangui.core.problem import Problem, words
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest

ANSWERS = ("result", "return", "close")


def check(ground: Ground) -> Iterator[Problem]:
    """Every action that sends, every collaboration with its sides and nodes."""
    for procedure in ground.world.procedures.values():
        for action in procedure.actions.values():
            found = ground.node(action.sends) if action.sends else None
            if action.sends and found is None:
                known = [f"{each.id}.{node}" for each in ground.world.collaborations.values() for node in each.nodes]
                yield problem(
                    "handover.unknown_node",
                    f"{action.place}.sends",
                    f"没有协同节点“{action.sends}”",
                    f"there is no node '{action.sends}'",
                    nearest(action.sends, known),
                )
            elif found and procedure.id not in found[0].sides[found[1].by].procedures:
                yield problem(
                    "handover.wrong_side",
                    f"{action.place}.sends",
                    f"“{action.sends}”不由本流程发出",
                    f"'{action.sends}' is sent by {', '.join(found[0].sides[found[1].by].procedures)}",
                )
    for collaboration in ground.world.collaborations.values():
        yield from _sides(ground, collaboration)
        yield from _nodes(ground, collaboration)


def _sides(ground: Ground, collaboration: Collaboration) -> Iterator[Problem]:
    world = ground.world
    for side in collaboration.sides.values():
        place = f"collaborations/{collaboration.id}/collaboration.yaml:sides.{side.id}"
        for name in side.procedures:
            if name not in world.procedures:
                yield problem(
                    "collaboration.unknown_procedure",
                    f"{place}.procedure",
                    f"没有流程“{name}”",
                    f"there is no procedure '{name}'",
                    nearest(name, world.procedures),
                )
        if (
            side.at
            and side.at != "self"
            and not any(side.at in agency.neighbours for agency in world.agencies.values())
        ):
            yield problem(
                "collaboration.unknown_neighbour",
                f"{place}.at",
                f"没有机关有邻接“{side.at}”",
                f"no agency has a neighbour '{side.at}'",
            )


def _nodes(ground: Ground, collaboration: Collaboration) -> Iterator[Problem]:
    sent = {action.sends for procedure in ground.world.procedures.values() for action in procedure.actions.values()}
    for node in collaboration.nodes.values():
        place = node_place(collaboration, node)
        if node.by not in collaboration.sides:
            continue
        if f"{collaboration.id}.{node.id}" not in sent:
            yield problem("handover.never_sent", place, f"没有动作发出“{node.id}”", f"no action sends '{node.id}'")
        yield from _roles(ground, collaboration, node, place)
        if node.reject and node.reject.removeprefix("code.") not in _tables(ground, collaboration):
            yield problem(
                "form.unknown_table",
                f"{place}.reject",
                f"没有码表“{node.reject}”",
                f"there is no code table '{node.reject}'",
            )
        if node.verb == "initiate":
            yield from _answered(ground, collaboration, node, place)


def _roles(ground: Ground, collaboration: Collaboration, node: Node, place: str) -> Iterator[Problem]:
    """Persons travel from a role the sender has to a role the receiver has."""
    world = ground.world
    here = [world.procedures[name] for name in collaboration.sides[node.by].procedures if name in world.procedures]
    there = [
        world.procedures[name]
        for side in node.to
        if side in collaboration.sides
        for name in collaboration.sides[side].procedures
        if name in world.procedures
    ]
    for role, becomes in node.persons.items():
        if here and not any(role in procedure.persons for procedure in here):
            yield problem(
                "handover.unknown_role",
                f"{place}.persons",
                f"发出方没有当事人身份“{role}”",
                f"the sender has no role '{role}'",
            )
        if there and not any(becomes in procedure.persons for procedure in there):
            yield problem(
                "handover.unknown_role",
                f"{place}.persons",
                f"接收方没有当事人身份“{becomes}”",
                f"no receiver has the role '{becomes}'",
            )
    yield from _volumes(ground, node, here, place)


def _volumes(ground: Ground, node: Node, here: list[Procedure], place: str) -> Iterator[Problem]:
    """The volumes that travel exist at the sender and are not internal."""
    catalogues = [ground.world.catalogues[each.catalogue] for each in here if each.catalogue in ground.world.catalogues]
    may_travel = {volume for each in catalogues for volume in each.volumes if volume not in each.internal}
    internal = {volume for each in catalogues for volume in each.internal}
    for volume in node.volumes:
        if volume not in may_travel or volume in internal:
            yield problem(
                "handover.volume",
                f"{place}.volumes",
                f"卷“{volume}”不存在或不得移送",
                f"the volume '{volume}' does not exist or never travels",
            )


def _answered(ground: Ground, collaboration: Collaboration, node: Node, place: str) -> Iterator[Problem]:
    """Somebody can be handed the case, and the receiver has a way to answer."""
    world = ground.world
    for side in node.to:
        if side not in collaboration.sides:
            continue
        procedures = [name for name in collaboration.sides[side].procedures if name in world.procedures]
        if node.opens and not any(collaboration.id in world.procedures[name].opens_by for name in procedures):
            yield problem(
                "handover.not_opened_by",
                place,
                f"{'、'.join(procedures)}的 opens_by 没有“{collaboration.id}”",
                f"'{collaboration.id}' is not in opens_by of {', '.join(procedures)}",
            )
        if not any(agency.receives for name in procedures for agency in ground.agencies_of(world.procedures[name])):
            yield problem(
                "handover.no_receiver", place, "接收机关没有收案岗位", "no receiving agency has a post that receives"
            )
    if not _ends(collaboration, node):
        yield problem(
            "handover.unanswerable",
            place,
            "接收方无法答复,发出方也得不到任何结果",
            "the receiver can't answer, and nothing ever comes of it for the sender",
            words(
                "写一个 result、return 或 close 节点,或在 on_delivered、on_received 中写明发出方的效果",
                "add a result, return or close node, or say in on_delivered or on_received what follows for the sender",
            ),
        )


def _ends(collaboration: Collaboration, node: Node) -> bool:
    """Whether a receiver can answer, or delivery or reception is the answer."""
    answers = any(other.by in node.to and other.verb in ANSWERS for other in collaboration.nodes.values())
    return (
        answers
        or node.closes
        or any(node.effects.get(moment, {}).get(node.by) for moment in ("on_delivered", "on_received"))
    )


def _tables(ground: Ground, collaboration: Collaboration) -> set[str]:
    world = ground.world
    fields = {
        world.procedures[name].field
        for side in collaboration.sides.values()
        for name in side.procedures
        if name in world.procedures
    }
    return {*collaboration.codes, *(table for field in fields for table in world.fields[field].codes)}
