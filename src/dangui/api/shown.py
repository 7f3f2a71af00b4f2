"""Shown — 转述: what the reader gives, in the shape that the API has published."""

from __future__ import annotations

from typing import Any

from dangui.api.forms import schema_of
from dangui.api.lacking import Words, lacking
from dangui.api.schemas import (
    ActionOut,
    Actions,
    Candidate,
    DeadlineOut,
    LineOut,
    MaterialOut,
    PendingOut,
    PersonOut,
    PreviewOut,
    ProblemOut,
    ProceedingOut,
    RowOut,
    Rows,
    RunOut,
    TaskOut,
    Tasks,
    Volume,
)
from dangui.core.ports import Row
from dangui.core.problem import Problem
from dangui.core.problem import Words as Said
from dangui.reader import Line, Page, Preview, Work
from dangui.views import ActionView, ProceedingView


def words(said: Said | None) -> Words | None:
    """One text."""
    return Words(zh=said.get("zh", ""), en=said.get("en", "")) if said is not None else None


def reasons(found: Any) -> list[ProblemOut]:
    """Problems."""
    return [ProblemOut(**problem.as_json()) for problem in found if isinstance(problem, Problem)]


def row(found: Row, title: Said, agency_title: Said) -> RowOut:
    """A proceeding in a list."""
    kept = {name: getattr(found, name) for name in RowOut.model_fields if hasattr(found, name)}
    return RowOut.model_validate(
        {**kept, "title": title, "agency_title": agency_title, "assigned": list(found.assigned)}
    )


def rows(page: Page) -> Rows:
    """Part of a list of proceedings."""
    return Rows(items=[_line(item) for item in page.items], next=page.next)


def tasks(page: Page) -> Tasks:
    """Part of a list of tasks."""
    return Tasks(items=[_task(item) for item in page.items], next=page.next, counts=dict(page.counts))


def _line(line: Line) -> RowOut:
    return row(line.row, line.title, line.agency_title)


def _task(work: Work) -> TaskOut:
    task = work.task
    return TaskOut.model_validate(
        {
            "kind": task.kind,
            "ref": task.ref,
            "title": task.title,
            "person": work.person,
            "due_at": task.due_at,
            "liberty": task.liberty,
            "since": task.since,
            "proceeding": _line(work.line),
        }
    )


def proceeding(view: ProceedingView) -> ProceedingOut:
    """A proceeding."""
    return ProceedingOut.model_validate(
        {
            "proceeding": row(view.row, view.title, view.agency_title),
            "scope": view.scope,
            "head": view.head,
            "seq": view.seq,
            "persons": [_of(PersonOut, each) for each in view.persons],
            "deadlines": [_of(DeadlineOut, each) for each in view.deadlines],
            "alarms": reasons(view.alarms),
            "pending": [_of(PendingOut, each) for each in view.pending],
            "handovers": [_of(RunOut, each) for each in view.handovers],
            "dossier": dossier(view),
            "history": [_of(LineOut, each) for each in view.history],
            "facts": dict(view.facts),
            "lacking": [lacking(each) for each in view.lacking],
        }
    )


def dossier(view: ProceedingView) -> list[Volume]:
    """The dossier by volume."""
    return [
        Volume.model_validate(
            {"id": volume, "title": title, "materials": [MaterialOut.model_validate(dict(item)) for item in items]}
        )
        for volume, title, items in view.materials
    ]


def actions(view: ProceedingView) -> Actions:
    """What can be done here."""
    return Actions(head=view.head, items=[action(each) for each in view.actions])


def action(view: ActionView) -> ActionOut:
    """One action with its form."""
    return ActionOut.model_validate(
        {
            "id": view.id,
            "title": view.title,
            "possible": view.possible,
            "of": view.of,
            "many": view.many,
            "candidates": [
                Candidate(id=person, name=name, reasons=reasons(view.reasons.get(person, ())))
                for person, name in view.candidates
            ],
            "reasons": reasons(view.reasons.get("", ())),
            "form": schema_of(view.fields, view.options, view.prefill),
            "prefill": dict(view.prefill),
            "needs_approval": list(view.needs_approval),
            "will": list(view.will),
            "basis": list(view.basis),
            "sends": view.sends,
        }
    )


def preview(found: Preview) -> PreviewOut:
    """What an act would enter."""
    return PreviewOut(
        possible=not found.reasons, effects=[dict(effect) for effect in found.effects], reasons=reasons(found.reasons)
    )


def _of(schema: Any, value: Any) -> Any:
    """The fields of a view that the schema has published."""
    return schema.model_validate({name: getattr(value, name) for name in schema.model_fields})
