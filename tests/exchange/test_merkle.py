"""The tree of RFC 9162: known roots, every proof of small trees, and no corrupted proof accepted."""

from __future__ import annotations

import random

import pytest

from dangui.exchange import merkle
from dangui.exchange.merkle import Tree

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The published vectors of certificate transparency: the root over the first n leaves."""

MOST = 40


@pytest.fixture(scope="module")
def tree() -> Tree:
    found = Tree()
    for number in range(MOST):
        found.append(number.to_bytes(2, "big"))
    return found


def test_the_published_roots() -> None:
    found = Tree()
    for size, expected in enumerate(ROOTS):
        assert merkle.root(size, found.nodes).hex() == expected
        if size < len(LEAVES):
            found.append(bytes.fromhex(LEAVES[size]))


def test_the_published_inclusion_and_consistency_proofs() -> None:
    found = Tree()
    for each in LEAVES:
        found.append(bytes.fromhex(each))
    assert [each.hex() for each in merkle.inclusion(5, 8, found.nodes)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in merkle.consistency(6, 8, found.nodes)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def corrupted(proof: tuple[bytes, ...], chance: random.Random) -> list[tuple[bytes, ...]]:
    """The proof shortened, lengthened, turned round, and with one bit of each hash changed."""
    found = [(*proof, merkle.EMPTY), (merkle.EMPTY, *proof)]
    if proof:
        found += [proof[:-1], proof[1:], (proof[0][:-1], *proof[1:])]
    if len(set(proof)) > 1:
        found.append(tuple(reversed(proof)))
    for at, each in enumerate(proof):
        turned = bytearray(each)
        turned[chance.randrange(32)] ^= 1 << chance.randrange(8)
        found.append((*proof[:at], bytes(turned), *proof[at + 1 :]))
    return found


def test_every_inclusion_proof_holds_and_no_corrupted_one(tree: Tree) -> None:
    chance = random.Random(1)
    for size in range(1, MOST + 1):
        whole = merkle.root(size, tree.nodes)
        for index in range(size):
            hashed, proof = tree.nodes(0, index), merkle.inclusion(index, size, tree.nodes)
            assert merkle.has(index, size, hashed, proof, whole)
            assert not any(merkle.has(index, size, hashed, each, whole) for each in corrupted(proof, chance))
            assert not any(merkle.has(other, size, hashed, proof, whole) for other in range(size) if other != index)
            assert not merkle.has(index, size, merkle.leaf(b"other"), proof, whole)
            assert not merkle.has(index, size, hashed, proof, merkle.EMPTY)


def test_every_consistency_proof_holds_and_no_corrupted_one(tree: Tree) -> None:
    chance = random.Random(2)
    for new in range(MOST + 1):
        after = merkle.root(new, tree.nodes)
        for old in range(new + 1):
            before, proof = merkle.root(old, tree.nodes), merkle.consistency(old, new, tree.nodes)
            assert merkle.continues(old, new, before, after, proof)
            assert not any(merkle.continues(old, new, before, after, each) for each in corrupted(proof, chance))
            other = merkle.leaf(b"other")
            assert not merkle.continues(old, new, other, after, proof)
            assert old == 0 or not merkle.continues(old, new, before, other, proof)


def test_questions_about_what_is_not_there_are_refused(tree: Tree) -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        assert not merkle.has(index, size, merkle.EMPTY, (), merkle.EMPTY)
        with pytest.raises(ValueError, match="no leaf"):
            merkle.inclusion(index, size, tree.nodes)
    for old, new in ((-1, 3), (4, 3)):
        assert not merkle.continues(old, new, merkle.EMPTY, merkle.EMPTY, ())
        with pytest.raises(ValueError, match="no beginning"):
            merkle.consistency(old, new, tree.nodes)
