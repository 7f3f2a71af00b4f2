"""Hand-overs on a small world: sent, delivered, received or sent back, answered; crossings, doubles, altered seals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dangui.clerk import Parked
from dangui.core import handover
from dangui.core.ports import Job
from dangui.core.problem import Refusal
from small_world import CHEN, GAO, JUROR, LI, REGISTRY, Office


@pytest.fixture
def office() -> Office:
    return Office()


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act()
    return sorted(reason.code for reason in caught.value.reasons)


def sent(office: Office, *files: str) -> tuple[str, str]:
    """An inquiry whose suspect is detained and sent on; (inquiry, person)."""
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    for file in files:
        office.do(case, "bind", upload=office.upload(file), kind=file)
    office.do(case, "send_on", person)
    return case, person


def queued(office: Office) -> list[Job]:
    """The jobs that wait, none of them carried out."""
    found: list[Job] = []

    def look(job: Job) -> None:
        found.append(job)
        raise Parked("not now")

    office.store.run_jobs(look)
    return found


def test_delivery_opens_the_review_and_starts_its_clock_before_anybody_clicks(office: Office) -> None:
    case, person = sent(office, "paper", "minutes")
    assert office.run(case)["status"] == "initiated"
    office.pass_by(hours=1)
    office.clerk.run_jobs()
    review = office.review()
    state = office.state(review, "board")
    assert [clock.started_at for clock in state.live_clocks()] == [office.now]
    assert state.persons[person].measure == "detained"
    assert {item["kind"] for item in state.materials.values()} == {"paper", "letter"}
    assert (office.run(case)["status"], office.run(review, "board")["status"]) == ("delivered", "delivered")
    assert {"sent", "arrived"} <= office.marks(case)


def test_reception_is_one_click_and_the_sender_learns_of_it(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.run_jobs()
    review = office.review()
    run = office.run(review, "board")["id"]
    assert codes(lambda: office.clerk.receive(JUROR, review, run)) == ["action.wrong_post"]
    office.clerk.receive(REGISTRY, review, run, warnings=["blurred"])
    office.clerk.run_jobs()
    assert office.state(review, "board").stage == "working"
    assert (office.run(case)["status"], office.run(case)["warnings"]) == ("received", ["blurred"])
    assert "taken_up" in office.marks(case)
    assert codes(lambda: office.clerk.receive(REGISTRY, review, run)) == ["handover.already_received"]
    assert codes(lambda: office.clerk.withdraw(LI, case, run)) == ["handover.already_received"]


def test_a_rejection_names_coded_problems_and_ends_what_was_opened(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.run_jobs()
    review = office.review()
    run = office.run(review, "board")["id"]
    for problems in ([], [{"code": "ugly"}]):
        assert codes(lambda p=problems: office.clerk.reject(REGISTRY, review, run, p)) == ["field.invalid/code"]
    office.clerk.reject(REGISTRY, review, run, [{"code": "not_ours", "place": "persons", "note": "another county"}])
    office.clerk.run_jobs()
    assert office.state(review, "board").closed
    assert not office.state(review, "board").live_clocks()
    assert "came_back" in office.marks(case)
    assert office.run(case)["problems"][0]["note"] == "another county"


def test_a_withdrawn_hand_over_ends_at_the_receiver_too(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.run_jobs()
    review, run = office.review(), office.run(case)["id"]
    office.clerk.withdraw(LI, case, run, "a mistake")
    office.clerk.run_jobs()
    assert office.run(review, "board")["status"] == "withdrawn"
    assert office.state(review, "board").closed
    assert "sent" not in office.marks(case)


def test_what_is_withdrawn_before_it_is_delivered_is_withdrawn_there_as_well(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.withdraw(LI, case, office.run(case)["id"])
    office.clerk.run_jobs()
    review = office.review()
    assert (office.run(case)["status"], office.run(review, "board")["status"]) == ("withdrawn", "withdrawn")
    assert office.state(review, "board").closed
    assert "arrived" not in office.marks(case)


def test_what_was_received_before_the_withdrawal_arrives_stays_received(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.run_jobs()
    review, run = office.review(), office.run(case)["id"]
    office.clerk.receive(REGISTRY, review, run)
    office.clerk.withdraw(LI, case, run)
    office.clerk.run_jobs()
    assert (office.run(case)["status"], office.run(review, "board")["status"]) == ("received", "received")
    assert not office.state(review, "board").closed


def test_the_answer_comes_back_with_its_fields_and_closes_the_run(office: Office) -> None:
    case, person = sent(office)
    office.clerk.run_jobs()
    review = office.review()
    office.clerk.receive(REGISTRY, review, office.run(review, "board")["id"])
    office.do(review, "answer", person, by=JUROR, decision="agreed")
    office.clerk.run_jobs()
    assert "agreed" in office.marks(case)
    assert (office.run(case)["status"], office.run(review, "board")["status"]) == ("closed", "closed")
    assert codes(lambda: office.do(review, "answer", person, by=JUROR, decision="agreed")) == ["handover.none"]


def test_the_same_hand_over_is_not_sent_twice_while_nobody_received_it(office: Office) -> None:
    case, person = sent(office)
    assert codes(lambda: office.do(case, "send_on", person)) == ["handover.under_way"]
    office.clerk.run_jobs()
    assert codes(lambda: office.do(case, "send_on", person)) == ["handover.under_way"]


def test_a_second_delivery_of_the_same_message_changes_nothing(office: Office) -> None:
    case, _ = sent(office)
    (job,) = queued(office)
    office.clerk.handle(job)
    head = office.state(office.review(), "board").head
    office.clerk.handle(job)
    assert office.state(office.review(), "board").head == head
    assert office.run(case)["status"] == "initiated"


def test_a_message_that_does_not_match_its_seal_is_refused(office: Office) -> None:
    sent(office)
    (job,) = queued(office)
    message: dict[str, Any] = {**job.args["message"], "number": "another"}
    altered = Job("deliver", {"message": message}, job.key, job.lock)
    assert codes(lambda: office.clerk.handle(altered)) == ["handover.altered"]


def test_a_result_waits_where_its_case_is_not(office: Office) -> None:
    case, person = sent(office)
    office.clerk.run_jobs()
    review = office.review()
    office.clerk.receive(REGISTRY, review, office.run(review, "board")["id"])
    office.clerk.run_jobs()
    office.do(review, "answer", person, by=JUROR, decision="refused")
    (job,) = (each for each in queued(office) if each.name == "deliver")
    lost = {
        **job.args["message"],
        "case_id": "case-9",
        "sides": {**job.args["message"]["sides"], "asks": {"agency": "office", "proceeding": None}},
    }
    with pytest.raises(Parked):
        office.clerk.handle(Job("deliver", {"message": lost}, "deliver:lost", "case-9"))
    assert office.marks(case) >= {"taken_up"}


def test_a_recused_registrar_receives_nothing(office: Office) -> None:
    case, _ = sent(office)
    office.clerk.run_jobs()
    office.do(case, "recuse", by=GAO, user="chen")
    state = office.state(case)
    assert handover.reasons.barred(state, CHEN)[0].code == "action.recused"
    assert not handover.reasons.barred(state, LI)
