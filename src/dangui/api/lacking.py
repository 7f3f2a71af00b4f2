"""Lacking — 证据缺口格式: what a dossier does not prove yet, as it goes out of the interface."""

from __future__ import annotations

from ninja import Schema

from dangui.views import FindingView, LackingView


class Words(Schema):
    """One text in both languages."""

    zh: str = ""
    en: str = ""


class FormRuleOut(Schema):
    """How a kind of evidence must look."""

    kind: Words
    says: Words
    basis: list[str]


class FindingOut(Schema):
    """A fact that the dossier does not prove yet. ``level``: ``warn`` or ``stop``; neither holds an act back."""

    fact: str
    link: Words
    title: Words
    level: str
    says: Words
    needs: list[Words]
    any_of: list[Words]
    there: list[str]
    basis: list[str]
    form: list[FormRuleOut]


class LackingOut(Schema):
    """What the dossier still lacks about one person and one charge for the stage that comes next."""

    person: str
    name: str
    offence: Words
    stage: str
    stage_title: Words
    unverified: Words | None
    facts: int
    findings: list[FindingOut]


def lacking(view: LackingView) -> LackingOut:
    """The view as it goes out."""
    own = ("person", "name", "offence", "stage", "stage_title", "unverified", "facts")
    return LackingOut.model_validate(
        {**{name: getattr(view, name) for name in own}, "findings": [_finding(each) for each in view.findings]}
    )


def _finding(view: FindingView) -> FindingOut:
    same = ("fact", "link", "title", "level", "says", "needs", "any_of", "basis")
    return FindingOut.model_validate(
        {
            **{name: getattr(view, name) for name in same},
            "there": [material for material, _ in view.there],
            "form": [{"kind": kind, "says": says, "basis": basis} for kind, says, basis in view.form],
        }
    )
