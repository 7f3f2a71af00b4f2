"""The desk in tests: Django on a database of the embedded server, the engine on the memory store, one made-up story."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
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

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from dangui.core.ledger import Actor
from dangui.store.embedded import Dsns
from dangui.web import parts, people
from dangui.web.environment import database
from dangui.web.models import Holder

from . import story


@pytest.fixture(scope="session")
def django_db_setup(embedded_server: Dsns, django_db_blocker: pytest.FixtureRequest, worker_id: str) -> None:
    """Django's tables in a database of their own, one per worker."""
    name = f"web_{worker_id}"
    with psycopg.connect(embedded_server.owner, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    described = database({"DANGUI_DATABASE_URL": embedded_server.database(name).owner})
    connections["default"].settings_dict.update(described)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)


@pytest.fixture
def node() -> story.Node:
    """An empty node, in use by the web."""
    made = story.node()
    parts.use(parts.Parts(made.reader, made.clerk, made.statutes, made.clerk.run_jobs))
    return made


@pytest.fixture
def enter(db: None) -> Callable[..., Client]:
    """Signs an actor in and gives their browser."""

    def signed_in(actor: Actor, name: str = "") -> Client:
        user = people.enrol(actor.user, name or actor.user, actor.agency, actor.post)
        client = Client(headers={"accept-language": "zh-CN"})
        holder = Holder.objects.get(user=user, agency=actor.agency, post=actor.post)
        client.post("/demo/sign-in/", {"holder": holder.pk})
        return client

    return signed_in


@pytest.fixture(autouse=True)
def _no_parts() -> Iterator[None]:
    """No test sees the parts of another."""
    yield
    parts._used.clear()
