"""Dates, citations and both languages in words."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime

import pytest
from django.utils import translation

from dangui.core.calendar import CHINA
from dangui.core.problem import words
from dangui.web import law
from dangui.web.templatetags import dangui as tags

from . import story


def test_every_sentence_of_the_pages_has_english():
    done = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"], cwd=story.ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_the_compiled_catalogue_is_the_one_that_is_written():
    with translation.override("en"):
        assert translation.gettext("我的工作") == "My work"
    with translation.override("zh-hans"):
        assert translation.gettext("我的工作") == "我的工作"


def test_a_date_is_said_in_words():
    with translation.override("zh-hans"):
        assert tags.day(date(2026, 10, 27)) == "2026年10月27日 周二"
    with translation.override("en"):
        assert tags.day(date(2026, 10, 27)) == "Tue 27 Oct 2026"


def test_a_limit_that_ends_with_a_day_is_said_by_that_day():
    with translation.override("zh-hans"):
        assert tags.due_day(datetime(2026, 10, 28, tzinfo=CHINA)).endswith("10月27日")
        assert tags.due_day(datetime(2026, 10, 28, 9, 30, tzinfo=CHINA)).endswith("10月28日 09:30")


def test_punctuation_between_chinese_characters_is_full_width():
    with translation.override("zh-hans"):
        assert tags.in_words(words("须具备:已立案,未羁押", "")) == "须具备：已立案，未羁押"
        assert tags.in_words(words("12:30", "")) == "12:30"


@pytest.mark.parametrize(
    ("citation", "zh", "en"),
    [
        ("criminal_procedure/2018#91.1", "《刑事诉讼法》第九十一条第一款", "Criminal Procedure Law, art. 91(1)"),
        ("criminal_law/2023#133-1", "《刑法》第一百三十三条之一", "Criminal Law, art. 133-1"),
        (
            "criminal_procedure/2018#82.1(7)",
            "《刑事诉讼法》第八十二条第一款第（七）项",
            "Criminal Procedure Law, art. 82(1)(7)",
        ),
        ("nonsense", "nonsense", "nonsense"),
    ],
)
def test_a_citation_is_said_as_a_lawyer_would(node, citation, zh, en):
    assert law.said(citation) == words(zh, en)


def test_the_article_is_one_click_away_with_the_paragraph_marked(node, enter):
    page = enter(story.INVESTIGATOR).get("/desk/law/?of=criminal_procedure/2018%2391.1").content.decode()
    assert "中华人民共和国刑事诉讼法" in page
    assert page.count('class="cited"') == 1
