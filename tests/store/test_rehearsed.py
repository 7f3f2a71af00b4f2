"""Every case of every pack plays on the database exactly as it plays in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from dangui.app import load_calendar, read_people, world
from dangui.packs_yaml import read_file
from dangui.rehearsal.cases import case_files, run_case
from dangui.rehearsal.stage import Stage
from dangui.store.postgres import PostgresStore

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("path", case_files(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_case_plays_on_the_database(path: Path, postgres_store: PostgresStore) -> None:
    people = read_people(ROOT / "agencies/yunxi/people.yaml")
    stage = Stage(world(ROOT), load_calendar(ROOT), people, store=postgres_store)
    run_case(stage, read_file(path, ROOT).value)
