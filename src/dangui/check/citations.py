"""Citations — 引用检查: whatever the packs say the law says must be found in the words of the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dangui.check.ground import Ground, problem, procedure_place
from dangui.citation import resolve
from dangui.core.problem import Problem, words
from dangui.packs_yaml import Sheet, read_file

FOLDERS = ("procedures", "collaborations", "offences", "catalogues", "agencies")
CITING = ("basis", "article", "interpretation")
"""Keys whose texts are citations."""


def check(ground: Ground) -> Iterator[Problem]:
    """Every citation resolves; every action and every length of a limit cites one; every named source is held."""
    for folder in FOLDERS:
        for path in sorted((ground.root / folder).rglob("*.yaml")):
            if "cases" not in path.parts and "documents" not in path.parts:
                yield from _cited(read_file(path, ground.root), ground)
    yield from _templates(ground)
    for procedure in ground.world.procedures.values():
        for source in procedure.sources:
            if source not in ground.statutes:
                yield problem(
                    "citation.unknown_law",
                    procedure_place(procedure) + ":sources",
                    f"{source}没有收录",
                    f"{source} is not held",
                )
        if not procedure.basis_none:
            yield from _uncited(ground, procedure.id)


def _cited(sheet: Sheet, ground: Ground) -> Iterator[Problem]:
    if isinstance(sheet.value, Mapping) and sheet.value.get("basis") == "none":
        if not str(sheet.value.get("basis_reason") or "").strip():
            yield problem(
                "citation.no_reason",
                sheet.at("basis"),
                "basis: none 须写明理由(basis_reason)",
                "basis: none needs its basis_reason",
            )
        return
    for steps, text in _citations(sheet.value, ()):
        found = resolve(text, ground.statutes, sheet.at(*steps))
        if isinstance(found, Problem):
            yield found


def _citations(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in CITING:
                for number, text in enumerate(item if isinstance(item, list) else [item]):
                    if isinstance(text, str):
                        yield (*steps, key, *([number] if isinstance(item, list) else [])), text
            else:
                yield from _citations(item, (*steps, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _citations(item, (*steps, number))


def _templates(ground: Ground) -> Iterator[Problem]:
    for path in sorted((ground.root / "procedures").rglob("documents/*.yaml")):
        yield from _cited(read_file(path, ground.root), ground)


def _uncited(ground: Ground, procedure_id: str) -> Iterator[Problem]:
    procedure = ground.world.procedures[procedure_id]
    hint = words(
        "写明 basis,或在流程中声明 basis: none 及理由",
        "give a basis, or declare basis: none with its reason in the procedure",
    )
    for action in procedure.actions.values():
        if not action.basis:
            yield problem(
                "action.no_basis",
                action.place,
                f"“{action.title['zh']}”没有法律依据",
                f"'{action.id}' cites no legal basis",
                hint,
            )
    for limit in procedure.limits.values():
        unverified = bool(limit.unverified["zh"])
        for number, row in enumerate(limit.lengths):
            if not row.basis and not unverified:
                yield problem(
                    "limit.no_basis",
                    f"{limit.place}.length[{number}]",
                    f"“{limit.title['zh']}”的期限没有法律依据",
                    f"a length of '{limit.id}' cites no legal basis",
                    hint,
                )
        for number, further in enumerate(limit.extendable):
            if not further.basis and not unverified:
                yield problem(
                    "limit.no_basis",
                    f"{limit.place}.extendable[{number}]",
                    f"“{limit.title['zh']}”的延长没有法律依据",
                    f"an extension of '{limit.id}' cites no legal basis",
                    hint,
                )
