"""Evidence — 证据标准检查: a standard names stages that exist, kinds their dossiers know, and words they can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dangui.check.ground import Ground, problem
from dangui.check.vocabulary import Vocabulary
from dangui.core.condition import Condition
from dangui.core.problem import Problem
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest


def check(ground: Ground) -> Iterator[Problem]:
    """Every fact and every rule of form of every standard; what includes share is told once."""
    procedures = {procedure.id.rpartition("/")[2]: procedure for procedure in ground.world.procedures.values()}
    for standard in ground.world.standards.values():
        stages = [procedures[stage] for point in standard.points for stage in point.at if stage in procedures]
        for point in standard.points:
            for stage in point.at:
                if stage not in procedures:
                    yield problem(
                        "evidence.unknown_stage",
                        f"{point.place}.at",
                        f"没有程序“{stage}”",
                        f"there is no procedure '{stage}'",
                        nearest(stage, procedures),
                    )
            yield from _kinds(ground, stages, (*point.by, *point.by_any), point.place)
            yield from _words(ground, stages, point.unless, f"{point.place}.unless")
        for form in standard.forms:
            yield from _kinds(ground, stages, [form.kind], form.place)
            yield from _words(ground, stages, form.when, f"{form.place}.when")


def _kinds(ground: Ground, stages: Iterable[Procedure], kinds: Iterable[str], place: str) -> Iterator[Problem]:
    known = {kind for stage in stages for kind in _known(ground, stage)}
    for kind in kinds:
        if kind not in known:
            yield problem(
                "evidence.unknown_kind",
                place,
                f"案卷目录中没有材料种类“{kind}”",
                f"no catalogue has the kind of material '{kind}'",
                nearest(kind, known),
            )


def _known(ground: Ground, procedure: Procedure) -> Iterable[str]:
    catalogue = ground.world.catalogues.get(procedure.catalogue)
    return catalogue.kinds if catalogue else ()


def _words(ground: Ground, stages: Iterable[Procedure], condition: Condition, place: str) -> Iterator[Problem]:
    """A condition is asked wherever the offence is handled: somewhere in its field the word must have a meaning."""
    fields = {stage.field for stage in stages}
    found = [
        list(Vocabulary(ground, procedure).wrong(condition, place, None))
        for procedure in ground.world.procedures.values()
        if procedure.field in fields
    ]
    yield from min(found, key=len, default=[])
