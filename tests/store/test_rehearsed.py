"""Every case of every pack plays on the database exactly as it plays in memory."""

from __future__ import annotations

import functools
from pathlib import Path

import psycopg
import pytest

from dangui import rehearsal
from dangui.app import load_calendar, read_people, world
from dangui.packs_yaml import read_file
from dangui.store.embedded import Dsns
from dangui.store.postgres import PostgresStore

ROOT = Path(__file__).parents[2]
EVERYTHING = ("entry", "proceeding_row", "access", "task", "person", "person_key", "proceeding_person", "serial",
              "answer", "job", "look")


@pytest.fixture
def _empty(embedded_postgres: Dsns) -> None:
    with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("; ".join(f"DELETE FROM dangui.{table}" for table in EVERYTHING).encode())


@pytest.mark.usefixtures("_empty")
@pytest.mark.parametrize("path", rehearsal.case_files(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_case_plays_on_the_database(
        path: Path, postgres_store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = functools.partial(rehearsal.Stage, store=postgres_store)
    monkeypatch.setattr(rehearsal, "Stage", stage)
    people = read_people(ROOT / "agencies/yunxi/people.yaml")
    rehearsal.run_case(world(ROOT), load_calendar(ROOT), people, read_file(path, ROOT).value)
