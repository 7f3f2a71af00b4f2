"""A short story for page tests, played by the real clerk on the memory store: two thefts at the Qinghe police."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from dangui.citation import Statute
from dangui.clerk import Clerk
from dangui.core.calendar import CHINA
from dangui.core.decide import Request
from dangui.core.ledger import Actor
from dangui.packs import Packs, load_calendar
from dangui.people import read_people
from dangui.reader import Reader
from dangui.render.press import pdf
from dangui.statutes import load_statutes
from dangui.store.memory import MemoryBlobs, MemoryStore

ROOT = Path(__file__).parents[2]
POLICE, PROCURATORATE = "qinghe_police", "qinghe_procuratorate"
INVESTIGATOR = Actor("zhao_min", POLICE, "investigator")
CHIEF = Actor("zhou_ping", POLICE, "chief")
REGISTRY = Actor("zheng_hua", POLICE, "case_registry")
CASE_MANAGER = Actor("he_jing", PROCURATORATE, "case_manager")
PROSECUTOR = Actor("yang_fan", PROCURATORATE, "prosecutor")
LAWYER = "wei_lan"


@dataclass
class Node:
    """The parts of a node, as the web takes them, with a clock that the story sets."""

    reader: Reader
    clerk: Clerk
    statutes: dict[str, Statute]
    people: Any
    now: datetime

    def acted(self) -> None:
        """Run the outbox."""
        self.clerk.run_jobs()


def node(now: datetime | None = None) -> Node:
    """An empty node on the memory store, under the shipped packs."""
    people = read_people(ROOT / "agencies/yunxi/people.yaml")
    numbers = count(1)
    made = Node(None, None, dict(load_statutes(ROOT / "statutes")[0]), people, now or datetime.now(CHINA))  # type: ignore[arg-type]
    made.clerk = Clerk(
        MemoryStore(),
        MemoryBlobs(),
        Packs(ROOT).load(),
        load_calendar(ROOT),
        people,
        pdf,
        now=lambda: made.now,
        new_id=lambda kind: f"{kind}-{next(numbers):04d}",
    )
    made.reader = Reader(made.clerk)
    return made


def suspect(name: str, born: str = "1990-04-01") -> dict[str, str]:
    """A personal record."""
    return {"name": name, "sex": "male", "born": born, "address": "云溪市清河县东门街 3 号"}


def _on_behalf(
    made: Node, proceeding: str, action: str, of: tuple[str, ...], values: dict[str, Any], *, execute: bool = False
) -> None:
    done = made.clerk.act(INVESTIGATOR, proceeding, Request(action, of, values))
    if done.kind == "action.applied":
        made.now += timedelta(minutes=30)
        made.clerk.approve(CHIEF, proceeding, str(done.application))
        if execute:
            made.now += timedelta(hours=1)
            made.clerk.execute(INVESTIGATOR, proceeding, str(done.application))
    made.now += timedelta(minutes=20)


def filed(made: Node, *names: str) -> tuple[str, tuple[str, ...]]:
    """A theft case filed against those named; returns the proceeding and the persons."""
    done = made.clerk.open(
        INVESTIGATOR,
        "criminal/investigation",
        {"source": next(iter(_codes(made, "case_source"))), "reporter": "孙某", "summary": "仓库被盗，损失电缆若干。"},
    )
    proceeding = done.proceeding
    made.now += timedelta(hours=2)
    _on_behalf(made, proceeding, "file_case", (), {"offence": "theft", "facts": "二人夜间进入仓库盗走电缆。"})
    for name in names:
        _on_behalf(made, proceeding, "join_suspect", (), {"record": suspect(name), "offence": "theft"})
    view = made.reader.proceeding(INVESTIGATOR, proceeding)
    return proceeding, tuple(person.id for person in view.persons if person.role == "suspect")


def detained(made: Node, *names: str) -> tuple[str, tuple[str, ...]]:
    """The same, and all of them detained."""
    proceeding, persons = filed(made, *names)
    for person in persons:
        _on_behalf(
            made,
            proceeding,
            "detain",
            (person,),
            {"ground": next(iter(_codes(made, "detention_ground"))), "note": "现场抓获"},
            execute=True,
        )
    return proceeding, persons


def bound(made: Node, proceeding: str, title: str, kind: str = "") -> None:
    """A scanned material bound in the dossier."""
    made.clerk.act(
        INVESTIGATOR,
        proceeding,
        Request(
            "bind_material",
            (),
            {
                "upload": upload(made, title),
                "kind": kind or next(iter(_codes(made, "material_kind"))),
                "title": title,
                "made_on": made.now.date().isoformat(),
            },
        ),
    )


def upload(made: Node, title: str) -> dict[str, Any]:
    """A one-page PDF put into the blob store."""
    filled = {
        "form": "record",
        "title": title,
        "agency": "清河县公安局",
        "number": "",
        "addressee": "",
        "paragraphs": ["样件。"],
        "rights": [],
        "attachments": [],
        "signature_lines": [],
        "date": "二〇二六年一月一日",
        "day": "2026-01-01",
        "copies": [],
        "seal": False,
        "internal": False,
        "template": "sample",
    }
    blob = made.clerk.blobs.put(BytesIO(pdf(filled)))
    return {"blob": blob.digest, "size": blob.size, "name": f"{title}.pdf", "media_type": "application/pdf", "pages": 1}


def _codes(made: Node, table: str) -> Any:
    world = made.clerk.world
    return world.codes_for(world.procedures["criminal/investigation"])[table]


def sent_for_arrest(made: Node, name: str) -> str:
    """A suspect detained and sent to the procuratorate with a request to approve the arrest; delivered there."""
    proceeding, (person,) = detained(made, name)
    bound(made, proceeding, "现场勘验笔录")
    _on_behalf(
        made,
        proceeding,
        "request_arrest",
        (person,),
        {
            "facts": "夜间进入仓库盗走电缆。",
            "danger": [next(iter(_codes(made, "arrest_ground")))],
            "danger_reasons": "曾因盗窃被处罚",
        },
    )
    made.clerk.run_jobs()
    return proceeding
