"""The made-up materials are pages that can be opened and read."""

from __future__ import annotations

import pytest

from dangui.demo.pages import Scanner, scanned
from dangui.render.preview import pages, text
from dangui.store.memory import MemoryBlobs

RECORD = {"form": "record", "title": "询问笔录", "head": [["被询问人", "沈玉琴"]],
          "says": ["问：丢了什么？", "答：香烟四十三条。"]}
SHEET = {"form": "sheet", "title": "价格认定结论书", "rows": [["标的", "价格"], ["香烟", "8645"]],
         "says": ["合计8645元。"]}


@pytest.fixture(scope="module")
def scanner():
    return Scanner()


@pytest.mark.parametrize(("said", "words"), [(RECORD, "香烟四十三条"), (SHEET, "8645")])
def test_a_record_or_a_sheet_is_one_page_that_says_what_the_script_says(scanner, said, words):
    data, media_type = scanner.page(said)
    assert media_type == "application/pdf"
    assert pages(data) == 1
    assert words in text(data)


@pytest.mark.parametrize("scene", ["shutter", "shelf", "phone", "cash", "street"])
def test_a_photograph_is_a_drawing(scanner, scene):
    data, media_type = scanner.page({"form": "photo", "scene": scene, "title": "现场照片", "says": ["编号1"]})
    assert media_type == "image/png"
    assert data.startswith(b"\x89PNG")


def test_the_page_lies_in_the_blobs_under_its_digest(scanner):
    blobs = MemoryBlobs()
    value = scanned(scanner)(blobs, RECORD)
    assert value["name"] == "询问笔录.pdf"
    assert blobs.open(value["blob"]).read().startswith(b"%PDF")
