"""Rights: who may act, correct, approve, withdraw; tried by the right person in the wrong post and by strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hostile_town import CHIEF, INVESTIGATOR, POLICE, Town, codes_of

from dangui.core.decide import Request
from dangui.core.digest import digest
from dangui.core.ledger import Actor
from dangui.core.ports import Job
from dangui.core.problem import Refusal

KEEPER = Actor("feng_lan", POLICE, "evidence_keeper")
OTHER = Actor("chen_guang", POLICE, "investigator")
STRANGER = Actor("an_ning", "linchuan_police", "investigator")


@pytest.fixture
def town() -> Town:
    return Town()


def refused(town: Town, act: Any) -> list[str]:
    """The codes with which it is refused; nothing is written."""
    before = list(town.store.ledgers())
    with pytest.raises(Refusal) as found:
        act()
    assert list(town.store.ledgers()) == before
    return codes_of(found.value)


def detained(town: Town) -> tuple[str, str]:
    proceeding, (person,) = town.filed("赵一")
    town.applied(proceeding, "detain", (person,), ground=town.codes("detention_ground"), note="现场抓获")
    return proceeding, person


def extended(town: Town) -> tuple[str, str, int]:
    """A detention extended by three days on the chief's approval; the entry of the approval."""
    proceeding, person = detained(town)
    done = town.act(proceeding, "extend_detention", (person,), days=3, ground="special_circumstances")
    return proceeding, person, town.clerk.approve(CHIEF, proceeding, done.application).seqs[0]


# -- strangers and the wrong post --


@pytest.mark.parametrize("actor", [STRANGER, OTHER])
def test_a_stranger_and_an_investigator_who_was_not_assigned_can_do_nothing_here(town: Town, actor: Actor) -> None:
    proceeding, person = detained(town)
    for act in (
        lambda: town.clerk.act(actor, proceeding, Request("detain", (person,), {})),
        lambda: town.clerk.approve(actor, proceeding, "application-0001"),
        lambda: town.clerk.execute(actor, proceeding, "application-0001"),
        lambda: town.clerk.correct(actor, proceeding, 2, reason="误记"),
        lambda: town.clerk.receive(actor, proceeding, "handover-0001"),
        lambda: town.clerk.withdraw(actor, proceeding, "handover-0001", "误送"),
    ):
        assert refused(town, act) == ["proceeding.none"]
    for look in (
        lambda: town.reader.proceeding(actor, proceeding),
        lambda: town.reader.looks(actor, proceeding),
        lambda: town.reader.form(actor, proceeding, "detain"),
        lambda: town.reader.verified(actor, proceeding),
    ):
        with pytest.raises(Refusal) as found:
            look()
        assert codes_of(found.value) == ["access.denied"]


def test_whoever_works_for_another_agency_just_now_sees_no_case_of_the_first(town: Town) -> None:
    proceeding, _ = town.filed("赵一")
    with pytest.raises(Refusal):
        town.reader.proceeding(replace(INVESTIGATOR, agency="linchuan_police"), proceeding)


def test_nobody_approves_his_own_application_in_another_post(town: Town) -> None:
    proceeding, (person,) = town.filed("赵一")
    done = town.act(proceeding, "detain", (person,), ground=town.codes("detention_ground"), note="现场抓获")
    assert "approval.same_person" in refused(
        town, lambda: town.clerk.approve(Actor(INVESTIGATOR.user, POLICE, "chief"), proceeding, done.application)
    )


def test_a_hand_over_is_taken_back_only_by_posts_that_send_it(town: Town) -> None:
    proceeding, person = detained(town)
    town.bind(proceeding, "现场勘验笔录", "scene_inspection_record")
    done = town.act(
        proceeding,
        "request_arrest",
        (person,),
        facts="夜间入库盗窃。",
        danger=[town.codes("arrest_ground")],
        danger_reasons="曾因盗窃被处罚",
    )
    town.clerk.approve(CHIEF, proceeding, done.application)
    run = next(iter(town.state(proceeding).handovers))
    assert town.reader.proceeding(KEEPER, proceeding).handovers[0].may_withdraw is False
    assert refused(town, lambda: town.clerk.withdraw(KEEPER, proceeding, run, "误送")) == ["action.wrong_post"]
    assert town.clerk.withdraw(INVESTIGATOR, proceeding, run, "误送")


# -- corrections --


def test_an_entry_is_not_corrected_by_any_post_that_happens_to_work_on_the_case(town: Town) -> None:
    proceeding, _ = detained(town)
    seq = next(number for number, kind in kinds(town, proceeding) if kind == "action.done")
    assert "action.wrong_post" in refused(town, lambda: town.clerk.correct(KEEPER, proceeding, seq, reason="误记"))


def test_what_was_approved_is_not_changed_by_a_correction_of_somebody_else(town: Town) -> None:
    proceeding, _, seq = extended(town)
    found = refused(town, lambda: town.clerk.correct(INVESTIGATOR, proceeding, seq, reason="误记", values={"days": 4}))
    assert {"action.wrong_post", "correction.approved"} <= set(found)


def test_a_correction_puts_no_personal_record_into_the_ledger(town: Town) -> None:
    world = town.clerk.world
    procedure = world.procedures["criminal/investigation"]
    join = procedure.actions["join_suspect"]
    record = replace(next(field for field in join.asks if field.kind == "person"), required=None, name="helper")
    wanted = replace(
        procedure.actions["file_case"],
        asks=(*procedure.actions["file_case"].asks, record),
        approval=(),
        effects={"done": ()},
    )
    changed = replace(procedure, actions={**procedure.actions, "file_case": wanted})
    town.clerk.world = replace(world, procedures={**world.procedures, procedure.id: changed})
    proceeding = town.open()
    seq = town.act(proceeding, "file_case", offence="theft", facts="入库盗窃。").seqs[0]
    town.clerk.correct(INVESTIGATOR, proceeding, seq, reason="漏记", values={"helper": {"name": "不应出现"}})
    ledger = dict(town.store.ledgers())[proceeding]
    assert "不应出现" not in repr([entry.body for entry in ledger])


def kinds(town: Town, proceeding: str) -> list[tuple[int, str]]:
    return [(entry.seq, entry.kind) for entry in dict(town.store.ledgers())[proceeding]]


# -- who may be named --


def test_a_case_is_assigned_to_nobody_of_another_agency_when_the_post_is_empty_here(town: Town) -> None:
    people = town.clerk.people
    left = [holder for holder in people.holders if (holder.agency, holder.post) != (POLICE, "investigator")]
    town.clerk.people = type(people)(left)
    proceeding = town.open(Actor("zhao_min", POLICE, "investigator"))
    form = town.reader.form(CHIEF, proceeding, "leave_cover")
    assert form.options["user"] == ()


def test_somebody_who_withdrew_is_not_assigned_again(town: Town) -> None:
    proceeding = town.open()
    town.act(
        proceeding,
        "recuse",
        (),
        CHIEF,
        officer="zhao_min",
        ground=town.codes("recusal_ground"),
        asked_by=town.codes("recusal_request"),
        acts_before=town.codes("recusal_acts"),
    )
    assert "zhao_min" not in [user for user, _ in town.reader.form(CHIEF, proceeding, "leave_cover").options["user"]]
    assert refused(town, lambda: town.act(proceeding, "file_case", offence="theft", facts="x"))


def test_leave_cover_ends_with_its_day(town: Town) -> None:
    proceeding, _ = town.filed("赵一")
    town.act(proceeding, "leave_cover", (), CHIEF, user="chen_guang", until="2026-03-09")
    assert town.reader.proceeding(OTHER, proceeding)
    town.now += timedelta(days=8)
    with pytest.raises(Refusal):
        town.reader.proceeding(OTHER, proceeding)
    assert refused(town, lambda: town.act(proceeding, "bind_material", (), OTHER)) == ["action.cover_over"]


# -- what is over --


def test_nothing_is_approved_for_somebody_who_was_separated(town: Town) -> None:
    proceeding, (first, _) = town.filed("赵一", "钱二")
    waiting = town.act(proceeding, "detain", (first,), ground=town.codes("detention_ground"), note="现场抓获")
    parting = town.act(proceeding, "separate_suspects", persons=[first], reason="另案处理")
    town.clerk.approve(CHIEF, proceeding, parting.application)
    assert "person.left" in refused(town, lambda: town.clerk.approve(CHIEF, proceeding, waiting.application))


def test_an_act_of_the_same_person_named_twice_happens_once(town: Town) -> None:
    proceeding, (person,) = town.filed("赵一")
    done = town.act(proceeding, "detain", (person, person), ground=town.codes("detention_ground"), note="现场抓获")
    assert town.state(proceeding).applications[done.application]["of"] == [person]


# -- other cases --


def test_nobody_opens_a_proceeding_into_a_case_that_he_may_not_see(town: Town) -> None:
    proceeding, _ = town.filed("赵一")
    case_id = town.state(proceeding).case_id
    assert refused(town, lambda: town.open(STRANGER, case_id=case_id)) == ["access.denied"]
    assert town.open(INVESTIGATOR, case_id=case_id)


# -- messages --


def sent(town: Town) -> list[Job]:
    """The jobs of a request for arrest, caught before they are delivered."""
    proceeding, person = detained(town)
    town.bind(proceeding, "现场勘验笔录", "scene_inspection_record")
    done = town.act(
        proceeding,
        "request_arrest",
        (person,),
        facts="夜间入库盗窃。",
        danger=[town.codes("arrest_ground")],
        danger_reasons="曾因盗窃被处罚",
    )
    town.clerk.approve(CHIEF, proceeding, done.application)
    return [waiting.job for waiting in town.store.jobs_waiting() if waiting.job.name == "deliver"]


def test_a_message_that_was_altered_on_its_way_is_not_delivered(town: Town) -> None:
    job = sent(town)[-1]
    forged = {**job.args["message"], "about": []}
    assert refused(town, lambda: town.clerk.handle(replace(job, args={"message": forged}))) == ["handover.altered"]


def test_a_message_queued_again_under_another_key_is_delivered_once(town: Town) -> None:
    job = sent(town)[-1]
    town.clerk.handle(job)
    after = list(town.store.ledgers())
    town.clerk.handle(replace(job, key="deliver:again"))
    assert list(town.store.ledgers()) == after


def test_a_receipt_that_was_altered_is_not_entered(town: Town) -> None:
    town.clerk.handle(sent(town)[-1])
    receipt = next(waiting.job for waiting in town.store.jobs_waiting() if waiting.job.name == "receipt")
    answer = {**receipt.args["answer"], "verb": "rejected"}
    assert refused(town, lambda: town.clerk.handle(replace(receipt, args={"answer": answer}))) == ["handover.altered"]
    assert digest({key: value for key, value in receipt.args["answer"].items() if key != "seal"})
