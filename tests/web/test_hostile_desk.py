"""The desk, handed what nobody would type: no page fails, nothing is run, nothing is shown to the wrong eyes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dangui.core.ledger import Actor

from . import story

SCRIPT = "<script>alert(1)</script>"
ODD = (
    "\x00",
    "a\x1bb",
    "x" * 300_000,
    SCRIPT,
    "../../etc",
    "%00",
    "-1",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-02-30T00:00",
    "1900-01-01T00:00",
    "𠮷\u202e",
)
ADDRESSES = (
    "/desk/",
    "/desk/?view=cases",
    "/desk/?view=post",
    "/desk/approvals/",
    "/desk/inbox/",
    "/desk/find/?q=1",
    "/desk/looks/",
    "/desk/handovers/",
)


@pytest.fixture
def desk(node: story.Node, enter: Any) -> Client:
    client: Client = enter(story.INVESTIGATOR)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("text", ODD)
def test_no_address_fails_whatever_stands_in_its_query(node: story.Node, desk: Client, text: str) -> None:
    for address in ("/desk/", "/desk/approvals/", "/desk/inbox/", "/desk/find/", "/desk/looks/", "/desk/law/"):
        for name in ("after", "kind", "view", "q", "of"):
            response = desk.get(
                address, {name: text, **({"q": "a"} if address.endswith("find/") and name == "after" else {})}
            )
            assert response.status_code in (200, 400, 404), (address, name, text[:20])


@pytest.mark.parametrize("text", ODD)
def test_no_form_fails_whatever_is_typed(node: story.Node, desk: Client, text: str) -> None:
    proceeding, (person,) = story.filed(node, "赵一")
    for values in (
        {"_occurred_at": text},
        {"key": text},
        {"head": text},
        {"_persons": text},
        {"ground": text, "note": text},
    ):
        filled = {"_persons": person, "ground": "caught", "note": "x", "key": "k", **values}
        response = desk.post(f"/desk/proceedings/{proceeding}/act/detain/", filled)
        assert response.status_code in (302, 400, 404, 422), (values, response.status_code)
    draft = desk.post(f"/desk/proceedings/{proceeding}/act/detain/draft/", {"note": text})
    assert draft.status_code in (200, 413)


@pytest.mark.parametrize("text", ODD)
def test_no_answer_fails_whatever_reason_is_given(node: story.Node, enter: Any, text: str) -> None:
    story.sent_for_arrest(node, "赵一")
    manager = enter(story.CASE_MANAGER)
    manager.raise_request_exception = False
    place = node.reader.inbox(story.CASE_MANAGER).items[0].task
    for verb, values in (
        ("reject", {"code": "papers", "note": text}),
        ("reject", {"code": text, "note": "x"}),
        ("receive", {"warning": text}),
    ):
        response = manager.post(f"/desk/inbox/{place.proceeding}/{place.ref}/{verb}/", {**values, "key": "k" + verb})
        assert response.status_code in (302, 400, 413, 422), (verb, text[:20], response.status_code)


def test_a_name_or_title_with_a_script_is_text(node: story.Node, desk: Client) -> None:
    proceeding, _ = story.filed(node, SCRIPT)
    story.bound(node, proceeding, SCRIPT)
    case_id = node.reader.proceeding(story.INVESTIGATOR, proceeding).row.case_id
    for address in (
        f"/desk/proceedings/{proceeding}/",
        f"/desk/cases/{case_id}/",
        "/desk/?view=cases",
        "/desk/find/?q=" + SCRIPT,
        f"/desk/proceedings/{proceeding}/act/detain/",
    ):
        page = desk.get(address).content.decode()
        assert SCRIPT not in page, address


def test_a_file_name_ends_no_header_and_an_active_file_is_never_shown_by_the_browser(
    node: story.Node, desk: Client
) -> None:
    proceeding, _ = story.filed(node, "赵一")
    address = f"/desk/proceedings/{proceeding}/act/bind_material/"
    page = (
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ\x90\x00",
    )
    for number, content in enumerate(page):
        file = SimpleUploadedFile(f'a";\r\nSet-Cookie: x=1;{number}.html', content, "text/html")
        response = desk.post(
            address,
            {
                "upload": file,
                "kind": "witness_statement",
                "title": "网页",
                "made_on": "2026-01-01",
                "key": f"f{number}",
            },
        )
        assert response.status_code in (302, 422)
    view = node.reader.proceeding(story.INVESTIGATOR, proceeding)
    for _, _, items in view.materials:
        for item in items:
            kept = desk.get(f"/desk/proceedings/{proceeding}/materials/{item['id']}/pdf/")
            assert "Set-Cookie" not in kept.headers
            assert "html" not in kept.headers["Content-Type"]
            assert "svg" not in kept.headers["Content-Type"]


def test_a_file_of_a_kind_that_no_dossier_takes_is_refused_with_the_kinds_it_takes(
    node: story.Node, desk: Client
) -> None:
    proceeding, _ = story.filed(node, "赵一")
    file = SimpleUploadedFile("材料.pdf", b"MZ\x90\x00 not a pdf", "application/pdf")
    response = desk.post(
        f"/desk/proceedings/{proceeding}/act/bind_material/",
        {"upload": file, "kind": "witness_statement", "title": "材料", "made_on": "2026-01-01", "key": "f"},
    )
    assert response.status_code == 422
    assert "PDF" in response.content.decode()


def test_a_damaged_pdf_that_was_bound_is_offered_to_download(node: story.Node, desk: Client) -> None:
    proceeding, _ = story.filed(node, "赵一")
    story.bound(node, proceeding, "坏件")
    blob = next(iter(node.reader.proceeding(story.INVESTIGATOR, proceeding).materials))[2][0]
    node.clerk.blobs._bytes[blob["blob"]] = b"%PDF-1.7 broken"
    assert desk.get(f"/desk/proceedings/{proceeding}/materials/{blob['id']}/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/desk/seat/",
        "/desk/approvals/p/a/approve/",
        "/desk/approvals/p/a/refuse/",
        "/desk/approvals/p/a/execute/",
        "/desk/inbox/p/r/receive/",
        "/desk/inbox/p/r/reject/",
        "/desk/open/criminal/investigation/",
        "/desk/proceedings/p/withdraw/r/",
        "/desk/proceedings/p/act/detain/",
        "/desk/proceedings/p/act/detain/draft/",
        "/language/",
        "/demo/sign-in/",
        "/accounts/login/",
        "/accounts/logout/",
    ],
)
def test_every_form_needs_its_token(node: story.Node, enter: Any, address: str) -> None:
    signed = enter(story.INVESTIGATOR)
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = signed.cookies
    assert foreign.post(address, {"next": "/desk/"}).status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_address_sends_people_elsewhere(node: story.Node, enter: Any, target: str) -> None:
    desk = enter(story.INVESTIGATOR)
    from dangui.web.models import Holder

    answers = (
        desk.post("/language/", {"language": "en", "next": target}),
        desk.post("/demo/sign-in/", {"holder": Holder.objects.first().pk, "next": target}),
        Client().get("/accounts/login/", {"next": target}),
    )
    for answer in answers:
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


def test_a_name_that_is_searched_stands_in_no_address(node: story.Node, enter: Any) -> None:
    story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    page = client.get("/desk/").content.decode()
    assert 'action="/desk/find/" method="post"' in page
    found = client.post("/desk/find/", {"q": "赵大勇"})
    assert len(found.context["page"].lines) == 1
    assert "?q=" not in found.content.decode()


def test_a_limit_that_runs_into_a_year_without_a_calendar_says_so_on_the_page(enter: Any) -> None:
    from datetime import datetime

    from dangui.core.calendar import CHINA
    from dangui.web import parts

    made = story.node(datetime(2026, 12, 29, 9, 0, tzinfo=CHINA))
    parts.use(parts.Parts(made.reader, made.clerk, made.statutes, made.clerk.run_jobs))
    proceeding, persons = story.filed(made, "赵一")
    ground = next(iter(story._codes(made, "legal_aid_ground")))
    story._on_behalf(made, proceeding, "find_legal_aid_due", persons, {"ground": ground})
    (limit,) = made.reader.proceeding(story.INVESTIGATOR, proceeding).deadlines
    assert limit.ends_at.year == 2027
    page = enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/").content.decode()
    assert "2027年放假安排未载入" in page


def test_signing_in_begins_a_new_session(node: story.Node, enter: Any) -> None:
    from dangui.web.models import Holder

    enter(story.INVESTIGATOR)
    visitor = Client()
    visitor.get("/accounts/login/")
    visitor.session.save()
    before = visitor.session.session_key
    visitor.post("/demo/sign-in/", {"holder": Holder.objects.first().pk})
    assert visitor.session.session_key != before


def test_nobody_holds_the_post_of_the_machine(db: None) -> None:
    from dangui.web import people

    with pytest.raises(ValueError, match="machine"):
        people.enrol("li_wen", "李文", story.POLICE, "inbox")


def test_another_agencys_user_reaches_nothing_by_guessing_addresses(node: story.Node, enter: Any) -> None:
    proceeding, (person,) = story.detained(node, "赵一")
    view = node.reader.proceeding(story.INVESTIGATOR, proceeding)
    paper = view.documents[0]["id"]
    stranger = enter(Actor("an_ning", "linchuan_police", "investigator"))
    for address in (
        f"proceedings/{proceeding}/",
        f"cases/{view.row.case_id}/",
        f"looks/?of={proceeding}",
        f"proceedings/{proceeding}/act/detain/",
        f"proceedings/{proceeding}/documents/{paper}/",
        f"proceedings/{proceeding}/documents/{paper}/pdf/",
        f"proceedings/{proceeding}/documents/{paper}/pages/1/",
    ):
        assert stranger.get(f"/desk/{address}").status_code == 404, address
    assert person not in stranger.get("/desk/?view=post").content.decode()
