"""The API under attack: files of others, keys of others, cases of others, numbers and texts that can't stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import codes

PDF = b"%PDF-1.7\n" + b"y" * 90


@pytest.fixture
def case(calling: Any) -> tuple[Any, str, str]:
    """A case with one suspect, opened by olga."""
    olga = calling("olga")
    proceeding = olga.post("/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "失物"}}, 201)[
        "proceeding"
    ]
    values = {"record": {"name": "甲某", "sex": "male"}, "offence": "taking"}
    olga.post(f"/proceedings/{proceeding}/acts", {"action": "join", "values": values})
    return olga, proceeding, olga.get(f"/proceedings/{proceeding}")["persons"][0]["id"]


def test_nobody_binds_a_file_of_another_by_its_digest_alone(calling: Any, case: Any) -> None:
    olga, proceeding, _ = case
    blob = olga.post("/blobs", PDF, 201, Content_Type="application/pdf")
    oscar = calling("oscar")
    own = oscar.post("/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "x"}}, 201)["proceeding"]
    act = {"action": "bind", "values": {"file": blob, "kind": "statement"}}
    assert codes(oscar.post(f"/proceedings/{own}/acts", act, 422)) == ["file.not_here"]
    olga.post(f"/proceedings/{proceeding}/acts", act)
    assert oscar.ask("get", f"/proceedings/{own}/materials/{blob['blob']}").status_code == 404


def test_a_case_id_of_others_opens_no_door(calling: Any, case: Any) -> None:
    olga, proceeding, _ = case
    case_id = olga.get(f"/proceedings/{proceeding}")["proceeding"]["case_id"]
    oscar = calling("oscar")
    answer = oscar.post(
        "/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "x"}, "case_id": case_id}, 404
    )
    assert codes(answer) == ["access.denied"]


def test_a_key_of_another_post_reads_and_writes_nothing_here(calling: Any, case: Any) -> None:
    _, proceeding, person = case
    rita = calling("rita")
    for address in ("", "/actions", "/actions/hold", "/materials", "/verify"):
        assert rita.ask("get", f"/proceedings/{proceeding}{address}").status_code == 404
    act = {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    for verb in ("acts", "preview"):
        assert rita.ask("post", f"/proceedings/{proceeding}/{verb}", act).status_code == 404


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "\ud800",
        "a" * 1_000_000,
        10**400,
        -1,
        1.5,
        "0.005",
        "-3.00",
        "999999999999999.99",
        "1e9",
        [[[[[[[[1]]]]]]]],
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}},
        None,
        True,
        ["p"] * 10_000,
    ],
)
def test_whatever_stands_in_a_field_is_answered_with_reasons(case: Any, value: Any) -> None:
    olga, proceeding, person = case
    for values in ({"reason": "caught", "amount": value}, {"reason": value}, {str(value)[:50]: 1}):
        given = json.dumps({"action": "hold", "of": [person], "values": values}).encode()
        response = olga.ask("post", f"/proceedings/{proceeding}/acts", given)
        assert response.status_code in (200, 413, 422), response.content[:300]
        assert response.status_code == 200 or response.json()["problems"]
        assert olga.ask("get", f"/proceedings/{proceeding}").status_code == 200


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1700-01-01T00:00:00Z",
        "2026-02-30",
        "99999999999999999",
        "2026-01-01T00:00:00+00:00:01",
        "x",
    ],
)
def test_an_impossible_time_is_refused(case: Any, at: str) -> None:
    olga, proceeding, person = case
    act = {"action": "hold", "of": [person], "values": {"reason": "caught"}, "at": at}
    assert olga.ask("post", f"/proceedings/{proceeding}/acts", act).status_code == 422
    opened = {"procedure": "sample/inquiry", "values": {"summary": "x"}, "at": at}
    assert olga.ask("post", "/proceedings", opened).status_code in (201, 422)
    if not at.startswith("2026-01"):
        assert olga.ask("post", "/proceedings", opened).status_code == 422


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"", b"null", b'{"action": 1e999}', b"{" * 10]
)
def test_a_body_that_is_no_request_is_answered_with_a_reason(case: Any, body: bytes) -> None:
    olga, proceeding, _ = case
    response = olga.ask("post", f"/proceedings/{proceeding}/acts", body)
    assert response.status_code in (400, 413, 422), response.status_code
    assert response.json()["problems"]


def test_a_full_disk_is_said_and_leaves_nothing(
    calling: Any, case: Any, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    olga, proceeding, person = case
    applied = olga.post(
        f"/proceedings/{proceeding}/acts", {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    )
    before = olga.get(f"/proceedings/{proceeding}")["head"]
    arriving = set((town.blobs.folder / "arriving").iterdir())

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = f"/proceedings/{proceeding}/applications/{applied['application']}/approve"
    hana = calling("hana")
    refused = hana.ask("post", path, {})
    assert refused.status_code == 503
    assert refused.json()["problems"][0]["code"] == "node.unavailable"
    assert olga.ask("post", "/blobs", PDF, Content_Type="application/pdf").status_code == 503
    monkeypatch.undo()
    assert olga.get(f"/proceedings/{proceeding}")["head"] == before
    assert set((town.blobs.folder / "arriving").iterdir()) == arriving
