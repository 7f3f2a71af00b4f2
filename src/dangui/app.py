"""App — 装配: the one place where store, packs, clerk, reader and printer are put together, from the settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dangui.citation import Statute
from dangui.clerk import Clerk, People
from dangui.core.calendar import Calendar
from dangui.core.ports import Blobs, Store
from dangui.core.world import World
from dangui.packs import Packs, load_calendar
from dangui.people import read_people
from dangui.reader import Reader
from dangui.render.press import pdf
from dangui.statutes import read_statutes
from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns, ensure
from dangui.store.keys import Vault, node_secret
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a node keeps its things — 节点设置. ``database_url`` "" means the embedded database below ``home``."""

    home: Path
    packs: Path
    database_url: str
    demo: bool

    @property
    def embedded(self) -> bool:
        """Whether the node runs its own database."""
        return not self.database_url


def settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The node's settings from environment variables, with what a checkout usually has."""
    root = Path(__file__).parents[2]
    return Settings(
        Path(env.get("DANGUI_HOME", root / "var")), Path(env.get("DANGUI_PACKS", root)),
        env.get("DANGUI_DATABASE_URL", ""),
        env.get("DANGUI_DEMO", "0") == "1",
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """A node put together — 节点."""

    world: World
    calendar: Calendar
    statutes: Mapping[str, Statute]
    people: People
    store: Store
    blobs: Blobs
    clerk: Clerk
    reader: Reader


class BadPacks(Exception):  # noqa: N818 - says what is wrong
    """The packs have problems; ``dangui check`` shows them."""


@lru_cache(maxsize=1)
def world(root: Path) -> World:
    """The packs below ``root``. Raises BadPacks with every problem."""
    packs = Packs(root)
    found = packs.load()
    if packs.problems:
        raise BadPacks("\n".join(
            f"{each.code} · {each.place} · {each.says['zh']} · {each.says['en']}" for each in packs.problems))
    return found


def assemble(where: Settings, store: Store, blobs: Blobs, people: People | None = None) -> Parts:
    """The parts of a node on this store."""
    rules = world(where.packs)
    calendar = load_calendar(where.packs)
    known = people or read_people(where.packs / "agencies/yunxi/people.yaml")
    clerk = Clerk(store, blobs, rules, calendar, known, pdf)
    return Parts(rules, calendar, read_statutes(where.packs / "statutes"), known, store, blobs, clerk, Reader(clerk))


@lru_cache(maxsize=1)
def parts() -> Parts:
    """This process's node, put together once from its environment. Raises BadPacks or Unavailable."""
    where = settings()
    store = PostgresStore(Pool(database(where).app), Vault(node_secret(where.home)))
    return assemble(where, store, DirectoryBlobs(where.home / "blobs"))


def database(where: Settings) -> Dsns:
    """How to reach the node's database: the embedded one, started if need be, or the one that is named."""
    return ensure(where.home) if where.embedded else Dsns(where.database_url, where.database_url)
