"""Personal data: in no ledger, no record of looks, no queue and no index; and gone once it is shredded."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from hostile_town import CHIEF, INVESTIGATOR, POLICE, Town

from dangui.core.ledger import Actor
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore

NAME, NUMBER, PLACE = "欧阳无双", "11010519491231002X", "云溪市无名巷九号"
RECORD = {"name": NAME, "sex": "female", "id_number": NUMBER, "address": PLACE, "phone": "13900001234"}


@pytest.fixture
def town(embedded_postgres: Dsns) -> Iterator[Town]:
    store = PostgresStore(Pool(embedded_postgres.app, size=4), Vault(b"s" * 32))
    made = Town(store=store)
    made.clerk.new_id = lambda kind: f"{kind}-{secrets.token_hex(6)}"
    yield made
    store.close()


def everything(dsn: str) -> dict[str, str]:
    """Every line of every table of the store, as text."""
    with psycopg.connect(dsn) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'dangui'").fetchall()
        return {
            table: repr(owner.execute(f"SELECT t::text FROM dangui.{table} t".encode()).fetchall())
            for (table,) in tables
        }


def story(town: Town) -> tuple[str, str]:
    """A case from its opening to its hand-over, searched for and looked at."""
    proceeding, _ = town.filed()
    town.act(proceeding, "join_suspect", record=RECORD, offence="theft")
    (person,) = (each.id for each in town.state(proceeding).people("suspect"))
    town.applied(proceeding, "detain", (person,), ground=town.codes("detention_ground"), note="现场抓获")
    town.bind(proceeding, "现场勘验笔录", "scene_inspection_record")
    done = town.act(
        proceeding,
        "request_arrest",
        (person,),
        facts="夜间入库盗窃。",
        danger=[town.codes("arrest_ground")],
        danger_reasons="曾因盗窃被处罚",
    )
    town.clerk.approve(CHIEF, proceeding, str(done.application))
    assert town.reader.find(INVESTIGATOR, NAME).items
    assert town.reader.find(INVESTIGATOR, "清公").items
    town.reader.proceeding(INVESTIGATOR, proceeding)
    return proceeding, person


def test_no_table_holds_a_name_a_number_or_an_address_in_plain(town: Town, embedded_postgres: Dsns) -> None:
    story(town)
    for moment in ("queued", "delivered"):
        for table, text in everything(embedded_postgres.owner).items():
            for secret in (NAME, NUMBER, PLACE, RECORD["phone"], NAME.encode().hex(), NUMBER.encode().hex()):
                assert secret not in text, (moment, table, secret)
        town.clerk.run_jobs()


def test_the_record_of_looks_says_who_found_a_case_and_not_by_which_name(town: Town) -> None:
    proceeding, _ = story(town)
    looks = town.reader.looks(INVESTIGATOR, proceeding, limit=200)
    assert any(look.what == "find" and look.actor.user == INVESTIGATOR.user for look in looks)


def test_what_was_shredded_is_read_found_and_shown_by_nobody(town: Town, embedded_postgres: Dsns) -> None:
    proceeding, person = story(town)
    town.clerk.run_jobs()
    town.store.shred(person)
    assert proceeding not in [line.row.proceeding for line in town.reader.find(INVESTIGATOR, NAME).items]
    assert NAME not in repr(town.reader.proceeding(INVESTIGATOR, proceeding))
    with town.store.reading(Actor("inbox", POLICE, "inbox")) as tx:
        assert tx.persons([person]) == {}
    with psycopg.connect(embedded_postgres.owner) as owner:
        kept = owner.execute(
            "SELECT p.sealed, p.name_index, k.wrapped FROM dangui.person p "
            "JOIN dangui.person_key k ON k.person = p.id WHERE p.id = %s",
            (person,),
        ).fetchall()
    assert kept == [(b"", None, None)]
    assert town.reader.verified(INVESTIGATOR, proceeding)[1] == []
