"""The command line verifies a package without a node, and says the outcome in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from forge import FILES, KEY, SECOND, contained, parts, sealed

from dangui.cli.main import main


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "key.pem"
    path.write_text(KEY.public.pem)
    return str(path)


def package(folder: Path, content: bytes) -> str:
    path = folder / "package.zip"
    path.write_bytes(content)
    return str(path)


def test_an_honest_package_is_verified_in_words(tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--package", package(tmp_path, sealed()), "--key", key]) == 0
    said = capsys.readouterr().out
    assert "核验通过 / verified" in said
    assert f"not checked: the signature of key {SECOND.public.id[:16]}" in said


def test_an_altered_package_is_refused_in_words_and_in_json(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = package(tmp_path, contained(parts() | {next(iter(FILES)): b"other"}))
    assert main(["verify", "--package", forged, "--key", key]) == 1
    assert "package.file_altered · data/message.json" in capsys.readouterr().out
    assert main(["verify", "--package", forged, "--key", key, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_mistakes_at_the_keyboard_are_explained(tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = package(tmp_path, sealed())
    assert main(["verify", "--package", there]) == 2
    assert main(["verify", "case-1", "--package", there, "--key", key]) == 2
    assert main(["verify", "--package", there, "--key", there]) == 2
    assert main(["verify", "--package", str(tmp_path / "none.zip"), "--key", key]) == 1
    assert "Traceback" not in capsys.readouterr().err
