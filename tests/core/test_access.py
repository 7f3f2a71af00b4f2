"""Who may look and what waits for whom, straight from the state."""

from __future__ import annotations

import pytest

from dangui.core import access
from small_world import CHEN, GAO, LI, MA, Office


@pytest.fixture
def office() -> Office:
    return Office()


def waiting(office: Office, case: str) -> list[tuple[str, str]]:
    return sorted((task.kind, task.principal) for task in access.tasks(office.state(case)))


def test_whoever_leads_has_the_limits_and_each_step_waits_for_whoever_takes_it(office: Office) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    asked = str(office.do(case, "detain", person, ground="caught").application)
    assert waiting(office, case) == [("approval", "office/chief")]
    office.clerk.approve(CHEN, case, asked)
    assert waiting(office, case) == [("execution", "user:li")]
    office.clerk.execute(LI, case, asked)
    assert waiting(office, case) == [("deadline", "user:li")]


def test_what_a_recused_officer_should_have_carried_out_waits_for_his_post(office: Office) -> None:
    case = office.open("甲")
    asked = str(office.do(case, "detain", *office.suspects(case), ground="caught").application)
    office.clerk.approve(CHEN, case, asked)
    office.do(case, "recuse", by=GAO, user="li")
    assert waiting(office, case) == [("execution", "office/officer")]


def test_a_delivered_hand_over_waits_at_the_registry_until_it_is_received(office: Office) -> None:
    case = office.open("甲")
    office.detain(case, *office.suspects(case))
    office.do(case, "send_on", *office.suspects(case))
    office.clerk.run_jobs()
    tasks = list(access.tasks(office.state(office.review(), "board")))
    assert [(task.kind, task.principal, task.liberty) for task in tasks if task.kind == "reception"] == [
        ("reception", "board/registry", True)
    ]


def test_counsel_is_granted_the_defence_scope_and_nobody_else_gets_it(office: Office) -> None:
    case = office.open("甲")
    office.do(case, "instruct", *office.suspects(case), lawyer="fang")
    grants = {grant.principal: grant.scope for grant in access.grants(office.state(case))}
    assert grants == {
        "office/chief": "full",
        "office/director": "full",
        "office/inbox": "full",
        "user:li": "full",
        "user:fang": "defence",
    }


def test_until_somebody_is_assigned_the_whole_post_sees_a_case_and_a_recused_user_never_does(office: Office) -> None:
    case = office.open()
    office.do(case, "recuse", by=GAO, user="li")
    state = office.state(case)
    assert "office/officer" in {grant.principal for grant in access.grants(state)}
    assert not access.may_read(state, LI, access.FULL, office.now)
    assert access.may_read(state, MA, access.FULL, office.now)
    assert not access.may_read(state, MA, None, office.now)


def test_nothing_is_due_in_a_closed_proceeding(office: Office) -> None:
    case = office.open()
    office.do(case, "order_report")
    office.do(case, "conclude")
    projection = access.project(office.state(case))
    assert projection.tasks == ()
    assert projection.row.due_at is None
    assert projection.row.closed
