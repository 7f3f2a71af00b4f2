"""The API in tests: a small town's node on a real database, and a caller for anybody in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

with patch.dict(
    os.environ,
    {
        "DJANGO_SETTINGS_MODULE": "dangui.web.settings",  # not left behind: a worker would load settings too early
        "DANGUI_DEMO": "1",
        "DANGUI_EMBEDDED": "1",
        "DANGUI_DATABASE_URL": "postgresql:///unset",
        "DANGUI_HOSTS": "testserver,localhost",
    },
):
    import django

    django.setup()

import pytest
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from dangui.api import caller, keys
from dangui.app import Settings, assemble
from dangui.people import read_people
from dangui.store.blobs import DirectoryBlobs
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from dangui.web import parts, people
from dangui.web.environment import database

SMALL = Path(__file__).parents[1] / "small"


@dataclass
class Caller:
    """Somebody's system, with the key of a person in a post."""

    key: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request below /api/v1."""
        given = {
            "Authorization": f"Bearer {self.key}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        more = (
            {}
            if body is None
            else {
                "data": json.dumps(body) if not isinstance(body, bytes) else body,
                "content_type": headers.get("Content_Type", "application/json"),
            }
        )
        return self.client.generic(method.upper(), f"/api/v1{address}", headers=given, **more)

    def get(self, address: str) -> Any:
        """The JSON of a GET that must succeed."""
        response = self.ask("get", address)
        assert response.status_code == 200, (address, response.content.decode())
        return response.json()

    def post(self, address: str, body: Any, status: int = 200, **headers: str) -> Any:
        """The JSON of a POST that must have this status."""
        response = self.ask("post", address, body, **headers)
        assert response.status_code == status, (response.status_code, response.content.decode())
        return response.json()


def codes(answer: Any) -> list[str]:
    """The codes of an answer's problems."""
    return [problem["code"] for problem in answer["problems"]]


@pytest.fixture(scope="module")
def _town(embedded_postgres: Dsns, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    before = dict(connections["default"].settings_dict)
    connections["default"].close()
    connections["default"].settings_dict.update(database({"DANGUI_DATABASE_URL": embedded_postgres.owner}))
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        directory = read_people(SMALL / "agencies/town/people.yaml")
        for holder in directory.holders:
            people.enrol(holder.user, holder.zh, holder.agency, holder.post)
        store = PostgresStore(Pool(embedded_postgres.app, size=6, patience=2), Vault(b"k" * 32))
        node = assemble(
            Settings(home, SMALL, embedded_postgres.app, demo=False), store, DirectoryBlobs(home / "blobs"), directory
        )
        yield node
        connections.close_all()
        store.close()
    connections["default"].settings_dict.update(before)


@pytest.fixture
def town(_town: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The node, in use by the web; what is queued is delivered after each act."""
    parts.use(parts.Parts(_town.reader, _town.clerk, _town.statutes, _town.clerk.run_jobs))
    monkeypatch.setattr(caller, "allowance", caller.Allowance(10_000))
    yield _town
    parts._used.clear()


@pytest.fixture
def calling(town: Any) -> Callable[[str], Caller]:
    """A caller by user id."""

    def made(user: str) -> Caller:
        agency, post = town.people.office(user)
        return Caller(keys.issue(user, agency, post, "test", timedelta(days=1)))

    return made
