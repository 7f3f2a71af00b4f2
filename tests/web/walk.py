"""People at their screens: each helper is one thing that a person does with the desk; it fails with what is said."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, Page, expect

from dangui.core.calendar import CHINA

SIZE = {"width": 1366, "height": 768}
PATIENCE = 30
"""Seconds that a hand-over may take to arrive; it takes a moment."""


@dataclass
class Town:
    """A served node with its clock, and a browser to look at it."""

    browser: Browser
    url: str
    clock: Path

    def it_is(self, moment: str) -> None:
        """Set the clock; it goes on from there."""
        ahead = datetime.fromisoformat(moment).replace(tzinfo=CHINA) - datetime.now(CHINA)
        waiting = self.clock.with_suffix(".new")
        waiting.write_text(str(ahead.total_seconds()))
        waiting.replace(self.clock)

    @contextmanager
    def at_the_desk_of(self, name: str, **options: Any) -> Iterator[Seat]:
        """Somebody signs in with one click; at the end nothing may have gone wrong behind the screen."""
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN", base_url=self.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        seat, wrong = Seat(context.new_page()), []
        seat.page.on("pageerror", lambda error: wrong.append(str(error)))
        seat.page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 500 else None)
        seat.page.goto("/accounts/login/")
        seat.page.get_by_role("button", name=name).first.click()
        seat.page.wait_for_url("**/desk/")
        yield seat
        context.close()
        assert wrong == []


@dataclass
class Seat:
    """One person's window."""

    page: Page

    def opens(self, procedure: str, **given: Any) -> str:
        """受理新案; returns the address of the new proceeding."""
        self.page.get_by_role("link", name="受理新案").click()
        self.page.locator(".openings a").filter(has_text=procedure).click()
        self.hands_in(**given)
        return self.page.url

    def goes_to(self, person: str, procedure: str) -> None:
        """Finds a case by a person's name."""
        self.page.locator("#search").fill(person)
        self.page.locator("#search").press("Enter")
        self.page.locator("tbody tr").filter(has_text=procedure).locator(".row-link").click()
        expect(self.page.locator(".case-head")).to_be_visible()

    def does(self, action: str, **given: Any) -> None:
        """Chooses an action beside the case, fills its form in and hands it in."""
        self.begins(action)
        self.hands_in(**given)

    def begins(self, action: str) -> None:
        """Opens the form of an action beside the case."""
        box = self.page.locator("#filter-actions")
        if box.count():
            box.fill(action)
        self.page.locator("#panel .actions a").filter(has=self.page.get_by_text(action, exact=True)).click()
        expect(self.page.locator("#panel h2").first).to_have_text(action)

    def may(self) -> list[str]:
        """The actions offered beside the case."""
        return self.page.locator("#panel .actions a span:first-child").all_text_contents()

    def is_refused(self, action: str, **given: Any) -> str:
        """Hands a form in and reads why it is refused."""
        self.begins(action)
        return self.is_refused_again(**given)

    def is_refused_again(self, **given: Any) -> str:
        """Hands in the form that is open and reads why it is refused."""
        self.fills(given)
        self.sends()
        return str(self.page.locator(".refusal").inner_text())

    def fills(self, given: dict[str, Any]) -> None:
        """Fills in the form that is open."""
        for name, value in given.items():
            self._fills_in(name, value)

    def hands_in(self, **given: Any) -> None:
        """Fills in what is left and hands the form in; it must be accepted."""
        self.fills(given)
        self.sends()
        assert self.page.locator(".refusal").all_inner_texts() == []
        self._is_told("已")

    def sends(self) -> None:
        """Presses the button of the form that is open."""
        with self.page.expect_navigation():
            self.page.locator("form.act footer button").click()

    def what_would_be_sent(self) -> dict[str, str]:
        """Everything in the form that is open, hidden fields too."""
        return dict(self.page.evaluate("Object.fromEntries(new FormData(document.querySelector('form.act')))"))

    def forges(self, address: str) -> str:
        """Sends an order that no button offers, and reads the answer."""
        token = self.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        return self.page.request.post(
            urljoin(self.page.url, address), form={"csrfmiddlewaretoken": token, "key": "forged"}
        ).text()

    def speaks(self, language: str) -> None:
        """Changes the language of the desk."""
        self.page.locator(".seat summary").click()
        with self.page.expect_navigation():
            self.page.locator(".seat").get_by_role("button", name=language).click()

    def types(self, *keys: str) -> None:
        """Keys and words, one after the other, without a mouse."""
        for each in keys:
            if len(each) == 1 or each in ("Enter", "Escape", "Tab"):
                self.page.keyboard.press(each)
            else:
                self.page.keyboard.type(each)

    def approves(self, action: str) -> None:
        """批准."""
        self.page.goto("/desk/approvals/")
        self._card(action).get_by_role("button", name="批准", exact=True).click()
        self._is_told("已批准")

    def carries_out(self, action: str, at: str = "") -> None:
        """执行, at the time it really happened."""
        self.page.goto("/desk/approvals/")
        card = self._card(action)
        if at:
            card.get_by_label("执行时间").fill(at)
        card.get_by_role("button", name="已执行").click()
        self._is_told("执行已登记")

    def receives(self, handover: str) -> None:
        """Signs for a hand-over with one click, as soon as it has arrived, and lands in the case."""
        self.awaits(handover).get_by_role("button", name="签收").click()
        self._is_told("已签收")
        expect(self.page.locator(".case-head")).to_be_visible()

    def awaits(self, handover: str) -> Locator:
        """Looks into the inbox until a hand-over is there."""
        end = time.monotonic() + PATIENCE
        card = self._card(handover)
        while not card.count():
            assert time.monotonic() < end, f"{handover} has not arrived"
            self.page.goto("/desk/inbox/")
        return card

    def address_of(self, paper: str) -> str:
        """Where a paper of the dossier beside it is read."""
        return urljoin(self.page.url, str(self.page.locator("#dossier a").filter(has_text=paper).get_attribute("href")))

    def sees_nothing_at(self, address: str) -> None:
        """Guesses an address, and is told only that there is nothing to see."""
        self.page.goto(address)
        expect(self.page.locator("h1")).to_have_text("这里没有您能看的内容")
        self.page.goto("/desk/")

    def _card(self, title: str) -> Locator:
        return self.page.locator("article.card").filter(has=self.page.locator("h2", has_text=title)).first

    def _is_told(self, words: str) -> None:
        expect(self.page.locator(".notice").first).to_contain_text(words)

    def _fills_in(self, name: str, value: Any) -> None:
        if name == "of":
            self.page.locator("#f-persons label").filter(has_text=value).locator("input").check()
        elif name == "at":
            self.page.get_by_label("发生时间").fill(value)
        elif isinstance(value, dict):
            for key, text in value.items():
                _put(self.page.locator(f'[name="{name}.{key}"]'), text)
        else:
            _choose(self.page.locator(f"#f-{name}"), value)


def _choose(field: Locator, value: Any) -> None:
    """Puts a value into a field; options are chosen by the words on the screen."""
    if isinstance(value, Path):
        field.locator("input[type=file]").set_input_files(value)
    elif isinstance(value, list):
        for each in value:
            field.get_by_label(each, exact=True).check()
    elif value is True:
        field.locator("input").check()
    elif field.locator("input[type=radio]").count():
        field.get_by_label(value, exact=True).check()
    else:
        _put(field.locator("input, select, textarea").first, value)


def _put(place: Locator, value: Any) -> None:
    if place.evaluate("each => each.tagName") == "SELECT":
        place.select_option(label=value)
    else:
        place.fill(str(value))


@contextmanager
def served(browser: Browser, folder: Path) -> Iterator[Town]:
    """A fresh node, served by a process of its own on a free port."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    town = Town(browser, f"http://127.0.0.1:{port}", folder / "clock")
    town.it_is("2026-03-10 09:00")
    command = [
        sys.executable,
        str(Path(__file__).with_name("served.py")),
        str(folder / "node"),
        str(port),
        str(town.clock),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield town
        finally:
            process.terminate()
