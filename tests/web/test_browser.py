"""The desk in a real browser: keys, the sliding panel, explanations; without scripts, colour or mouse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dangui.core.ledger import Actor
from dangui.web import people
from dangui.web.models import Holder

from . import story

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    # The browser's library runs an event loop in this thread; Django would refuse to use its database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def sit(browser: Browser, live_server: Any, node: story.Node) -> Iterator[Callable[..., Page]]:
    """Signs an actor in, in a window of 1366×768; at the end nothing may have been complained about in the console."""
    complaints: list[str] = []
    contexts = []

    def seated(actor: Actor, **options: Any) -> Page:
        people.enrol(actor.user, actor.user, actor.agency, actor.post)
        holder = Holder.objects.get(user__username=actor.user, agency=actor.agency, post=actor.post)
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=live_server.url, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/accounts/login/")
        page.locator(f'button[name=holder][value="{holder.pk}"]').click()
        page.wait_for_url("**/desk/")
        return page

    yield seated
    for context in contexts:
        context.close()
    assert [said for said in complaints if "422" not in said] == []


def test_the_desk_is_accessible_in_light_and_dark(sit, node):
    proceeding, _ = story.detained(node, "赵大勇", "钱小军")
    sent = story.sent_for_arrest(node, "林一帆")
    case = node.reader.proceeding(story.INVESTIGATOR, sent).row.case_id
    places = [
        "/desk/",
        "/desk/?view=cases",
        "/desk/approvals/",
        "/desk/find/?q=赵大勇",
        "/desk/handovers/",
        "/desk/open/",
        "/desk/open/criminal/investigation/",
        "/desk/looks/",
        f"/desk/proceedings/{proceeding}/",
        f"/desk/proceedings/{proceeding}/act/extend_detention/",
        f"/desk/cases/{case}/",
        "/desk/_components/",
        "/desk/law/?of=criminal_procedure/2018%2391.1",
        "/",
    ]
    found = [
        said
        for scheme in ("light", "dark")
        for said in _violations(sit(story.INVESTIGATOR, color_scheme=scheme), scheme, places)
    ]
    found += _violations(sit(story.CASE_MANAGER), "light", ["/desk/inbox/"])
    assert found == []


def _violations(page: Page, scheme: str, places: list[str]) -> list[str]:
    found = []
    for place in places:
        page.goto(place)
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
        found += [
            f"{scheme} {place} {violation['id']}: {violation['nodes'][0]['html'][:300]}"
            for violation in result["violations"]
        ]
    return found


def test_no_page_is_wider_than_an_office_screen_or_a_phone(sit, node):
    proceeding, _ = story.detained(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        for place in (
            "/desk/",
            f"/desk/proceedings/{proceeding}/",
            f"/desk/proceedings/{proceeding}/act/join_suspect/",
            "/desk/open/",
        ):
            page.goto(place)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (place, width)


def test_rows_are_walked_and_opened_with_the_keyboard_alone(sit, node):
    story.detained(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.at")).to_have_count(1)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/proceedings/**")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/desk/")
    page.keyboard.press("/")
    page.keyboard.type("赵大勇")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/find/**")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_form_slides_in_beside_the_case_and_goes_back(sit, node):
    proceeding, _ = story.detained(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    page.goto(f"/desk/proceedings/{proceeding}/")
    page.locator("#panel").get_by_text("延长拘留期限").click()
    expect(page.locator("#panel form.act")).to_be_visible()
    expect(page.locator("#limits")).to_be_visible()
    assert page.url.endswith("/act/extend_detention/")
    page.go_back()
    expect(page.locator("#panel form.act")).to_have_count(0)
    page.go_forward()
    expect(page.locator("#panel form.act")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel form.act")).to_have_count(0)


def test_a_refusal_is_a_checklist_that_leads_to_the_field(sit, node):
    proceeding, _ = story.filed(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    page.goto(f"/desk/proceedings/{proceeding}/act/join_suspect/")
    page.fill('[name="record.name"]', "钱小军")
    page.select_option('[name="record.id_type"]', "resident_id")
    page.fill('[name="record.id_number"]', "110101199001011234")
    page.locator("form.act footer button").click()
    expect(page.locator(".refusal li")).to_have_count(1)
    expect(page.locator(".refusal")).to_be_focused()
    page.locator(".refusal a[href='#f-record']").click()
    expect(page.locator("#f-record .wrong-why")).to_be_in_viewport()


def test_a_limit_explains_itself_on_hover_focus_and_click(sit, node):
    proceeding, _ = story.detained(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    page.goto(f"/desk/proceedings/{proceeding}/")
    limit = page.locator(".limit").first
    expect(limit.locator(".why")).to_be_hidden()
    limit.locator(".limit-bar").hover()
    expect(limit.locator(".why")).to_be_visible()
    expect(limit.locator(".why")).to_contain_text("《刑事诉讼法》")
    page.mouse.move(0, 0)
    expect(limit.locator(".why")).to_be_hidden()
    limit.locator(".limit-bar").click()
    page.mouse.move(0, 0)
    expect(limit.locator(".why")).to_be_visible()
    page.keyboard.press("Escape")
    expect(limit.locator(".why")).to_be_hidden()


def test_what_is_typed_is_kept_while_typing(sit, node):
    proceeding, _ = story.filed(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    place = f"/desk/proceedings/{proceeding}/act/detain/"
    page.goto(place)
    page.fill('[name="note"]', "企图逃跑，当场抓获")
    expect(page.locator(".saved")).to_have_text("草稿已存", timeout=8000)
    page.goto(place)
    expect(page.locator('[name="note"]')).to_have_value("企图逃跑，当场抓获")


def test_the_essentials_work_without_scripts(sit, node):
    proceeding, _ = story.filed(node, "赵大勇")
    page = sit(story.INVESTIGATOR, java_script_enabled=False)
    page.goto(f"/desk/proceedings/{proceeding}/")
    page.locator("#panel .actions").get_by_text("刑事拘留", exact=True).click()
    page.locator('[name="_persons"]').check()
    page.select_option('[name="ground"]', index=1)
    page.locator("form.act footer button").click()
    expect(page.locator(".notice")).to_contain_text("已呈请")
    chief = sit(story.CHIEF, java_script_enabled=False)
    chief.goto("/desk/approvals/")
    chief.get_by_role("button", name="批准", exact=True).click()
    expect(chief.locator(".notice")).to_contain_text("已批准")


def test_print_shows_every_explanation_and_nothing_to_click(sit, node):
    proceeding, _ = story.detained(node, "赵大勇")
    page = sit(story.INVESTIGATOR)
    page.goto(f"/desk/proceedings/{proceeding}/")
    page.emulate_media(media="print")
    expect(page.locator(".why").first).to_be_visible()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(".band")).to_be_hidden()
