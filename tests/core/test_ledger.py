"""A ledger shows every change of any of its fields, and every entry that was moved or is missing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.calendar import CHINA
from dangui.core.ledger import EMPTY, Actor, Draft, Entry, chain, verify

NOON = datetime(2026, 3, 2, 12, tzinfo=CHINA)
LI = Actor("li", "office", "officer")

CHANGED: dict[str, Any] = {
    "proceeding": "other",
    "seq": 99,
    "kind": "note.unmade",
    "body": {"n": "changed"},
    "user": "eve",
    "post": "office/chief",
    "occurred_at": NOON - timedelta(days=1),
    "recorded_at": NOON + timedelta(days=2),
    "pack": "q" * 64,
    "previous": "1" * 64,
    "digest": "2" * 64,
}


def ledger(length: int) -> list[Entry]:
    drafts = [Draft("p", "note.made", {"n": number}, NOON + timedelta(hours=number)) for number in range(length)]
    return chain(drafts, EMPTY, LI, NOON + timedelta(days=1), "p" * 64)


def test_every_field_is_tried() -> None:
    assert set(CHANGED) == {field.name for field in fields(Entry) if field.compare}


def test_a_chain_in_two_parts_is_the_chain_in_one() -> None:
    whole = ledger(5)
    drafts = [Draft("p", entry.kind, entry.body, entry.occurred_at) for entry in whole[2:]]
    assert [*whole[:2], *chain(drafts, whole[1].head, LI, NOON + timedelta(days=1), "p" * 64)] == whole
    assert verify(whole) == []
    assert verify([]) == []


@given(
    st.integers(1, 6).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length - 1))),
    st.sampled_from(sorted(CHANGED)),
)
def test_any_field_of_any_entry_that_was_changed_is_found_and_the_entry_named(
    place: tuple[int, int], field: str
) -> None:
    length, number = place
    entries = ledger(length)
    entries[number] = replace(entries[number], **{field: CHANGED[field]})
    problems = verify(entries)
    assert any(problem.place == f"{entries[number].proceeding}#{entries[number].seq}" for problem in problems)
    assert "ledger.altered_entry" in {problem.code for problem in problems}


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([0, 2, 1], {"ledger.gap", "ledger.broken_chain"}),
        ([0, 2], {"ledger.gap", "ledger.broken_chain"}),
        ([1, 2], {"ledger.gap", "ledger.broken_chain"}),
        ([0, 0, 1, 2], {"ledger.gap", "ledger.broken_chain"}),
    ],
)
def test_an_entry_that_was_moved_doubled_or_dropped_is_found(order: list[int], found: set[str]) -> None:
    entries = ledger(3)
    assert {problem.code for problem in verify([entries[number] for number in order])} == found


def test_an_entry_whose_body_can_no_longer_be_read_is_altered() -> None:
    (entry,) = ledger(1)
    assert [problem.code for problem in verify([replace(entry, body={"n": 0.5})])] == ["ledger.altered_entry"]


def test_an_actor_is_granted_things_under_agency_and_post() -> None:
    assert LI.principal == "office/officer"
