"""The second half of the journey: the court, the execution and community correction, as seen on their screens."""

from __future__ import annotations

from playwright.sync_api import expect

from .scenes import NAME
from .walk import Town


def the_court_prepares(town: Town) -> None:
    town.it_is("2026-03-19 09:00")
    with town.at_the_desk_of("魏东") as desk:
        desk.receives("提起公诉")
        desk.does("受理公诉案件", accepted_on="2026-03-19")
        desk.receives("换押")
    with town.at_the_desk_of("喻红") as desk:
        desk.receives("换押")
    with town.at_the_desk_of("金涛") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("告知有权委托辩护人", of=NAME, manner="书面告知")
        desk.does(
            "送达起诉书副本",
            of=NAME,
            served_on="2026-03-19",
            manner="直接送达",
            opinion="自愿认罪认罚",
            agrees_to="速裁程序",
        )
    with town.at_the_desk_of("石磊") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does(
            "决定适用速裁程序",
            facts_clear=True,
            bar="无",
            expected_term="一年有期徒刑以下刑罚",
            limit_from="2026-03-19",
        )
    with town.at_the_desk_of("曹云") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("确定审判组织", panel_kind="独任审判", presiding_judge="石磊", clerk="金涛")
    with town.at_the_desk_of("石磊") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("确定开庭日期", hearing_at="2026-03-24T09:00", hearing_place="第二法庭")
    with town.at_the_desk_of("金涛") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("传唤被告人", of=NAME, served_on="2026-03-19", manner="直接送达")
        desk.does("通知检察院派员出庭")
        desk.does("通知辩护人、证人等出庭", recipient="韦婷", capacity="辩护人")


def the_court_gives_judgment(town: Town) -> None:
    town.it_is("2026-03-24 10:00")
    with town.at_the_desk_of("石磊") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does(
            "开庭审理（简易、速裁程序）", attendance="公诉人杨帆、被告人石小军、辩护人韦婷到庭", still_agrees=True
        )
        desk.does("审查认罪认罚", of=NAME, rights_told=True, voluntary="自愿、真实、合法")
    with town.at_the_desk_of("金涛") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("制作庭审笔录", investigation="被告人对指控没有异议。", last_words="我错了，不再犯。")
    with town.at_the_desk_of("石磊") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does(
            "制作判决书",
            parties="被告人石小军，男，1990年1月1日出生。",
            charge="指控犯盗窃罪。",
            defence="没有异议。",
            facts="撬门入店盗窃。",
            reasons="其行为已构成盗窃罪，认罪认罚，可以适用缓刑。",
            articles="《中华人民共和国刑法》第二百六十四条、第七十二条",
            holding="被告人石小军犯盗窃罪，判处有期徒刑七个月，缓刑一年，并处罚金人民币三千元。",
        )
        desk.does(
            "宣告判决",
            of=NAME,
            pronouncement="当庭宣判",
            verdict="有罪",
            offence="盗窃罪",
            penalty_kind="有期徒刑",
            months=7,
            sentence_from="2026-03-24",
            probation_months=12,
            fine="3000",
            set_free_as="变更为取保候审",
        )


def he_is_set_free(town: Town) -> None:
    with town.at_the_desk_of("金涛") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("通知看守所释放", of=NAME, notice="（2026）越0421刑初1号", leave="取保候审")
        desk.does("送达裁判文书", of=NAME, served_on="2026-03-24", manner="直接送达", recipient=NAME)
        desk.does("送达检察院", pronounced_on="2026-03-24", pronouncement="当庭宣判")
    with town.at_the_desk_of("柏刚") as desk:
        desk.goes_to(NAME, "看守所羁押")
        desk.does("释放", of=NAME, left_at="2026-03-24T10:00")


def the_judgment_takes_effect(town: Town) -> None:
    town.it_is("2026-04-07 09:00")
    with town.at_the_desk_of("金涛") as desk:
        desk.goes_to(NAME, "刑事第一审")
        desk.does("确认上诉、抗诉期满", expired_on="2026-04-03")
        desk.does("通知检察院裁判生效", effective_on="2026-04-07")
        desk.does("移送交付执行", effective_on="2026-04-07")
        desk.goes_to(NAME, "交付执行")
        desk.does("办理交付执行立案", effective_on="2026-04-07")
        desk.does("开具执行通知书", of=NAME, judgment_numbers="（2026）越0421刑初1号")
        desk.does("告知社区矫正报到义务", of=NAME, report_by="2026-04-17", place="清河县司法局")
        desk.does(
            "通知执行地社区矫正机构",
            of=NAME,
            category="宣告缓刑",
            term_from="2026-04-07",
            term_ends_on="2027-04-06",
            place_ground="居住地",
            residence="清河县城关镇槐安里22号",
        )
        desk.does(
            "送达社区矫正法律文书",
            of=NAME,
            documents=["判决书、裁定书", "执行通知书", "社区矫正告知书", "结案登记表"],
            copied_to="清河县人民检察院、清河县公安局",
        )


def he_reports_to_community_correction(town: Town) -> None:
    town.it_is("2026-04-10 09:00")
    with town.at_the_desk_of("谢军") as desk:
        desk.receives("通知执行地社区矫正机构")
        expect(desk.page.locator("#persons")).to_contain_text(NAME)
    with town.at_the_desk_of("姜浩") as desk:
        desk.goes_to(NAME, "社区矫正")
        desk.does("报到登记", of=NAME, contact="13900000203", arrived_on="2026-04-10", identity_checked=True)
        desk.does("入矫宣告", of=NAME, attendance="社区民警、社区工作人员")
