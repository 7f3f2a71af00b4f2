"""Ports — 端口: what the core's users need from the outside world, as interfaces that stores and printers implement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from dangui.core.ledger import Actor, Entry, Head
from dangui.core.problem import Words


class HeadMoved(Exception):  # noqa: N818 - says what happened
    """Somebody else wrote to this ledger first; read it again and decide anew."""


class Unavailable(Exception):  # noqa: N818 - says what happened
    """The database or the blob store can't be reached; nothing was written."""


class NotYet(Exception):  # noqa: N818 - says what happened
    """A job's moment has not come: what it waits for isn't here. It is tried again, and holds back no other job."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line per proceeding for lists — 案件列表行; derived from its ledger, rebuilt at will, guarded by ``seq``."""

    proceeding: str
    case_id: str
    procedure: str
    agency: str
    number: str
    stage: str
    stage_title: Words
    procedure_title: Words
    offence: Words | None
    persons: tuple[str, ...]
    assigned: tuple[str, ...]
    opened_at: datetime
    closed: bool
    due_at: datetime | None
    due_title: Words | None
    due_liberty: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for somebody — 待办: a running limit, an approval, a reception, a request."""

    id: str
    principal: str
    """``agency/post`` or ``user:<id>``."""
    kind: Literal["deadline", "approval", "execution", "reception", "request"]
    proceeding: str
    ref: str
    title: Words
    person: str | None
    due_at: datetime | None
    liberty: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may look at a proceeding, and how far — 阅卷权限. The one table that drives every list."""

    principal: str
    proceeding: str
    scope: str
    """``full`` for the agency that has it, ``defence`` for counsel."""


@dataclass(frozen=True, slots=True)
class Projection:
    """All rows that follow from one ledger as it stands at ``row.seq`` — 投影; replaces an older one, never a newer."""

    row: Row
    grants: tuple[Grant, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Personal data beside the ledger — 个人信息: encrypted under a key of its own, so that it can be shredded.

    ``data``: name, sex, born, id_type, id_number, address, phone … as strings. ``salt`` goes into the digest that the
    ledger keeps, so the digest alone does not give the name away.
    """

    id: str
    case_id: str
    data: Mapping[str, str]
    salt: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work to do after the commit, stored in the same transaction — 后台任务. ``lock`` orders jobs of one case."""

    name: str
    args: Mapping[str, Any]
    key: str
    lock: str


@dataclass(frozen=True, slots=True)
class Look:
    """One reading, refused or not — 阅卷记录. Insert-only."""

    at: datetime
    actor: Actor
    what: str
    proceeding: str | None
    ref: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a request with this idempotency key — 幂等答复."""

    request: str
    result: Mapping[str, Any]


class Reading(Protocol):
    """One consistent, authorised view — 读事务. Rows the actor may not see are not there."""

    def head(self, proceeding: str) -> Head | None: ...
    def entries(self, proceeding: str, after: int = 0) -> Sequence[Entry]: ...
    def rows(self, proceedings: Iterable[str]) -> Sequence[Row]: ...
    def rows_of_case(self, case_id: str) -> Sequence[Row]: ...
    def scope(self, proceeding: str) -> str | None:
        """The widest grant the actor has on ``proceeding``, or None."""
        ...
    def list_rows(self, principal: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        """Open proceedings granted to ``principal`` (one of the actor's), nearest deadline first; the next key."""
        ...
    def find(self, text: str, after: str = "", limit: int = 50) -> tuple[Sequence[Row], str]:
        """Proceedings the actor may see whose number starts with, or one of whose persons is named, ``text``."""
        ...
    def tasks(
        self, principals: Sequence[str], after: str = "", limit: int = 50, kind: str = ""
    ) -> tuple[Sequence[Task], str]:
        """Tasks of those principals (all the actor's), nearest deadline first, of one kind if named; the next key."""
        ...
    def count_tasks(self, principals: Sequence[str], most: int = 1000) -> Mapping[str, int]:
        """Tasks per kind, each counted up to ``most``."""
        ...
    def persons(self, ids: Iterable[str]) -> Mapping[str, PersonRecord]:
        """Personal records by id; a shredded one is absent. Only for proceedings already authorised by key."""
        ...
    def looks(self, proceeding: str, after: int = 0, limit: int = 50) -> Sequence[Look]: ...
    def record(self, look: Look) -> None: ...


class Writing(Reading, Protocol):
    """One transaction of the clerk — 写事务: left without an exception it commits, durably; with one, nothing stays."""

    def next_serial(self, agency: str, kind: str, year: int) -> int:
        """The next number of that series, gapless: a rollback gives it back."""
        ...
    def append(self, entries: Sequence[Entry]) -> None:
        """Add entries of one ledger after its head. Raises HeadMoved if the head is not ``entries[0].previous``."""
        ...
    def project(self, projection: Projection, before: Projection | None = None) -> None:
        """Replace the lines of a ledger. ``before``, if given, are the lines as they stand; HeadMoved if they don't."""
        ...
    def put_person(self, record: PersonRecord) -> None: ...
    def enqueue(self, job: Job) -> None: ...
    def answer(self, key: str) -> Answer | None: ...
    def remember(self, key: str, answer: Answer) -> None: ...


class Store(Protocol):
    """Ledgers, projections, personal data, jobs — 存储."""

    def reading(self, actor: Actor) -> AbstractContextManager[Reading]: ...
    def writing(self, actor: Actor) -> AbstractContextManager[Writing]: ...
    def run_jobs(self, handler: Callable[[Job], None], limit: int = 100) -> int:
        """Run due jobs, each at least once, in order per lock; returns how many ran. A failing job is retried later."""
        ...
    def shred(self, person: str) -> None:
        """Destroy the key of a personal record — 删除个人信息; the chain stays whole."""
        ...


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes by their digest — 内容寻址文件. ``size`` in bytes."""

    digest: str
    size: int


class Blobs(Protocol):
    """Content-addressed bytes — 文件库. A name exists only when its bytes are durable."""

    def put(self, data: BinaryIO) -> Blob: ...
    def open(self, digest: str) -> BinaryIO:
        """Raises FileNotFoundError if there is no such blob."""
        ...
    def has(self, digest: str) -> bool: ...
    def digests(self) -> Iterable[str]: ...
    def is_whole(self, digest: str) -> bool:
        """Whether the stored bytes still have that digest."""
        ...


class Printer(Protocol):
    """Turns a filled document into the bytes of a PDF — 文书排印."""

    def __call__(self, filled: Mapping[str, Any]) -> bytes: ...
