"""Views — 视图: what pages and the interface show of a proceeding, said in words; values only, see ``teller``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dangui.core.form import Field
from dangui.core.ports import Row
from dangui.core.problem import Problem, Words, words


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person of the proceeding with name and status — 当事人."""

    id: str
    name: str
    role: str
    role_title: Words
    data: Mapping[str, str]
    measure: str
    measure_title: Words
    measure_since: datetime | None
    in_custody: bool
    charges: tuple[Words, ...]
    marks: tuple[Words, ...]
    outcome: Words | None
    user: str | None
    left: bool
    minor: bool
    sentence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A limit with its computation line by line — 期限."""

    ref: str
    deadline: str
    title: Words
    person: str | None
    liberty: bool
    status: str
    started_at: datetime
    ends_at: datetime
    last_day: str
    ended_at: datetime | None
    extensions: int
    extendable: tuple[tuple[Words, str], ...]
    at_end: str
    working: tuple[Mapping[str, Any], ...]
    basis: tuple[str, ...]
    unverified: Words


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action as a form: for whom it can be done now, and every reason for whom it can't — 可办事项."""

    id: str
    title: Words
    of: str | None
    many: bool
    candidates: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    options: Mapping[str, tuple[tuple[str, Words], ...]]
    prefill: Mapping[str, Any]
    reasons: Mapping[str, tuple[Problem, ...]]
    """By person id; under "" where the action is not of a person."""
    needs_approval: tuple[Words, ...]
    will: tuple[Words, ...]
    basis: tuple[str, ...]
    sends: Words | None

    @property
    def possible(self) -> bool:
        """Whether it can be done now, for at least one person."""
        return any(not reasons for reasons in self.reasons.values())


@dataclass(frozen=True, slots=True)
class PendingView:
    """An application and where it stands — 呈请."""

    ref: str
    action: str
    title: Words
    persons: tuple[str, ...]
    status: str
    applied_by: str
    applied_at: datetime
    shown: tuple[Mapping[str, Any], ...]
    awaits: Words | None
    approvals: tuple[Mapping[str, Any], ...]
    reason: str
    may_approve: bool
    may_execute: bool
    may_cancel: bool
    will: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the history, as a court record reads — 登记."""

    seq: int
    kind: str
    says: Words
    office: Words
    user: str
    occurred_at: datetime
    recorded_at: datetime
    shown: tuple[Mapping[str, Any], ...]
    flags: tuple[Words, ...]
    made: tuple[Words, ...]
    basis: tuple[str, ...]
    digest: str
    corrected_by: int | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A hand-over with its tickets — 移送."""

    run: str
    collaboration: str
    title: Words
    node: str
    direction: str
    partner: Words
    persons: tuple[str, ...]
    sent_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    status: str
    problems: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    shown: tuple[Mapping[str, Any], ...]
    may_withdraw: bool
    may_receive: bool
    reject_codes: tuple[tuple[str, Words], ...]
    sides: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A fact that is not proved yet: what is needed, what would do, what is there, how it must look — 证据缺口."""

    fact: str
    link: Words
    title: Words
    level: str
    says: Words
    needs: tuple[Words, ...]
    """Kinds of evidence of which every one is needed."""
    any_of: tuple[Words, ...]
    """Kinds of which one would do."""
    there: tuple[tuple[str, Words], ...]
    """(id, title) of the materials that bear on the fact."""
    basis: tuple[str, ...]
    form: tuple[tuple[Words, Words, tuple[str, ...]], ...]
    """(kind, how it must look, basis) for the kinds that are missing."""


@dataclass(frozen=True, slots=True)
class LackingView:
    """What the dossier still lacks about one person and one charge for the next stage — 还缺什么."""

    person: str
    name: str
    offence: Words
    stage: str
    stage_title: Words
    unverified: Words | None
    facts: int
    """How many facts the standard asks for at that stage."""
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """Everything the page of a proceeding shows — 案件."""

    row: Row
    scope: str
    title: Words
    agency_title: Words
    stages: tuple[tuple[str, Words], ...]
    head: str
    seq: int
    opened_at: datetime
    persons: tuple[PersonView, ...]
    deadlines: tuple[DeadlineView, ...]
    alarms: tuple[Problem, ...]
    flags: tuple[Mapping[str, Any], ...]
    actions: tuple[ActionView, ...]
    pending: tuple[PendingView, ...]
    history: tuple[LineView, ...]
    materials: tuple[tuple[str, Words, tuple[Mapping[str, Any], ...]], ...]
    documents: tuple[Mapping[str, Any], ...]
    handovers: tuple[RunView, ...]
    exhibits: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...]
    assigned: tuple[tuple[str, str], ...]
    recused: tuple[str, ...]
    facts: Mapping[str, Any]
    lacking: tuple[LackingView, ...] = ()


def case_title(names: Sequence[str], offence: Words | None, procedure: Words) -> Words:
    """The case as people call it, from names and offence: 张某等盗窃案."""
    what = offence or procedure
    zh, en = what["zh"].removesuffix("罪"), what["en"]
    if not names or not names[0]:
        return words(f"{zh}案", en)
    many_zh, many_en = ("等", " and others") if len(names) > 1 else ("", "")
    return words(f"{names[0]}{many_zh}{zh}案", f"{names[0]}{many_en}: {en.lower()}")
