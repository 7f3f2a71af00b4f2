"""Ground — 检查对象: the packs as loaded, and every spot in them where effects run, for the checks to walk over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dangui.citation import Statutes
from dangui.core.collaboration import Collaboration, Node
from dangui.core.form import Field
from dangui.core.problem import Problem, Words, words
from dangui.core.procedure import Action, Effect, Procedure
from dangui.core.world import Agency, World


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a check looks at."""

    root: Path
    world: World
    statutes: Statutes

    def agencies_of(self, procedure: Procedure) -> list[Agency]:
        """The agencies that run the procedure."""
        return [agency for agency in self.world.agencies.values() if procedure.id in agency.runs]

    def sides_of(self, procedure: Procedure) -> Iterator[tuple[Collaboration, str]]:
        """The collaborations it takes part in, with the side it stands on."""
        for collaboration in self.world.collaborations.values():
            for side in collaboration.sides.values():
                if procedure.id in side.procedures:
                    yield collaboration, side.id

    def node(self, sends: str) -> tuple[Collaboration, Node] | None:
        """What an action sends, if there is such a node."""
        name, _, node = sends.partition(".")
        collaboration = self.world.collaborations.get(name)
        found = collaboration.nodes.get(node) if collaboration else None
        return (collaboration, found) if collaboration and found else None

    def fields(self, action: Action) -> tuple[Field, ...]:
        """The whole form of an action, that of the node it sends included."""
        sent = self.node(action.sends)
        own = {field.name for field in action.asks}
        return (*action.asks, *(field for field in (sent[1].fields if sent else ()) if field.name not in own))

    def spots(self) -> Iterator[Spot]:
        """Every list of effects, once for each procedure in which it may run."""
        for procedure in self.world.procedures.values():
            yield from self.spots_of(procedure)

    def spots_of(self, procedure: Procedure) -> Iterator[Spot]:
        """Every list of effects that may run in a proceeding of this procedure."""
        for action in procedure.actions.values():
            for step, effects in action.effects.items():
                yield Spot(procedure, f"{action.place}.when_{step}", effects, self.fields(action), action, None, None)
        for collaboration, side in self.sides_of(procedure):
            for node in collaboration.nodes.values():
                for moment, by_side in node.effects.items():
                    yield Spot(
                        procedure,
                        f"{node_place(collaboration, node)}.{moment}.{side}",
                        by_side.get(side, ()),
                        node.fields,
                        None,
                        collaboration,
                        node,
                    )


@dataclass(frozen=True, slots=True)
class Spot:
    """A list of effects with what it may refer to: the procedure, the fields asked, the action or the node."""

    procedure: Procedure
    place: str
    effects: Sequence[Effect]
    fields: Sequence[Field]
    action: Action | None
    collaboration: Collaboration | None
    node: Node | None

    def asked(self, name: object) -> Field | None:
        """The field of that name (also written ``{field: name}``)."""
        wanted = name.get("field") if isinstance(name, Mapping) else name
        return next((field for field in self.fields if field.name == wanted), None)


def node_place(collaboration: Collaboration, node: Node) -> str:
    """Where a node stands."""
    return f"collaborations/{collaboration.id}/collaboration.yaml:nodes.{node.id}"


def procedure_place(procedure: Procedure, file: str = "procedure.yaml") -> str:
    """A file of the procedure."""
    return f"procedures/{procedure.id}/{file}"


def names(value: object) -> list[str]:
    """One name or a list of them."""
    return (
        [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list | tuple) else []
    )


def problem(code: str, place: str, zh: str, en: str, hint: Words | None = None) -> Problem:
    """A problem in both languages."""
    return Problem(code, place, words(zh, en), hint or words("", ""))
