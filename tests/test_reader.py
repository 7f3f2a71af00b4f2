"""The only reader: what each may see, and every look on record, allowed or not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dangui.core.decide import Request
from dangui.core.problem import Refusal
from dangui.reader import Reader
from small_world import CHEN, COUNSEL, GAO, JUROR, LI, MA, REGISTRY, Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def reader(office: Office) -> Reader:
    return Reader(office.clerk)


def codes(look: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        look()
    return sorted(reason.code for reason in caught.value.reasons)


def test_a_look_is_on_record_whether_it_was_allowed_or_not(office: Office, reader: Reader) -> None:
    case = office.open("甲")
    office.do(case, "assign", by=CHEN, user="ma")
    office.do(case, "recuse", by=GAO, user="li")
    reader.proceeding(MA, case)
    assert codes(lambda: reader.proceeding(LI, case)) == ["access.denied"]
    assert codes(lambda: reader.proceeding(JUROR, case)) == ["access.denied"]
    looks = [(look.actor.user, look.what, look.allowed) for look in reader.looks(GAO, case)]
    assert looks[:3] == [("ma", "proceeding", True), ("li", "proceeding", False), ("hu", "proceeding", False)]


def test_the_page_says_everything_in_words(office: Office, reader: Reader) -> None:
    case = office.open("甲", "乙")
    first, second = office.suspects(case)
    office.detain(case, first)
    page = reader.proceeding(LI, case)
    assert page.title["zh"].startswith("甲等")
    assert [person.measure_title["zh"] for person in page.persons] == ["留置", "无"]
    assert [(limit.deadline, limit.status) for limit in page.deadlines] == [("custody", "running")]
    assert page.history[0].says["zh"] == "执行:detain（甲）"
    detain = next(action for action in page.actions if action.id == "detain")
    assert [reason.code for reason in detain.reasons[first]] == ["needs.not.in_custody"]
    assert not detain.reasons[second]
    assert detain.options["ground"] == (
        ("caught", {"zh": "当场", "en": "当场"}),
        ("named", {"zh": "指认", "en": "指认"}),
    )


def test_the_defence_sees_neither_internal_volumes_nor_the_ledger_nor_other_peoples_data(
    office: Office, reader: Reader
) -> None:
    case = office.open("甲", "乙")
    client, other = office.suspects(case)
    office.do(case, "instruct", client, lawyer="fang")
    office.do(case, "bind", upload=office.upload("a"), kind="paper")
    office.do(case, "bind", upload=office.upload("b"), kind="minutes")
    inner = office.upload("b")["blob"]
    assert [volume for volume, _, _ in reader.proceeding(LI, case).materials] == ["main", "inner"]
    page = reader.proceeding(COUNSEL, case)
    assert "inner" not in [volume for volume, _, _ in page.materials]
    assert (page.scope, page.history, page.pending, page.facts) == ("defence", (), (), {})
    data = {person.id: dict(person.data) for person in page.persons}
    assert data[client]["born"] == "1990-05-01"
    assert "born" not in data.get(other, {})
    assert codes(lambda: reader.blob(COUNSEL, case, inner)) == ["material.none"]
    assert reader.blob(LI, case, inner)[0].read() == b"b"


def test_lists_hold_what_waits_for_the_reader_and_skip_what_he_is_recused_from(office: Office, reader: Reader) -> None:
    first, second = office.open(case_id="case-1"), office.open(case_id="case-2")
    for case in (first, second):
        office.do(case, "promote")
    assert [work.pending.ref for work in reader.approvals(CHEN).items] == [
        application for case in (first, second) for application in office.state(case).applications
    ]
    office.do(first, "recuse", by=GAO, user="chen")
    assert [work.line.row.proceeding for work in reader.approvals(CHEN).items] == [second]


def test_a_case_is_told_over_all_ledgers_the_reader_may_see(office: Office, reader: Reader) -> None:
    case = office.open("甲")
    (person,) = office.suspects(case)
    office.detain(case, person)
    office.do(case, "send_on", person)
    office.clerk.run_jobs()
    view = reader.case(LI, "case-1")
    assert [line.row.proceeding for line in view.lines] == [case]
    assert [(custody.name, len(custody.holdings)) for custody in view.custody] == [("甲", 1)]
    assert [work.run.status for work in reader.inbox(REGISTRY).items] == ["delivered"]


def test_a_preview_shows_what_would_be_entered_and_enters_nothing(office: Office, reader: Reader) -> None:
    case = office.open()
    shown = reader.preview(LI, case, Request("note", (), {"text": "x"}))
    assert [effect["is"] for effect in shown.effects] == ["fact", "mark"]
    assert [reason.code for reason in reader.preview(LI, case, Request("note")).reasons] == ["field.missing/text"]
    assert len(office.entries(case)) == 1


def test_only_the_posts_that_may_open_a_case_are_offered_it(office: Office, reader: Reader) -> None:
    assert [procedure.id for procedure, _ in reader.openable(LI)] == ["small/inquiry"]
    assert reader.openable(CHEN) == ()
    assert reader.openable(COUNSEL) == ()
