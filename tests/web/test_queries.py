"""How often a page asks the database: as often for many cases as for one, and never more than is written down here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from dangui.reader import Reader
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from dangui.web import parts

from . import story

MOST = {
    "/desk/": 12,
    "/desk/?view=cases": 12,
    "/desk/?view=post": 12,
    "/desk/find/?q=赵大勇": 12,
    "/desk/handovers/": 32,
    "/desk/open/": 8,
    "/desk/looks/": 12,
    "{proceeding}": 26,
    "{proceeding}act/join_victim/": 30,
    "{proceeding}act/bind_material/": 30,
    "{case}": 16,
}
"""Statements that a page may send, the session and the person included."""

PER_CASE = {"/desk/handovers/": 2}
"""A page that looks into each open case for what is under way: whether it moved, and whether it may be seen."""
CASES = 8


@pytest.fixture
def stored(embedded_postgres: Dsns) -> Iterator[story.Node]:
    """An empty node on the real store, in use by the web."""
    made = story.node()
    store = PostgresStore(Pool(embedded_postgres.app), Vault(b"s" * 32))
    made.clerk.store = store
    made.reader = Reader(made.clerk)
    parts.use(parts.Parts(made.reader, made.clerk, made.statutes, made.clerk.run_jobs))
    yield made
    store.close()


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, by the store and by the web's own tables."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *given: Any, **more: Any) -> Any:
        sent.append(str(query))
        return execute(cursor, query, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noted)
        yield sent


def test_no_page_asks_more_often_than_is_written_down_nor_more_for_more_cases(stored, enter, monkeypatch):
    client = enter(story.INVESTIGATOR)
    proceeding, _ = story.detained(stored, "赵大勇", "钱小军")
    few = statements(client, pages(stored, proceeding), monkeypatch)
    for number in range(CASES):
        story.detained(stored, f"孙{'一二三四五六七八'[number]}", "赵大勇")
    many = statements(client, pages(stored, proceeding), monkeypatch)

    assert {page: count for page, count in many.items() if count > few[page] + CASES * PER_CASE.get(page, 0)} == {}
    assert {page: count for page, count in many.items() if count > MOST[page]} == {}


def test_lists_of_applications_and_hand_overs_ask_a_bounded_number_of_times_per_line(stored, enter, monkeypatch):
    for number in range(6):
        story.sent_for_arrest(stored, f"孙{'一二三四五六'[number]}")
    client = enter(story.CASE_MANAGER)
    with counted(monkeypatch) as sent:
        assert client.get("/desk/inbox/").content.decode().count("ticket-card") == 6
    assert len(sent) <= 20 + 4 * 6, sent


def pages(node: story.Node, proceeding: str) -> dict[str, str]:
    """The addresses, by how they are written down."""
    case = node.reader.proceeding(story.INVESTIGATOR, proceeding).row.case_id
    known = {"proceeding": f"/desk/proceedings/{proceeding}/", "case": f"/desk/cases/{case}/"}
    return {page: page.format(**known) for page in MOST}


def statements(client: Any, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many statements each page sends, when everything that is remembered is remembered."""
    found = {}
    for page, address in addresses.items():
        assert client.get(address).status_code == 200
        with counted(monkeypatch) as sent:
            client.get(address)
        found[page] = len(sent)
    return found
