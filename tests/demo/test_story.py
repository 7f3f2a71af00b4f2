"""The story goes from the report to prison and community correction, lawfully at every step, custody without a gap."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from dangui.core import supervise
from dangui.core.calendar import CHINA
from dangui.demo import perform
from dangui.demo.script import Clock, at_play_time, read_scripts, read_sheet
from dangui.packs import Packs, load_calendar
from dangui.people import read_people
from dangui.rehearsal.cases import run_case
from dangui.rehearsal.checks import check
from dangui.rehearsal.stage import Stage

ROOT = Path(__file__).parents[2]
REFUSALS = sorted((ROOT / "demo/refusals").glob("*.yaml"))
STORY = read_scripts(ROOT / "demo/story.yaml")[0]
OTHERS = [script for path in sorted((ROOT / "demo/cases").glob("*.yaml")) for script in read_scripts(path)]
CALENDAR = load_calendar(ROOT)
PEOPLE = read_people(ROOT / "agencies/yunxi/people.yaml")
A_TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=CHINA)
A_SUNDAY_NIGHT = datetime(2026, 10, 11, 2, 0, tzinfo=CHINA)


@pytest.fixture(scope="module")
def world():
    packs = Packs(ROOT)
    found = packs.load()
    assert not packs.problems
    return found


@pytest.fixture(scope="module")
def played(world):
    stage = Stage(world, CALENDAR, PEOPLE)
    lines: list[str] = []
    perform(stage, at_play_time(STORY, Clock(A_TUESDAY, CALENDAR), {}), lines.append)
    return stage, lines


def states(stage):
    return [stage.state(row.proceeding) for row in stage.rows()]


def test_everything_the_story_promises_has_come_of_it(played):
    stage, _ = played
    assert [said for wanted in STORY["then"] for said in check(stage, wanted, "")] == []


@pytest.mark.parametrize(("label", "holders"), [
    ("甲", ["qinghe_police", "qinghe_procuratorate", "qinghe_police", "qinghe_procuratorate", "qinghe_court",
           "yunxi_court", "qinghe_court", "qinghe_court", "yue_first_prison"]),
    ("乙", ["qinghe_police"]),
])
def test_custody_passes_from_holder_to_holder_without_a_gap(played, label, holders):
    stage, _ = played
    chain, problems = supervise.custody_chain(stage.persons[label], states(stage))
    assert [holding.agency for holding in chain] == holders
    assert problems == []


def test_no_act_is_flagged_and_nothing_waits_that_should_not(played):
    stage, _ = played
    for state in states(stage):
        assert state.flags == ()
        assert supervise.alarms(state, stage.now) == []
        assert ("in", "delivered") not in {(run["direction"], run["status"]) for run in state.handovers.values()}
        assert not {"applied", "approved"} & {each["status"] for each in state.applications.values()}


def test_nobody_is_held_past_a_limit_at_any_moment_of_the_story(world):
    stage = Stage(world, CALENDAR, PEOPLE)
    raised: list[str] = []

    def watch(line: str) -> None:
        raised.extend(alarm.code for state in states(stage) for alarm in supervise.alarms(state, stage.now))

    told = [{"says": {"zh": "", "en": ""}, **step} for step in STORY["given"]]
    perform(stage, {**STORY, "given": told}, watch)
    assert raised == []


def test_a_line_is_told_per_act_with_its_documents_and_limits(played):
    _, lines = played
    assert len(lines) >= 100
    detained = next(line for line in lines if "执行拘留" in line)
    assert "拘留证" in detained
    assert "提请批准逮捕至2026-03-15" in detained
    assert any("→ 清河县人民检察院" in line for line in lines)


def test_the_story_is_told_in_both_languages_and_in_order():
    steps = STORY["given"]
    assert all({"zh", "en"} == set(step["says"]) for step in steps if "says" in step)
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)


@pytest.mark.parametrize("now", [A_TUESDAY, A_SUNDAY_NIGHT], ids=["on a Tuesday", "on a Sunday night"])
@pytest.mark.parametrize("script", OTHERS, ids=lambda script: script["id"])
def test_every_other_case_can_be_played_on_any_day(world, script, now):
    stage = Stage(world, CALENDAR, PEOPLE)
    routes = read_sheet(ROOT / "demo/routes.yaml")["routes"]
    perform(stage, at_play_time(script, Clock(now, CALENDAR), routes), lambda line: None)
    alarmed = {alarm.code for state in states(stage) for alarm in supervise.alarms(state, now)}
    assert alarmed == ({"custody_without_basis"} if script["id"] == "drug_overdue" else set())
    assert stage.now <= now


def test_there_are_thirty_cases_of_many_offences():
    assert len(OTHERS) >= 30
    assert len({script["id"] for script in OTHERS}) == len(OTHERS)


@pytest.mark.parametrize("path", REFUSALS, ids=lambda path: path.stem)
def test_what_the_law_forbids_on_the_way_is_refused(world, path):
    run_case(Stage(world, CALENDAR, PEOPLE), read_sheet(path))
