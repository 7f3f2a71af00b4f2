"""Played — 样案: real ledgers, made by the clerk in memory from a script; the bench makes copies of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from dangui.core import access
from dangui.core.calendar import CHINA, Calendar
from dangui.core.decide import Request
from dangui.core.digest import sha256
from dangui.core.ledger import Actor, Entry
from dangui.core.ports import PersonRecord, Projection
from dangui.core.proceeding import Proceeding
from dangui.core.world import World
from dangui.packs import load_calendar
from dangui.packs_yaml import read_file
from dangui.people import Directory, read_people
from dangui.rehearsal.play import play
from dangui.rehearsal.stage import Stage
from dangui.store.memory import MemoryBlobs

HERE = Path(__file__).parent
ROOT = HERE.parent

TOKEN = "00be9cc0ffee00"  # noqa: S105 - opens nothing
"""Begins every id of a played ledger; a copy has another beginning of the same length."""

NOW = datetime(2026, 4, 2, 10, tzinfo=CHINA)
"""When the measured acts happen: the day after the script's last."""

OFFICER = Actor("zhao_min", "qinghe_police", "investigator")
CHIEF = Actor("zhou_ping", "qinghe_police", "chief")
INBOX = Actor("inbox", "qinghe_police", "inbox")

_BYTES = b"%PDF-1.7 a page that nobody will open"
PAGE = {"blob": sha256(_BYTES), "size": len(_BYTES), "name": "现场照片.pdf", "media_type": "application/pdf"}
"""A file that is in the store already: what is measured is the entry that binds it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the packs of the repository say — 规则."""

    world: World
    calendar: Calendar
    people: Directory


def rules() -> Rules:
    """The real packs. Raises BadPacks."""
    from dangui.app import world

    return Rules(world(ROOT), load_calendar(ROOT), read_people(ROOT / "agencies/yunxi/people.yaml"))


def with_page() -> MemoryBlobs:
    """Blobs in memory that hold the page."""
    blobs = MemoryBlobs()
    blobs.put(BytesIO(_BYTES))
    return blobs


@dataclass(frozen=True, slots=True)
class Played:
    """A ledger that was played, with all that the database keeps of it."""

    state: Proceeding
    entries: tuple[Entry, ...]
    projection: Projection
    persons: tuple[PersonRecord, ...]


def stage(given: Rules, steps: int = 99) -> tuple[Stage, str]:
    """The script played up to a number of steps, and the id of the investigation in it."""
    numbers = count(1)
    found = Stage(
        given.world,
        given.calendar,
        given.people,
        new_id=lambda kind: f"{TOKEN}{next(numbers):06x}",
        case_id=f"{TOKEN}0cafe0",
        blobs=with_page(),
    )
    script: Sequence[Mapping[str, Any]] = read_file(HERE / "theft.yaml", HERE).value["given"]
    here = ""
    for step in script[:steps]:
        done = play(found, step, here)
        here = here or done.proceeding
    return found, here


def taken(played: Stage, proceeding: str) -> Played:
    """The ledger as it stands now."""
    state = played.state(proceeding)
    with played.store.reading(INBOX) as tx:
        return Played(
            state, tuple(tx.entries(proceeding)), access.project(state), tuple(tx.persons(state.persons).values())
        )


class Officers:
    """Acts in a fixed order, ten to a round: seven ordinary ones, an application, its approval, a dispatch.

    None of them issues a document, because the time to print one is not the database's.
    """

    def __init__(self, clerk: Any, proceeding: str, document: str) -> None:
        self._clerk, self._proceeding, self._document = clerk, proceeding, document
        self._application = ""
        self._keys = count(1)

    def round(self) -> None:
        """Ten acts."""
        for number in range(10):
            self.act(number)

    def act(self, number: int) -> None:
        """The act of that place in the round."""
        key = f"{self._proceeding}-{next(self._keys)}"
        if number == 4:
            self._clerk.approve(CHIEF, self._proceeding, self._application, key=key)
            return
        action, values = _ROUND[number]
        if action == "serve_document":
            values = {**values, "document": self._document}
        done = self._clerk.act(OFFICER, self._proceeding, Request(action, (), values), key=key)
        self._application = done.application or self._application


_BIND = {"upload": PAGE, "kind": "documentary_evidence", "title": "现场照片", "made_on": "2026-03-03"}
_REGISTER = {
    "name": "手机",
    "description": "黑色，屏幕右上角有裂纹",
    "quantity": 1,
    "place": "清河县公安局涉案财物保管室",
    "taken_from": "赵一",
}
_SERVED = {"recipient": "赵母", "manner": "personal", "served_on": "2026-04-02"}
_ROUND: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("bind_material", _BIND),
    ("receive_recusal_request", {"officer": "李文", "reasons": "申请人称与该侦查人员有债务纠纷"}),
    (
        "join_case",
        {"other_case": "清公（刑）立字〔2026〕7号", "reason": "系同一犯罪嫌疑人所为，合并侦查有利于查明案情"},
    ),
    ("register_exhibit", _REGISTER),
    ("", {}),
    ("send_evidence", {"items": "补充的现场照片两张、被害人的购机凭证一份"}),
    ("serve_document", _SERVED),
    ("bind_material", _BIND),
    ("serve_document", _SERVED),
    ("register_exhibit", _REGISTER),
)
