"""A wrong entry stays; another says what it should have been and takes its place when the ledger is folded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dangui.core.ledger import verify
from dangui.core.problem import Refusal
from dangui.core.proceeding import CorrectedBefore, fold
from small_world import CHEN, GAO, LI, Office


@pytest.fixture
def office() -> Office:
    return Office()


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act()
    return sorted(reason.code for reason in caught.value.reasons)


def test_the_correction_takes_the_place_of_the_wrong_entry_and_both_stay(office: Office) -> None:
    case = office.open()
    done = office.do(case, "note", text="wrogn")
    office.do(case, "order_report")
    office.clerk.correct(LI, case, done.seqs[0], reason="a slip", values={"text": "right"})
    entries = office.entries(case)
    assert office.state(case).facts["text"] == "right"
    assert [entry.kind for entry in entries][-3:] == ["action.done", "action.done", "entry.corrected"]
    assert entries[1].body["with"] == {"text": "wrogn"}
    assert not verify(entries)


def test_a_snapshot_that_a_correction_reaches_behind_is_of_no_use(office: Office) -> None:
    case = office.open()
    done = office.do(case, "note", text="wrogn")
    snapshot = office.state(case)
    office.clerk.correct(LI, case, done.seqs[0], reason="a slip", values={"text": "right"})
    entries = office.entries(case)
    with pytest.raises(CorrectedBefore):
        fold(entries[2:], snapshot)
    assert fold(entries) == office.state(case)


def test_the_last_of_two_corrections_counts(office: Office) -> None:
    case = office.open()
    (seq,) = office.do(case, "note", text="one").seqs
    for text in ("two", "three"):
        office.clerk.correct(LI, case, seq, reason="again", values={"text": text})
    assert office.state(case).facts["text"] == "three"


def test_only_what_nobody_has_acted_on_is_corrected_with_a_reason_by_whoever_may(office: Office) -> None:
    case = office.open("甲")
    noted = office.do(case, "note", text="x").seqs[0]
    issued = office.do(case, "letter").seqs[0]
    assert codes(lambda: office.clerk.correct(LI, case, noted, reason="")) == ["field.missing/reason"]
    assert codes(lambda: office.clerk.correct(LI, case, issued, reason="r")) == ["correction.sent_or_issued"]
    assert codes(lambda: office.clerk.correct(LI, case, 1, reason="r")) == ["correction.not_possible"]
    assert codes(lambda: office.clerk.correct(LI, case, 99, reason="r")) == ["correction.not_possible"]
    office.clerk.correct(CHEN, case, noted, reason="by the chief", values={"text": "y"})
    office.do(case, "recuse", by=GAO, user="chen")
    assert codes(lambda: office.clerk.correct(CHEN, case, noted, reason="r")) == ["action.recused"]


def test_a_correction_is_checked_like_the_act_itself(office: Office) -> None:
    case = office.open()
    (seq,) = office.do(case, "note", text="x").seqs
    assert codes(lambda: office.clerk.correct(LI, case, seq, reason="r", values={"text": ""})) == ["field.missing/text"]
