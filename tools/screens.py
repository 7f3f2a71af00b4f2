"""Screens — 截图: the ten main screens in both languages at 1366×768, taken from the demonstration, into docs/screens/.

python tools/screens.py [FOLDER]      starts the demonstration by itself, unless DANGUI_URL names a running one
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
SIZE = {"width": 1366, "height": 768}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
PATIENCE = 300
"""Seconds the demonstration may take to be played and served."""

STORY = "陆小川"
"""A person of the demonstration's story, the case that travels the whole way."""
POLICE, PROCURATORATE, LAWYERS = "清河县公安局", "清河县人民检察院", "明理律师事务所"


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a running demonstration; one that was started here is stopped again."""
    if "DANGUI_URL" in os.environ:
        yield os.environ["DANGUI_URL"].rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [str(Path(sys.executable).with_name("dangui")), "demo", "--listen", place]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        _wait(f"http://{place}/", running)
        yield f"http://{place}"
    finally:
        running.terminate()
        running.wait(30)


def _wait(address: str, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and running.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the demonstration did not start")


def window(browser: Browser, url: str, language: str) -> Page:
    """A new window in that language."""
    context = browser.new_context(viewport=SIZE, base_url=url)
    context.add_cookies([{"name": "dangui_language", "value": LANGUAGES[language], "url": url}])
    return context.new_page()


def seats(browser: Browser, url: str, language: str, agency: str, post: str) -> Iterator[Page]:
    """A window for each person in that post, signed in, in that language."""
    entrance = browser.new_context(viewport=SIZE, locale="zh-CN", base_url=url).new_page()
    entrance.goto("/accounts/login/")
    section = entrance.locator("section.agency").filter(has=entrance.get_by_role("heading", name=agency, exact=True))
    holders = [
        button.get_attribute("value")
        for button in section.locator("button[name=holder]").all()
        if button.locator("b").inner_text() == post
    ]
    for holder in holders:
        page = window(browser, url, language)
        page.goto("/accounts/login/")
        page.locator(f'button[name=holder][value="{holder}"]').click()
        page.wait_for_url("**/desk/")
        page.locator(".seat summary").click()
        page.locator(f'.seat button[value="{LANGUAGES[language]}"]').click()
        page.wait_for_load_state()
        page.goto("/desk/")
        yield page
        page.context.close()
    entrance.context.close()


def seat(
    browser: Browser, url: str, language: str, agency: str, post: str, place: str = "/desk/", wanted: str = ".row-link"
) -> Page:
    """The person in that post who has most of what is wanted on that page."""
    best: tuple[int, str] = (-1, "")
    for page in seats(browser, url, language, agency, post):
        page.goto(place)
        count = page.locator(wanted).count()
        best = max(best, (count, page.locator(".seat-who").inner_text()))
    for page in seats(browser, url, language, agency, post):
        if page.locator(".seat-who").inner_text() == best[1]:
            page.goto(place)
            return page
    raise SystemExit(f"nobody is {post} at {agency}")


def take(browser: Browser, url: str, language: str, keep: Callable[[Page, str], None]) -> None:
    """All ten in one language."""
    page = window(browser, url, language)
    page.goto("/accounts/login/")
    keep(page, "01_entrance")
    page = seat(browser, url, language, POLICE, "侦查员")
    keep(page, "02_my_work")
    page.locator(".row-link").first.click()
    page.wait_for_url("**/desk/proceedings/**")
    keep(page, "03_proceeding")
    page.locator("#limits > .limit .limit-bar").last.hover()
    keep(page, "04_limit_explained")
    page.mouse.move(0, 0)
    page.locator("#panel .actions a").first.click()
    page.locator("#panel form.act").wait_for()
    page.wait_for_timeout(400)
    keep(page, "05_action")
    page.go_back()
    page.locator("#papers td a").first.click()
    page.wait_for_load_state("networkidle")
    keep(page, "06_document")
    keep(seat(browser, url, language, POLICE, "局领导", "/desk/approvals/"), "07_approvals")
    keep(seat(browser, url, language, PROCURATORATE, "案管", "/desk/inbox/"), "08_inbox")
    page = seat(browser, url, language, PROCURATORATE, "检察官", f"/desk/find/?q={STORY}")
    longest(page)
    keep(page, "09_rail")
    page = seat(browser, url, language, LAWYERS, "律师", "/desk/?view=cases")
    page.locator(".row-link").first.click()
    page.wait_for_url("**/desk/proceedings/**")
    keep(page, "10_counsel")


def longest(page: Page) -> None:
    """Open the rail with most stations among those found."""
    best: tuple[int, str] = (0, "")
    for place in [link.get_attribute("href") or "" for link in page.locator(".row-link").all()[:12]]:
        page.goto(place)
        stations = page.locator(".case-rail .st").count()
        best = max(best, (stations, page.locator("a.case-rail").get_attribute("href") or ""))
    page.goto(best[1])


def main(arguments: list[str]) -> int:
    """Take them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("没有 Chromium，无法截图 · there is no Chromium to take pictures with", file=sys.stderr)
        return 1
    folder = Path(arguments[0]) if arguments else ROOT / "docs/screens"
    folder.mkdir(parents=True, exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for language in LANGUAGES:

            def keep(page: Page, name: str, language: str = language) -> None:
                page.screenshot(path=str(folder / f"{name}_{language}.png"))
                print(f"{name}_{language}.png", flush=True)

            take(browser, url, language, keep)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
