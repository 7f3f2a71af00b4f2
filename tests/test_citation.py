"""Citations: how they are written, and what they find or fail to find."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dangui.citation import Article, Citation, Statute, item_number, items, parse, resolve
from dangui.core.problem import Problem

DETENTION = "可以先行拘留：\n（一）正在犯罪的；\n（二）被指认的。"
LIST = "自诉案件包括：\n（一）告诉才处理的：\n1.侮辱、诽谤案；\n2.虐待案。\n（二）轻微刑事案件。"
LAW = Statute(
    "criminal_procedure", 2018, "中华人民共和国刑事诉讼法", date(2018, 10, 26), date(2018, 10, 26), None,
    {
        "82": Article("第六章 强制措施", (DETENTION,)),
        "91": Article("第六章 强制措施", ("应当在三日以内。", "可以延长至三十日。")),
        "133-1": Article("", ("危险驾驶。",)),
        "210": Article("", (LIST,)),
    },
)
HELD = {"criminal_procedure/2018": LAW}


@pytest.mark.parametrize("text", [
    "criminal_procedure/2018#82", "criminal_procedure/2018#91.2", "criminal_procedure/2018#82.1(2)",
    "criminal_law/2023#133-1", "criminal_law/2023#133-1.2(3)", "legal_aid/2021#25(7)",
])
def test_a_citation_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


def test_a_citation_has_its_parts() -> None:
    assert parse("criminal_law/2023#133-1.2(3)") == Citation("criminal_law", 2023, "133-1", 2, 3)


@pytest.mark.parametrize("text", [
    "", "criminal_procedure#82", "criminal_procedure/2018", "criminal_procedure/18#82", "criminal_procedure/2018#0",
    "criminal_procedure/2018#82.0", "criminal_procedure/2018#82(0)", "criminal_procedure/2018#82.1.2",
    "criminal_procedure/2018#82(1).1", "criminal_procedure/2018#82 ", "criminal_procedure/2018#八十二",
    "刑诉法/2018#82",
    "criminal_procedure/2018#８２", "criminal_procedure/2018#82-", "criminal_procedure/2018#82-0",
])
def test_what_is_written_in_another_way_is_no_citation(text: str) -> None:
    with pytest.raises(ValueError, match="is not a citation"):
        parse(text)


@pytest.mark.parametrize(("text", "found"), [
    ("criminal_procedure/2018#82", DETENTION),
    ("criminal_procedure/2018#82.1", DETENTION),
    ("criminal_procedure/2018#82.1(2)", "（二）被指认的。"),
    ("criminal_procedure/2018#82(1)", "（一）正在犯罪的；"),
    ("criminal_procedure/2018#91.2", "可以延长至三十日。"),
    ("criminal_procedure/2018#91", "应当在三日以内。\n可以延长至三十日。"),
    ("criminal_procedure/2018#133-1", "危险驾驶。"),
    ("criminal_procedure/2018#210.1(1)", "（一）告诉才处理的：\n1.侮辱、诽谤案；\n2.虐待案。"),
])
def test_the_words_cited_are_found(text: str, found: str) -> None:
    assert resolve(text, HELD) == found


@pytest.mark.parametrize(("text", "code"), [
    ("criminal procedure", "citation.malformed"),
    ("criminal_procedure/2012#82", "citation.unknown_law"),
    ("criminal_procedure/2018#83", "citation.unknown_article"),
    ("criminal_procedure/2018#133", "citation.unknown_article"),
    ("criminal_procedure/2018#91.3", "citation.unknown_paragraph"),
    ("criminal_procedure/2018#82.1(3)", "citation.unknown_item"),
    ("criminal_procedure/2018#91.1(1)", "citation.unknown_item"),
    ("criminal_procedure/2018#91(1)", "citation.paragraph_missing"),
])
def test_what_does_not_exist_is_named(text: str, code: str) -> None:
    answer = resolve(text, HELD, "stages/filed.yaml:detain")
    assert isinstance(answer, Problem)
    assert (answer.code, answer.place) == (code, "stages/filed.yaml:detain")
    assert answer.says["zh"]
    assert answer.says["en"]


def test_a_law_whose_first_day_in_force_is_unknown_does_not_resolve() -> None:
    undated = {"criminal_procedure/2018": replace(LAW, in_force_from=None)}
    answer = resolve("criminal_procedure/2018#82", undated)
    assert isinstance(answer, Problem)
    assert answer.code == "citation.date_unknown"


def test_a_reference_to_an_item_at_the_start_of_a_line_begins_no_new_item() -> None:
    assert items("有下列情形：\n（一）甲；\n（一）款重复；\n（二）乙。") == ("（一）甲；\n（一）款重复；", "（二）乙。")


@pytest.mark.parametrize(("numeral", "value"), [("一", 1), ("十", 10), ("十一", 11), ("二十", 20), ("九十九", 99)])
def test_numerals_of_items_are_counted(numeral: str, value: int) -> None:
    assert item_number(numeral) == value
