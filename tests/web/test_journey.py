"""One theft, driven through the screens alone, on a served node with its database; and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from dangui.render.press import pdf

from . import scenes, scenes_court
from .scenes import CITIZEN, suspect
from .test_browser import CHROMIUM
from .walk import Town, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the journey is not driven"),
]

FORM = {"form": "record", "title": "现场勘验笔录", "agency": "清河县公安局", "paragraphs": ["卷帘门下沿有撬痕。"]}
REST = {"number": "", "addressee": "", "rights": [], "attachments": [], "signature_lines": [], "copies": []}
DATES = {"date": "二〇二六年三月十日", "day": "2026-03-10", "seal": False, "internal": False, "template": "sample"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A node of its own for this module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(browser, tmp_path_factory.mktemp("journey")) as found:
            yield found
        browser.close()


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real PDF of one page, as it comes from a scanner."""
    path = tmp_path_factory.mktemp("scans") / "现场勘验笔录.pdf"
    path.write_bytes(pdf(FORM | REST | DATES))
    return path


@pytest.fixture(scope="module")
def another(town: Town) -> str:
    """A second case, filed in April: where things go wrong."""
    town.it_is("2026-04-20 09:00")
    with town.at_the_desk_of("陈光") as desk:
        address = desk.opens("刑事侦查", source="报案", summary="电动自行车被盗。")
        desk.does("立案", offence="盗窃罪", facts="停放的电动自行车被撬锁推走。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("立案")
    return address


def test_a_theft_travels_from_the_report_to_community_correction(town: Town, scan: Path) -> None:
    bound = scenes.the_police_investigate(town, scan)
    scenes.the_suspect_is_detained(town)
    scenes.he_is_interrogated_and_brought_to_the_house(town)
    scenes.counsel_acts_for_him(town, bound)
    opinion = scenes.the_procuratorate_approves_the_arrest(town)
    scenes.the_police_arrest_him_and_conclude(town)
    scenes.the_procuratorate_takes_the_case_over(town)
    scenes.counsel_reads_the_dossier(town, scan, opinion)
    scenes.he_pleads_and_is_indicted(town)
    scenes_court.the_court_prepares(town)
    scenes_court.the_court_gives_judgment(town)
    scenes_court.he_is_set_free(town)
    scenes_court.the_judgment_takes_effect(town)
    scenes_court.he_reports_to_community_correction(town)


def test_a_mistyped_identity_number_is_mended_without_typing_the_rest_again(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        said = desk.is_refused("登记犯罪嫌疑人", record=suspect("牛二", CITIZEN[:-1] + "0"), offence="盗窃罪")
        assert "校验" in said
        expect(desk.page.locator('[name="record.name"]')).to_have_value("牛二")
        desk.hands_in(record={"id_number": CITIZEN})
        expect(desk.page.locator("#persons")).to_contain_text("牛二")


def test_nobody_approves_his_own_application(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        desk.does("聘请鉴定", expert="清河县价格认定中心", question="被盗车辆价格")
        expect(desk.page.locator("#panel .waits")).to_contain_text("待审批")
        expect(desk.page.locator("#panel .waits a")).to_have_count(0)
        desk.page.goto("/desk/approvals/")
        expect(desk.page.get_by_role("button", name="批准")).to_have_count(0)
    with town.at_the_desk_of("吴燕") as desk:
        desk.page.goto("/desk/approvals/")
        place = desk.page.locator("form[action$='/approve/']").first.get_attribute("action")
    with town.at_the_desk_of("陈光") as desk:
        assert "不由本岗位办理" in desk.forges(str(place))


def test_a_form_sent_again_from_the_page_before_is_one_act(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        desk.begins("现场勘验检查")
        desk.fills(scenes.SCENE)
        form = desk.what_would_be_sent()
        desk.hands_in()
        before = desk.page.locator("#history li").count()
        desk.page.request.post(f"{another}act/inspect_scene/", form=form)
        desk.page.goto(another)
        expect(desk.page.locator("#history li")).to_have_count(before)


def test_the_second_of_two_who_act_at_once_is_told_and_may_go_on(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as first, town.at_the_desk_of("郑华") as second:
        first.page.goto(another)
        first.begins("登记被害人")
        first.fills({"record": {"name": "何立秋"}})
        second.page.goto(another)
        second.does("登记被害人", record={"name": "顾长海"})
        assert "他人已办理了本案" in first.is_refused_again()
        first.hands_in()
        expect(first.page.locator("#persons")).to_contain_text("何立秋")
        expect(first.page.locator("#persons")).to_contain_text("顾长海")


def test_a_form_of_an_ended_session_says_what_to_do(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(f"{another}act/inspect_scene/")
        desk.fills(scenes.SCENE)
        desk.page.evaluate("document.querySelector('form.act [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
        desk.sends()
        expect(desk.page.locator("h1")).to_have_text("表单已过期")


def test_a_file_larger_than_the_node_takes_is_answered_with_what_it_takes(
    town: Town, another: str, tmp_path: Path
) -> None:
    heavy = tmp_path / "录像.pdf"
    heavy.write_bytes(b"%PDF-1.7\n" + bytes(2**20))
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        desk.begins("材料入卷")
        desk.fills({"upload": heavy, "kind": "现场勘验笔录", "title": "现场勘验笔录"})
        desk.sends()
        expect(desk.page.locator("h1")).to_have_text("文件太大，没有收下")
        expect(desk.page.locator("main")).to_contain_text("1.0 MB")


def test_an_unknown_act_is_nothing_to_see(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.sees_nothing_at(f"{another}act/abolish/")
        desk.sees_nothing_at(f"{another[:-2]}/")


def test_the_whole_desk_changes_its_language_and_back(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        desk.speaks("English")
        expect(desk.page.locator("#panel h2")).to_have_text("What is next")
        expect(desk.page.locator("#history")).to_contain_text("Register the report")
        desk.speaks("中文")
        expect(desk.page.locator("#panel h2")).to_have_text("下一步")


def test_an_act_is_done_with_the_keyboard_alone(town: Town, another: str) -> None:
    with town.at_the_desk_of("陈光") as desk:
        desk.page.goto(another)
        number = desk.page.locator(".case-head .c-number").inner_text()
        desk.types("/", number, "Enter")
        desk.page.wait_for_url("**/desk/find/**")
        desk.page.locator("#search").press("Tab")
        desk.types("j", "Enter")
        desk.page.wait_for_url("**/desk/proceedings/**")
        desk.types("n", "登记被害人", "Enter")
        expect(desk.page.locator('[name="record.name"]')).to_be_focused()
        desk.types("沈玉琴", "Enter")
        expect(desk.page.locator("#persons")).to_contain_text("沈玉琴")
