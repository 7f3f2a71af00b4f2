"""The database under attack: hostile statements as the application's role, sessions of others, races, a lost server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hostile_town import CHIEF, INVESTIGATOR, Town, codes_of

from dangui.core.decide import Request
from dangui.core.ledger import Actor
from dangui.core.ports import Unavailable
from dangui.core.problem import Refusal
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore

STRANGER = Actor("an_ning", "linchuan_police", "investigator")


@pytest.fixture
def town(embedded_postgres: Dsns) -> Iterator[Town]:
    store = PostgresStore(Pool(embedded_postgres.app, size=8), Vault(b"s" * 32))
    made = Town(store=store)
    made.clerk.new_id = lambda kind: f"{kind}-{__import__('secrets').token_hex(6)}"
    yield made
    store.close()


def asked(dsn: str, actor: Actor | None, statement: str, *values: Any) -> list[Any]:
    """What a hostile client gets as the application's role in the name of ``actor``."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET ROLE dangui_app")
        if actor:
            for name, value in (("user", actor.user), ("agency", actor.agency), ("principal", actor.principal)):
                connection.execute("SELECT set_config(%s, %s, true)", (f"dangui.{name}", value))
        return connection.execute(statement.encode(), values).fetchall()


def test_nobody_opens_a_proceeding_into_a_case_that_he_may_not_see(town: Town) -> None:
    proceeding = town.open()
    case_id = town.state(proceeding).case_id
    with pytest.raises(Refusal) as refused:
        town.open(STRANGER, case_id=case_id)
    assert codes_of(refused.value) == ["access.denied"]
    assert town.state(town.open(case_id=case_id)).case_id == case_id


@pytest.mark.parametrize(
    "table",
    ["entry", "proceeding_row", "access", "task", "person", "person_key", "proceeding_person", "answer", "look"],
)
def test_another_agency_sees_no_line_of_any_table(town: Town, embedded_postgres: Dsns, table: str) -> None:
    proceeding, _ = town.filed("赵一")
    town.reader.proceeding(INVESTIGATOR, proceeding)
    assert asked(embedded_postgres.app, STRANGER, f"SELECT * FROM dangui.{table}") == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM dangui.job",
        "SELECT * FROM dangui.serial",
        "DELETE FROM dangui.answer RETURNING 1",
        "UPDATE dangui.entry SET kind = 'x' RETURNING 1",
        "INSERT INTO dangui.access VALUES ('a','b','full',false,now(),'') RETURNING 1",
        "SELECT dangui.project('{}'::jsonb)",
        "SELECT dangui.append('{}'::jsonb, '{}')",
        "SELECT dangui.enqueue('{}'::jsonb, '{}')",
        "SELECT dangui.take_job(now())",
        "SELECT dangui.jobs_waiting(10)",
        "SELECT dangui.shred('x')",
        "SELECT dangui.next_serial('qinghe_police', 'case.investigation', 2026)",
        "SELECT nextval('dangui.look_id_seq')",
        "SELECT currval('dangui.job_id_seq')",
    ],
)
def test_an_actor_calls_nothing_but_what_he_is_given(town: Town, embedded_postgres: Dsns, statement: str) -> None:
    town.open()
    with pytest.raises(psycopg.Error):
        asked(embedded_postgres.app, STRANGER, statement)


def test_every_function_that_runs_as_the_owner_has_its_search_path_fixed(embedded_postgres: Dsns) -> None:
    with psycopg.connect(embedded_postgres.owner) as owner:
        loose = owner.execute("""
            SELECT proname FROM pg_proc WHERE pronamespace = 'dangui'::regnamespace AND prosecdef
            AND NOT coalesce(array_to_string(proconfig, ',') LIKE 'search_path=%', false)""").fetchall()
    assert loose == []


def test_one_application_is_approved_once_however_many_approve_at_once(town: Town) -> None:
    proceeding, (person,) = town.filed("赵一")
    done = town.act(proceeding, "detain", (person,), ground=town.codes("detention_ground"), note="现场抓获")
    outcomes = at_once([lambda: town.clerk.approve(CHIEF, proceeding, done.application)] * 6)
    assert sum(not isinstance(each, Exception) for each in outcomes) == 1
    assert all(isinstance(each, Refusal) for each in outcomes if isinstance(each, Exception))


def test_the_same_request_sent_six_times_at_once_is_one_act(town: Town) -> None:
    proceeding, _ = town.filed()
    record = {"name": "赵一", "sex": "male", "born": "1990-04-01"}
    wanted = Request("join_suspect", (), {"record": record, "offence": "theft"})
    outcomes = at_once([lambda: town.clerk.act(INVESTIGATOR, proceeding, wanted, key="once")] * 6)
    assert len(set(map(str, outcomes))) == 1
    assert len(town.state(proceeding).people("suspect")) == 1


def test_a_key_used_by_a_colleague_gives_nothing_of_his_answer(town: Town) -> None:
    proceeding, _ = town.filed()
    record = {"name": "赵一", "sex": "male", "born": "1990-04-01"}
    wanted = Request("join_suspect", (), {"record": record, "offence": "theft"})
    town.clerk.act(INVESTIGATOR, proceeding, wanted, key="mine")
    with pytest.raises(Refusal) as refused:
        town.clerk.open(
            Actor("chen_guang", INVESTIGATOR.agency, "investigator"),
            "criminal/investigation",
            {"source": town.codes("case_source"), "reporter": "孙某", "summary": "x"},
            key="mine",
        )
    assert codes_of(refused.value) == ["request.key_reused"]


def test_nothing_is_half_written_when_the_server_goes_away_within_an_act(
    town: Town, embedded_postgres: Dsns, monkeypatch: pytest.MonkeyPatch
) -> None:
    proceeding, (person,) = town.filed("赵一")
    done = town.act(proceeding, "detain", (person,), ground=town.codes("detention_ground"), note="现场抓获")
    before = town.state(proceeding).head
    printer = town.clerk.printer

    def gone(filled: Any) -> bytes:
        with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return printer(filled)

    monkeypatch.setattr(town.clerk, "printer", gone)
    with pytest.raises(Unavailable):
        town.clerk.approve(CHIEF, proceeding, done.application)
    monkeypatch.undo()
    assert town.state(proceeding).head == before
    assert town.clerk.approve(CHIEF, proceeding, done.application)


def at_once(acts: list[Any]) -> list[Any]:
    """What came of acts begun together."""
    gate, outcomes = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        gate.wait()
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
