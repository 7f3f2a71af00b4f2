"""The demonstration is played once, tells its story, and leaves something on every desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dangui.app import Settings, assemble
from dangui.core.ledger import Actor
from dangui.core.party import id_number_faults
from dangui.demo import BadScript, play
from dangui.demo.script import NOWHERE, identity_number
from dangui.people import read_people
from dangui.rehearsal.stage import unprinted
from dangui.store.memory import MemoryBlobs, MemoryStore

ROOT = Path(__file__).parents[2]
PEOPLE = read_people(ROOT / "agencies/yunxi/people.yaml")


@pytest.fixture(scope="module")
def node():
    found = assemble(Settings(ROOT / "build", ROOT, "", demo=True), MemoryStore(), MemoryBlobs())
    found.clerk.printer = unprinted
    lines: list[str] = []
    play(found, lines.append)
    return found, lines


def test_it_tells_the_story_and_how_many_cases_wait(node):
    _, lines = node
    assert len(lines) > 100
    assert lines[0].startswith("2026-03-10 08:20  清河县公安局")
    assert "other cases wait" in lines[-1]


def test_played_again_it_changes_nothing_and_says_so(node):
    found, _ = node
    before = dict(found.store._state.entries)
    said: list[str] = []
    play(found, said.append)
    assert "未作改动" in said[0]
    assert len(said) == 1
    assert dict(found.store._state.entries) == before


@pytest.mark.parametrize("holder", PEOPLE.holders, ids=lambda holder: holder.user)
def test_everybody_finds_something_on_the_desk(node, holder):
    if holder.post == "auditor":
        pytest.skip("an auditor reads the register of looks, which begins when somebody looks")
    found, _ = node
    mine = [f"user:{holder.user}", f"{holder.agency}/{holder.post}"]
    with found.store.reading(Actor(holder.user, holder.agency, holder.post)) as tx:
        tasks, _ = tx.tasks(mine)
        rows = [row for principal in mine for row in tx.list_rows(principal)[0]]
    assert tasks or rows


def test_an_identity_number_of_the_demonstration_is_well_formed_and_nobodys():
    number = identity_number("邵志远", "male", "1991-08-14")
    assert number.startswith(NOWHERE + "19910814")
    assert id_number_faults(number) == []
    assert int(number[16]) % 2 == 1
    assert int(identity_number("沈玉琴", "female", "1974-11-03")[16]) % 2 == 0


def test_a_script_that_is_refused_is_named_with_its_step(node, tmp_path):
    found, _ = node
    (tmp_path / "routes.yaml").write_text("routes: {}\n", "utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "story.yaml").write_text(
        'says: {zh: 错, en: Wrong}\nid: wrong\ngiven:\n'
        '  - {at: "2026-03-10 08:20", open: criminal/investigation, agency: qinghe_police, by: "user:zheng_hua",\n'
        '     with: {source: rumour}}\n', "utf-8")
    with pytest.raises(BadScript, match=r"step 1.*source.*summary"):
        play(replace(found), lambda line: None, tmp_path)
