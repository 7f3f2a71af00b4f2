"""Documents — 文书检查: every placeholder of a template has a text wherever the document is issued."""

from __future__ import annotations

from collections.abc import Iterator

from dangui.check.ground import Ground, Spot, problem
from dangui.check.vocabulary import remembered
from dangui.core.document import Template, placeholders, required
from dangui.core.form import PERSON_KEYS
from dangui.core.problem import Problem, words
from dangui.core.procedure import Procedure
from dangui.core.shape import nearest

ALWAYS = (
    "agency.name",
    "proceeding.number",
    "proceeding.title",
    "document.number",
    "date",
    "time",
    "user.name",
    "persons.names",
    "persons.all",
    "signatures",
)
OF_PERSON = (*(f"person.{key}" for key in PERSON_KEYS), "person.offences", "person.measure", "person.measure_since")
SENTENCE = tuple(f"sentence.{part}" for part in ("kind", "months", "start", "end", "credit_days"))


def check(ground: Ground) -> Iterator[Problem]:
    """Every document that some effect issues; templates nobody issues; volumes that don't exist."""
    ever: dict[int, set[str]] = {}
    for spot in ground.spots():
        for effect in spot.effects:
            template = ground.world.template(spot.procedure, str(effect.value)) if effect.verb == "issue" else None
            if template:
                ever.setdefault(id(template), set()).update(given(ground, spot) | _somewhere(ground, spot.procedure))
                yield from _filled(ground, spot, template)
                yield from _volume(ground, spot.procedure, template)
    for folder, templates in _folders(ground):
        for template in templates.values():
            yield from _ever(ground, folder, template, ever.get(id(template)))


def _ever(ground: Ground, folder: str, template: Template, known: set[str] | None) -> Iterator[Problem]:
    """What a template names must be given by one of the acts that issue it; else it is a slip of the pen."""
    place = f"procedures/{folder}/documents/{template.id}.yaml"
    if known is None:
        yield problem(
            "document.never_issued", place, f"没有动作制作《{template.title['zh']}》", f"nothing issues '{template.id}'"
        )
        known = {
            key
            for spot in ground.spots()
            if f"{spot.procedure.id}/".startswith(f"{folder}/")
            for key in given(ground, spot)
        }
        slips = placeholders(template) - known
    else:
        slips = placeholders(template) - required(template) - known
    for key in sorted(slips):
        yield problem(
            "document.unknown_placeholder",
            f"{place}:{{{key}}}",
            f"“{key}”没有来源",
            f"nothing gives '{key}'",
            nearest(key, known),
        )


def _folders(ground: Ground) -> Iterator[tuple[str, dict[str, Template]]]:
    yield from ((name, dict(field.templates)) for name, field in ground.world.fields.items())
    yield from ((name, dict(found)) for name, found in ground.world.templates.items())


def place_of(ground: Ground, procedure: Procedure, template: Template) -> str:
    """The template's file."""
    own = template.id in ground.world.templates.get(procedure.id, {})
    return f"procedures/{procedure.id if own else procedure.field}/documents/{template.id}.yaml"


def _filled(ground: Ground, spot: Spot, template: Template) -> Iterator[Problem]:
    known = given(ground, spot)
    place = place_of(ground, spot.procedure, template)
    for key in sorted(required(template) - known):
        yield problem(
            "document.unknown_placeholder",
            f"{place}:{{{key}}}",
            f"在{spot.place}制作时,“{key}”没有来源",
            f"issued at {spot.place}, nothing gives '{key}'",
            nearest(key, known),
        )
    maybe = {
        f"field.{field.name}"
        for field in spot.fields
        if field.required is None and field.default is None and not field.source
    }
    for key in sorted(required(template) & maybe):
        yield problem(
            "document.optional_field",
            f"{place}:{{{key}}}",
            f"在{spot.place}制作时,“{key}”可以不填",
            f"issued at {spot.place}, '{key}' may be left empty",
            words(f"改为必填,或写作 {{?{key}}}…{{/}}", f"make it required, or write {{?{key}}}…{{/}}"),
        )


def given(ground: Ground, spot: Spot) -> set[str]:
    """Every key that has a text, or may have one, when the effects of this spot issue a document."""
    procedure = spot.procedure
    found = {*ALWAYS, *SENTENCE, *(f"fact.{name}" for name in remembered(ground, procedure))}
    if spot.action is None or spot.action.of:
        found |= set(OF_PERSON)
    neighbours = [set(agency.neighbours) for agency in ground.agencies_of(procedure)]
    found |= {f"agency.neighbours.{key}" for key in (set.intersection(*neighbours) if neighbours else ())}
    found |= {f"field.{field.name}" for field in spot.fields}
    found |= {f"clock.{limit}.{part}" for limit in procedure.limits for part in ("last_day", "started")}
    return found | {key for role in procedure.persons for key in (f"{role}.name", f"{role}s.names")}


def _somewhere(ground: Ground, procedure: Procedure) -> set[str]:
    """Neighbours that only some of the agencies have: a part of the template may be printed for those alone."""
    return {f"agency.neighbours.{key}" for agency in ground.agencies_of(procedure) for key in agency.neighbours}


def _volume(ground: Ground, procedure: Procedure, template: Template) -> Iterator[Problem]:
    catalogue = ground.world.catalogues.get(procedure.catalogue)
    if catalogue and template.volume not in catalogue.volumes:
        yield problem(
            "document.unknown_volume",
            f"{place_of(ground, procedure, template)}:volume",
            f"目录中没有卷“{template.volume}”",
            f"the catalogue has no volume '{template.volume}'",
            nearest(template.volume, catalogue.volumes),
        )
