"""Migrations: from nothing to the schema, from any earlier version with data in it, by either runner."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from store_samples import LI, Clock, ledger

from dangui.core.ledger import verify
from dangui.core.ports import Unavailable
from dangui.store import migrate
from dangui.store.archive import Archive
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.memory import MemoryBlobs
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore
from dangui.store.verify import verify_store

CATALOG = """
SELECT 'column', c.oid::regclass::text, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity, a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid), c.relrowsecurity, c.relacl)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'dangui'::regnamespace AND c.relkind IN ('r', 'v', 'S')
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'dangui'::regnamespace
UNION ALL SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'dangui'::regnamespace)
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid) || coalesce(proacl::text, '')
FROM pg_proc WHERE pronamespace = 'dangui'::regnamespace
UNION ALL SELECT 'policy', polrelid::regclass::text, concat_ws(' ', polname, polcmd, polroles,
       pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
UNION ALL SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'schema', nspname, nspacl::text FROM pg_namespace WHERE nspname = 'dangui'
UNION ALL SELECT 'default', defaclnamespace::regnamespace::text, defaclacl::text FROM pg_default_acl
ORDER BY 1, 2, 3"""


@pytest.fixture
def new_database(embedded_server: Dsns) -> Iterator[Callable[[], Dsns]]:
    made: list[str] = []

    def make() -> Dsns:
        made.append(f"t_{uuid4().hex[:12]}")
        with psycopg.connect(embedded_server.owner, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {made[-1]}".encode())
        return embedded_server.database(made[-1])

    yield make
    with psycopg.connect(embedded_server.owner, autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def catalog(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(CATALOG.encode()).fetchall()


def test_the_schema_equals_all_migrations(new_database: Callable[[], Dsns]) -> None:
    by_migrations, by_schema = new_database(), new_database()
    assert migrate.migrate(by_migrations.owner) == migrate.names()
    with psycopg.connect(by_schema.owner) as connection:
        connection.execute(files("dangui.store").joinpath("schema.sql").read_text("utf-8").encode())
    assert len(catalog(by_schema.owner)) > 100
    assert catalog(by_migrations.owner) == catalog(by_schema.owner)


def test_migrating_twice_changes_nothing(new_database: Callable[[], Dsns]) -> None:
    dsns = new_database()
    assert migrate.missing(dsns.owner) == migrate.names()
    migrate.migrate(dsns.owner)
    before = catalog(dsns.owner)
    assert migrate.missing(dsns.owner) == []
    assert migrate.migrate(dsns.owner) == []
    assert catalog(dsns.owner) == before


UPGRADE = Path(__file__).parent / "upgrade"


def test_every_migration_has_data_of_its_time_to_be_upgraded() -> None:
    assert [path.name for path in sorted(UPGRADE.glob("*.sql"))] == migrate.names()


@pytest.mark.parametrize("version", migrate.names())
def test_a_node_with_data_of_an_earlier_version_is_upgraded(new_database: Callable[[], Dsns], version: str) -> None:
    dsns = new_database()
    migrate.migrate(dsns.owner, until=version)
    with psycopg.connect(dsns.owner) as connection:
        connection.execute((UPGRADE / version).read_text("utf-8").encode())
    migrate.migrate(dsns.owner)
    pool, owner = Pool(dsns.app), Pool(dsns.owner, role=None)
    store = PostgresStore(pool, Vault(b"u" * 32), Clock())
    with store.writing(LI) as tx:
        entries = tx.entries("upgraded-1")
        assert len(entries) == 3
        assert verify(entries) == []
        assert [row.proceeding for row in tx.list_rows(LI.principal)[0]] == ["upgraded-1"]
        assert tx.persons(["person-1"])["person-1"].data["name"] == "钱七"
        assert [row.proceeding for row in tx.find("钱七")[0]] == ["upgraded-1"]
        assert tx.next_serial(LI.agency, "立案", 2026) == 4
        assert tx.answer("request-1") is not None
        assert len(tx.looks("upgraded-1")) == 1
        tx.append(ledger("upgraded-1", {"n": 4}, head=entries[-1].head))
    assert [one.job.key for one in store.jobs_waiting()] == ["job-1"]
    assert verify_store(Archive(owner), MemoryBlobs()) == []
    pool.close()
    owner.close()


DJANGO = """
import sys
import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict
dsn = conninfo_to_dict(sys.argv[1])
settings.configure(INSTALLED_APPS=["dangui.store.django"], USE_TZ=True, DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": dsn["dbname"], "USER": dsn["user"],
    "PASSWORD": dsn["password"], "HOST": dsn["host"]}})
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
"""


def test_django_migrates_to_the_same_tables_whoever_comes_first(new_database: Callable[[], Dsns]) -> None:
    plain, by_django, by_both = new_database(), new_database(), new_database()
    migrate.migrate(plain.owner)
    migrate.migrate(by_both.owner)
    for dsns in (by_django, by_both):
        subprocess.run([sys.executable, "-c", DJANGO, dsns.owner], check=True)
        assert catalog(dsns.owner) == catalog(plain.owner)
        assert migrate.migrate(dsns.owner) == []


def test_a_database_that_is_away_is_said_to_be() -> None:
    for act in (migrate.migrate, migrate.missing):
        with pytest.raises(Unavailable):
            act("host=/nowhere dbname=x")
