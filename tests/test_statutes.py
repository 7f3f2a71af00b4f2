"""The law the packs cite: every citation is found, nothing else is held, and the texts are those of the collection."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dangui.citation import Article, Statute, items, parse, resolve
from dangui.core.problem import Problem
from dangui.packs_yaml import read_file

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "statutes").glob("*/*.yaml"))


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cut_statutes", ROOT / "tools" / "cut_statutes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["cut_statutes"] = module  # a dataclass looks its module up while it is made
    spec.loader.exec_module(module)
    return module


cut = load_tool()
CITED: dict[str, set[str]] = cut.mentions(ROOT)


def statute(path: Path) -> Statute:
    sheet = read_file(path, ROOT)
    assert sheet.problems == ()
    law: dict[str, Any] = sheet.value
    articles = {name: Article(article["heading"], tuple(article["paras"])) for name, article in law["articles"].items()}
    return Statute(
        path.parent.name, int(path.stem), law["title"],
        day(law["adopted"]), day(law["in_force_from"]), day(law["in_force_to"]), articles,
    )


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


HELD = {f"{law.key}/{law.year}": law for law in map(statute, FILES)}


def test_every_citation_in_the_repository_finds_its_words() -> None:
    missing = {
        text: sorted(CITED[text]) for text in CITED if isinstance(resolve(text, HELD), Problem)
    }
    assert missing == {}, "run `make statutes` after citing a new article"


def test_only_what_is_cited_is_held() -> None:
    cited = {(citation.law, citation.article) for citation in map(parse, CITED)}
    assert {(law, article) for law, text in HELD.items() for article in text.articles} <= cited


def test_no_paragraph_is_empty_or_begins_in_the_middle_of_a_list() -> None:
    for law in HELD.values():
        for article in law.articles.values():
            for paragraph in article.paras:
                assert paragraph.strip() == paragraph != ""
                assert not re.match(r"（[二三四五六七八九十]", paragraph)


def test_an_amended_law_is_in_force_from_the_day_of_its_amendment_not_of_its_first_version() -> None:
    for law in HELD.values():
        assert law.in_force_from
        assert law.adopted is None or law.adopted <= law.in_force_from


def test_paragraphs_are_counted_as_lawyers_count_them() -> None:
    """第八十一条第三款 is the fourth sentence group after a list of five items."""
    answer = resolve("criminal_procedure/2018#81.3", HELD)
    assert isinstance(answer, str)
    assert "十年有期徒刑以上刑罚" in answer
    assert resolve("criminal_procedure/2018#82.1(7)", HELD) == "（七）有流窜作案、多次作案、结伙作案重大嫌疑的。"


@pytest.mark.parametrize(("lines", "paras"), [
    (["甲：", "（一）子；", "（二）丑。", "乙。"], ["甲：\n（一）子；\n（二）丑。", "乙。"]),
    (["甲：", "（一）子：", "1.寅；", "2.卯；", "（二）丑。"], ["甲：\n（一）子：\n1.寅；\n2.卯；\n（二）丑。"]),
    (["甲：", "（一）子。", "本项规定……", "（二）丑。"], ["甲：\n（一）子。\n本项规定……\n（二）丑。"]),
    (["甲：", "（一）子。", "乙：", "（一）丑。"], ["甲：\n（一）子。", "乙：\n（一）丑。"]),
])
def test_the_items_of_a_list_belong_to_the_paragraph_that_opens_it(lines: list[str], paras: list[str]) -> None:
    assert list(cut.group(lines)) == paras


def test_an_article_that_ran_into_the_one_before_is_found_again() -> None:
    found = list(cut.split_lost_articles("371", ["通知。", "第三百七十二 条适用速裁程序。", "简要宣读。"]))
    assert found == [("371", ["通知。"]), ("372", ["适用速裁程序。", "简要宣读。"])]


@pytest.mark.parametrize(("said", "cited"), [
    ("basis: criminal_law/2023#264.", "criminal_law/2023#264"),
    ("# as the law says (criminal_law/2023#264.1)", "criminal_law/2023#264.1"),
    ('"criminal_law/2023#82.1(7)"', "criminal_law/2023#82.1(7)"),
    ("[criminal_law/2023#133-1, x]", "criminal_law/2023#133-1"),
])
def test_a_citation_is_found_in_a_sentence(tmp_path: Path, said: str, cited: str) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "a.yaml").write_text(said, encoding="utf-8")
    assert cut.mentions(tmp_path) == {cited: {"packs/a.yaml"}}


COLLECTION = Path(os.environ.get("DANGUI_DATA", "")) / "laws"
needs_collection = pytest.mark.skipif(
    not (COLLECTION / "articles.jsonl").exists(),
    reason="DANGUI_DATA is not set: the texts are not compared with their source",
)


@needs_collection
def test_the_texts_are_those_of_the_collection() -> None:
    dates = read_file(ROOT / "statutes" / "dates.yaml", ROOT).value
    laws = cut.read_laws(COLLECTION, dates["versions"])
    for path in FILES:
        law = HELD[f"{path.parent.name}/{path.stem}"]
        lines = cut.lines_of(laws[f"{law.key}/{law.year}"], set(law.articles), dates["checked_at"])
        assert path.read_text(encoding="utf-8") == "\n".join(lines) + "\n"


@needs_collection
def test_every_list_in_the_collection_has_its_items_one_after_the_other() -> None:
    laws = cut.read_laws(COLLECTION, {})
    for law in laws.values():
        for name, article in law.statute.articles.items():
            for paragraph in article.paras:
                marked = re.findall(r"^（[一二三四五六七八九十]+）", paragraph, re.MULTILINE)
                assert len(items(paragraph)) == len(marked), f"{law.statute.key}#{name}"
