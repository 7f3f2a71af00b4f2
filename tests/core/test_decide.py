"""Acts on a small world: who, when, on what conditions, and what is entered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dangui.core.decide import Request
from dangui.core.problem import Refusal
from small_world import BEGIN, CHEN, COUNSEL, GAO, JUROR, LI, Office


@pytest.fixture
def office() -> Office:
    return Office()


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act()
    return sorted(reason.code for reason in caught.value.reasons)


def test_applying_approving_and_executing_are_three_acts_and_the_last_starts_the_clock(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    asked = office.do(case, "detain", person, ground="caught")
    assert asked.kind == "action.applied"
    assert not office.state(case).persons[person].custody
    office.pass_by(hours=1)
    office.clerk.approve(CHEN, case, str(asked.application))
    assert [item["template"] for item in office.state(case).documents.values()] == ["letter"]
    assert not office.state(case).clocks
    office.pass_by(hours=2)
    office.clerk.execute(LI, case, str(asked.application), at=BEGIN + timedelta(hours=2))
    state = office.state(case)
    (clock,) = state.clocks.values()
    assert state.persons[person].measure == "detained"
    assert state.persons[person].held_here
    assert (clock.started_at, clock.last_day, clock.liberty) == (BEGIN + timedelta(hours=2), "2024-03-04", True)


def test_nobody_approves_his_own_application_nor_one_meant_for_another_post(office: Office) -> None:
    case = office.open("甲")
    asked = str(office.do(case, "promote").application)
    assert codes(lambda: office.clerk.approve(LI, case, asked)) == ["action.wrong_post", "approval.same_person"]
    assert codes(lambda: office.clerk.approve(GAO, case, asked)) == ["action.wrong_post"]
    assert office.clerk.approve(CHEN, case, asked).kind == "action.endorsed"
    assert "promoted" not in office.state(case).marks
    office.clerk.approve(GAO, case, asked)
    assert "promoted" in office.state(case).marks
    assert codes(lambda: office.clerk.approve(GAO, case, asked)) == ["application.none"]


def test_an_application_is_refused_with_a_reason_or_taken_back_by_whoever_made_it(office: Office) -> None:
    case = office.open()
    first, second = (str(office.do(case, "promote").application) for _ in range(2))
    assert codes(lambda: office.clerk.turn_down(CHEN, case, first, " ")) == ["field.missing/reason"]
    office.clerk.turn_down(CHEN, case, first, "not yet")
    assert codes(lambda: office.clerk.cancel(CHEN, case, second, "")) == ["approval.same_person"]
    office.clerk.cancel(LI, case, second, "")
    assert [item["status"] for item in office.state(case).applications.values()] == ["refused", "withdrawn"]


def test_every_reason_is_given_at_once(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    act = Request("detain", (person,), {"ground": "rumour", "colour": "red"}, office.now + timedelta(days=1))
    assert codes(lambda: office.clerk.act(JUROR, case, act)) == ["proceeding.none"]
    assert codes(lambda: office.clerk.act(CHEN, case, act)) == [
        "action.wrong_post",
        "field.invalid/ground",
        "field.unknown/colour",
        "needs.not.in_custody",
        "time.in_future",
    ]


def test_unknown_actions_persons_and_stages_are_refused(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    assert codes(lambda: office.do(case, "dance")) == ["action.unknown"]
    assert codes(lambda: office.do(case, "seize")) == ["person.missing"]
    assert codes(lambda: office.do(case, "seize", "nobody")) == ["person.wrong_role"]
    assert codes(lambda: office.do(case, "note", person, text="x")) == ["person.not_wanted"]
    office.do(case, "conclude")
    assert codes(lambda: office.do(case, "note", text="x")) == ["action.wrong_stage"]


def test_nothing_happens_before_the_case_or_before_it_was_applied_for(office: Office) -> None:
    case = office.open("甲")
    early = Request("note", (), {"text": "x"}, BEGIN - timedelta(minutes=1))
    assert codes(lambda: office.clerk.act(LI, case, early)) == ["time.before_case"]
    office.pass_by(hours=2)
    asked = str(office.do(case, "promote").application)
    assert codes(lambda: office.clerk.approve(CHEN, case, asked, at=BEGIN)) == ["time.before_application"]


def test_execution_before_approval_is_recorded_and_flagged(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.do(case, "note", text="seen")
    asked = str(office.do(case, "detain", person, ground="named").application)
    office.pass_by(hours=3)
    office.clerk.approve(CHEN, case, asked)
    office.clerk.execute(LI, case, asked, at=BEGIN + timedelta(hours=1))
    assert [flag["code"] for flag in office.state(case).flags] == ["executed_before_approval"]


def test_what_was_expected_but_is_not_there_is_flagged_not_refused(office: Office) -> None:
    case = office.open("甲")
    office.detain(case, *office.suspects(case))
    assert [flag["code"] for flag in office.state(case).flags] == ["expected.noted"]


def test_nobody_is_taken_without_a_limit_and_nobody_kept_past_one(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    assert codes(lambda: office.do(case, "seize", person)) == ["liberty.no_clock"]
    office.detain(case, person)
    assert codes(lambda: office.do(case, "prolong", person, days=5)) == ["extend.not_allowed"]
    assert codes(lambda: office.do(case, "prolong", person, days=0)) == ["field.invalid/days"]
    office.do(case, "prolong", person, days=4)
    assert codes(lambda: office.do(case, "prolong", person, days=1)) == ["extend.not_allowed"]
    office.pass_by(days=8)
    for action, values in (("prolong", {"days": 1}), ("examine", {}), ("afresh", {})):
        assert codes(lambda a=action, v=values: office.do(case, a, person, **v)) == ["liberty.expired"]
    office.do(case, "release", person)
    assert not office.state(case).persons[person].custody


def test_a_limit_met_late_is_recorded_and_flagged(office: Office) -> None:
    case = office.open()
    office.do(case, "order_report")
    office.pass_by(days=20)
    office.do(case, "report")
    (clock,) = office.state(case).clocks.values()
    assert clock.status == "met"
    assert [flag["code"] for flag in office.state(case).flags] == ["report.late"]


def test_time_that_is_excluded_is_added_to_the_limit(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    office.pass_by(days=1)
    office.do(case, "examine", person)
    office.pass_by(days=10)
    office.do(case, "examined", person)
    (clock,) = office.state(case).clocks.values()
    assert (clock.status, clock.last_day) == ("running", "2024-03-14")


def test_a_recused_officer_may_neither_act_nor_withdraw(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    office.do(case, "send_on", person)
    office.do(case, "recuse", by=GAO, user="li")
    assert codes(lambda: office.do(case, "note", text="x")) == ["action.recused"]
    assert "action.recused" in codes(lambda: office.clerk.withdraw(LI, case, office.run(case)["id"]))
    assert "li" not in office.state(case).assigned


def test_the_defence_acts_in_its_role_and_in_no_other(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.do(case, "instruct", person, lawyer="fang")
    office.do(case, "note", by=COUNSEL, text="objection")
    assert office.state(case).facts["text"] == "objection"
    assert codes(lambda: office.do(case, "conclude", by=COUNSEL)) == ["action.wrong_post"]
    assert codes(lambda: office.do(case, "instruct", person, lawyer="fang")) == ["person.already_here"]


def test_personal_data_never_stands_in_a_ledger(office: Office) -> None:
    case = office.open("张甲乙丙")
    assert "张甲乙丙" not in str([entry.body for entry in office.entries(case)])
    assert "1990-05-01" not in str([entry.body for entry in office.entries(case)])


def test_separation_opens_a_sibling_with_persons_measures_clocks_and_facts(office: Office) -> None:
    case = office.open("甲", "乙", "丙")
    first, second, third = office.suspects(case)
    office.do(case, "note", text="seen")
    office.detain(case, second)
    done = office.do(case, "split", second, third)
    (sibling,) = done.opened
    state = office.state(sibling)
    assert office.suspects(case) == [first]
    assert office.suspects(sibling) == [second, third]
    assert [clock.person for clock in state.live_clocks()] == [second]
    assert not office.state(case).live_clocks()
    assert state.persons[second].held_here
    assert not office.state(case).persons[second].held_here
    assert (state.facts["text"], state.links[0]["from"]) == ("seen", case)
    assert state.case_id == office.state(case).case_id
    assert codes(lambda: office.do(case, "split", first)) == ["separate.nobody_left"]


def test_a_state_handed_out_does_not_change_when_more_is_decided(office: Office) -> None:
    case = office.open("甲")
    before = office.state(case)
    office.do(case, "note", text="later")
    assert before.facts == {}
    assert before.marks == frozenset()
