"""One theft, driven through the screens alone: from the report to community correction, on a served node with its database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dangui.render.press import pdf

from .test_browser import CHROMIUM
from .walk import Town, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the journey is not driven")]

NAME = "石小军"
CITIZEN = "110101199001011237"


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
    path.write_bytes(pdf({
        "form": "record", "title": "现场勘验笔录", "agency": "清河县公安局", "number": "", "addressee": "", "paragraphs": ["卷帘门下沿有撬痕。"],
        "rights": [], "attachments": [], "signature_lines": [], "date": "二〇二六年三月十日", "day": "2026-03-10", "copies": [], "seal": False,
        "internal": False, "template": "sample"}))
    return path


def test_a_theft_travels_from_the_report_to_community_correction(town: Town, scan: Path) -> None:
    the_police_investigate(town, scan)
    the_suspect_is_detained(town)
    he_is_interrogated_and_brought_to_the_house(town)
    counsel_acts_for_him(town)
    the_procuratorate_approves_the_arrest(town)
    the_police_arrest_him_and_conclude(town)


def the_police_investigate(town: Town, scan: Path) -> None:
    town.it_is("2026-03-10 09:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.opens("刑事侦查", source="报案", reporter="沈玉琴", summary="顺意烟酒店卷帘门被撬，香烟和现金被盗。", investigator="赵敏")
        desk.does("立案", offence="盗窃罪", facts="夜间撬门入店，窃走香烟43条、现金3150元。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("立案")
    town.it_is("2026-03-12 18:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.page.get_by_role("link", name="我的案件").click()
        desk.page.locator(".row-link").first.click()
        desk.does("登记犯罪嫌疑人", offence="盗窃罪", record={
            "name": NAME, "sex": "男", "born": "1990-01-01", "id_type": "居民身份证", "id_number": CITIZEN, "address": "清河县城关镇槐安里22号"})
        desk.does("材料入卷", upload=scan, kind="现场勘验笔录", title="顺意烟酒店现场勘验笔录", made_on="2026-03-10")
        desk.page.get_by_role("link", name="顺意烟酒店现场勘验笔录").click()
        expect(desk.page.locator("main img").first).to_be_visible()


def the_suspect_is_detained(town: Town) -> None:
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("刑事拘留", of=NAME, ground="在身边或者住处发现有犯罪证据的", note="住处发现被盗香烟")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("刑事拘留")
    town.it_is("2026-03-12 21:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.carries_out("刑事拘留", at="2026-03-12T20:40")
        desk.goes_to(NAME, "刑事侦查")
        expect(desk.page.locator("#persons")).to_contain_text("刑事拘留")


def he_is_interrogated_and_brought_to_the_house(town: Town) -> None:
    town.it_is("2026-03-13 00:30")
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("告知诉讼权利义务", of=NAME)
        desk.does("讯问犯罪嫌疑人", of=NAME, began="2026-03-12T22:30", ended="2026-03-13T00:20", place="公安机关办案场所",
                  officers=2, recorded=True, gist="承认撬门盗窃，愿意退赔。")
        desk.does("登记委托辩护", of=NAME, record={"name": "韦婷"}, lawyer="韦婷", engaged_by="犯罪嫌疑人本人", licence="19904202110000201")
        desk.does("送看守所羁押", of=NAME, warrant="清公（刑）拘字〔2026〕1号", holder="清河县公安局", limit="2026-03-15")
    town.it_is("2026-03-13 09:00")
    with town.at_the_desk_of("喻红") as desk:
        desk.receives("收押")
        desk.does("入所检查，开具收押回执", of=NAME, arrived_at="2026-03-13T08:50", finding="体表未见异常", belongings="随身衣物一套")
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("通知家属", of=NAME, relative="魏巧云（母亲）", manner="书面告知")
        desk.does("提请批准逮捕", facts="撬门入店，窃得香烟43条、现金3150元。", danger=["可能实施新的犯罪的"], danger_reasons="曾因盗窃受过处罚。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("提请批准逮捕")


def counsel_acts_for_him(town: Town) -> None:
    with town.at_the_desk_of("韦婷") as desk:
        desk.goes_to(NAME, "看守所羁押")
        desk.does("要求会见在押犯罪嫌疑人", of=NAME, papers=True, wanted_on="2026-03-14")
        desk.goes_to(NAME, "刑事侦查")
        desk.does("申请变更强制措施", of=NAME, wanted="取保候审", reason="有固定住处，愿意退赔。")


def the_procuratorate_approves_the_arrest(town: Town) -> None:
    with town.at_the_desk_of("何静") as desk:
        desk.receives("逮捕协同")
        expect(desk.page.locator("#persons")).to_contain_text(NAME)
        expect(desk.page.locator("#dossier")).to_contain_text("顺意烟酒店现场勘验笔录")
        expect(desk.page.locator("#papers, #dossier").first).to_contain_text("提请批准逮捕书")
        desk.does("指定承办人", handler="杨帆")
    with town.at_the_desk_of("杨帆") as desk:
        desk.goes_to(NAME, "审查逮捕")
        desk.does("讯问犯罪嫌疑人", of=NAME, began="2026-03-13T10:00", ended="2026-03-13T10:30", place="看守所", officers=2, gist="供认盗窃。")
        desk.does("制作审查逮捕意见书", facts_found="有供述、物证印证。", danger_found="有再犯危险。", opinion="批准逮捕")
        desk.does("决定批准或者不批准逮捕", decision="批准逮捕")
    with town.at_the_desk_of("许宁") as desk:
        desk.approves("决定批准或者不批准逮捕")


def the_police_arrest_him_and_conclude(town: Town) -> None:
    town.it_is("2026-03-16 09:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("执行逮捕", of=NAME, place="清河县看守所", officers=2)
        desk.does("不同意变更强制措施", of=NAME, reason="曾因盗窃受过处罚，有再犯危险。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("执行逮捕")
        desk.approves("不同意变更强制措施")
    with town.at_the_desk_of("赵敏") as desk:
        desk.carries_out("执行逮捕")
    town.it_is("2026-03-16 15:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("讯问犯罪嫌疑人", of=NAME, began="2026-03-16T14:00", ended="2026-03-16T14:30", place="看守所", officers=2, gist="供述与前次一致。")
        desk.does("通知家属", of=NAME, relative="魏巧云（母亲）", manner="书面告知")
        desk.does("送达逮捕执行回执", outcome="已执行逮捕", executed_at="2026-03-16T09:00")
        desk.does("侦查终结，移送起诉", offence="盗窃罪", facts="撬门入店，窃得香烟43条、现金3150元。", evidence="供述、物证、勘验笔录。",
                  roles="单独实施，自愿认罪认罚。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("侦查终结，移送起诉")
