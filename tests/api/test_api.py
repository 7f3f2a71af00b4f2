"""The API, asked from outside: a case travels, and everything that can be wrong is answered with its reasons."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest

from dangui.api.caller import Allowance

from .conftest import codes

PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def case(calling):
    """A case with one suspect, opened by olga."""
    olga = calling("olga")
    done = olga.post("/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "失物"}}, 201)
    proceeding = done["proceeding"]
    olga.post(
        f"/proceedings/{proceeding}/acts",
        {"action": "join", "values": {"record": {"name": "甲某", "sex": "male"}, "offence": "taking"}},
    )
    person = olga.get(f"/proceedings/{proceeding}")["persons"][0]["id"]
    return olga, proceeding, person


def held(calling, case):
    """The suspect is held: applied, approved, executed."""
    olga, proceeding, person = case
    applied = olga.post(
        f"/proceedings/{proceeding}/acts", {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    )
    path = f"/proceedings/{proceeding}/applications/{applied['application']}"
    calling("hana").post(f"{path}/approve", {})
    return olga.post(f"{path}/execute", {})


def test_a_case_goes_to_the_other_agency_and_its_answer_comes_back(calling, case):
    olga, proceeding, person = case
    held(calling, case)
    olga.post(
        f"/proceedings/{proceeding}/acts", {"action": "ask_consent", "of": [person], "values": {"grounds": "尚须查证"}}
    )
    dina, rita = calling("dina"), calling("rita")
    waiting = next(
        item
        for item in dina.get("/inbox?limit=200")["items"]
        if item["person"] == "甲某"
        and item["proceeding"]["case_id"] == olga.get(f"/proceedings/{proceeding}")["proceeding"]["case_id"]
    )
    there = waiting["proceeding"]["proceeding"]
    dina.post(f"/proceedings/{there}/handovers/{waiting['ref']}/receive", {"warnings": []})
    rita.post(
        f"/proceedings/{there}/acts",
        {
            "action": "answer",
            "of": [rita.get(f"/proceedings/{there}")["persons"][0]["id"]],
            "values": {"decision": "agreed"},
        },
    )
    after = olga.get(f"/proceedings/{proceeding}")
    limits = {limit["deadline"]: limit["status"] for limit in after["deadlines"]}
    assert limits == {"after_consent": "running", "holding": "met"}


def test_a_proceeding_shows_persons_limits_dossier_and_history(calling, case):
    olga, proceeding, _ = case
    held(calling, case)
    view = olga.get(f"/proceedings/{proceeding}")
    assert view["persons"][0]["in_custody"] is True
    assert view["dossier"][0]["materials"][0]["title"]["zh"] == "留置决定书"
    assert [line["kind"] for line in view["history"]][-1] == "proceeding.opened"


def test_a_proceeding_says_what_its_dossier_does_not_prove_yet(calling, case):
    olga, proceeding, _ = case
    (lacking,) = olga.get(f"/proceedings/{proceeding}")["lacking"]
    assert (lacking["stage"], lacking["offence"]["zh"], lacking["facts"]) == ("review", "取走罪", 1)
    (finding,) = lacking["findings"]
    assert (finding["fact"], finding["level"], finding["basis"]) == ("taking", "stop", ["sample_law/2020#4"])
    assert finding["any_of"] == [{"zh": "陈述", "en": "Statement"}]


def test_the_bytes_of_a_document_can_be_had(calling, case):
    olga, proceeding, _ = case
    held(calling, case)
    material = olga.get(f"/proceedings/{proceeding}/materials")[0]["materials"][0]
    response = olga.ask("get", f"/proceedings/{proceeding}/materials/{material['blob']}")
    assert response["Content-Type"] == "application/pdf"
    assert hashlib.sha256(response.getvalue()).hexdigest() == material["blob"]


def test_a_form_is_json_schema_with_its_choices(calling, case):
    olga, proceeding, _ = case
    form = olga.get(f"/proceedings/{proceeding}/actions/hold")["form"]
    assert form["required"] == ["reason"]
    assert [choice["const"] for choice in form["properties"]["reason"]["oneOf"]] == ["caught", "flight"]
    assert form["properties"]["amount"]["x-unit"] == "CNY"


def test_my_work_shows_what_waits_for_my_approval(calling, case):
    olga, proceeding, person = case
    olga.post(f"/proceedings/{proceeding}/acts", {"action": "hold", "of": [person], "values": {"reason": "caught"}})
    found = calling("hana").get("/approvals?limit=200")["items"]
    assert proceeding in [item["proceeding"]["proceeding"] for item in found]


def test_a_case_is_found_by_the_name_of_a_person_and_by_its_number(calling, case):
    olga, proceeding, _ = case
    number = olga.get(f"/proceedings/{proceeding}")["proceeding"]["number"]
    for text in ("甲某", number):
        assert proceeding in [item["proceeding"] for item in olga.get(f"/find?text={text}&limit=200")["items"]]


def test_a_ledger_verifies_and_a_changed_file_is_named(calling, case, town):
    olga, proceeding, _ = case
    held(calling, case)
    assert olga.get(f"/proceedings/{proceeding}/verify")["ok"] is True
    digest = olga.get(f"/proceedings/{proceeding}/materials")[0]["materials"][0]["blob"]
    path = town.blobs.folder / digest[:2] / digest[2:4] / digest
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    try:
        found = olga.get(f"/proceedings/{proceeding}/verify")
    finally:
        path.write_bytes(whole)
    assert not found["ok"]
    assert codes(found) == ["blob.altered"]


def test_a_file_is_uploaded_and_bound(calling, case):
    olga, proceeding, _ = case
    blob = olga.post("/blobs", PDF, 201, Content_Type="application/pdf", X_File_Name="%E9%99%88%E8%BF%B0.pdf")
    assert blob == {
        "blob": hashlib.sha256(PDF).hexdigest(),
        "size": len(PDF),
        "name": "陈述.pdf",
        "media_type": "application/pdf",
    }
    olga.post(f"/proceedings/{proceeding}/acts", {"action": "bind", "values": {"file": blob, "kind": "statement"}})
    assert olga.get(f"/proceedings/{proceeding}/materials")[0]["materials"][0]["blob"] == blob["blob"]


# -- who asks ------------------------------------------------------------


def test_without_a_key_nothing_is_told(calling):
    stranger = calling("olga")
    for key in (
        "",
        "dg_000000000000_" + "x" * 43,
        stranger.key[:-1] + ("a" if stranger.key[-1] != "a" else "b"),
        "\u00e9",
    ):
        stranger.key = key
        response = stranger.ask("get", "/work")
        assert response.status_code == 401
        assert codes(response.json()) == ["key.unknown"]
        assert "WWW-Authenticate" in response


def test_a_revoked_key_ends_at_once(calling):
    from dangui.api.keys import revoke

    olga = calling("olga")
    assert revoke(olga.key.split("_")[1])
    assert olga.ask("get", "/work").status_code == 401


def test_a_key_of_somebody_who_left_the_post_is_refused(calling):
    from dangui.web.models import Holder
    from dangui.web.people import enrol

    oscar = calling("oscar")
    Holder.objects.filter(user__username="oscar").delete()
    answer = oscar.ask("get", "/work")
    enrol("oscar", "奥斯卡", "office", "officer")
    assert answer.status_code == 403
    assert codes(answer.json()) == ["key.no_post"]


def test_who_asks_too_often_is_told_when_to_come_back(calling, monkeypatch):
    from dangui.api import caller

    olga = calling("olga")
    monkeypatch.setattr(caller, "allowance", Allowance(0.5))
    found = [olga.ask("get", "/work") for _ in range(4)]
    assert [response.status_code for response in found] == [200, 200, 429, 429]
    assert int(found[-1]["Retry-After"]) >= 1


def test_an_allowance_fills_again_with_time():
    bucket = Allowance(1.0)
    assert [bucket.take("a", 0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert bucket.take("a", 2.0) == 0.0


def test_another_agencys_case_is_not_there(calling, case):
    _, proceeding, _ = case
    for address in (
        f"/proceedings/{proceeding}",
        f"/proceedings/{proceeding}/materials",
        f"/proceedings/{proceeding}/verify",
    ):
        response = calling("rita").ask("get", address)
        assert response.status_code == 404
        assert codes(response.json()) == ["access.denied"]


# -- what is asked ------------------------------------------------------------


def test_an_unknown_action_is_refused(calling, case):
    olga, proceeding, _ = case
    assert codes(olga.post(f"/proceedings/{proceeding}/acts", {"action": "fly"}, 422)) == ["action.unknown"]


def test_the_wrong_post_is_forbidden(calling, case):
    olga, proceeding, _ = case
    assert codes(
        olga.post(f"/proceedings/{proceeding}/acts", {"action": "assign", "values": {"user": "oscar"}}, 403)
    ) == ["action.wrong_post"]


def test_every_reason_is_given_at_once(calling, case):
    olga, proceeding, _ = case
    found = codes(
        olga.post(
            f"/proceedings/{proceeding}/acts",
            {
                "action": "hold",
                "at": "2031-01-01T10:00:00+08:00",
                "values": {"amount": "viel", "seen_on": "2026-02-30", "colour": "red"},
            },
            422,
        )
    )
    assert set(found) >= {
        "time.in_future",
        "person.missing",
        "field.missing/reason",
        "field.invalid/amount",
        "field.invalid/seen_on",
        "field.unknown/colour",
    }


def test_before_the_case_nothing_can_have_happened(calling, case):
    olga, proceeding, person = case
    assert "time.before_case" in codes(
        olga.post(
            f"/proceedings/{proceeding}/acts",
            {"action": "hold", "of": [person], "at": "2020-01-01T10:00:00+08:00", "values": {"reason": "caught"}},
            422,
        )
    )


def test_a_wrong_identity_number_is_explained(calling, case):
    olga, proceeding, _ = case
    answer = olga.post(
        f"/proceedings/{proceeding}/acts",
        {
            "action": "join",
            "values": {"record": {"name": "乙某", "id_number": "110101199001011234"}, "offence": "taking"},
        },
        422,
    )
    assert codes(answer) == ["field.invalid/record"]
    assert "校验码" in answer["problems"][0]["says"]["zh"]


def test_nobody_approves_his_own_application(calling, case):
    olga, proceeding, person = case
    applied = olga.post(
        f"/proceedings/{proceeding}/acts", {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    )
    answer = olga.post(f"/proceedings/{proceeding}/applications/{applied['application']}/approve", {}, 403)
    assert "approval.same_person" in codes(answer)


def test_the_same_request_twice_is_one_act(calling, case):
    olga, proceeding, person = case
    asked = {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    first = olga.post(f"/proceedings/{proceeding}/acts", asked, Idempotency_Key="k-1")
    again = olga.post(f"/proceedings/{proceeding}/acts", asked, Idempotency_Key="k-1")
    assert first == again
    other = olga.post(
        f"/proceedings/{proceeding}/acts", {**asked, "values": {"reason": "flight"}}, 409, Idempotency_Key="k-1"
    )
    assert codes(other) == ["request.key_reused"]


def test_an_act_on_an_old_view_is_a_conflict(calling, case):
    olga, proceeding, person = case
    head = olga.ask("get", f"/proceedings/{proceeding}")["ETag"]
    asked = {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    olga.post(f"/proceedings/{proceeding}/acts", asked, If_Match=head)
    assert codes(olga.post(f"/proceedings/{proceeding}/acts", asked, 409, If_Match=head)) == ["ledger.moved"]


def test_a_preview_writes_nothing(calling, case):
    olga, proceeding, person = case
    before = olga.get(f"/proceedings/{proceeding}")["head"]
    shown = olga.post(
        f"/proceedings/{proceeding}/preview", {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    )
    refused = olga.post(f"/proceedings/{proceeding}/preview", {"action": "hold", "of": [person]})
    assert shown["possible"]
    assert not refused["possible"]
    assert olga.get(f"/proceedings/{proceeding}")["head"] == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "request.unreadable"),
        (b'{"action": 7}', 422, "request.string_type"),
        (b'{"action": "hold", "colour": 1}', 422, "request.extra_forbidden"),
        (b'{"action": "hold", "values": {"a": "\\u0000"}}', 422, "request.text"),
        (b'{"action": "hold", "values": {"a": "\\ud800"}}', 422, "request.text"),
        (b'{"action": "hold", "values": {"a": 1.5}}', 422, "request.number"),
        (b'{"action": "hold", "values": {"a": 9007199254740993}}', 422, "request.number"),
        (b'{"action": "hold", "values": {"a": [[[[[[[[]]]]]]]]}}', 422, "request.depth"),
        (b'{"action": "hold", "at": "yesterday"}', 422, "request.datetime_from_date_parsing"),
        (b"[]", 422, "request.model_attributes_type"),
        (b"\xff\xfe", 400, "request.unreadable"),
    ],
)
def test_a_malformed_request_is_answered_with_what_is_wrong(calling, case, body, status, code):
    olga, proceeding, _ = case
    assert code in codes(olga.post(f"/proceedings/{proceeding}/acts", body, status))


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"GIF89a", "image/gif", 415, "file.type"),
        (b"not a pdf at all", "application/pdf", 415, "file.mistyped"),
        (b"", "text/plain", 422, "file.empty"),
    ],
)
def test_an_odd_upload_is_refused(calling, body, kind, status, code):
    assert codes(calling("olga").post("/blobs", body, status, Content_Type=kind)) == [code]


def test_an_oversized_upload_is_refused_and_leaves_nothing(calling, town, settings):
    settings.UPLOAD_MOST = 1000
    before = set(town.blobs.digests())
    assert codes(calling("olga").post("/blobs", PDF * 20, 413, Content_Type="application/pdf")) == ["file.too_large"]
    assert set(town.blobs.digests()) == before
    assert not list((town.blobs.folder / "arriving").iterdir())


def test_a_list_goes_on_where_it_stopped(calling, case):
    olga, *_ = case
    calling("olga").post("/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "又一件"}}, 201)
    first = olga.get("/proceedings?limit=1")
    second = olga.get(f"/proceedings?limit=1&after={quote(first['next'])}")
    assert first["items"][0]["proceeding"] != second["items"][0]["proceeding"]
    assert olga.ask("get", "/proceedings?after=nonsense").status_code == 422


def test_a_database_that_goes_away_is_said_and_nothing_is_half_written(calling, case, town, monkeypatch):
    from dangui.core.ports import Unavailable

    olga, proceeding, person = case
    before = olga.get(f"/proceedings/{proceeding}")["head"]
    asked = {"action": "hold", "of": [person], "values": {"reason": "caught"}}
    with monkeypatch.context() as broken:

        def cut(connection):
            connection.close()
            raise Unavailable("cut while entering")

        broken.setattr(type(town.store), "writing", lambda self, actor: _breaks(self, actor))
        response = olga.ask("post", f"/proceedings/{proceeding}/acts", asked, Idempotency_Key="gone-1")
    assert response.status_code == 503
    assert codes(response.json()) == ["node.unavailable"]
    assert response["Retry-After"] == "5"
    assert olga.get(f"/proceedings/{proceeding}")["head"] == before
    assert olga.post(f"/proceedings/{proceeding}/acts", asked, Idempotency_Key="gone-1")["kind"] == "action.applied"


def _breaks(store, actor):
    """A transaction whose connection is cut by the server just before it commits."""
    from contextlib import contextmanager

    import psycopg

    @contextmanager
    def writing():
        tx, connection = store._begin(actor, "begin_writing")
        try:
            yield tx
            with psycopg.connect(_owner(store), autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
            tx.commit()
        finally:
            store._end(connection)

    return writing()


def _owner(store):
    from django.db import connections
    from psycopg.conninfo import make_conninfo

    given = connections["default"].settings_dict
    return make_conninfo(host=given["HOST"], dbname=given["NAME"], user=given["USER"], password=given["PASSWORD"])


def test_health_is_told_to_anybody_and_says_nothing_of_cases(calling):
    answer = calling("olga").client.get("/api/v1/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"ok", "jobs_waiting", "jobs_failing", "problems"}
    assert calling("olga").client.get("/health").json() == {"ok": True}
