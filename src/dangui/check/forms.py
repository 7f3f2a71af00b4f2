"""Forms — 表单检查: every choice has a table, a post or a role behind it, every prefilled value a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dangui.check.ground import Ground, node_place, problem
from dangui.check.vocabulary import remembered
from dangui.core.form import Field
from dangui.core.problem import Problem
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest

PERSON_SOURCES = ("measure", "measure_since", "offence", "charge", "charges", "offences", "outcome")


def check(ground: Ground) -> Iterator[Problem]:
    """Every field of every action, and of every node in the procedures that send it."""
    for procedure in ground.world.procedures.values():
        for action in procedure.actions.values():
            yield from _fields(ground, procedure, action.asks, action.sends.partition(".")[0], f"{action.place}.asks")
        for collaboration, side in ground.sides_of(procedure):
            for node in collaboration.nodes.values():
                if node.by == side:
                    yield from _fields(
                        ground, procedure, node.fields, collaboration.id, f"{node_place(collaboration, node)}.fields"
                    )


def _fields(
    ground: Ground, procedure: Procedure, fields: Iterable[Field], collaboration: str, place: str
) -> Iterator[Problem]:
    for field in fields:
        where = f"{place}.{field.name}"
        match field.kind:
            case "code" | "list":
                yield from _code(ground, procedure, field, collaboration, where)
            case "user":
                yield from _user(ground, procedure, field, where)
            case "persons" if field.table not in procedure.persons:
                yield problem(
                    "form.unknown_role",
                    where,
                    f"本流程没有当事人身份“{field.table}”",
                    f"there is no role '{field.table}' here",
                    nearest(field.table, procedure.persons),
                )
        if field.source:
            yield from _source(ground, procedure, field, where)


def _code(ground: Ground, procedure: Procedure, field: Field, collaboration: str, place: str) -> Iterator[Problem]:
    tables = ground.world.codes_for(procedure, collaboration)
    if field.table not in tables:
        yield problem(
            "form.unknown_table",
            place,
            f"没有码表“{field.table}”",
            f"there is no code table '{field.table}'",
            nearest(field.table, tables),
        )
    elif field.kind == "code" and field.default is not None and field.default not in tables[field.table]:
        yield problem(
            "form.unknown_default",
            place,
            f"默认值“{field.default}”不在码表中",
            f"the default '{field.default}' is not in its table",
        )


def _user(ground: Ground, procedure: Procedure, field: Field, place: str) -> Iterator[Problem]:
    posts = {post for agency in ground.world.agencies.values() for post in agency.posts} | {"leads", "any"}
    if field.table not in posts:
        yield problem(
            "form.unknown_post",
            place,
            f"没有机关设有岗位“{field.table}”",
            f"no agency has the post '{field.table}'",
            nearest(field.table, posts),
        )


def _source(ground: Ground, procedure: Procedure, field: Field, place: str) -> Iterator[Problem]:
    kind, _, name = field.source.partition(".")
    facts = remembered(ground, procedure)
    known = {"person": {*PERSON_SOURCES, *facts, "sentence"}, "proceeding": {"number", *facts}}.get(kind, set())
    if name not in known:
        yield problem(
            "form.unknown_source",
            place,
            f"看不懂的来源“{field.source}”",
            f"nothing is known as '{field.source}'",
            nearest(name, known),
        )
