"""Agencies — 机关检查: whoever must act holds a post somewhere; what an agency runs, receives and neighbours exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dangui.check.ground import Ground, problem, procedure_place
from dangui.core.problem import Problem
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest
from dangui.core.world import Agency


def check(ground: Ground) -> Iterator[Problem]:
    """Every agency, and every post that a procedure counts on."""
    places = {
        path.stem: path.relative_to(ground.root).as_posix() for path in (ground.root / "agencies").glob("*/*.yaml")
    }
    for agency in ground.world.agencies.values():
        yield from _agency(ground, agency, places[agency.id])
    for procedure in ground.world.procedures.values():
        yield from _posts(ground, procedure)


def _agency(ground: Ground, agency: Agency, place: str) -> Iterator[Problem]:
    agencies = ground.world.agencies
    for name in agency.runs:
        yield from _runs(ground, agency, name, place)
    yield from _known(agency.receives, set(agency.posts), f"{place}:receives")
    for key, neighbour in agency.neighbours.items():
        if neighbour not in agencies:
            yield problem(
                "agency.unknown_neighbour",
                f"{place}:neighbours.{key}",
                f"没有机关“{neighbour}”",
                f"there is no agency '{neighbour}'",
                nearest(neighbour, agencies),
            )
    for series, form in {**agency.case_numbers, "document": agency.document_number}.items():
        wanted = ("{year}", "{serial}", *(("{word}",) if series == "document" else ()))
        if any(part not in form for part in wanted):
            parts = "、".join(wanted)
            yield problem(
                "agency.number_form", f"{place}:numbering.{series}", f"编号格式须含{parts}", f"a number needs {parts}"
            )


def _runs(ground: Ground, agency: Agency, name: str, place: str) -> Iterator[Problem]:
    procedure = ground.world.procedures.get(name)
    if procedure is None:
        yield problem(
            "agency.unknown_procedure",
            f"{place}:runs",
            f"没有流程“{name}”",
            f"there is no procedure '{name}'",
            nearest(name, ground.world.procedures),
        )
    elif procedure.agency != agency.kind:
        yield problem(
            "agency.wrong_kind",
            f"{place}:runs",
            f"“{name}”由{procedure.agency}办理",
            f"'{name}' is run by {procedure.agency}, not by {agency.kind}",
        )
    elif procedure.number and procedure.number not in agency.case_numbers:
        yield problem(
            "agency.no_number",
            f"{place}:numbering.case",
            f"没有案号格式“{procedure.number}”",
            f"there is no case number for '{procedure.number}'",
        )


def _posts(ground: Ground, procedure: Procedure) -> Iterator[Problem]:
    agencies = ground.agencies_of(procedure)
    if not agencies:
        yield problem(
            "procedure.nowhere", procedure_place(procedure), "没有机关办理此流程", "no agency runs this procedure"
        )
        return
    posts = {post for agency in agencies for post in agency.posts}
    roles = set(procedure.persons)
    yield from _known([procedure.leads], posts, f"{procedure_place(procedure)}:leads")
    yield from _known(procedure.supervises, posts, f"{procedure_place(procedure)}:supervises")
    everywhere = {post for agency in ground.world.agencies.values() for post in agency.posts}
    for action in procedure.actions.values():
        yield from _known(action.by, everywhere | roles, f"{action.place}.by")
        able = set(action.by) & (posts | roles)
        if able:
            yield from _known(action.approval, posts, f"{action.place}.approval")
            yield from _one_of(action.executes, posts | roles, f"{action.place}.executes")
        elif "/common/" not in action.place:  # a shared action may be for the posts of some of the procedures only
            yield from _one_of(action.by, posts | roles, f"{action.place}.by")
        if action.of and action.of not in roles:
            yield problem(
                "action.unknown_role",
                f"{action.place}.of",
                f"本流程没有当事人身份“{action.of}”",
                f"there is no role '{action.of}' here",
                nearest(action.of, roles),
            )
        for stage in action.stages:
            if stage not in procedure.stages:
                yield problem(
                    "action.unknown_stage",
                    f"{action.place}.in",
                    f"没有阶段“{stage}”",
                    f"there is no stage '{stage}'",
                    nearest(stage, procedure.stages),
                )


def _known(given: Iterable[str], posts: set[str], place: str) -> Iterator[Problem]:
    for post in given:
        if post and post not in posts:
            yield problem(
                "post.unknown",
                place,
                f"办理机关没有岗位“{post}”",
                f"no agency that runs it has the post '{post}'",
                nearest(post, posts),
            )


def _one_of(given: Iterable[str], posts: set[str], place: str) -> Iterator[Problem]:
    wanted = list(given)
    if wanted and not posts & set(wanted):
        yield problem(
            "post.nobody",
            place,
            f"办理机关没有岗位“{'、'.join(wanted)}”",
            f"no agency that runs it has a post of {', '.join(wanted)}",
            nearest(wanted[0], posts),
        )
