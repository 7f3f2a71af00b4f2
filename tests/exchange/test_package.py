"""A sealed package proves what it holds; whatever is done to it is found, and said."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import tracemalloc
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import pytest
from forge import FILES, HEADING, KEY, SECOND, STRANGER, codes, contained, parts, sealed, source, verified
from hypothesis import given, settings
from hypothesis import strategies as st

from dangui.core.problem import Refusal
from dangui.exchange.package import Source, save_package, write_package
from dangui.exchange.seal import SEAL_FILE, path_fault
from dangui.exchange.verify import verify_package
from dangui.signing.key import SEAL


def test_an_honest_package_holds_and_says_so_in_both_languages(tmp_path: Path) -> None:
    found = verified(tmp_path, sealed())
    assert found.problems == ()
    assert found.unchecked == ()
    assert found.seal is not None
    assert found.seal.heading == HEADING
    assert [item.path for item in found.items] == list(FILES)
    assert len(found.holds) == 5
    assert "4 files" in found.holds[-1]["en"]
    assert "完全一致" in found.holds[-1]["zh"]


def test_the_same_content_gives_the_same_bytes_whatever_the_time_zone() -> None:
    at_home = replace(HEADING, sealed_at=HEADING.sealed_at.astimezone(timezone(timedelta(hours=8))))
    assert sealed(keys=(KEY,)) == sealed(keys=(KEY,), heading=at_home)


def test_any_program_unpacks_it(tmp_path: Path) -> None:
    with ZipFile(BytesIO(sealed())) as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist() if name.startswith("data/")} == FILES


def test_openssl_verifies_the_seal_with_the_public_key_alone(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    inside = parts()
    signature = json.loads(inside["seal/signatures.json"])[KEY.public.id]
    (tmp_path / "signed").write_bytes(SEAL + inside[SEAL_FILE])
    (tmp_path / "signature").write_bytes(bytes.fromhex(signature))
    (tmp_path / "key.pem").write_text(KEY.public.pem)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed"]
    command += ["-sigfile", "signature"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_a_package_without_files_and_one_that_follows_another_hold(tmp_path: Path) -> None:
    assert codes(tmp_path, sealed({})) == set()
    first = verified(tmp_path, sealed()).seal
    assert first is not None
    second = verified(tmp_path, sealed(heading=replace(HEADING, previous=first.digest)))
    assert first.digest in second.holds[-2]["en"]


def test_a_signature_by_a_key_that_was_not_given_is_said_to_be_unchecked(tmp_path: Path) -> None:
    found = verified(tmp_path, sealed(), KEY)
    assert found.problems == ()
    assert SECOND.public.id[:16] in found.unchecked[0]["en"]


def test_a_package_of_a_stranger_proves_nothing(tmp_path: Path) -> None:
    found = verified(tmp_path, sealed(keys=(STRANGER,)))
    assert {each.code for each in found.problems} == {"seal.unknown_key"}
    assert found.seal is None


def test_long_files_pass_through_little_memory(tmp_path: Path) -> None:
    class Zeros(BytesIO):
        left = 48 * 2**20

        def read(self, most: int | None = -1) -> bytes:
            piece = bytes(min(most or 0, self.left))
            self.left -= len(piece)
            return piece

    path = tmp_path / "long.zip"
    tracemalloc.start()
    save_package(path, HEADING, [Source("data/film.mp4", "m", Zeros.left, Zeros), source("data/b", b"b")], [KEY])
    found = verify_package(path, [KEY.public])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.problems == ()
    assert most < 8 * 2**20
    with ZipFile(path) as package:
        assert package.testzip() is None
        assert package.read("data/b") == b"b"


@pytest.mark.parametrize("length", [2**20 - 1, 2**20, 2**20 + 1])
def test_files_about_as_long_as_a_piece_hold(tmp_path: Path, length: int) -> None:
    assert codes(tmp_path, sealed({"data/a": b"a" * length, "data/b": b"b"})) == set()


@pytest.mark.parametrize("told", [-1, 1])
@pytest.mark.parametrize("length", [10, 2**20 + 10])
def test_a_file_that_changes_while_it_is_sealed_leaves_no_package(tmp_path: Path, told: int, length: int) -> None:
    opened: partial[BinaryIO] = partial(BytesIO, b"x" * length)
    with pytest.raises(Refusal) as refused:
        save_package(tmp_path / "p.zip", HEADING, [Source("data/x", "", length + told, opened)], [KEY])
    assert [each.code for each in refused.value.reasons] == ["package.file_changing"]
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_verified_is_not_sealed_and_every_reason_is_said() -> None:
    wrong = replace(HEADING, case="", previous="ABC")
    names = ["data/a", "data/A", "data/a", "../a", "data/x", "data/x/y"]
    with pytest.raises(Refusal) as refused:
        write_package(BytesIO(), wrong, [source(name, b"") for name in names], [])
    assert [each.code for each in refused.value.reasons] == [
        "json.wrong_value", "json.wrong_value", "package.name_clash", "package.name_clash", "package.bad_path",
        "package.name_clash", "seal.no_signer",
    ]


@pytest.mark.parametrize("path", [
    "a", "data", "data/", "/data/a", "data//a", "data/./a", "data/../a", "data/a\\b", "data/c:", "data/a\u202eb",
    "data/a\0", "data/a\n", "data/e\u0301", "data/a.", "data/a ", "data/ a", "data/NUL", "data/com1.txt",
    "data/" + "a" * 256, "data/" + "a/" * 600 + "b", "data/\ud800", "seal/seal.json", "DATA/a",
])  # fmt: skip
def test_paths_that_some_system_could_mistake_are_refused(path: str) -> None:
    assert path_fault(path)


@pytest.mark.parametrize("path", [*FILES, "data/a b/c.d", "data/讯问笔录(第1次).pdf", "data/·—《》"])
def test_ordinary_paths_are_accepted(path: str) -> None:
    assert path_fault(path) == ""


def test_no_changed_byte_goes_unnoticed(tmp_path: Path) -> None:
    package, chance = sealed(), random.Random(20261123)
    for _ in range(2_500):
        at, other = chance.randrange(len(package)), chance.randrange(1, 256)
        mutant = bytearray(package)
        mutant[at] ^= other
        assert codes(tmp_path, bytes(mutant)), (at, other)


def test_no_bit_of_the_form_around_the_files_goes_unnoticed(tmp_path: Path) -> None:
    package = sealed({"data/a": b"a"}, keys=(KEY,))
    for at in range(len(package)):
        mutant = bytearray(package)
        mutant[at] ^= 1 << at % 8
        assert codes(tmp_path, bytes(mutant), KEY), at


def test_nothing_cut_off_put_in_or_taken_out_goes_unnoticed(tmp_path: Path) -> None:
    package, chance = sealed(), random.Random(7)
    for _ in range(500):
        at, length = chance.randrange(len(package)), chance.randrange(1, 40)
        copied = package[(start := chance.randrange(len(package))) : start + length]
        for mutant in (package[:at], package[:at] + package[at + length :], package[:at] + copied + package[at:]):
            assert mutant == package or codes(tmp_path, mutant), (at, length, start)
    assert codes(tmp_path, b"x" + package)
    assert codes(tmp_path, package + b"\0")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert codes(folder, raw)
    assert codes(folder, raw + contained({})[-22:])
    assert codes(folder, contained({SEAL_FILE: raw, "seal/manifest.json": raw, "seal/signatures.json": raw}))
