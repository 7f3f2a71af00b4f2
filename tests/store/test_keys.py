"""Personal data opens with its node's secret, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_samples import person

from dangui.store.keys import Vault, WrongSecret, node_secret


def test_a_record_opens_with_the_secret_it_was_sealed_with_only() -> None:
    record = person("a", "case", "张三")
    sealed = Vault(b"1" * 32).seal(record)
    assert Vault(b"1" * 32).open("a", "case", sealed.sealed, sealed.wrapped) == record
    with pytest.raises(WrongSecret):
        Vault(b"2" * 32).open("a", "case", sealed.sealed, sealed.wrapped)
    with pytest.raises(WrongSecret):
        Vault(b"1" * 32).open("b", "case", sealed.sealed, sealed.wrapped)


def test_nothing_readable_is_stored_and_no_two_sealings_look_alike() -> None:
    vault = Vault(b"1" * 32)
    first, second = vault.seal(person("a", "case")), vault.seal(person("a", "case"))
    assert "张三".encode() not in first.sealed
    assert first.sealed != second.sealed
    assert first.wrapped != second.wrapped
    assert first.name_index == second.name_index
    assert first.name_index != Vault(b"2" * 32).seal(person("a", "case")).name_index


def test_names_are_found_whatever_their_spacing_and_width() -> None:
    vault = Vault(b"1" * 32)
    assert vault.name_index("Ａlim · Hasan") == vault.name_index("alim·hasan")
    assert vault.name_index("张三") != vault.name_index("张")


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = node_secret(tmp_path / "node")
    assert len(first) == 32
    assert node_secret(tmp_path / "node") == first
    assert (tmp_path / "node" / "node.secret").stat().st_mode & 0o777 == 0o600
