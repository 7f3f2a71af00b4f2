"""The only writer: repeated requests, moved heads, printers that fail, files that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dangui.core.decide import Request
from dangui.core.digest import sha256
from dangui.core.ledger import verify
from dangui.core.problem import Refusal
from dangui.core.proceeding import fold
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from small_world import CHEN, LI, Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def on_the_database(embedded_postgres: Dsns) -> Iterator[Office]:
    store = PostgresStore(Pool(embedded_postgres.app), Vault(b"s" * 32))
    yield Office(store)
    store.close()


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act()
    return sorted(reason.code for reason in caught.value.reasons)


def test_the_same_request_twice_gets_the_same_answer_and_is_entered_once(office: Office) -> None:
    case = office.open()
    note = Request("note", (), {"text": "x"})
    first = office.clerk.act(LI, case, note, key="k1")
    assert office.clerk.act(LI, case, note, key="k1") == first
    assert len(office.entries(case)) == 2


def test_a_key_is_not_used_for_something_else(office: Office) -> None:
    case = office.open()
    office.clerk.act(LI, case, Request("note", (), {"text": "x"}), key="k1")
    other = Request("note", (), {"text": "y"})
    assert codes(lambda: office.clerk.act(LI, case, other, key="k1")) == ["request.key_reused"]


def test_a_refused_act_leaves_its_key_free_and_nothing_behind(office: Office) -> None:
    case = office.open()
    assert codes(lambda: office.clerk.act(LI, case, Request("note"), key="k1")) == ["field.missing/text"]
    assert office.clerk.act(LI, case, Request("note", (), {"text": "x"}), key="k1").seqs == (2,)


def test_who_acts_on_an_old_page_is_told_to_look_again(office: Office) -> None:
    case = office.open()
    seen = office.state(case).head.digest
    office.do(case, "note", text="meanwhile")
    note = Request("note", (), {"text": "x"})
    assert codes(lambda: office.clerk.act(LI, case, note, head=seen)) == ["ledger.moved"]
    office.clerk.act(LI, case, note, head=office.state(case).head.digest)


def test_a_proceeding_that_is_not_there_and_one_that_may_not_be_seen_answer_alike(office: Office) -> None:
    case = office.open()
    note = Request("note", (), {"text": "x"})
    stranger = LI.__class__("eve", "board", "member")
    assert codes(lambda: office.clerk.act(stranger, case, note)) == ["proceeding.none"]
    assert codes(lambda: office.clerk.act(LI, "proceeding-999", note)) == ["proceeding.none"]


def test_a_printed_document_is_bound_under_the_digest_of_its_bytes(office: Office) -> None:
    case = office.open()
    (document,) = office.do(case, "letter").documents
    state = office.state(case)
    assert state.documents[document]["blob"] == state.materials[document]["blob"] == sha256(b"printed")
    assert state.materials[document]["size"] == len(b"printed")
    assert office.clerk.blobs.has(sha256(b"printed"))


def test_a_printer_that_fails_leaves_neither_an_entry_nor_a_number(office: Office) -> None:
    def broken(filled: Any) -> bytes:
        raise OSError("out of paper")

    case = office.open()
    office.clerk.printer = broken
    with pytest.raises(OSError, match="out of paper"):
        office.do(case, "letter")
    assert len(office.entries(case)) == 1
    office.clerk.printer = lambda filled: b"printed"
    office.do(case, "letter")
    assert [item["number"] for item in office.state(case).documents.values()] == ["通〔2024〕1号"]


def test_a_file_that_was_never_uploaded_is_not_bound(office: Office) -> None:
    case = office.open()
    file = {**office.upload(), "blob": "0" * 64}
    assert codes(lambda: office.do(case, "bind", upload=file, kind="paper")) == ["file.not_here"]
    office.do(case, "bind", upload=office.upload(), kind="paper")
    assert [item["volume"] for item in office.state(case).materials.values()] == ["main"]


def test_what_an_act_opens_is_entered_in_both_ledgers_together(office: Office) -> None:
    case = office.open("甲", "乙")
    _, second = office.suspects(case)
    done = office.do(case, "split", second)
    (sibling,) = done.opened
    assert done.proceeding == case
    assert done.seqs == (4, 5)
    assert office.entries(case)[-1].kind == "proceeding.separated"
    assert office.entries(sibling)[0].body["from"] == case
    assert not verify(office.entries(case))
    assert not verify(office.entries(sibling))


def test_case_numbers_are_drawn_without_gaps(office: Office) -> None:
    codes(lambda: office.clerk.open(CHEN, "small/inquiry", {}))
    numbers = [office.state(office.open(case_id=f"case-{number}")).number for number in range(3)]
    assert numbers == ["2024-1", "2024-2", "2024-3"]


def race(office: Office, times: int) -> str:
    """Two people act in one case at the same time, ``times`` times each."""
    case = office.open()

    def act(actor: Any) -> None:
        for number in range(times):
            action = (
                Request("note", (), {"text": f"{number}"}) if actor == LI else Request("assign", (), {"user": "ma"})
            )
            office.clerk.act(actor, case, action)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(act, actor) for actor in (LI, CHEN)]:
            done.result()
    return case


def test_two_who_act_at_once_are_entered_one_after_another(office: Office) -> None:
    case = race(office, 10)
    entries = office.entries(case)
    assert [entry.seq for entry in entries] == list(range(1, 22))
    assert not verify(entries)
    assert fold(entries) == office.state(case)


def test_on_the_database_a_moved_head_is_decided_anew(on_the_database: Office) -> None:
    case = race(on_the_database, 5)
    entries = on_the_database.entries(case)
    assert len(entries) == 11
    assert not verify(entries)


def test_old_cases_fold_when_the_pack_has_lost_their_actions(office: Office) -> None:
    case = office.open()
    office.do(case, "note", text="x")
    office.without("note")
    assert fold(office.entries(case)).facts == {"text": "x"}
    assert codes(lambda: office.do(case, "note", text="y")) == ["action.unknown"]
