"""Samples — 样例: made-up values in every state, for the page of components and for tests of the look."""

from __future__ import annotations

from datetime import datetime, timedelta

from dangui.core.condition import ALWAYS
from dangui.core.form import Field
from dangui.core.problem import Problem, Words, words
from dangui.web.desk.sheet import (
    CaseSheet,
    CaseStation,
    Choice,
    Clock,
    Consequence,
    Coupling,
    Line,
    Pending,
    Record,
    Spell,
    Station,
    Train,
)

_LAW = ("criminal_procedure/2018#91.1",)


def clocks(now: datetime) -> list[Clock]:
    """One limit in each state."""
    day = timedelta(days=1)
    working = (
        Line(
            words("自拘留时起，次日开始计算", "Counted from the day after detention"),
            ("criminal_procedure/2018#105.2",),
        ),
        Line(
            words(
                "三日，涉及人身自由，不因节假日顺延",
                "Three days; liberty is at stake, so it never rolls over rest days",
            ),
            ("criminal_procedure/2018#105.4",),
        ),
    )
    extendable = (Line(words("特殊情况可延长一日至四日", "In special circumstances by one to four days"), _LAW),)
    release = words("释放或者变更强制措施", "release or convert")

    def clock(
        ref: str,
        title: Words,
        status: str,
        start: timedelta,
        end: timedelta,
        *,
        liberty: bool = False,
        ended: timedelta | None = None,
    ) -> Clock:
        return Clock(
            ref,
            title,
            "赵一",
            liberty,
            status,
            now - start,
            now + end,
            (now + end - timedelta(seconds=1)).date(),
            now - ended if ended else None,
            working,
            (),
            extendable if liberty else (),
            release if liberty else None,
        )

    return [
        clock("liberty", words("提请批准逮捕", "Request arrest approval"), "running", day, 2 * day, liberty=True),
        clock("over", words("送看守所", "Hand to the detention house"), "running", 2 * day, -day, liberty=True),
        clock("calm", words("侦查期限内办结", "Conclude the investigation"), "running", 10 * day, 50 * day),
        clock("soon", words("通知家属", "Notify the family"), "running", timedelta(hours=20), timedelta(hours=4)),
        clock(
            "paused",
            words("审查起诉（鉴定期间不计）", "Review for prosecution (appraisal excluded)"),
            "paused",
            20 * day,
            10 * day,
        ),
        clock(
            "met", words("首次讯问", "First interrogation"), "met", 3 * day, -2 * day, ended=timedelta(days=2, hours=6)
        ),
        clock(
            "late", words("告知委托辩护人", "Tell of the right to counsel"), "late", 9 * day, -6 * day, ended=4 * day
        ),
        clock("cancelled", words("补充侦查", "Supplementary investigation"), "cancelled", 30 * day, day, ended=5 * day),
        clock(
            "long",
            words(
                "犯罪嫌疑人及其法定代理人、近亲属或者辩护人申请变更强制措施的答复",
                "Answer to a request by the suspect, a relative or counsel to change the measure",
            ),
            "running",
            day,
            2 * day,
        ),
    ]


def stations() -> tuple[Station, ...]:
    """A small rail halfway."""
    return (
        Station("a", words("侦查", "Investigation"), "passed"),
        Station("b", words("审查逮捕", "Arrest review"), "passed"),
        Station("c", words("审查起诉", "Prosecution review"), "here"),
        Station("d", words("一审", "First instance"), "ahead"),
        Station("e", words("执行", "Execution"), "ahead"),
    )


def case(now: datetime) -> CaseSheet:
    """A case of two persons, separated at prosecution, one of them tried already."""

    def at(days: int) -> datetime:
        return now - timedelta(days=days)

    police, procuratorate, court = (
        words("清河县公安局", "Qinghe police"),
        words("清河县检察院", "Qinghe procuratorate"),
        words("清河县法院", "Qinghe court"),
    )
    stops = (
        CaseStation(
            "p1",
            words("刑事侦查", "Investigation"),
            police,
            "清公（刑）立字〔2026〕12号",
            words("侦查终结", "Concluded"),
            at(120),
            at(40),
            True,
        ),
        CaseStation(
            "p2",
            words("审查逮捕", "Arrest review"),
            procuratorate,
            "清检捕〔2026〕9号",
            words("办结", "Closed"),
            at(110),
            at(104),
            False,
        ),
        CaseStation(
            "p3",
            words("审查起诉", "Prosecution review"),
            procuratorate,
            "清检诉〔2026〕7号",
            words("审查中", "Reviewing"),
            at(40),
            None,
            True,
        ),
        CaseStation(
            "p4",
            words("审查起诉（分案）", "Prosecution review (separated)"),
            procuratorate,
            "清检诉〔2026〕8号",
            words("已起诉", "Charged"),
            at(20),
            at(10),
            False,
            "p3",
        ),
        CaseStation(
            "p5",
            words("一审", "First instance"),
            court,
            "（2026）云0921刑初15号",
            words("已立案", "Filed"),
            at(9),
            None,
            False,
        ),
    )

    def coupling(ref: str, start: str, end: str, days: int, *, open_: bool = False) -> Coupling:
        return Coupling(
            ref,
            words("移送", "Hand-over"),
            "out",
            police,
            at(days),
            at(days),
            None if open_ else at(days),
            "delivered" if open_ else "received",
            start,
            end,
        )

    detained, arrested, bail = words("刑事拘留", "Detained"), words("逮捕", "Arrested"), words("取保候审", "Bail")
    return CaseSheet(
        "c1",
        words("赵一等盗窃案", "Zhao Yi and others: theft"),
        words("盗窃罪", "Theft"),
        stops,
        (
            coupling("h1", "p1", "p2", 110),
            coupling("h2", "p2", "p1", 104),
            coupling("h3", "p1", "p3", 40),
            coupling("h4", "p4", "p5", 9, open_=True),
        ),
        (
            Train(
                "赵一",
                "p3",
                True,
                (Spell(detained, at(118), at(103), liberty=True), Spell(arrested, at(103), None, liberty=True)),
            ),
            Train(
                "钱二",
                "p5",
                False,
                (Spell(detained, at(118), at(104), liberty=True), Spell(bail, at(104), None, liberty=False)),
            ),
        ),
    )


def reasons() -> tuple[Problem, ...]:
    """A refusal of three reasons, one of them at a field."""
    return (
        Problem(
            "needs.case_filed",
            "needs",
            words("尚未立案", "The case has not been filed"),
            words("先办理“立案”", "File the case first"),
            ("criminal_procedure/2018#109",),
        ),
        Problem(
            "field.invalid/id_number",
            "with.id_number",
            words("身份证号校验码不符，请核对证件", "The identity number fails its checksum"),
            words("GB 11643", "GB 11643"),
        ),
        Problem(
            "liberty.no_clock",
            "effects",
            words("拘留没有合法的期限在计算", "No lawful limit would run for the detention"),
            words("", ""),
            _LAW,
        ),
    )


def fields() -> tuple[list[Field], dict[str, tuple[Choice, ...]]]:
    """A field of every kind, with options."""

    def field(
        name: str, kind: str, zh: str, en: str, *, table: str = "", must: bool = False, most: int | None = None
    ) -> Field:
        return Field(
            name, kind, table, words(zh, en), words("", ""), ALWAYS if must else None, "", None, None, most, ""
        )

    some = tuple(
        Choice(key, words(zh, en))
        for key, zh, en in (
            ("red_handed", "正在犯罪时被发觉", "Caught in the act"),
            ("identified", "被害人指认", "Identified by the victim"),
            ("flight", "企图逃跑", "About to flee"),
        )
    )
    many = tuple(Choice(str(number), words(f"选项 {number}", f"Option {number}")) for number in range(9))
    listed = [
        field("text", "text", "文字", "Text", must=True),
        field("long_text", "long_text", "说明", "Note"),
        field("date", "date", "日期", "Date"),
        field("datetime", "datetime", "时间", "Time"),
        field("integer", "integer", "天数", "Days", most=4),
        field("money", "money", "金额", "Amount"),
        field("flag", "flag", "有特殊情况", "Special circumstances"),
        field("few", "code", "理由", "Ground", table="ground", must=True),
        field("many", "code", "罪名", "Offence", table="offence"),
        field("several", "list", "情形", "Circumstances", table="ground"),
        field("user", "user", "承办人", "Handler", table="investigator"),
        field("persons", "persons", "涉及人员", "Persons", table="suspect"),
        field("material", "material", "材料", "Material"),
        field("materials", "materials", "随案材料", "Materials"),
        field("document", "document", "文书", "Document"),
        field("file", "file", "文件", "File"),
        field("id_number", "text", "身份证号", "Identity number"),
        field("person", "person", "犯罪嫌疑人", "Suspect"),
    ]
    choices = {
        "few": some,
        "many": many,
        "several": some,
        "user": many,
        "persons": some,
        "material": many,
        "materials": some,
        "document": some,
    }
    return listed, choices


def pending(now: datetime) -> Pending:
    """An application waiting for approval."""
    return Pending(
        "sample",
        "p1",
        words("刑事拘留", "Detain"),
        "赵一",
        "applied",
        "李明",
        now - timedelta(hours=2),
        ((words("拘留理由", "Ground"), "正在犯罪时被发觉"), (words("说明", "Note"), "现场抓获，赃物在身")),
        will(),
        True,
        False,
        False,
        None,
        "",
        ("criminal_procedure/2018#82",),
        "清公（刑）立字〔2026〕12号",
        words("赵一等盗窃案", "Zhao Yi and others: theft"),
        now + timedelta(hours=9),
        True,
    )


def will() -> tuple[Consequence, ...]:
    """One consequence of each kind."""
    return (
        Consequence("entry", words("登记“刑事拘留”，经办与审批各一条", "Two entries: applied and approved")),
        Consequence("document", words("制作《拘留证》并编号", "The detention warrant is issued and numbered")),
        Consequence("measure", words("执行后，赵一的强制措施为刑事拘留", "Once executed, Zhao Yi is detained")),
        Consequence(
            "clock",
            words(
                "起算：送看守所、首次讯问、通知家属、提请批准逮捕",
                "Starts: hand-over, first interrogation, notice to family, request for arrest",
            ),
        ),
        Consequence("stage", words("进入“侦查中”", "Moves to “investigating”")),
        Consequence("told", words("移送清河县人民检察院", "Goes to the Qinghe procuratorate")),
    )


def records(now: datetime) -> tuple[Record, ...]:
    """A court record of three lines, one backdated and flagged."""
    office = words("清河县公安局 侦查员", "Qinghe police, investigator")
    return (
        Record(
            3,
            words("对赵一执行刑事拘留。", "Zhao Yi was detained."),
            office,
            "李明",
            now - timedelta(hours=3),
            now - timedelta(hours=3),
            (),
            ("criminal_procedure/2018#82",),
        ),
        Record(
            2,
            words("通知赵一的家属。", "Zhao Yi's family was told."),
            office,
            "李明",
            now - timedelta(days=2),
            now - timedelta(hours=4),
            (words("迟于法定期限", "late"),),
        ),
        Record(
            1,
            words("受理赵一、钱二盗窃案。", "The case of Zhao Yi and Qian Er was registered."),
            office,
            "李明",
            now - timedelta(days=3),
            now - timedelta(days=3),
        ),
    )
