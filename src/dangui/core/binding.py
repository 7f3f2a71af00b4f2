"""Binding — 入卷: the effects by which an act makes documents, binds materials, keeps exhibits and records service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dangui.core.document import Template, Unfilled, fill
from dangui.core.paper import Context
from dangui.core.problem import Words, words
from dangui.core.procedure import Effect
from dangui.core.resolve import Resolver, Verb


def issue(r: Resolver, e: Effect, person: str | None) -> None:
    """A document is made from its template, numbered and bound (制作文书)."""
    template = r.world.template(r.procedure, str(e.value))
    if template is None:
        r.complain("document.no_template", str(e.value), f"没有文书模板“{e.value}”",
                   f"there is no template '{e.value}'")
        return
    number = _number(r, template)
    context = Context(r.told, r.procedure, r.state, r.world.agencies[r.state.agency])
    context.about([r.state.persons[each] for each in r.act.about])
    context.asked(r.act.fields, r.act.values)
    try:
        filled = fill(template, context.act(r.act.actor.user, r.act.at, number))
    except Unfilled as error:
        r.problems.extend(error.problems)
        return
    document = {
        "id": r.told.new_id("document"), "template": template.id, "kind": template.id, "title": template.title,
        "number": number, "volume": template.volume, "internal": template.internal, "form": template.form,
        "of": list(r.act.about), "at": r.act.at.isoformat(), "by": r.act.actor.user, "status": "bound",
        "blob": None, "size": 0, "media_type": "application/pdf",
    }
    r.prints[str(document["id"])] = filled.as_json()
    r.add("document", document=document)
    r.add("material", material=document)


def _number(r: Resolver, template: Template) -> str:
    if not template.number:
        return ""
    agency, year = r.world.agencies[r.state.agency], r.act.at.year
    serial = r.told.next_number(agency.id, f"document.{template.number}", year)
    return agency.document_number.format(word=template.number, year=year, serial=serial)


def bind(r: Resolver, e: Effect, person: str | None) -> None:
    """An uploaded file becomes a material of the volume to which its kind belongs (入卷)."""
    file = r.asked(e.value)
    if not file:
        return
    catalogue = r.world.catalogues[r.procedure.catalogue]
    kind = str(r.asked("kind") or "other")
    volume = catalogue.kinds[kind].volume if kind in catalogue.kinds else next(iter(catalogue.volumes))
    r.add("material", material={
        "id": r.told.new_id("material"), "kind": kind, "title": _title(r, file, kind), "volume": volume,
        "internal": volume in catalogue.internal, "of": list(r.act.about), "at": r.act.at.isoformat(),
        "made_on": r.asked("made_on"), "by": r.act.actor.user, "status": "bound", **file,
    })


def _title(r: Resolver, file: Mapping[str, Any], kind: str) -> Words:
    given = r.asked("title")
    known = r.world.catalogues[r.procedure.catalogue].kinds.get(kind)
    if given or known is None:
        return words(given or file["name"], given or file["name"])
    return dict(known.title)


def material_becomes(status: str) -> Verb:
    """A material is struck, superseded, excluded or sealed, with the reason; it stays in the ledger."""
    def resolve(r: Resolver, e: Effect, person: str | None) -> None:
        named = r.asked(e.value)
        reason = str(r.asked("reason") or r.asked("note") or "")
        by = r.asked(e.more["by"]) if "by" in e.more else None
        for item in named if isinstance(named, list) else [named]:
            if item in r.state.materials:
                r.add("material", material={"id": item, "status": status, "reason": reason, "replaced_by": by})

    return resolve


def exhibit(r: Resolver, e: Effect, person: str | None) -> None:
    """A thing is registered, or what became of it (物证、涉案财物)."""
    asked = {key: r.asked(key) for key in ("name", "description", "quantity", "place", "taken_from", "disposal")}
    r.add("exhibit", exhibit={
        "id": r.asked("exhibit") or r.told.new_id("exhibit"), "status": str(e.value), "at": r.act.at.isoformat(),
        "by": r.act.actor.user, **{key: value for key, value in asked.items() if value},
    })


def serve(r: Resolver, e: Effect, person: str | None) -> None:
    """A document was served: on whom, how and when (送达)."""
    r.add("service", service={
        "document": r.asked(e.value), "recipient": r.asked("recipient"), "manner": r.asked("manner"),
        "on": r.asked("served_on") or r.act.at.isoformat(),
    })


VERBS: dict[str, Verb] = {
    "issue": issue, "bind": bind, "strike": material_becomes("struck"), "supersede": material_becomes("superseded"),
    "exclude": material_becomes("excluded"), "seal": material_becomes("sealed"), "exhibit": exhibit, "serve": serve,
}
