"""A session of one agency tries everything on the proceedings of another, with SQL of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from store_samples import LI, job, look, open_proceeding, person, task

from dangui.core.ports import Answer
from dangui.store.embedded import Dsns
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore

TABLES = ("entry", "proceeding_row", "access", "task", "person", "person_key", "proceeding_person", "serial", "answer",
          "job", "look")
ODD = ("", "%", "_", "*", "NULL", "null", "police_east/%", "police_east/*", "police_east", "user:", "user:%",
       "' OR true --", "{police_east/investigator}", "police_east/investigator ", "POLICE_EAST/INVESTIGATOR", "/inbox")

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def victim(postgres_store: PostgresStore) -> str:
    """A proceeding of the police with a line in every table."""
    if not open_before(postgres_store):
        open_proceeding(postgres_store, "victim", tasks=[task("victim")], persons=("a",))
        with postgres_store.writing(LI) as tx:
            tx.put_person(person("a", "case-of-victim", "赵六"))
            tx.next_serial(LI.agency, "立案", 2026)
            tx.remember("key", Answer("request", {"secret": 1}))
            tx.enqueue(job("victim", secret="s"))
            tx.record(look("victim"))
    return "victim"


def open_before(store: PostgresStore) -> bool:
    with store.reading(LI) as tx:
        return tx.head("victim") is not None


@pytest.fixture
def hostile(embedded_postgres: Dsns, victim: str) -> Iterator[Connection]:
    """A prosecutor's session in the hands of somebody who writes SQL."""
    with psycopg.connect(embedded_postgres.app, autocommit=True) as connection:
        act_as(connection, "wang", "procuratorate_east", "procuratorate_east/prosecutor")
        yield connection


def act_as(connection: Connection, user: str | None, agency: str | None, principal: str | None) -> None:
    connection.execute(
        "SELECT set_config('dangui.user', %s, false), set_config('dangui.agency', %s, false),"
        " set_config('dangui.principal', %s, false)", [user, agency, principal])


def seen(connection: Connection) -> list[tuple[str, int]]:
    """Tables that show anything."""
    found = []
    for table in TABLES:
        try:
            count, = connection.execute(f"SELECT count(*) FROM dangui.{table}").fetchone() or (0,)
        except psycopg.errors.InsufficientPrivilege:
            continue
        if count:
            found.append((table, count))
    return found


def test_the_victim_s_own_post_sees_its_lines(hostile: Connection) -> None:
    act_as(hostile, "li", "police_east", "police_east/investigator")
    assert {table for table, _ in seen(hostile)} == {
        "entry", "proceeding_row", "access", "task", "person", "person_key", "proceeding_person", "answer", "look"}


def test_a_session_of_another_agency_sees_no_line_of_any_table(hostile: Connection) -> None:
    assert seen(hostile) == []


@pytest.mark.parametrize("value", [*ODD, None])
def test_odd_settings_open_nothing(hostile: Connection, value: str | None) -> None:
    act_as(hostile, value, value, value)
    assert seen(hostile) == []
    act_as(hostile, "", "", value)
    assert seen(hostile) == []
    act_as(hostile, value, "procuratorate_east", f"procuratorate_east/{value}")
    assert seen(hostile) == []


def test_settings_never_made_open_nothing(embedded_postgres: Dsns, victim: str) -> None:
    with psycopg.connect(embedded_postgres.app, autocommit=True) as connection:
        assert seen(connection) == []
        with connection.transaction():
            connection.execute("SELECT set_config('dangui.principal', 'police_east/investigator', true)")
            assert connection.execute("SELECT count(*) FROM dangui.entry").fetchone() == (1,)
        assert seen(connection) == []


def test_the_machine_of_another_agency_sees_nothing(hostile: Connection) -> None:
    act_as(hostile, "machine", "procuratorate_east", "procuratorate_east/inbox")
    assert seen(hostile) == []
    act_as(hostile, "machine", "procuratorate_east", "police_east/inbox")
    assert seen(hostile) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", [
    "DELETE FROM dangui.{table}", "TRUNCATE dangui.{table}", "INSERT INTO dangui.{table} DEFAULT VALUES",
    "ALTER TABLE dangui.{table} DISABLE ROW LEVEL SECURITY", "DROP TABLE dangui.{table}",
    "CREATE POLICY mine ON dangui.{table} USING (true)",
    "DO $$ BEGIN LOCK dangui.{table} IN ACCESS EXCLUSIVE MODE; END $$",
    "CREATE TRIGGER t BEFORE INSERT ON dangui.{table} EXECUTE FUNCTION dangui.refuse_change()"])
def test_no_table_can_be_changed_by_the_application(hostile: Connection, table: str, statement: str) -> None:
    for principal in ("procuratorate_east/prosecutor", "police_east/investigator"):
        act_as(hostile, "li", "police_east", principal)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hostile.execute(statement.format(table=table))


@pytest.mark.parametrize("statement", [
    "UPDATE dangui.entry SET body = '{}'", "UPDATE dangui.access SET principal = 'procuratorate_east/prosecutor'",
    "UPDATE dangui.job SET done_at = now()", "UPDATE dangui.person_key SET wrapped = NULL",
    "INSERT INTO dangui.access VALUES ('procuratorate_east/prosecutor', 'victim', 'full', false, now(), '1')"])
def test_no_line_can_be_changed_by_the_application(hostile: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hostile.execute(statement)


@pytest.mark.parametrize("statement", [
    "SELECT dangui.append('{}')", "SELECT dangui.project('{}')", "SELECT dangui.put_person('{}')",
    "SELECT dangui.enqueue('{}')", "SELECT dangui.must_write('victim')", "SELECT dangui.sees('victim')",
    "SELECT dangui.take_job(now())", "SELECT dangui.end_job(1, now(), '', null, false)",
    "SELECT dangui.jobs_waiting(9)",
    "SELECT dangui.shred('a')", "SELECT dangui.next_serial('police_east', '立案', 2026)",
    "SELECT dangui.next_serial(NULL, '立案', 2026)", "SELECT dangui.next_serial('', '立案', 2026)",
    """SELECT dangui.write('{"projections": [{"row": {"proceeding": "victim", "seq": 99}}]}')""",
    """SELECT dangui.write('{"projections": [{"proceeding": "victim", "since": 1, "seq": 99}]}')""",
    """SELECT dangui.write('{"projections": [{"proceeding": "mine", "since": 1, "row": {"proceeding": "victim"}}]}')""",
    "SELECT dangui.projected('{}')",
    """SELECT dangui.write('{"ledgers": [{"proceeding": "victim", "seq": 1, "entries": []}]}')""",
    """SELECT dangui.write(('{"ledgers": [{"seq": 0, "entries": [], "previous": "' || repeat('0', 64) || '"}],
                              "projections": [{"row": {"proceeding": "victim", "seq": 99}}]}')::jsonb)"""])
def test_no_function_does_for_another_agency_what_it_must_not(hostile: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hostile.execute(statement)


def test_the_ledger_of_another_agency_is_empty(hostile: Connection) -> None:
    for wanted in ("victim", "%", None, ""):
        assert hostile.execute("SELECT * FROM dangui.ledger(%s, 0)", [wanted]).fetchall() == []


def test_a_search_path_of_its_own_bends_no_rule(embedded_postgres: Dsns, hostile: Connection) -> None:
    with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA trap")
        owner.execute("CREATE FUNCTION trap.current_setting(text, boolean) RETURNS text LANGUAGE sql AS "
                      "$$ SELECT CASE $1 WHEN 'dangui.agency' THEN 'police_east' WHEN 'dangui.user' THEN 'li' "
                      "ELSE 'police_east/investigator' END $$")
        owner.execute("GRANT USAGE ON SCHEMA trap TO dangui_app")
    hostile.execute("SET search_path = trap, pg_catalog")
    assert seen(hostile) == []
    assert hostile.execute("SELECT * FROM dangui.find('', '龥', NULL, '', '', 100)").fetchall() == []


def test_search_shows_nothing_of_another_agency(hostile: Connection) -> None:
    for low, high in (("", "\U0010ffff"), ("东公", "东公\U0010ffff"), (None, None)):
        found = hostile.execute("SELECT * FROM dangui.find(%s, %s, NULL, '', '', 100)", [low, high]).fetchall()
        assert found == []
    hostile.execute("SET search_path = pg_temp")
    hostile.execute("CREATE TEMP TABLE access (principal text, proceeding text, number text)")
    hostile.execute("INSERT INTO access VALUES ('procuratorate_east/prosecutor', 'victim', '东公')")
    assert hostile.execute("SELECT * FROM dangui.find('', '龥', NULL, '', '', 100)").fetchall() == []


@pytest.mark.parametrize("statement", [
    "SET ROLE dangui_owner", "SET SESSION AUTHORIZATION dangui_owner", "RESET ROLE; SET row_security = off; "
    "SELECT * FROM dangui.entry", "SET session_replication_role = replica", "CREATE ROLE me SUPERUSER",
    "COPY dangui.entry TO PROGRAM 'cat'", "ALTER FUNCTION dangui.sees(text) LEAKPROOF",
    "CREATE FUNCTION dangui.sees(x text, y text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"])
def test_no_session_leaves_its_role(hostile: Connection, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
        hostile.execute(statement.encode())


def test_the_owner_cannot_change_what_was_recorded_either(embedded_postgres: Dsns, victim: str) -> None:
    with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
        for table in ("entry", "look"):
            for statement in ("UPDATE dangui.{} SET proceeding = 'x'", "DELETE FROM dangui.{}", "TRUNCATE dangui.{}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="what was recorded stays"):
                    owner.execute(statement.format(table).encode())


def test_an_application_that_logs_in_as_the_owner_still_works_as_the_application(
        embedded_postgres: Dsns, victim: str) -> None:
    pool = Pool(embedded_postgres.owner)
    with pool.connection() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("dangui_app",)
        assert seen(connection) == []
        connection.execute("RESET ROLE")
        assert connection.execute("SELECT current_user").fetchone() == ("dangui_app",)
    pool.close()
