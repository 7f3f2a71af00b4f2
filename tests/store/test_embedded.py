"""The embedded server: private, restartable, one for all processes of a node."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from dangui.core.ports import Unavailable
from dangui.store import embedded


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded") / "node"


@pytest.fixture
def server(node: Path) -> embedded.Dsns:
    return embedded.ensure(node)


@pytest.fixture(scope="module", autouse=True)
def _stopped(node: Path) -> object:
    yield
    embedded.stop(node)


def backend(dsn: str) -> tuple[str, str]:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT current_user::text, current_database()::text").fetchone()
    assert row is not None
    return row


def test_owner_and_application_get_in_with_their_passwords_only(server: embedded.Dsns) -> None:
    assert backend(server.owner) == ("dangui_owner", "dangui")
    assert backend(server.app) == ("dangui_app", "dangui")
    for password in ("", "x"):
        with pytest.raises(psycopg.OperationalError):
            backend(psycopg.conninfo.make_conninfo(server.owner, password=password))
    with psycopg.connect(server.app) as connection:
        assert connection.execute("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
                                  "WHERE rolname = current_user").fetchone() == (False, False, False, False)


def test_nothing_of_it_is_open_to_others(node: Path, server: embedded.Dsns) -> None:
    assert (node / "pg").stat().st_mode & 0o777 == 0o700
    assert (node / "database.json").stat().st_mode & 0o777 == 0o600
    socket = psycopg.conninfo.conninfo_to_dict(server.owner)["host"]
    assert Path(str(socket)).stat().st_mode & 0o777 == 0o700
    with psycopg.connect(server.owner) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW full_page_writes").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_second_process_finds_the_running_server(node: Path, server: embedded.Dsns) -> None:
    before = embedded.postmaster(node)
    program = "import sys, pathlib, dangui.store.embedded as e; print(e.ensure(pathlib.Path(sys.argv[1])))"
    said = subprocess.run([sys.executable, "-c", program, str(node)], check=True, capture_output=True, text=True).stdout
    assert said.strip() == str(server)
    assert embedded.postmaster(node) == before


def test_it_starts_again_after_kill_9_with_what_was_committed(node: Path, server: embedded.Dsns) -> None:
    with psycopg.connect(server.owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    postmaster = embedded.postmaster(node)
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    assert embedded.ensure(node) == server
    with psycopg.connect(server.owner) as connection:
        assert connection.execute("SELECT n FROM kept LIMIT 1").fetchone() == (1,)


def test_it_starts_in_less_than_a_second_and_stops(node: Path, server: embedded.Dsns) -> None:
    embedded.stop(node)
    assert embedded.postmaster(node) is None
    embedded.stop(node)
    begun = time.monotonic()
    embedded.ensure(node)
    assert time.monotonic() - begun < 1 + 4  # a second on an idle machine; the tests share theirs


def test_a_process_id_taken_over_by_another_program_does_not_hold_it_up(node: Path, server: embedded.Dsns) -> None:
    embedded.stop(node)
    (node / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{node / 'pg'}\n0\n0\n\n\n0 0\n")
    assert embedded.ensure(node) == server


def test_a_beginning_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    node = tmp_path / "node"
    (node / "pg").mkdir(parents=True)
    (node / "pg" / "PG_VERSION").write_text("18\n")
    with embedded.running(node, durable=False) as dsns:
        assert backend(dsns.app) == ("dangui_app", "dangui")
    assert embedded.postmaster(node) is None


def test_a_long_path_gets_a_short_socket_of_its_own(tmp_path: Path) -> None:
    node = tmp_path / ("long-" * 20) / "node"
    with embedded.running(node, durable=False) as dsns:
        socket = str(psycopg.conninfo.conninfo_to_dict(dsns.owner)["host"])
        assert len(socket) < 90
        assert Path(socket).stat().st_mode & 0o777 == 0o700
    Path(socket).rmdir()


def test_a_socket_folder_prepared_by_somebody_else_is_refused(tmp_path: Path) -> None:
    node = tmp_path / "node"
    (node / "run").mkdir(parents=True)
    (node / "run").chmod(0o777)
    with pytest.raises(Unavailable, match="0700"):
        embedded.ensure(node, durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to itself's lent account")
def test_root_may_keep_a_node_in_a_folder_closed_to_all_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with embedded.running(closed / "node", durable=False) as dsns:
        assert backend(dsns.app) == ("dangui_app", "dangui")
    assert closed.stat().st_mode & 0o777 == 0o700
