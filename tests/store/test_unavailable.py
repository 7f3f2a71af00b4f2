"""A database that goes away at any moment is said to be away, nothing is half-written, and it may come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from store_samples import LI, job, ledger, look, open_proceeding, projection

from dangui.core.ports import Job, Unavailable
from dangui.store.embedded import Dsns
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore


@pytest.fixture
def cut(embedded_postgres: Dsns) -> Iterator[Callable[[], None]]:
    """Cuts every connection of the application, as a restart of the database does."""
    with psycopg.connect(embedded_postgres.owner, autocommit=True) as owner:
        def cut_all() -> None:
            owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                          "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = "
                          "'client backend'").fetchall()

        yield cut_all


def steps(tx: Any, name: str) -> list[Callable[[], object]]:
    """One act, step by step."""
    return [
        lambda: tx.answer("key"), lambda: tx.head(name), lambda: tx.next_serial(LI.agency, name, 2026),
        lambda: tx.append(ledger(name, {"n": 1})), lambda: tx.project(projection(name)),
        lambda: tx.enqueue(job(name)), lambda: tx.rows([name]),
    ]


@pytest.mark.parametrize("moment", range(8))
def test_an_act_cut_off_at_any_step_leaves_nothing(
        postgres_store: PostgresStore, cut: Callable[[], None], moment: int) -> None:
    name = f"cut-{moment}"

    def act() -> None:
        with postgres_store.writing(LI) as tx:
            for number, step in enumerate(steps(tx, name)):
                if number == moment:
                    cut()
                step()
            cut()

    with pytest.raises(Unavailable):
        act()
    with postgres_store.writing(LI) as tx:
        assert (tx.head(name), list(tx.rows([name])), tx.scope(name)) == (None, [], None)
        assert tx.next_serial(LI.agency, name, 2026) == 1
    assert name not in {one.job.key for one in postgres_store.jobs_waiting()}


def test_the_first_request_after_a_restart_succeeds(postgres_store: PostgresStore, cut: Callable[[], None]) -> None:
    open_proceeding(postgres_store, "before")
    with postgres_store.reading(LI) as first, postgres_store.reading(LI) as second:
        assert first.head("before") == second.head("before")
    cut()
    with postgres_store.reading(LI) as tx:
        assert tx.head("before") is not None
    cut()
    postgres_store.shred("nobody")
    cut()
    assert postgres_store.run_jobs(lambda _: None) >= 0


def test_a_look_that_could_not_be_kept_is_not_passed_over(
        postgres_store: PostgresStore, cut: Callable[[], None]) -> None:
    def look_and_cut() -> None:
        with postgres_store.reading(LI) as tx:
            tx.record(look("before"))
            cut()

    with pytest.raises(Unavailable):
        look_and_cut()


def test_a_job_whose_worker_was_cut_off_runs_again(postgres_store: PostgresStore, cut: Callable[[], None]) -> None:
    with postgres_store.writing(LI) as tx:
        tx.enqueue(job("cut-off", lock="cut-off"))
    with pytest.raises(Unavailable):
        postgres_store.run_jobs(lambda _: cut())
    ran: list[Job] = []
    assert postgres_store.run_jobs(ran.append) == 1
    assert ran == [job("cut-off", lock="cut-off")]


def test_nothing_of_what_a_job_was_about_stays_when_it_is_done(
        postgres_store: PostgresStore, embedded_postgres: Dsns) -> None:
    with postgres_store.writing(LI) as tx:
        tx.enqueue(job("with a name", to="court", person="赵六"))
    postgres_store.run_jobs(lambda _: None)
    with psycopg.connect(embedded_postgres.owner) as owner:
        found = owner.execute("SELECT args::text, done_at IS NOT NULL FROM dangui.job WHERE key = 'with a name'")
        assert found.fetchone() == ("null", True)


def test_a_job_another_worker_is_at_is_left_to_it(
        postgres_store: PostgresStore, embedded_postgres: Dsns) -> None:
    with postgres_store.writing(LI) as tx:
        tx.enqueue(job("first", lock="one case"))
        tx.enqueue(job("second", lock="one case"))
        tx.enqueue(job("elsewhere", lock="other case"))
    other = PostgresStore(Pool(embedded_postgres.app), Vault(b"s" * 32), postgres_store._clock)
    ran: list[tuple[str, str]] = []

    def slow(one: Job) -> None:
        if one.key == "first":
            other.run_jobs(lambda two: ran.append(("other", two.key)))
        ran.append(("slow", one.key))

    postgres_store.run_jobs(slow)
    assert ran == [("other", "elsewhere"), ("slow", "first"), ("slow", "second")]
    other.close()


def test_a_database_that_was_never_there_is_unavailable() -> None:
    store = PostgresStore(Pool("host=/nowhere dbname=x"), Vault(b"s" * 32))
    for act in (store.reading, store.writing):
        with pytest.raises(Unavailable), act(LI):
            pass
    with pytest.raises(Unavailable):
        store.run_jobs(lambda _: None)


def test_a_pool_that_is_used_up_says_so_and_recovers(embedded_postgres: Dsns) -> None:
    pool = Pool(embedded_postgres.app, size=1, patience=0.01)
    store = PostgresStore(pool, Vault(b"s" * 32))
    with store.reading(LI), pytest.raises(Unavailable, match="busy"), store.reading(LI):
        pass
    with store.reading(LI) as tx:
        assert tx.head("before") is None or tx.head("before").seq
    pool.close()


def test_a_forked_process_never_talks_on_its_parent_s_connections(embedded_postgres: Dsns) -> None:
    pool = Pool(embedded_postgres.app, size=2)
    with pool.connection() as connection:
        parent = connection.info.backend_pid
    pool._process -= 1  # what a fork looks like from inside
    with pool.connection() as connection:
        assert connection.info.backend_pid != parent
    pool.close()
