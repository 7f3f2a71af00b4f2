"""The first half of the journey, scene by scene, as people see it on their screens; all dates are lawful."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .walk import Town

NAME = "石小军"
CITIZEN = "110101199001011237"
SCENE = {"place": "清河县城关镇柳荫路", "officers": 2, "onlooker": "冯永康", "found": "车锁被剪断。"}


def suspect(name: str, number: str) -> dict[str, str]:
    """A person as they are registered."""
    return {
        "name": name,
        "sex": "男",
        "born": "1990-01-01",
        "id_type": "居民身份证",
        "id_number": number,
        "address": "清河县城关镇槐安里22号",
    }


def the_police_investigate(town: Town, scan: Path) -> str:
    """From the report to a bound scan; returns the address of the scan in the dossier."""
    town.it_is("2026-03-10 09:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.opens(
            "刑事侦查",
            source="报案",
            reporter="沈玉琴",
            summary="顺意烟酒店卷帘门被撬，香烟和现金被盗。",
        )
        desk.does("立案", offence="盗窃罪", facts="夜间撬门入店，窃走香烟43条、现金3150元。")
    with town.at_the_desk_of("周平") as desk:
        desk.approves("立案")
    town.it_is("2026-03-12 18:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.page.get_by_role("link", name="我的案件").click()
        desk.page.locator(".row-link").first.click()
        desk.does(
            "登记犯罪嫌疑人",
            offence="盗窃罪",
            record=suspect(NAME, CITIZEN),
        )
        desk.does("材料入卷", upload=scan, kind="现场勘验笔录", title="顺意烟酒店现场勘验笔录", made_on="2026-03-10")
        desk.page.get_by_role("link", name="顺意烟酒店现场勘验笔录").click()
        expect(desk.page.locator("main img").first).to_be_visible()
        return desk.page.url


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
        desk.does(
            "讯问犯罪嫌疑人",
            of=NAME,
            began="2026-03-12T22:30",
            ended="2026-03-13T00:20",
            place="公安机关办案场所",
            officers=2,
            recorded=True,
            gist="承认撬门盗窃，愿意退赔。",
        )
        desk.does(
            "登记委托辩护",
            of=NAME,
            record={"name": "韦婷"},
            lawyer="韦婷",
            engaged_by="犯罪嫌疑人本人",
            licence="19904202110000201",
        )
        desk.does(
            "送看守所羁押", of=NAME, warrant="清公（刑）拘字〔2026〕1号", holder="清河县公安局", limit="2026-03-15"
        )
    town.it_is("2026-03-13 09:00")
    with town.at_the_desk_of("喻红") as desk:
        desk.receives("送押")
        desk.does(
            "入所检查，开具收押回执",
            of=NAME,
            arrived_at="2026-03-13T08:50",
            finding="体表未见异常",
            belongings="随身衣物一套",
        )
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does("通知家属", of=NAME, relative="魏巧云（母亲）", manner="书面告知")
        desk.begins("提请批准逮捕")
        expect(desk.page.locator("[name=facts]")).to_have_value("夜间撬门入店，窃走香烟43条、现金3150元。")
        desk.hands_in(
            danger=["可能实施新的犯罪的"],
            danger_reasons="曾因盗窃受过处罚。",
        )
    with town.at_the_desk_of("周平") as desk:
        desk.approves("提请批准逮捕")


def counsel_acts_for_him(town: Town, scan: str) -> None:
    """Counsel sees how long the client may be held, not the dossier; asks for a meeting and for a change of measure."""
    with town.at_the_desk_of("韦婷") as desk:
        desk.page.get_by_role("link", name="我的案件").click()
        expect(desk.page.locator("tbody tr")).to_have_count(3)
        desk.goes_to(NAME, "看守所羁押")
        desk.does("要求会见在押犯罪嫌疑人", of=NAME, papers=True, wanted_on="2026-03-14")
        expect(desk.page.locator("#limits")).to_contain_text("安排会见")
        expect(desk.page.locator("#limits")).to_contain_text("剩 47 小时")
        desk.goes_to(NAME, "刑事侦查")
        expect(desk.page.locator("#limits")).to_contain_text("审查批准逮捕期间的羁押")
        expect(desk.page.locator("#dossier")).to_contain_text("卷宗还不能查阅")
        desk.does("申请变更强制措施", of=NAME, wanted="取保候审", reason="有固定住处，愿意退赔。")
        expect(desk.page.locator("#limits")).to_contain_text("答复变更强制措施申请")
        desk.sees_nothing_at(scan)
    with town.at_the_desk_of("柏刚") as desk:
        desk.goes_to(NAME, "看守所羁押")
        desk.does("安排会见", of=NAME, meets_at="2026-03-14T15:00", room="律师会见室二号")


def the_procuratorate_approves_the_arrest(town: Town) -> str:
    """One click, and everything is there; returns the address of the opinion in the internal volume."""
    with town.at_the_desk_of("何静") as desk:
        desk.receives("提请批准逮捕")
        expect(desk.page.locator("#persons")).to_contain_text(NAME)
        expect(desk.page.locator("#dossier")).to_contain_text("顺意烟酒店现场勘验笔录")
        expect(desk.page.locator("#papers, #dossier").first).to_contain_text("提请批准逮捕书")
        desk.does("指定承办人", handler="杨帆")
    with town.at_the_desk_of("杨帆") as desk:
        desk.goes_to(NAME, "审查逮捕")
        desk.does(
            "讯问犯罪嫌疑人",
            of=NAME,
            began="2026-03-13T10:00",
            ended="2026-03-13T10:30",
            place="看守所",
            officers=2,
            gist="供认盗窃。",
        )
        desk.does(
            "制作审查逮捕意见书", facts_found="有供述、物证印证。", danger_found="有再犯危险。", opinion="批准逮捕"
        )
        desk.does("决定批准或者不批准逮捕", decision="批准逮捕")
        opinion = desk.address_of("审查逮捕意见书")
    with town.at_the_desk_of("许宁") as desk:
        desk.approves("决定批准或者不批准逮捕")
    return opinion


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
        desk.does(
            "讯问犯罪嫌疑人",
            of=NAME,
            began="2026-03-16T14:00",
            ended="2026-03-16T14:30",
            place="看守所",
            officers=2,
            gist="供述与前次一致。",
        )
        desk.does("通知家属", of=NAME, relative="魏巧云（母亲）", manner="书面告知")
        desk.does("送达逮捕执行回执", outcome="已执行逮捕", executed_at="2026-03-16T09:00")
        desk.does(
            "侦查终结，移送起诉",
            offence="盗窃罪",
            facts="撬门入店，窃得香烟43条、现金3150元。",
            evidence="供述、物证、勘验笔录。",
            roles="单独实施，自愿认罪认罚。",
        )
    with town.at_the_desk_of("周平") as desk:
        desk.approves("侦查终结，移送起诉")


def the_procuratorate_takes_the_case_over(town: Town) -> None:
    town.it_is("2026-03-17 09:00")
    with town.at_the_desk_of("赵敏") as desk:
        desk.goes_to(NAME, "刑事侦查")
        desk.does(
            "换押至检察院",
            of=NAME,
            receiver="清河县人民检察院",
            stage_from="侦查",
            stage_to="审查起诉",
            holder="清河县人民检察院",
            limit="2026-04-17",
        )
    with town.at_the_desk_of("何静") as desk:
        desk.receives("移送起诉")
        desk.receives("换押")
    with town.at_the_desk_of("喻红") as desk:
        desk.receives("换押")
    with town.at_the_desk_of("秦宇") as desk:
        desk.goes_to(NAME, "审查起诉")
        desk.does("指定承办人", handler="杨帆")
    with town.at_the_desk_of("杨帆") as desk:
        desk.goes_to(NAME, "审查起诉")
        desk.does("告知犯罪嫌疑人诉讼权利", of=NAME, manner="书面告知")


def counsel_reads_the_dossier(town: Town, scan: Path, internal: str) -> None:
    """From the transfer for prosecution on the dossier is open to counsel, but never an internal volume."""
    with town.at_the_desk_of("韦婷") as desk:
        desk.goes_to(NAME, "审查起诉")
        desk.does("申请阅卷", of=NAME)
        desk.page.get_by_role("link", name="顺意烟酒店现场勘验笔录").click()
        expect(desk.page.locator("main img").first).to_be_visible()
        desk.goes_to(NAME, "审查起诉")
        desk.does("提交辩护意见", of=NAME, upload=scan, title="石小军案辩护意见")
        expect(desk.page.locator("#dossier")).to_contain_text("石小军案辩护意见")
        expect(desk.page.locator("#dossier")).not_to_contain_text("内部卷")
        desk.sees_nothing_at(internal)
        desk.sees_nothing_at(f"{internal}pdf/")


def he_pleads_and_is_indicted(town: Town) -> None:
    town.it_is("2026-03-18 15:00")
    with town.at_the_desk_of("杨帆") as desk:
        desk.goes_to(NAME, "审查起诉")
        desk.does(
            "讯问犯罪嫌疑人",
            of=NAME,
            began="2026-03-18T10:00",
            ended="2026-03-18T11:00",
            place="看守所",
            officers=2,
            gist="认罪认罚。",
        )
        desk.does("听取辩护人、值班律师意见", of=NAME, counsel="韦婷", said="认罪认罚，建议从宽。", answer="采纳。")
        desk.does("告知认罪认罚的法律规定", of=NAME)
        desk.does(
            "签署认罪认罚具结书",
            of=NAME,
            plea=True,
            counsel_present="韦婷",
            sentencing_proposal="有期徒刑七个月，缓刑一年，并处罚金三千元",
            agreed_procedure="速裁程序",
        )
        desk.does(
            "按速裁程序案件审查",
            of=NAME,
            received_on="2026-03-17",
            up_to_three_years=True,
            clear_and_proved=True,
            agrees=True,
            no_bar=True,
        )
        desk.does(
            "提起公诉",
            indictment_number="清检刑诉〔2026〕1号",
            indicted_on="2026-03-18",
            suggested_procedure="速裁程序",
            expected_term="一年有期徒刑以下刑罚",
            plea=True,
            sentencing_proposal="有期徒刑七个月，缓刑一年，并处罚金三千元",
            counts="撬门入店，窃得香烟43条、现金3150元，应当以盗窃罪追究刑事责任。",
            custody_place="清河县看守所",
        )
    with town.at_the_desk_of("许宁") as desk:
        desk.approves("提起公诉")
    with town.at_the_desk_of("杨帆") as desk:
        desk.goes_to(NAME, "审查起诉")
        desk.does(
            "换押至法院",
            of=NAME,
            receiver="清河县人民法院",
            stage_from="审查起诉",
            stage_to="第一审",
            holder="清河县人民法院",
            limit="2026-05-18",
        )
