"""Official documents come out as PDF/A, word for word, whatever the words are."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from dangui.core.document import FORMS
from dangui.render.press import MissingGlyph, Press, pdf
from dangui.render.preview import pages, png, text

NOTICE = {
    "template": "notice", "form": "letter", "title": "拘留通知书", "number": "清公（刑）拘通字〔2026〕1号",
    "agency": "清河县公安局", "addressee": "王五",
    "paragraphs": ["我局已将王某刑事拘留，现羁押在清河县看守所。", "特此通知。"], "rights": [],
    "attachments": [], "signature_lines": [], "date": "二〇二六年三月五日", "day": "2026-03-05", "copies": ["正本"],
    "seal": True, "internal": False,
}


def words(filled):
    return re.sub(r"\s", "", text(pdf(filled)))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints_all_its_words(form):
    found = words({**NOTICE, "form": form, "rights": ["如不服，可以申请复议。"], "attachments": ["清单一份"]})
    for part in ("拘留通知书", "清公（刑）拘通字〔2026〕1号", "王五", "特此通知。", "如不服，可以申请复议。",
                 "清单一份", "二〇二六年三月五日", "第1页共1页"):
        assert part in found


def test_the_file_is_marked_as_pdf_a_2b_and_names_its_title():
    metadata = pikepdf.open(BytesIO(pdf(NOTICE))).open_metadata()
    assert (metadata.pdfa_status, metadata["dc:title"]) == ("2B", "拘留通知书")


def test_the_same_words_give_the_same_bytes():
    assert pdf(NOTICE) == Press()(NOTICE)


@pytest.mark.parametrize("hostile", [
    "#panic()", "$x^2$", "]#[", "\\", "#{ 1 / 0 }", "*甲* _乙_ `丙`", "<label> @ref", "// 注释 /* 甲 */",
    "= 一级", "- 项", "{agency.name}", "\"'“”", "#import \"/etc/passwd\"", "https://example.org/#a", "--- ... ~",
])
def test_words_are_never_read_as_markup(hostile):
    shown = re.sub(r"\s", "", hostile)
    filled = {**NOTICE, "title": f"通知{hostile}", "addressee": hostile, "agency": hostile, "attachments": [hostile],
              "paragraphs": [hostile, [hostile, "甲"]], "signature_lines": [f"审判长 {hostile}"], "copies": [hostile]}
    assert words(filled).count(shown) >= 6


@pytest.mark.parametrize("long", ["判" * 2000, "f" * 2000, "甲a" * 1000])
def test_a_long_line_stays_on_the_page(long):
    made = pdf({**NOTICE, "paragraphs": [long, ["摘要", long]]})
    assert re.sub(r"\s|第\d+页|共\d+页", "", text(made)).count(long[:800])
    assert not _reaches_margin(made)


def test_every_missing_character_is_named():
    with pytest.raises(MissingGlyph) as refused:
        pdf({**NOTICE, "paragraphs": ["彝文ꀀ与表情😀"], "addressee": "\x00"})
    assert set(refused.value.characters) == {"ꀀ", "😀", "\x00"}
    assert "U+A000" in str(refused.value)
    assert "字库中没有" in refused.value.problem.says["zh"]


def test_rare_characters_of_names_are_printed_also_in_a_title():
    assert "䶮㛃𬍛𬴊" in words({**NOTICE, "title": "关于龑䶮㛃𬍛𬴊的通知"})
    assert "镕喆祎堃" in words({**NOTICE, "title": "关于镕喆祎堃的通知"})


def test_a_seal_says_that_it_is_a_sample_and_may_be_left_out():
    assert "样章" in words(NOTICE)
    assert "样章" not in words({**NOTICE, "seal": False})
    assert "样章" not in text(Press(seal="none")(NOTICE))


def test_a_record_asks_for_signatures_on_every_page():
    record = {**NOTICE, "form": "record", "seal": False, "signature_lines": ["本人（签名、捺指印）："],
              "paragraphs": ["问：是否属实？"] * 80}
    assert text(pdf(record)).count("捺指印") == pages(pdf(record)) >= 3


def test_no_page_holds_the_seal_or_the_attachments_alone():
    for count in range(1, 46):
        made = pdf({**NOTICE, "paragraphs": ["经审查，情况属实。"] * count, "attachments": ["清单"]})
        last = re.sub(r"\s", "", text(made).split("\f")[-1])
        assert "情况属实" in last, count


def test_judges_sign_above_the_date_and_the_clerk_below():
    found = words({**NOTICE, "form": "judgment", "signature_lines": ["审判长 王芳", "书记员 赵云"]})
    assert found.index("王芳") < found.index("二〇二六年三月五日") < found.index("赵云")


def test_fifty_attachments_are_all_listed():
    assert "50.材料50号" in words({**NOTICE, "attachments": [f"材料{number}号" for number in range(1, 51)]})


def test_who_confirms_signs_on_the_page_of_the_seal():
    filled = {**NOTICE, "form": "certificate", "signature_lines": ["本证已向我宣布。", "被拘留人（签名、捺指印）："]}
    assert "本证已向我宣布。被拘留人（签名、捺指印）：" in words(filled)


def test_an_internal_document_says_so():
    assert "不随案移送" in words({**NOTICE, "internal": True})


def test_one_press_serves_many_threads():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: pdf({**NOTICE, "number": f"第{number}号"}), range(12)))
    assert all(f"第{number}号" in text(one) for number, one in enumerate(made))


def test_a_page_is_shown_as_an_image():
    assert png(pdf(NOTICE), 1, 72).startswith(b"\x89PNG")
    with pytest.raises(IndexError):
        png(pdf(NOTICE), 2, 72)


def _reaches_margin(data):
    """Whether ink lies within 20 mm of the right edge of a page."""
    for page in pypdfium2.PdfDocument(data):
        image = page.render(scale=1).to_pil().convert("L")
        if min(image.crop((image.width - 57, 0, image.width, image.height)).tobytes()) < 128:
            return True
    return False
