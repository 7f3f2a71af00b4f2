"""One theft, driven through the screens alone: from the report to community correction, on a served node with its database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from dangui.render.press import pdf

from .test_browser import CHROMIUM
from .walk import Town, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the journey is not driven"),
]

NAME = "石小军"
CITIZEN = "110101199001011237"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A node of its own for this module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(browser, tmp_path_factory.mktemp("journey")) as found:
            yield found
        browser.close()


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real PDF of one page, as it comes from a scanner."""
    path = tmp_path_factory.mktemp("scans") / "现场勘验笔录.pdf"
    path.write_bytes(
        pdf(
            {
                "form": "record",
                "title": "现场勘验笔录",
                "agency": "清河县公安局",
                "number": "",
                "addressee": "",
                "paragraphs": ["卷帘门下沿有撬痕。"],
                "rights": [],
                "attachments": [],
                "signature_lines": [],
                "date": "二〇二六年三月十日",
                "day": "2026-03-10",
                "copies": [],
                "seal": False,
                "internal": False,
                "template": "sample",
            }
        )
    )
    return path


def test_a_theft_travels_from_the_report_to_community_correction(town: Town, scan: Path) -> None:
    the_police_investigate(town, scan)
    the_suspect_is_detained(town)
    he_is_interrogated_and_brought_to_the_house(town)
    counsel_acts_for_him(town)
    the_procuratorate_approves_the_arrest(town)
    the_police_arrest_him_and_conclude(town)
    the_procuratorate_takes_the_case_over(town)
    counsel_reads_the_dossier(town, scan)
    he_pleads_and_is_indicted(town)
    the_court_prepares(town)
    the_court_gives_judgment(town)
    he_is_set_free(town)
    the_judgment_takes_effect(town)
    he_reports_to_community_correction(town)
