"""Templates are read strictly and filled completely, or not at all."""

import json

import pytest

from dangui.core.document import Unfilled, as_rows, fill, parse_template, placeholders, required

RAW = {
    "title": {"zh": "拘留通知书", "en": "Notice of detention"}, "form": "letter", "volume": "procedure",
    "number": "拘通", "addressee": "{person.family}", "copies": ["正本", "存根"],
    "body": "我局已将{person.name}拘留。\n"
            "{?field.note}说明：{field.note}{?field.more}（{field.more}）{/}。\n{/}用{{括号}}。\n",
}
CONTEXT = {
    "agency.name": "清河县公安局", "date": "2026年3月5日", "document.number": "清公（刑）拘通字〔2026〕1号",
    "person.family": "王五", "person.name": "王某",
}


def template(**changes):
    made, problems = parse_template("notice", {**RAW, **changes})
    assert problems == []
    return made


def test_a_filled_document_holds_every_word_that_is_printed():
    filled = fill(template(), CONTEXT)
    assert filled.paragraphs == ("我局已将王某拘留。", "用{括号}。")
    assert (filled.title, filled.number) == ("拘留通知书", "清公（刑）拘通字〔2026〕1号")
    assert (filled.addressee, filled.agency, filled.date) == ("王五", "清河县公安局", "二〇二六年三月五日")
    assert (filled.seal, filled.copies, filled.signature_lines) == (True, ("正本", "存根"), ())


def test_a_filled_document_survives_json():
    filled = fill(template(body="|编号|名称|\n文"), CONTEXT)
    assert json.loads(json.dumps(filled.as_json())) == filled.as_json()
    assert filled.as_json()["paragraphs"] == [["编号", "名称"], "文"]


def test_an_optional_part_is_printed_only_if_its_text_is_there():
    assert fill(template(), {**CONTEXT, "field.note": "甲"}).paragraphs[1] == "说明：甲。"
    assert fill(template(), {**CONTEXT, "field.note": "甲", "field.more": "乙"}).paragraphs[1] == "说明：甲（乙）。"
    assert fill(template(), {**CONTEXT, "field.note": ""}).paragraphs[1] == "用{括号}。"


def test_every_missing_text_is_named_at_once():
    with pytest.raises(Unfilled) as refused:
        fill(template(), {"person.name": "王某"})
    places = {problem.place.partition(":")[2] for problem in refused.value.problems}
    assert places == {"agency.name", "date", "document.number", "person.family"}
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize("date", ["2026年2月30日", "今日"])
def test_a_document_without_a_real_date_is_not_made(date):
    with pytest.raises(Unfilled) as refused:
        fill(template(), {**CONTEXT, "date": date})
    assert [problem.place for problem in refused.value.problems] == ["documents/notice.yaml:date"]


def test_an_empty_text_counts_as_missing():
    with pytest.raises(Unfilled):
        fill(template(), {**CONTEXT, "person.name": ""})


def test_placeholders_include_guards_and_required_ones_do_not():
    assert placeholders(template()) == {"person.family", "person.name", "field.note", "field.more"}
    assert required(template()) == {"person.family", "person.name", "agency.name", "date", "document.number"}


def test_braces_in_a_filled_in_text_stay_text():
    filled = fill(template(), {**CONTEXT, "person.name": "{agency.name}{/}"})
    assert filled.paragraphs[0] == "我局已将{agency.name}{/}拘留。"


def test_lines_of_a_filled_in_text_become_paragraphs_but_never_rows():
    filled = fill(template(body="理由：{field.note}"), {**CONTEXT, "field.note": "一\n\n|二|三|"})
    assert filled.paragraphs == ("理由：一", "|二|三|")
    assert fill(template(body="{field.note}"), {**CONTEXT, "field.note": "|二|"}).paragraphs == ("|二|",)


def test_a_row_of_one_placeholder_becomes_as_many_rows_as_its_text_has():
    items = as_rows([["1", "手机", "一部|黑色"], ["2", "刀\n具", "一把"]])
    filled = fill(template(body="|编号|名称|数量|\n|{items}|\n以下空白"), {**CONTEXT, "items": items})
    rows = ("编号", "名称", "数量"), ("1", "手机", "一部｜黑色"), ("2", "刀 具", "一把")
    assert filled.paragraphs == (*rows, "以下空白")


def test_a_bar_in_an_ordinary_cell_does_not_make_a_cell():
    filled = fill(template(body="|姓名|{person.name}|"), {**CONTEXT, "person.name": "甲|乙"})
    assert filled.paragraphs == (("姓名", "甲|乙"),)


def test_an_empty_last_cell_is_kept_if_the_row_is_closed():
    assert fill(template(body="|姓名||"), CONTEXT).paragraphs == (("姓名", ""),)


def test_a_part_may_be_printed_only_if_a_text_is_absent():
    body = "{?fact.members}组成合议庭{/}{!fact.members}由审判员独任{user.name}{/}审理。"
    assert fill(template(body=body), {**CONTEXT, "fact.members": "甲"}).paragraphs == ("组成合议庭审理。",)
    assert fill(template(body=body), {**CONTEXT, "user.name": "乙"}).paragraphs == ("由审判员独任乙审理。",)


def test_signature_lines_follow_the_signers_unless_the_template_has_its_own():
    record = template(form="record", signs=["person", "officers"], number=None)
    assert fill(record, CONTEXT).signature_lines == ("本人（签名、捺指印）：", "办案人员（签名）：")
    assert (fill(record, CONTEXT).seal, fill(record, CONTEXT).number) == (False, "")
    lines = "审判长 {user.name}\n{?fact.members}审判员 {fact.members}{/}\n书记员："
    judgment = template(form="judgment", signs="judges", signatures=lines)
    panel = {**CONTEXT, "user.name": "王芳", "fact.members": "李明、赵云"}
    assert fill(judgment, panel).signature_lines == ("审判长 王芳", "审判员 李明", "审判员 赵云", "书记员：")
    assert fill(judgment, panel).seal is True


def test_a_judgment_bears_the_number_of_its_case():
    judgment = template(form="judgment", number=None)
    assert fill(judgment, {**CONTEXT, "proceeding.number": "（2026）云0402刑初15号"}).number == "（2026）云0402刑初15号"


def test_a_note_that_tells_templates_apart_is_not_printed():
    assert fill(template(title={"zh": "刑事判决书（简易程序）", "en": "x"}), CONTEXT).title == "刑事判决书"
    assert fill(template(title={"zh": "上（抗）诉案件移送函", "en": "x"}), CONTEXT).title == "上（抗）诉案件移送函"


@pytest.mark.parametrize(("changes", "codes"), [
    ({"subtitle": "甲"}, ["document.key_unknown"]),
    ({"form": "poster", "signs": "mayor"}, ["document.word_unknown"] * 2),
    ({"body": None}, ["document.key_missing"]),
    ({"internal": "no", "copies": [1]}, ["document.key_invalid"] * 2),
    ({"title": {"zh": "通知"}}, ["document.title_incomplete"]),
    ({"body": "{Person}甲{?field.a}乙"}, ["document.placeholder_invalid"] * 2),
    ({"body": "甲{/}乙}丙{丁"}, ["document.placeholder_invalid"] * 3),
    ({"attachments": ["{a b}"]}, ["document.placeholder_invalid"]),
])
def test_every_mistake_in_a_template_is_reported_with_its_place(changes, codes):
    made, problems = parse_template("notice", {**RAW, **changes})
    assert made is None
    assert [problem.code for problem in problems] == codes
    assert all(problem.place.startswith("documents/notice.yaml:") and problem.says["zh"] for problem in problems)
