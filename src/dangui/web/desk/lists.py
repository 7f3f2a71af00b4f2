"""Lists — 列表: the lines of my work, of cases, of looks and of what may be opened, and how a list goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dangui.core.problem import Words
from dangui.web.desk.sheet import Station


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A line of my work — 待办."""

    id: str
    kind: str
    title: Words
    proceeding: str
    ref: str
    number: str
    person: str
    case: Words
    procedure: Words
    stage: Words
    since: datetime
    due_at: datetime | None
    liberty: bool
    rail: tuple[Station, ...] = ()

    @property
    def address(self) -> str:
        """Where it is done."""
        place = {
            "approval": "approvals/#pending-",
            "execution": "approvals/#pending-",
            "reception": "inbox/#ticket-",
        }.get(self.kind)
        return f"/desk/{place}{self.ref}" if place else f"/desk/proceedings/{self.proceeding}/"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of a list of proceedings — 案件."""

    proceeding: str
    case_id: str
    number: str
    case: Words
    procedure: Words
    stage: Words
    agency: Words
    opened_at: datetime
    closed: bool
    due_at: datetime | None
    due_title: Words | None
    liberty: bool
    assigned: tuple[str, ...] = ()
    rail: tuple[Station, ...] = ()


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look at a case — 阅卷记录."""

    at: datetime
    by: str
    office: Words
    what: Words
    proceeding: str
    number: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """A procedure that the post may open — 可受理."""

    procedure: str
    title: Words
    action: Words
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a list and how to go on — 分页. ``next`` is "" at the end; ``counts`` are exact up to 1,000."""

    lines: Sequence[object]
    next: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
