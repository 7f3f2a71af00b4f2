"""A node under the shipped packs on the memory store, and a theft case with two suspects and a counsel each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from dangui.clerk import Clerk
from dangui.core.calendar import CHINA, Calendar
from dangui.core.decide import Request
from dangui.core.ledger import Actor
from dangui.core.problem import Refusal
from dangui.core.world import World
from dangui.packs import Packs, load_calendar
from dangui.people import Directory, read_people
from dangui.reader import Reader
from dangui.store.memory import MemoryBlobs, MemoryStore

ROOT = Path(__file__).parents[2]
POLICE = "qinghe_police"
INVESTIGATOR = Actor("zhao_min", POLICE, "investigator")
CHIEF = Actor("zhou_ping", POLICE, "chief")
REVIEWER = Actor("sun_li", POLICE, "legal_reviewer")
REGISTRY = Actor("zheng_hua", POLICE, "case_registry")


@cache
def rules() -> tuple[World, Calendar, Directory]:
    """The shipped packs, calendar and people."""
    return Packs(ROOT).load(), load_calendar(ROOT), read_people(ROOT / "agencies/yunxi/people.yaml")


def no_printer(filled: Any) -> bytes:
    """Documents need bytes, not beauty."""
    return repr(sorted(filled.items())).encode("utf-8", "replace")


@dataclass
class Town:
    """A node whose clock the test sets."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=CHINA))
    store: Any = field(default_factory=MemoryStore)
    blobs: Any = field(default_factory=MemoryBlobs)

    def __post_init__(self) -> None:
        world, calendar, people = rules()
        numbers = count(1)
        self.clerk = Clerk(
            self.store,
            self.blobs,
            world,
            calendar,
            people,
            no_printer,
            now=lambda: self.now,
            new_id=lambda kind: f"{kind}-{next(numbers):04d}",
        )
        self.reader = Reader(self.clerk)

    def codes(self, table: str) -> str:
        """Any code of a table."""
        world = self.clerk.world
        return next(iter(world.codes_for(world.procedures["criminal/investigation"])[table]))

    def open(self, actor: Actor = INVESTIGATOR, **more: Any) -> str:
        """A new investigation."""
        values = {"source": self.codes("case_source"), "reporter": "孙某", "summary": "仓库被盗。"}
        return self.clerk.open(actor, "criminal/investigation", values, **more).proceeding

    def act(
        self, proceeding: str, action: str, of: tuple[str, ...] = (), actor: Actor = INVESTIGATOR, **values: Any
    ) -> Any:
        """An act ten minutes later."""
        self.now += timedelta(minutes=10)
        return self.clerk.act(actor, proceeding, Request(action, of, values))

    def applied(self, proceeding: str, action: str, of: tuple[str, ...] = (), **values: Any) -> Any:
        """An act with its approval and execution."""
        done = self.act(proceeding, action, of, **values)
        self.clerk.approve(CHIEF, proceeding, str(done.application))
        self.now += timedelta(minutes=10)
        return self.clerk.execute(INVESTIGATOR, proceeding, str(done.application))

    def filed(self, *names: str) -> tuple[str, list[str]]:
        """A filed theft case and its suspects."""
        proceeding = self.open()
        done = self.act(proceeding, "file_case", offence="theft", facts="夜间入库盗窃。")
        if done.application:
            self.clerk.approve(CHIEF, proceeding, done.application)
        for name in names:
            record = {"name": name, "sex": "male", "born": "1990-04-01"}
            self.act(proceeding, "join_suspect", record=record, offence="theft")
        return proceeding, [person.id for person in self.state(proceeding).people("suspect")]

    def engage(self, proceeding: str, suspect: str, lawyer: str) -> Actor:
        """A counsel for that suspect."""
        self.act(
            proceeding,
            "engage_counsel",
            (suspect,),
            record={"name": f"律师{lawyer}"},
            lawyer=lawyer,
            engaged_by=self.codes("engaged_by"),
            licence="11010120201234567",
        )
        return Actor(lawyer, *rules()[2].office(lawyer))

    def bind(self, proceeding: str, title: str, kind: str, content: bytes = b"%PDF-1.7 x") -> str:
        """A bound material; returns the digest of its bytes."""
        blob = self.blobs.put(BytesIO(content + title.encode()))
        file = {"blob": blob.digest, "size": blob.size, "name": f"{title}.pdf", "media_type": "application/pdf"}
        self.act(proceeding, "bind_material", upload=file, kind=kind, title=title)
        return str(blob.digest)

    def state(self, proceeding: str) -> Any:
        """The folded state, as the machine sees it."""
        with self.store.reading(Actor("inbox", POLICE, "inbox")) as tx:
            return self.clerk.folded.state(tx, proceeding)


def codes_of(refusal: Refusal) -> list[str]:
    """The codes of a refusal."""
    return [reason.code for reason in refusal.reasons]
