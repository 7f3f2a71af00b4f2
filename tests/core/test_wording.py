"""Dates and sums in official writing."""

from datetime import date

import pytest

from dangui.core.wording import chinese_date, money, money_words, read_date, written_date


@pytest.mark.parametrize(("day", "text"), [
    (date(2026, 3, 5), "二〇二六年三月五日"),
    (date(2020, 10, 20), "二〇二〇年十月二十日"),
    (date(2009, 12, 31), "二〇〇九年十二月三十一日"),
])
def test_a_date_under_a_document_is_in_chinese_numerals(day, text):
    assert chinese_date(day) == text


def test_a_written_date_is_read_back_and_other_text_is_no_date():
    assert written_date(date(2026, 3, 5)) == "2026年3月5日"
    assert read_date("2026年3月5日") == read_date(" 2026-03-05") == date(2026, 3, 5)
    assert read_date("2026年2月30日") is read_date("三月五日") is None


@pytest.mark.parametrize(("fen", "text", "capitals"), [
    (0, "0元", "零元整"),
    (5, "0.05元", "伍分"),
    (1234560, "12345.6元", "壹万贰仟叁佰肆拾伍元陆角"),
    (10005, "100.05元", "壹佰元零伍分"),
    (1000500, "10005元", "壹万零伍元整"),
    (1020000000, "10200000元", "壹仟零贰拾万元整"),
    (2000003000, "20000030元", "贰仟万零叁拾元整"),
    (100000000001, "1000000000.01元", "壹拾亿元零壹分"),
    (-50, "-0.5元", "负伍角"),
])
def test_sums_are_written_in_figures_and_in_capitals(fen, text, capitals):
    assert (money(fen), money_words(fen)) == (text, capitals)
