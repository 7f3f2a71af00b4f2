"""Every case of every pack is found and played through the real clerk."""

from __future__ import annotations

from pathlib import Path

import pytest

from dangui.packs import Packs, load_calendar
from dangui.packs_yaml import read_file
from dangui.people import read_people
from dangui.rehearsal.cases import case_files, run_case
from dangui.rehearsal.stage import Stage

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def world():
    packs = Packs(ROOT)
    found = packs.load()
    assert not packs.problems, "\n".join(f"{p.code} {p.place} {p.says['en']} {p.hint['en']}" for p in packs.problems)
    return found


@pytest.fixture(scope="session")
def calendar():
    return load_calendar(ROOT)


@pytest.fixture(scope="session")
def people():
    return read_people(ROOT / "agencies/yunxi/people.yaml")


@pytest.mark.parametrize("path", case_files(ROOT), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_case_comes_out_as_the_pack_says(path, world, calendar, people):
    sheet = read_file(path, ROOT)
    assert not sheet.problems
    run_case(Stage(world, calendar, people), sheet.value)


def test_no_procedure_is_without_cases():
    procedures = [path.parent for path in ROOT.glob("procedures/*/*/procedure.yaml")]
    missing = [folder.name for folder in procedures if not list(folder.glob("cases/*.yaml"))]
    assert not missing
