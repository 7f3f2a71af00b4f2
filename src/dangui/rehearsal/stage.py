"""Stage — 演练场: a clerk whose clock stands where the script says, with labels for its proceedings and persons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

from dangui.clerk import Clerk, Done
from dangui.core.calendar import CHINA, Calendar
from dangui.core.digest import canonical, digest
from dangui.core.ledger import Actor
from dangui.core.ports import Blobs, Printer, Row, Store
from dangui.core.proceeding import Proceeding
from dangui.core.world import World
from dangui.people import Directory
from dangui.store.memory import MemoryBlobs, MemoryStore


def unprinted(filled: Mapping[str, Any]) -> bytes:
    """Stands in for the press where nobody will read the page: the digest of what it says."""
    return digest(dict(filled)).encode()


def named_file(blobs: Blobs, said: Any) -> dict[str, Any]:
    """A file that nobody will open: a script says only its name, or describes the page (``title`` …)."""
    blob = blobs.put(BytesIO(canonical(said)))
    name = said["title"] if isinstance(said, Mapping) else str(said)
    return {"blob": blob.digest, "size": blob.size, "name": name, "media_type": "application/pdf"}


@dataclass
class Stage:
    """One rehearsal: a clerk whose clock stands where the script says, and labels for proceedings and persons.

    Without ``store``, ``blobs`` and ``printer`` it plays in memory and prints nothing; a node gives its own.
    ``new_id`` None means ids that count up, the same in every run. ``files`` puts what a script says
    of a file into the blobs and gives the value of a file field.
    """

    world: World
    calendar: Calendar
    people: Directory
    now: datetime = field(default_factory=lambda: datetime(2000, 1, 1, tzinfo=CHINA))
    labels: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    case_id: str = "case"
    store: Store = field(default_factory=MemoryStore)
    blobs: Blobs = field(default_factory=MemoryBlobs)
    printer: Printer = unprinted
    new_id: Callable[[str], str] | None = None
    files: Callable[[Blobs, Any], Mapping[str, Any]] = named_file

    def __post_init__(self) -> None:
        numbers = count(1)
        self.clerk = Clerk(self.store, self.blobs, self.world, self.calendar, self.people, self.printer,
                           now=lambda: self.now, new_id=self.new_id or (lambda kind: f"{kind}-{next(numbers):04d}"))
        self.log: list[tuple[Mapping[str, Any], Done]] = []
        self.agencies: dict[str, str] = {}
        """Where each proceeding is, as far as anybody asked or opened it."""

    def state(self, proceeding: str) -> Proceeding:
        """The present state of a proceeding, seen by its agency's machine."""
        agency = self.agency_of(proceeding)
        with self.store.reading(Actor("inbox", agency, "inbox")) as tx:
            found = self.clerk.folded.state(tx, proceeding)
        if found is None:
            raise LookupError(f"no proceeding {proceeding}")
        return found

    def agency_of(self, proceeding: str) -> str:
        """The agency that has it."""
        if proceeding not in self.agencies:
            self.rows()
        return self.agencies[proceeding]

    def rows(self, procedure: str = "") -> list[Row]:
        """All proceedings of the rehearsal (of one procedure, if named) in the order they were opened."""
        found: dict[str, Row] = {}
        for agency in (each.id for each in self.world.agencies.values() if not procedure or procedure in each.runs):
            with self.store.reading(Actor("inbox", agency, "inbox")) as tx:
                found |= {row.proceeding: row for row in tx.rows_of_case(self.case_id)}
        self.agencies |= {row.proceeding: row.agency for row in found.values()}
        return sorted(found.values(), key=lambda row: (row.opened_at, row.proceeding))

    def find(self, name: str) -> str:
        """A proceeding by label, or the newest of that procedure."""
        if name in self.labels:
            return self.labels[name]
        procedure, _, agency = name.partition("@")
        fitting = [row for row in self.rows(procedure)
                   if row.procedure == procedure and (not agency or row.agency == agency)]
        if not fitting:
            raise LookupError(f"no proceeding '{name}' here; there are {[row.procedure for row in self.rows()]}")
        still = [row for row in fitting if not row.closed] or fitting
        return still[-1].proceeding

    def actor(self, post: str, proceeding: str, avoid: tuple[str, ...] = ()) -> Actor:
        """Somebody who holds the post in that agency (``post`` may be ``user:<id>``, or a role whose user acts)."""
        agency = self.agency_of(proceeding)
        if post.startswith("user:"):
            return Actor(post[5:], *self.people.office(post[5:]))
        state = self.state(proceeding)
        for person in state.people(post):
            if person.user:
                return Actor(person.user, *self.people.office(person.user))
        if post not in self.world.agencies[agency].posts:
            return Actor(f"nobody_as_{post}", agency, post)
        users = [user for user in self.people.with_post(agency, post) if user not in (*avoid, *state.recused)]
        assigned = [user for user in users if user in state.assigned]
        return Actor((assigned or users or [f"{post}_of_{agency}"])[0], agency, post)


def moment(text: str) -> datetime:
    """A time of the script, in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)
