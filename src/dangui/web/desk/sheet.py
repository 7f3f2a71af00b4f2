"""Sheet — 页面内容: what the pages of the desk show, as plain values, made from the reader's views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dangui.core.form import Field
from dangui.core.problem import Problem, Words
from dangui.views import LackingView


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation with its articles — 计算步骤."""

    says: Words
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit as a gauge shows it — 期限. ``ends_at`` is its last instant, ``last_day`` the day said in words.

    ``status``: ``running``, ``paused``, ``met``, ``past``, ``cancelled``, or ``late`` (fulfilled after its end).
    """

    ref: str
    title: Words
    person: str
    liberty: bool
    status: str
    started_at: datetime
    ends_at: datetime
    last_day: date | None = None
    ended_at: datetime | None = None
    working: tuple[Line, ...] = ()
    extended: tuple[Line, ...] = ()
    extendable: tuple[Line, ...] = ()
    at_end: Words | None = None
    warn_at: datetime | None = None
    deadline: str = ""
    extensions: int = 0
    unverified: Words | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A proceeding or a stage on the rail — 站. ``here``: the train stands at it; ``passed``: it has left."""

    id: str
    title: Words
    state: Literal["passed", "here", "ahead"]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a proceeding — 当事人."""

    id: str
    name: str
    role: Words
    details: tuple[tuple[Words, Words], ...] = ()
    measure: Words | None = None
    measure_since: datetime | None = None
    in_custody: bool = False
    charges: tuple[Words, ...] = ()
    marks: tuple[Words, ...] = ()
    outcome: Words | None = None
    left: bool = False
    defends: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field — 选项."""

    value: str
    title: Words


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that will happen if the act is done — 办理后果. ``kind`` picks the mark beside it."""

    kind: Literal["entry", "document", "clock", "measure", "stage", "told", "other"]
    says: Words


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action as the list beside the proceeding shows it — 可办事项. Without ``reasons`` it can be done now."""

    id: str
    title: Words
    step: Literal["do", "apply"]
    approvers: tuple[Words, ...] = ()
    sends: Words | None = None
    of: Words | None = None
    many: bool = False
    candidates: tuple[Choice, ...] = ()
    reasons: tuple[Problem, ...] = ()
    basis: tuple[str, ...] = ()
    group: Literal["due", "stage", "any"] = "any"
    due_at: datetime | None = None
    due_title: Words | None = None
    liberty: bool = False


@dataclass(frozen=True, slots=True)
class FormSheet:
    """An action opened as a form — 办理表单."""

    action: ActionLine
    persons: tuple[str, ...]
    fields: tuple[Field, ...]
    values: Mapping[str, object]
    choices: Mapping[str, tuple[Choice, ...]]
    will: tuple[Consequence, ...] = ()
    reasons: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """An application that waits — 待批、待执行."""

    ref: str
    proceeding: str
    title: Words
    person: str
    status: str
    by: str
    at: datetime
    values: tuple[tuple[Words, Words | str], ...] = ()
    will: tuple[Consequence, ...] = ()
    may_approve: bool = False
    may_execute: bool = False
    may_cancel: bool = False
    awaits: Words | None = None
    reason: str = ""
    basis: tuple[str, ...] = ()
    number: str = ""
    case: Words | None = None
    due_at: datetime | None = None
    liberty: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the history, in a sentence — 登记."""

    seq: int
    says: Words
    office: Words
    by: str
    occurred_at: datetime
    recorded_at: datetime
    flags: tuple[Words, ...] = ()
    basis: tuple[str, ...] = ()
    digest: str = ""
    values: tuple[tuple[Words, Words | str], ...] = ()
    made: tuple[Words, ...] = ()
    corrected_by: int | None = None

    @property
    def backdated(self) -> bool:
        """Whether it was recorded on a later day than it occurred, so that both times are shown."""
        return self.recorded_at.date() != self.occurred_at.date()


@dataclass(frozen=True, slots=True)
class Material:
    """What is bound in a volume — 材料."""

    id: str
    title: Words
    kind: Words
    person: str
    made_on: str
    bound_at: datetime
    pages: int | None
    size: int
    digest: str
    status: Literal["bound", "struck", "superseded", "excluded", "sealed"] = "bound"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of the dossier — 卷."""

    id: str
    title: Words
    internal: bool
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued document — 文书."""

    id: str
    title: Words
    number: str
    person: str
    issued_at: datetime
    digest: str
    served: tuple[tuple[str, Words, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Coupling:
    """A hand-over as a ticket — 移送. ``problems`` are those of a rejection or of an acceptance with warnings.

    ``direction``: ``out``, ``in``. ``status``: ``sent``, ``delivered``, ``received``, ``warned``, ``rejected``,
    ``parked``, ``withdrawn``, ``closed``.
    """

    ref: str
    title: Words
    direction: str
    partner: Words
    sent_at: datetime
    delivered_at: datetime | None
    received_at: datetime | None
    status: str
    proceeding: str = ""
    to_proceeding: str = ""
    number: str = ""
    case: Words | None = None
    parties: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    may_receive: bool = False
    may_withdraw: bool = False
    reject_codes: tuple[Choice, ...] = ()
    counts: tuple[int, int] | None = None
    fields: tuple[tuple[Words, Words | str], ...] = ()
    due_at: datetime | None = None
    liberty: bool = False


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A registered thing — 物证."""

    number: str
    name: str
    description: str
    quantity: str
    place: str
    taken_from: str


@dataclass(frozen=True, slots=True)
class ProceedingSheet:
    """A proceeding, whole — 程序页."""

    id: str
    case_id: str
    number: str
    procedure: Words
    stage: Words
    agency: Words
    offence: Words | None
    opened_at: datetime
    closed: bool
    head: str
    seq: int
    scope: str
    assigned: tuple[str, ...]
    stages: tuple[Station, ...]
    rail: tuple[Station, ...]
    clocks: tuple[Clock, ...]
    persons: tuple[Person, ...]
    actions: tuple[ActionLine, ...]
    pending: tuple[Pending, ...]
    volumes: tuple[Volume, ...]
    papers: tuple[Paper, ...]
    couplings: tuple[Coupling, ...]
    exhibits: tuple[Exhibit, ...]
    history: tuple[Record, ...]
    alarms: tuple[Problem, ...] = ()
    lacking: tuple[LackingView, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of those the proceeding is about, those who left it aside."""
        main = self.persons[0].role if self.persons else None
        return tuple(person.name for person in self.persons if person.role == main and not person.left)


@dataclass(frozen=True, slots=True)
class Spell:
    """A spell under one measure in one proceeding — 强制措施一段."""

    measure: Words
    since: datetime
    until: datetime | None
    liberty: bool
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Train:
    """A person on the rail — 车: where they stand now, and the unbroken chain of their custody."""

    name: str
    at: str
    in_custody: bool
    spells: tuple[Spell, ...] = ()
    outcome: Words | None = None
    alarms: tuple[Problem, ...] = ()
    holds: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseStation:
    """One proceeding of a case — 案件中的一站."""

    proceeding: str
    title: Words
    agency: Words
    number: str
    stage: Words
    opened_at: datetime
    closed_at: datetime | None
    may_open: bool
    parent: str = ""


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A case on its rail — 案件页."""

    case_id: str
    title: Words
    offence: Words | None
    stations: tuple[CaseStation, ...]
    couplings: tuple[Coupling, ...]
    trains: tuple[Train, ...]


@dataclass(frozen=True, slots=True)
class Bytes:
    """An issued document or a bound material with its bytes' digest — 原件."""

    title: Words | str
    number: str
    person: str
    made_at: datetime
    digest: str
    media_type: str
    filename: str
    proceeding: str
