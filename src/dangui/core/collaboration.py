"""Collaboration — 协同: what two or more procedures exchange, node by node; the exchange standard is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dangui.core.form import Field, parse_fields
from dangui.core.problem import Problem, Words
from dangui.core.procedure import Effect, parse_effects
from dangui.core.shape import Shape

VERBS = ("initiate", "result", "return", "supplement", "amend", "close")
MOMENTS = ("on_sent", "on_delivered", "on_received", "on_rejected", "on_withdrawn")


@dataclass(frozen=True, slots=True)
class Side:
    """One side — 协同方: the procedures that may take it, and as which neighbour the initiating agency finds it."""

    id: str
    procedures: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Node:
    """One business node — 业务节点: who sends what to whom, and what follows in each ledger at each moment."""

    id: str
    title: Words
    verb: str
    by: str
    to: tuple[str, ...]
    opens: bool
    persons: Mapping[str, str]
    carries: tuple[str, ...]
    volumes: tuple[str, ...]
    fields: tuple[Field, ...]
    effects: Mapping[str, Mapping[str, tuple[Effect, ...]]]
    reject: str
    closes: bool
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A collaboration pack — 协同规范."""

    id: str
    title: Words
    version: int
    sides: Mapping[str, Side]
    nodes: Mapping[str, Node]
    codes: Mapping[str, Mapping[str, Words]]

    def effects(self, node: str, moment: str, side: str) -> tuple[Effect, ...]:
        """What follows in the ledger of ``side`` at ``moment`` (on_sent, on_delivered …) of ``node``."""
        return self.nodes[node].effects.get(moment, {}).get(side, ())


def parse_codes(raw: Mapping[str, Any], place: str, problems: list[Problem]) -> dict[str, dict[str, Words]]:
    """Code tables: table → code → title. ``basis`` beside the codes names where the law lists them."""
    tables: dict[str, dict[str, Words]] = {}
    for table, entries in raw.items():
        shape = Shape(entries, f"{place}.{table}", problems)
        codes = [code for code in entries if code != "basis"] if isinstance(entries, Mapping) else []
        tables[str(table)] = {}
        for code in codes:
            item = entries[code]
            shape.any(code)
            tables[str(table)][str(code)] = shape.both(item, str(code))
    return tables


def parse_collaboration(collaboration_id: str, raw: Any, place: str, problems: list[Problem]) -> Collaboration:
    """A collaboration from its collaboration.yaml."""
    shape = Shape(raw, place, problems)
    tables = {name: parse_fields(rows if isinstance(rows, list) else [], f"{place}:fields.{name}", problems)
              for name, rows in shape.mapping("fields").items()}
    sides = {side: _parse_side(side, item, f"{place}:sides.{side}", problems)
             for side, item in shape.mapping("sides", required=True).items()}
    nodes = {node: _parse_node(node, item, sides, tables, f"{place}:nodes.{node}", problems)
             for node, item in shape.mapping("nodes", required=True).items()}
    found = Collaboration(collaboration_id, shape.title(), shape.number("version") or 1, sides, nodes,
                          parse_codes(shape.mapping("codes"), f"{place}:codes", problems))
    shape.any("sources")
    shape.done()
    return found


def _parse_side(side: str, raw: Any, place: str, problems: list[Problem]) -> Side:
    shape = Shape(raw, place, problems)
    found = Side(side, shape.texts("procedure", required=True), shape.text("at"))
    shape.title("title", required=False)
    shape.done()
    return found


def _parse_node(node: str, raw: Any, sides: Mapping[str, Side], tables: Mapping[str, tuple[Field, ...]],
                place: str, problems: list[Problem]) -> Node:
    shape = Shape(raw, place, problems)
    table = shape.text("fields")
    if table and table not in tables:
        shape.complain("collaboration.no_fields", "fields", f"没有字段表“{table}”",
                       f"there is no field table '{table}'")
    by = shape.choice("by", sides, required=True)
    to = shape.texts("to") or tuple(side for side in sides if side != by)
    for side in to:
        _check_side(shape, "to", side, sides)
    found = Node(
        node, shape.title(required=False), shape.choice("verb", VERBS, "result", required=True), by, to,
        shape.flag("opens"), {str(role): str(there) for role, there in shape.mapping("persons").items()},
        shape.texts("carries"), shape.texts("volumes"), tables.get(table, ()),
        _moments(shape, sides, place, problems), shape.text("reject"), shape.flag("closes"), shape.texts("basis"),
    )
    shape.any("says")
    shape.done()
    return found


def _check_side(shape: Shape, key: str, side: str, sides: Mapping[str, Side]) -> None:
    if side not in sides:
        shape.complain("collaboration.no_side", key, f"没有协同方“{side}”", f"there is no side '{side}'")


def _moments(shape: Shape, sides: Mapping[str, Side], place: str,
             problems: list[Problem]) -> dict[str, dict[str, tuple[Effect, ...]]]:
    effects: dict[str, dict[str, tuple[Effect, ...]]] = {}
    for moment in MOMENTS:
        inner = Shape(shape.mapping(moment), f"{place}.{moment}", problems)
        effects[moment] = {}
        for side in shape.mapping(moment):
            _check_side(shape, f"{moment}.{side}", str(side), sides)
            effects[moment][str(side)] = parse_effects(inner.many(side), f"{place}.{moment}.{side}", problems)
    return effects
