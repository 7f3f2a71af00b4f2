"""Standards — 标准载入: evidence standards read from the offences of a pack, with every problem told at once."""

from __future__ import annotations

from dangui.core.condition import ALWAYS, AnyOf, parse
from dangui.core.evidence import LEVELS, EvidenceStandard, Form, Point
from dangui.core.problem import Problem, Words
from dangui.core.shape import Shape


def parse_standard(shape: Shape, problems: list[Problem]) -> EvidenceStandard:
    """The keys ``evidence``, ``form`` and ``unverified`` of an offence or of what offences share."""
    points: list[Point] = []
    for number, raw in enumerate(shape.many("evidence")):
        inner = Shape(raw, f"{shape.place}:evidence[{number}]", problems)
        link = inner.title("link")
        points += [_point(str(name), link, Shape(item, f"{inner.place}.{name}", problems))
                   for name, item in inner.mapping("prove", required=True).items()]
        inner.done()
    forms = [_form(str(name), str(kind), Shape(raw, f"{shape.place}:form.{kind}.{name}", problems))
             for kind, rules in shape.mapping("form").items() for name, raw in rules.items()]
    unverified = shape.title("unverified") if shape.has("unverified") else None
    return EvidenceStandard(tuple(points), tuple(forms), unverified)


def _point(name: str, link: Words, shape: Shape) -> Point:
    agree = Shape(shape.mapping("corroborated"), f"{shape.place}.corroborated", shape.problems)
    levels = Shape(shape.mapping("at", required=True), f"{shape.place}.at", shape.problems)
    at = {stage: levels.choice(stage, LEVELS, required=True) for stage in shape.mapping("at")}
    unless = parse(shape.any("unless"), f"{shape.place}.unless", shape.problems) if shape.has("unless") else AnyOf(())
    point = Point(
        name, link, shape.title(), shape.texts("by"), shape.texts("by_any"), unless, agree.number("kinds") or 1, at,
        (*shape.texts("basis"), *agree.texts("basis")), shape.place)
    _faults(point, agree, shape)
    agree.done()
    shape.done()
    return point


def _faults(point: Point, agree: Shape, shape: Shape) -> None:
    if not point.by and not point.by_any:
        shape.complain("evidence.no_kind", "by_any", "没有写明可用哪些证据证明", "no evidence is named")
    if point.agree > 1 and not agree.texts("basis"):
        shape.complain("evidence.no_basis", "corroborated", "印证要求没有法律依据", "corroboration cites no basis")
    if "stop" in point.at.values() and not point.basis:
        shape.complain("evidence.no_basis", "at", "没有法律依据的不得设为 stop", "stop needs a cited basis")


def _form(name: str, kind: str, shape: Shape) -> Form:
    says = shape.both({"zh": shape.any("zh"), "en": shape.any("en")}, "zh/en")
    when = parse(shape.any("when"), f"{shape.place}.when", shape.problems) if shape.has("when") else ALWAYS
    form = Form(name, kind, says, when, shape.texts("basis", required=True), shape.place)
    shape.done()
    return form
