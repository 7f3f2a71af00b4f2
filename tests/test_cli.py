"""The command line, run as a person runs it: what it says, and the exit code it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from dangui.app import Settings
from dangui.cli.main import main
from dangui.cli.node import open_node
from dangui.packs import Packs, load_calendar
from dangui.packs_yaml import read_file
from dangui.people import read_people
from dangui.rehearsal.cases import case_files, run_case
from dangui.rehearsal.stage import Stage
from dangui.store import embedded

ROOT = Path(__file__).parents[1]
SMALL = Path(__file__).parent / "small"


@pytest.fixture
def town(tmp_path):
    """A copy of the small town."""
    return Path(shutil.copytree(SMALL, tmp_path / "town"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A node's folder; its database is stopped at the end."""
    folder = tmp_path_factory.mktemp("node")
    yield folder
    embedded.stop(folder)


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, on the small town."""
    return subprocess.run(
        [sys.executable, "-m", "dangui.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment(home, **more),
    )


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the process is told."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DANGUI_", "DJANGO_"))}
    return {**kept, "DANGUI_HOME": str(home), "DANGUI_PACKS": str(SMALL), **more}


# -- packs ------------------------------------------------------------


def test_check_says_that_nothing_is_wrong(capsys):
    assert main(["check", str(SMALL)]) == 0
    assert "no problems" in capsys.readouterr().out


def test_check_gives_problems_as_json_with_both_languages(town, capsys):
    (town / "offences/taking.yaml").write_text("title: {zh: 取走罪}\n", "utf-8")
    assert main(["check", "--json", str(town)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["problems"][0]["says"]["zh"]


def test_check_of_a_folder_that_is_none_is_explained(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "procedures/" in capsys.readouterr().err


def test_a_new_procedure_checks_and_its_cases_run(town, capsys):
    assert main(["new-procedure", "sample/lending", "--packs", str(town)]) == 0
    assert main(["check", str(town)]) == 0
    world, people = Packs(town).load(), read_people(town / "agencies/town/people.yaml")
    paths = [path for path in case_files(town) if "lending" in path.parts]
    assert len(paths) == 2
    for path in paths:
        run_case(Stage(world, load_calendar(town), people), read_file(path, town).value)


@pytest.mark.parametrize("name", ["lending", "Sample/Lending", "../../etc", "sample/inquiry"])
def test_a_bad_or_taken_name_of_a_procedure_is_refused(town, name, capsys):
    assert main(["new-procedure", name, "--packs", str(town)]) == 2
    assert "error" in capsys.readouterr().err


def test_evaluate_runs_on_a_folder_never_seen(tmp_path, capsys):
    (tmp_path / "events.csv").write_text("case_id,event,date\n", "utf-8")
    assert main(["evaluate", "limits", str(tmp_path), "--json"]) == 0
    assert "sentence_spans.csv" in json.loads(capsys.readouterr().out)["missing"]
    assert main(["evaluate", "limits", str(tmp_path / "nowhere")]) == 2


def test_statutes_needs_the_collection(tmp_path, capsys):
    assert main(["statutes", str(tmp_path)]) == 2
    assert "articles.jsonl" in capsys.readouterr().err


def test_a_wrong_command_is_a_usage_error():
    for arguments in ([], ["fly"], ["evaluate", "weather", "x"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2


# -- a node ------------------------------------------------------------


def test_a_node_is_made_verified_rebuilt_and_told_healthy(home):
    for arguments in (["migrate"], ["verify"], ["rebuild"], ["catch-up"], ["health"]):
        done = run(home, *arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert json.loads(run(home, "health", "--json").stdout)["ok"] is True
    assert json.loads(run(home, "verify", "--json").stdout) == {"ok": True, "problems": []}


def test_a_backup_comes_back_into_an_empty_node_with_its_accounts(home, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("correct horse battery staple\n", "utf-8")
    assert (
        run(home, "accounts", "add", "rita", "瑞塔", "council", "reviewer", "--password-file", str(secret)).returncode
        == 0
    )
    made = run(home, "backup", str(tmp_path / "kept"))
    assert made.returncode == 0, made.stderr
    digest = made.stdout.splitlines()[-1]
    other = tmp_path / "other"
    try:
        wrong = run(other, "restore", str(tmp_path / "kept"), "--digest", "0" * 64)
        assert wrong.returncode == 1
        back = run(other, "restore", str(tmp_path / "kept"), "--digest", digest)
        assert back.returncode == 0, back.stdout + back.stderr
        assert "rita\t瑞塔" in run(other, "accounts", "list").stdout
        assert run(other, "restore", str(tmp_path / "kept")).returncode == 1
    finally:
        embedded.stop(other)


def test_verify_of_a_case_that_is_not_there_is_explained(home):
    done = run(home, "verify", "nowhere")
    assert done.returncode == 2
    assert "there is no case or proceeding 'nowhere'" in done.stderr


def test_accounts_and_keys_are_made_listed_and_ended(home, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("correct horse battery staple\n", "utf-8")
    weak = tmp_path / "weak"
    weak.write_text("12345\n", "utf-8")
    assert (
        run(home, "accounts", "add", "olga", "欧阳", "office", "officer", "--password-file", str(weak)).returncode == 2
    )
    assert (
        run(home, "accounts", "add", "olga", "欧阳", "office", "officer", "--password-file", str(secret)).returncode
        == 0
    )
    assert "olga\t欧阳\toffice/officer" in run(home, "accounts", "list").stdout
    assert run(home, "accounts", "add", "olga", "欧阳", "offic", "officer").returncode == 2
    assert run(home, "accounts", "add", "olga", "欧阳", "office", "boss").returncode == 2
    issued = run(home, "agency-key", "add", "olga", "office", "officer", "--title", "records").stdout.splitlines()[0]
    assert issued.startswith("dg_")
    name = issued.split("_")[1]
    assert issued.split("_", 2)[2] not in run(home, "agency-key", "list").stdout
    assert run(home, "agency-key", "revoke", name).returncode == 0
    assert "revoked" in run(home, "agency-key", "list").stdout
    assert run(home, "agency-key", "revoke", "nothing").returncode == 2
    assert run(home, "agency-key", "add", "nobody", "office", "officer").returncode == 2


def test_a_database_that_is_not_there_is_said_without_a_traceback(tmp_path):
    done = run(tmp_path, "health", DANGUI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr + done.stdout
    done = run(tmp_path, "migrate", DANGUI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_the_demo_refuses_any_other_database(tmp_path):
    done = run(tmp_path, "demo", DANGUI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 2
    assert "embedded database only" in done.stderr


def test_packs_with_problems_stop_the_node_with_a_sentence(home, town):
    (town / "offences/taking.yaml").write_text("title: {zh: 取走罪}\n", "utf-8")
    done = run(home, "serve", "--listen", f"127.0.0.1:{free_port()}", DANGUI_PACKS=str(town))
    assert done.returncode == 1
    assert "dangui check" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(home, "serve", "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    assert done.returncode == 3
    assert "can't listen" in done.stderr
    assert run(home, "serve", "--listen", "everywhere").returncode == 2


def test_a_node_answers_soon_again_after_a_restart_and_stops_when_told(home):
    port = free_port()
    took = []
    for _ in range(2):
        began = time.monotonic()
        server = subprocess.Popen(
            [sys.executable, "-m", "dangui.cli", "serve", "--listen", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert answers(f"http://127.0.0.1:{port}/api/v1/health", server)
            took.append(time.monotonic() - began)
        finally:
            server.send_signal(signal.SIGTERM)
            said, _ = server.communicate(timeout=60)
        assert server.returncode == 0, said
        assert embedded.postmaster(home) is None
    # It is two seconds on a quiet machine, which `make bench` measures; here anything may run beside it.
    assert took[1] < took[0] + 1, took


def test_a_command_beside_a_working_node_leaves_its_database_running(home):
    first = open_node(Settings(home, SMALL, "", demo=False), migrated=False)
    second = open_node(Settings(home, SMALL, "", demo=False), migrated=False)
    first.stop()
    assert embedded.postmaster(home) is not None
    second.stop()
    assert embedded.postmaster(home) is None


def answers(address: str, server: subprocess.Popen[str]) -> bool:
    """Whether the address answers 200 before two minutes have passed and the server has not given up."""
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.05)
    return False


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
