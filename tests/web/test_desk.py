"""The desk, page by page, as each post sees it."""

from __future__ import annotations

from io import BytesIO
from unittest.mock import ANY

import pytest

from dangui.web.models import Draft

from . import story

PAGES = (
    "/desk/",
    "/desk/?view=cases",
    "/desk/?view=post",
    "/desk/approvals/",
    "/desk/inbox/",
    "/desk/find/",
    "/desk/handovers/",
    "/desk/looks/",
    "/desk/open/",
    "/desk/_components/",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_empty_in_both_languages(node, enter, page, language):
    client = enter(story.INVESTIGATOR)
    client.post("/language/", {"language": language, "next": "/"})
    assert client.get(page).status_code == 200


def test_a_case_is_opened_with_the_form_of_the_pack(node, enter):
    client = enter(story.INVESTIGATOR)
    assert "刑事侦查" in client.get("/desk/open/").content.decode()
    assert client.get("/desk/open/criminal/investigation/").status_code == 200
    answer = client.post(
        "/desk/open/criminal/investigation/",
        {"source": next(iter(story._codes(node, "case_source"))), "summary": "仓库被盗。", "key": "k"},
    )
    page = client.get(answer["Location"]).content.decode()
    assert "已受理并登记" in page
    assert "清公（刑）" in page


def test_a_form_with_faults_comes_back_filled_with_every_fault_at_its_field(node, enter):
    answer = enter(story.INVESTIGATOR).post(
        "/desk/open/criminal/investigation/", {"source": "no_such", "reporter": "孙某", "key": "k"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-source"' in page
    assert 'href="#f-summary"' in page
    assert 'value="孙某"' in page


def test_the_nearest_deadline_stands_first_in_my_work(node, enter):
    story.detained(node, "赵大勇")
    lines = enter(story.INVESTIGATOR).get("/desk/").context["page"].lines
    ends = [line.due_at for line in lines if line.due_at]
    assert ends
    assert ends == sorted(ends)


def test_a_proceeding_shows_who_what_until_when_and_why(node, enter):
    proceeding, _ = story.detained(node, "赵大勇", "钱小军")
    page = enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/").content.decode()
    assert "赵大勇、钱小军" in page
    assert "盗窃罪" in page
    assert "刑事拘留" in page
    assert "拘留证" in page
    assert "《刑事诉讼法》第九十一条" in page
    assert "提请批准逮捕" in page


def test_what_the_dossier_still_lacks_is_shown_by_link_with_its_basis_until_it_is_bound(node, enter):
    proceeding, (person,) = story.detained(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    sheet = client.get(f"/desk/proceedings/{proceeding}/").context["sheet"]
    (lacking,) = sheet.lacking
    assert (lacking.person, lacking.stage, lacking.offence["zh"]) == (person, "arrest_review", "盗窃罪")
    first = {each.fact: each.level for each in lacking.findings}
    assert (first["occurred"], first["value"]) == ("stop", "warn")
    for kind in ("victim_statement", "video", "price_appraisal"):
        story.bound(node, proceeding, kind, kind)
    page = client.get(f"/desk/proceedings/{proceeding}/")
    (lacking,) = page.context["sheet"].lacking
    assert set(first) - {each.fact for each in lacking.findings} >= {"occurred", "done_by", "value"}
    assert all(said in page.content.decode() for said in ("证据标准", "涉案财物", "卷内还没有所需的证据"))


def test_what_is_still_lacking_is_said_in_english_too(node, enter):
    proceeding, _ = story.detained(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    client.post("/language/", {"language": "en", "next": "/desk/"})
    client.cookies["django_language"] = "en"
    page = client.get(f"/desk/proceedings/{proceeding}/").content.decode()
    assert "facts lack evidence" in page
    assert "How it must look" in page


def test_actions_that_answer_a_running_limit_stand_first(node, enter):
    proceeding, _ = story.detained(node, "赵大勇")
    ready = enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/").context["ready"]
    groups = [action.group for action in ready]
    assert groups[0] == "due"
    assert groups == sorted(groups, key=["due", "stage", "any"].index)


def test_once_a_custody_limit_is_past_what_ends_the_custody_stands_first(node, enter):
    proceeding, _ = story.detained(node, "赵大勇")
    node.now += story.timedelta(days=60)
    ready = enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/").context["ready"]
    assert ready[0].id == "release"


def test_detention_is_applied_for_approved_by_another_and_carried_out_on_three_pages(node, enter):
    proceeding, (person,) = story.filed(node, "赵大勇")
    investigator, chief = enter(story.INVESTIGATOR, "赵敏"), enter(story.CHIEF, "周平")
    ground = next(iter(story._codes(node, "detention_ground")))
    form = f"/desk/proceedings/{proceeding}/act/detain/"
    assert "制作《拘留证》" in investigator.get(form).content.decode()
    assert investigator.post(form, {"_persons": person, "ground": ground, "key": "k1"}).status_code == 302
    (waiting,) = chief.get("/desk/approvals/").context["page"].lines
    assert waiting.may_approve
    node.now += story.timedelta(minutes=5)
    assert chief.post(f"/desk/approvals/{proceeding}/{waiting.ref}/approve/", {"key": "k2"}).status_code == 302
    (approved,) = investigator.get("/desk/approvals/").context["page"].lines
    assert approved.may_execute
    node.now += story.timedelta(minutes=5)
    assert investigator.post(f"/desk/approvals/{proceeding}/{approved.ref}/execute/", {"key": "k3"}).status_code == 302
    sheet = investigator.get(f"/desk/proceedings/{proceeding}/").context["sheet"]
    assert sheet.persons[0].in_custody
    assert any(clock.liberty and clock.status == "running" for clock in sheet.clocks)


def test_an_application_is_turned_down_with_its_reason_and_never_without(node, enter):
    proceeding, (person,) = story.filed(node, "赵大勇")
    investigator, chief = enter(story.INVESTIGATOR), enter(story.CHIEF)
    investigator.post(
        f"/desk/proceedings/{proceeding}/act/detain/",
        {"_persons": person, "ground": next(iter(story._codes(node, "detention_ground"))), "key": "k"},
    )
    (waiting,) = chief.get("/desk/approvals/").context["page"].lines
    place = f"/desk/approvals/{proceeding}/{waiting.ref}/refuse/"
    assert chief.post(place, {"reason": " ", "key": "k1"}).status_code == 422
    assert chief.post(place, {"reason": "理由不充分", "key": "k2"}).status_code == 302
    assert "理由不充分" in investigator.get(f"/desk/proceedings/{proceeding}/").content.decode()


def test_the_same_form_sent_twice_is_one_act(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    place = f"/desk/proceedings/{proceeding}/act/bind_material/"
    for _ in range(2):
        client.post(place, _scan(node, "key-1"))
    volumes = client.get(f"/desk/proceedings/{proceeding}/").context["sheet"].volumes
    assert sum(each.title["zh"] == "现场照片" for volume in volumes for each in volume.materials) == 1


def test_an_uploaded_scan_is_bound_counted_and_read_page_by_page(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    client.post(f"/desk/proceedings/{proceeding}/act/bind_material/", _scan(node, "k"))
    sheet = client.get(f"/desk/proceedings/{proceeding}/").context["sheet"]
    (bound,) = [each for volume in sheet.volumes for each in volume.materials if each.title["zh"] == "现场照片"]
    assert bound.pages == 1
    place = f"/desk/proceedings/{proceeding}/materials/{bound.id}/"
    assert "下载原件" in client.get(place).content.decode()
    assert client.get(f"{place}pages/1/")["Content-Type"] == "image/png"
    assert client.get(f"{place}pages/2/").status_code == 404
    assert b"".join(client.get(f"{place}pdf/").streaming_content).startswith(b"%PDF-")


def test_a_damaged_pdf_is_refused_and_a_mistyped_one_is_never_shown_by_the_browser(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    place = f"/desk/proceedings/{proceeding}/act/bind_material/"
    broken = {**_scan(node, "k"), "upload": _file(b"%PDF-1.7 nothing", "x.pdf")}
    assert client.post(place, broken).status_code == 422
    page = {**_scan(node, "k2"), "upload": _file(b"<script>alert(1)</script>", "x.pdf")}
    assert client.post(place, page).status_code == 422
    active = {**_scan(node, "k3"), "upload": _file(b"PK\x03\x04 <script>alert(1)</script>", "x.html")}
    assert client.post(place, active).status_code == 302
    sheet = client.get(f"/desk/proceedings/{proceeding}/").context["sheet"]
    (bound,) = [each for volume in sheet.volumes for each in volume.materials if each.title["zh"] == "现场照片"]
    original = client.get(f"/desk/proceedings/{proceeding}/materials/{bound.id}/pdf/")
    assert original["Content-Type"] == "application/octet-stream"
    assert original["Content-Disposition"].startswith("attachment")


def test_a_file_that_was_forgotten_is_asked_for(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    given = _scan(node, "k")
    del given["upload"]
    answer = enter(story.INVESTIGATOR).post(f"/desk/proceedings/{proceeding}/act/bind_material/", given)
    assert answer.status_code == 422
    assert 'href="#f-upload"' in answer.content.decode()


def test_two_people_who_act_at_once_are_told_so(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    seen = client.get(f"/desk/proceedings/{proceeding}/act/bind_material/").context["sheet"].head
    story.bound(node, proceeding, "别人先入卷")
    answer = client.post(f"/desk/proceedings/{proceeding}/act/bind_material/", {**_scan(node, "k"), "head": seen})
    assert answer.status_code == 422
    assert "他人已办理" in answer.content.decode()


def test_what_is_typed_is_kept_as_a_draft_until_it_is_handed_in_but_never_a_personal_record(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR)
    place = f"/desk/proceedings/{proceeding}/act/join_suspect/"
    assert client.post(f"{place}draft/", {"offence": "theft", "record.name": "钱小军"}).status_code == 200
    assert Draft.objects.get().values == {"offence": "theft"}
    assert 'value="theft" selected' in client.get(place).content.decode()
    client.post(
        place,
        {
            "offence": "theft",
            "record.name": "钱小军",
            "record.sex": "male",
            "record.born": "1991-02-03",
            "record.address": "东街",
            "key": "k",
        },
    )
    assert not Draft.objects.exists()


def test_an_impossible_identity_number_is_named_at_its_field(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    answer = enter(story.INVESTIGATOR).post(
        f"/desk/proceedings/{proceeding}/act/join_suspect/",
        {
            "offence": "theft",
            "record.name": "钱小军",
            "record.id_type": "resident_id",
            "record.id_number": "110101199001011234",
            "key": "k",
        },
    )
    assert answer.status_code == 422
    assert "校验码不符" in answer.content.decode()


def test_a_time_in_the_future_is_refused(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    later = (node.now + story.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = enter(story.INVESTIGATOR).post(
        f"/desk/proceedings/{proceeding}/act/bind_material/", {**_scan(node, "k"), "_occurred_at": later}
    )
    assert answer.status_code == 422
    assert "不能晚于登记时间" in answer.content.decode()


def test_a_hand_over_is_received_with_one_click_and_everything_is_there(node, enter):
    story.sent_for_arrest(node, "林一帆")
    manager = enter(story.CASE_MANAGER, "何静")
    (ticket,) = manager.get("/desk/inbox/").context["page"].lines
    answer = manager.post(f"/desk/inbox/{ticket.proceeding}/{ticket.ref}/receive/", {"key": "k"})
    page = manager.get(answer["Location"]).content.decode()
    assert "已签收" in page
    assert "林一帆" in page
    assert "现场勘验笔录" in page
    assert "审查批准逮捕" in page


def test_a_hand_over_is_sent_back_with_a_coded_problem_that_the_sender_reads(node, enter):
    proceeding = story.sent_for_arrest(node, "林一帆")
    manager = enter(story.CASE_MANAGER)
    (ticket,) = manager.get("/desk/inbox/").context["page"].lines
    place = f"/desk/inbox/{ticket.proceeding}/{ticket.ref}/reject/"
    assert manager.post(place, {"code": "nonsense", "note": "x", "key": "k1"}).status_code == 422
    assert (
        manager.post(place, {"code": ticket.reject_codes[0].value, "note": "缺第二页", "key": "k2"}).status_code == 302
    )
    assert "缺第二页" in enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/").content.decode()


def test_a_hand_over_not_yet_received_can_be_withdrawn(node, enter):
    proceeding = story.sent_for_arrest(node, "林一帆")
    client = enter(story.INVESTIGATOR)
    (under_way,) = client.get("/desk/handovers/").context["page"].lines
    assert client.post(f"/desk/proceedings/{proceeding}/withdraw/{under_way.ref}/", {"key": "k"}).status_code == 302
    assert client.get("/desk/handovers/").context["page"].lines == []
    assert client.post(f"/desk/proceedings/{proceeding}/withdraw/{under_way.ref}/", {"key": "k2"}).status_code == 422


def test_the_rail_of_a_case_shows_the_other_agencys_station_without_opening_it(node, enter):
    proceeding = story.sent_for_arrest(node, "林一帆")
    client = enter(story.INVESTIGATOR)
    sheet = client.get(f"/desk/proceedings/{proceeding}/").context["sheet"]
    case = client.get(f"/desk/cases/{sheet.case_id}/").context["case"]
    assert [(each.title["zh"], each.may_open) for each in case.stations] == [("刑事侦查", True), (ANY, False)]
    assert case.trains[0].in_custody
    assert len(case.couplings) == 1


def test_a_case_is_found_by_name_and_only_by_those_who_may_see_it(node, enter):
    story.filed(node, "赵大勇")
    assert len(enter(story.INVESTIGATOR).get("/desk/find/?q=赵大勇").context["page"].lines) == 1
    assert enter(story.PROSECUTOR).get("/desk/find/?q=赵大勇").context["page"].lines == []


def test_who_looked_is_shown_refusals_included(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    client = enter(story.INVESTIGATOR, "赵敏")
    enter(story.PROSECUTOR).get(f"/desk/proceedings/{proceeding}/")
    client.get(f"/desk/proceedings/{proceeding}/")
    lines = client.get(f"/desk/looks/?of={proceeding}").context["page"].lines
    assert {(line.by, line.allowed) for line in lines} >= {("赵敏", True), ("yang_fan", False)}


@pytest.mark.parametrize("place", ["act/no_such/", "documents/none/", "materials/none/pdf/"])
def test_what_is_not_there_is_a_404(node, enter, place):
    proceeding, _ = story.filed(node, "赵大勇")
    assert enter(story.INVESTIGATOR).get(f"/desk/proceedings/{proceeding}/{place}").status_code == 404


def _file(data: bytes, name: str) -> BytesIO:
    stream = BytesIO(data)
    stream.name = name
    return stream


def _scan(node: story.Node, key: str) -> dict[str, object]:
    blob = story.upload(node, "现场照片")
    data = node.clerk.blobs.open(blob["blob"]).read()
    return {
        "upload": _file(data, "照片.pdf"),
        "kind": next(iter(story._codes(node, "material_kind"))),
        "title": "现场照片",
        "key": key,
    }
