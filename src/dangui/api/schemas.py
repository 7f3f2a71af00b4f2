"""Schemas — 数据格式: the shape of what goes in and comes out, published as OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from dangui.api.lacking import LackingOut, Words

Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.@/-]{1,80}$")]
"""An id of the engine, of an agency, a post or a user."""
Line = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
"""A text that a person wrote, without control characters."""


class ProblemOut(Schema):
    """One reason: what, where, why, what to do, on which legal basis."""

    code: str
    place: str
    says: Words
    hint: Words
    basis: list[str]


class Problems(Schema):
    """Every answer that is not a success."""

    problems: list[ProblemOut]


class RowOut(Schema):
    """A proceeding in a list."""

    proceeding: str
    case_id: str
    title: Words
    number: str
    procedure: str
    procedure_title: Words
    agency: str
    agency_title: Words
    stage: str
    stage_title: Words
    opened_at: datetime
    closed: bool
    assigned: list[str]
    due_at: datetime | None
    due_title: Words | None
    due_liberty: bool


class Rows(Schema):
    """Part of a list; ``next`` asks for the part that follows, empty at the end."""

    items: list[RowOut]
    next: str


class TaskOut(Schema):
    """Something that waits for the caller's post or person."""

    kind: str
    ref: str
    title: Words
    person: str
    due_at: datetime | None
    liberty: bool
    since: datetime
    proceeding: RowOut


class Tasks(Schema):
    """Part of a list of tasks, with how many there are of each kind."""

    items: list[TaskOut]
    next: str
    counts: dict[str, int]


class PersonOut(Schema):
    """A person of a proceeding."""

    id: str
    name: str
    role: str
    role_title: Words
    measure: str
    measure_title: Words
    measure_since: datetime | None
    in_custody: bool
    minor: bool
    left: bool
    charges: list[Words]
    outcome: Words | None
    sentence: dict[str, Any] | None


class DeadlineOut(Schema):
    """A limit, with how it was counted."""

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
    at_end: str
    working: list[dict[str, Any]]
    basis: list[str]


class Candidate(Schema):
    """A person whom the action can be of, and every reason against it now."""

    id: str
    name: str
    reasons: list[ProblemOut]


class ActionOut(Schema):
    """An action: its form as JSON Schema (2020-12), what is filled in already, for whom it can be done."""

    id: str
    title: Words
    possible: bool
    of: str | None
    many: bool
    candidates: list[Candidate]
    reasons: list[ProblemOut]
    form: dict[str, Any]
    prefill: dict[str, Any]
    needs_approval: list[Words]
    will: list[Words]
    basis: list[str]
    sends: Words | None


class PendingOut(Schema):
    """An application."""

    ref: str
    action: str
    title: Words
    persons: list[str]
    status: str
    applied_by: str
    applied_at: datetime
    awaits: Words | None
    reason: str
    may_approve: bool
    may_execute: bool
    may_cancel: bool


class RunOut(Schema):
    """A hand-over."""

    run: str
    collaboration: str
    title: Words
    node: str
    direction: str
    partner: Words
    persons: list[str]
    status: str
    sent_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    warnings: list[str]
    may_receive: bool
    may_withdraw: bool


class LineOut(Schema):
    """One entry of the ledger, said in words."""

    seq: int
    kind: str
    says: Words
    office: Words
    user: str
    occurred_at: datetime
    recorded_at: datetime
    basis: list[str]
    digest: str
    corrected_by: int | None


class MaterialOut(Schema):
    """A material of the dossier. ``blob`` names its bytes."""

    model_config = ConfigDict(extra="ignore")

    id: str
    kind: str = ""
    title: Words
    volume: str
    at: str = ""
    status: str = "bound"
    blob: str | None = None
    size: int = 0
    media_type: str = ""
    number: str = ""


class Volume(Schema):
    """A volume with what the caller may see of it."""

    id: str
    title: Words
    materials: list[MaterialOut]


class ProceedingOut(Schema):
    """A proceeding as far as the caller may see it. ``head`` goes into If-Match when something is done."""

    proceeding: RowOut
    scope: str
    head: str
    seq: int
    persons: list[PersonOut]
    deadlines: list[DeadlineOut]
    alarms: list[ProblemOut]
    pending: list[PendingOut]
    handovers: list[RunOut]
    dossier: list[Volume]
    history: list[LineOut]
    facts: dict[str, Any]
    lacking: list[LackingOut]


class Actions(Schema):
    """What can be done here by the caller."""

    head: str
    items: list[ActionOut]


class OpenableOut(Schema):
    """A procedure that the caller may open a case under, with its form."""

    procedure: str
    title: Words
    form: dict[str, Any]


class Openable(Schema):
    """All of them."""

    items: list[OpenableOut]


class Done(Schema):
    """What came of an act."""

    proceeding: str
    seqs: list[int]
    kind: str
    application: str | None
    opened: list[str]
    documents: list[str]


class PreviewOut(Schema):
    """What an act would enter; nothing was written."""

    possible: bool
    effects: list[dict[str, Any]]
    reasons: list[ProblemOut]


class BlobOut(Schema):
    """Uploaded bytes, as a ``file`` field takes them."""

    blob: str
    size: int
    name: str
    media_type: str


class Verified(Schema):
    """What a verification found."""

    ok: bool
    entries: int
    head: str
    problems: list[ProblemOut]


class HealthOut(Schema):
    """Whether the node can work."""

    ok: bool
    jobs_waiting: int
    jobs_failing: int
    problems: list[ProblemOut]


class Closed(Schema):
    """Bodies in which an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid")


class OpenIn(Closed):
    """Open a case."""

    procedure: Ref
    values: Annotated[dict[str, Any], Field(default_factory=dict)]
    at: datetime | None = None
    case_id: Ref | None = None


class ActIn(Closed):
    """Do an action, or apply for it where it needs approval."""

    action: Ref
    of: Annotated[list[Ref], Field(default_factory=list, max_length=50)]
    values: Annotated[dict[str, Any], Field(default_factory=dict)]
    at: datetime | None = None


class ApproveIn(Closed):
    """Approve an application."""

    note: Line = ""
    at: datetime | None = None


class ReasonIn(Closed):
    """With a reason."""

    reason: Annotated[Line, Field(min_length=1)]


class ReasonAtIn(ReasonIn):
    """With a reason and a time."""

    at: datetime | None = None


class AtIn(Closed):
    """With the time it happened."""

    at: datetime | None = None


class ReceiveIn(Closed):
    """Receive a hand-over, with warnings if something is amiss."""

    warnings: Annotated[list[Line], Field(default_factory=list, max_length=50)]
    at: datetime | None = None


class FaultIn(Closed):
    """One coded problem of a hand-over, and where it is."""

    code: Ref
    place: Line = ""
    note: Line = ""


class RejectIn(Closed):
    """Send a hand-over back."""

    problems: Annotated[list[FaultIn], Field(min_length=1, max_length=50)]
    at: datetime | None = None
