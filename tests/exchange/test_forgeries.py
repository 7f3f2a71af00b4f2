"""Each kind of forgery is refused under its own name, also when it is packed anew and signed again."""

from __future__ import annotations

import json
import random
import struct
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from forge import (
    FILES,
    KEY,
    SECOND,
    STRANGER,
    Parts,
    changed,
    codes,
    contained,
    parts,
    resealed,
    sealed,
    signed_again,
    verified,
)

from dangui.core.digest import canonical
from dangui.exchange.finding import MOST_OF_A_KIND, SAYS, Findings
from dangui.exchange.seal import MANIFEST, SEAL_FILE, SIGNATURES

Forger = Callable[[Parts], Parts]

FIRST, SECOND_FILE, IMAGE, EMPTY = FILES


def renamed(found: Parts, old: str, new: str) -> Parts:
    return {new if name == old else name: content for name, content in found.items()}


def with_seal(**fields: object) -> Forger:
    """The seal says something else, and both keys sign it again."""
    return lambda found: signed_again(changed(found, SEAL_FILE, lambda seal: seal | fields), KEY, SECOND)


def with_item(**fields: object) -> Forger:
    """The manifest says something else of the first file, and everything is sealed and signed again."""
    return lambda found: resealed(changed(
        found, MANIFEST, lambda value: value | {"files": [value["files"][0] | fields, *value["files"][1:]]}
    ))


def without(found: Parts, name: str) -> Parts:
    return {each: content for each, content in found.items() if each != name}


def text(name: str, old: bytes, new: bytes) -> Forger:
    """Bytes of a JSON file replaced as they are, and both keys sign again."""
    def forge(found: Parts) -> Parts:
        assert old in found[name]
        turned = found | {name: found[name].replace(old, new, 1)}
        return turned if name == SIGNATURES else signed_again(turned, KEY, SECOND)
    return forge


def first_signature(change: Callable[[str], str]) -> Forger:
    return lambda found: changed(found, SIGNATURES, lambda value: {key: change(each) for key, each in value.items()})


FORGERIES: list[tuple[str, str, Forger]] = [
    ("a file with other content", "package.file_altered", lambda found: found | {FIRST: b'{"suspects":2}'}),
    ("two files swapped", "package.file_altered", lambda found: found | {FIRST: found[IMAGE], IMAGE: found[FIRST]}),
    ("a longer file", "package.size_differs", lambda found: found | {EMPTY: b"."}),
    ("another checksum", "package.checksum_differs", with_item(crc32="00000000")),
    ("a file left out", "package.missing_file", lambda found: without(found, IMAGE)),
    ("a file added", "package.extra_file", lambda found: {"data/more": b"", **found}),
    ("a file added beside data", "package.extra_file", lambda found: {"readme.txt": b"", **found}),
    ("a file added to the seal", "package.bad_path", lambda found: {"seal/more.json": b"", **found}),
    ("a file renamed", "package.missing_file", lambda found: renamed(found, IMAGE, "data/evidence/b.jpg")),
    ("a name turned round", "package.bad_path", lambda found: renamed(found, IMAGE, "data/\u202egpj.a")),
    ("a way out of the folder", "package.bad_path", lambda found: renamed(found, IMAGE, "data/../../etc/passwd")),
    ("a name that is not NFC", "package.bad_path", lambda found: renamed(found, IMAGE, "data/e\u0301.jpg")),
    ("two names that fall together", "package.name_clash", lambda found: renamed(found, IMAGE, "data/Message.json")),
    ("files in another order", "package.order", lambda found: {IMAGE: found[IMAGE], **found}),
    ("the seal left out", "package.no_seal", lambda found: without(found, SEAL_FILE)),
    ("the manifest left out", "package.no_seal", lambda found: without(found, MANIFEST)),
    ("the signatures left out", "package.no_seal", lambda found: without(found, SIGNATURES)),
    ("nothing left", "package.no_seal", lambda found: {}),
    ("an empty seal", "json.unreadable", lambda found: found | {SEAL_FILE: b""}),
    ("an empty manifest", "json.unreadable", lambda found: found | {MANIFEST: b""}),
    ("empty signatures", "json.unreadable", lambda found: found | {SIGNATURES: b""}),
    ("a seal without end", "json.too_long", lambda found: found | {SEAL_FILE: b"[" * 70_000}),
    ("a deep seal", "json.unreadable", lambda found: found | {SEAL_FILE: b"[" * 60_000}),
    ("a seal with a fraction", "json.unreadable", text(SEAL_FILE, b'"files":4', b'"files":4.0')),
    ("a seal with NaN", "json.unreadable", text(SEAL_FILE, b'"files":4', b'"files":NaN')),
    ("a key twice", "json.duplicate_key", text(SEAL_FILE, b'{"bytes"', b'{"case":"x","bytes"')),
    ("a space in the seal", "json.not_canonical", text(SEAL_FILE, b":", b": ")),
    ("a line end after the seal", "json.not_canonical", lambda found: found | {SEAL_FILE: found[SEAL_FILE] + b"\n"}),
    ("a sign written as its number", "json.not_canonical", text(SEAL_FILE, b"case-1", b"case-\\u0031")),
    ("signers twice", "json.not_canonical", lambda found: signed_again(
        changed(found, SEAL_FILE, lambda seal: seal | {"signers": seal["signers"] + seal["signers"]}), KEY, SECOND)),
    ("a further field", "json.wrong_fields", with_seal(note="x")),
    ("a list for a seal", "json.wrong_fields", lambda found: found | {SEAL_FILE: b"[]"}),
    ("a list for signatures", "json.wrong_value", lambda found: found | {SIGNATURES: b"[]"}),
    ("another version", "json.wrong_value", with_seal(v=2)),
    ("true for one", "json.wrong_value", with_seal(v=True)),
    ("a moment that never was", "json.wrong_value", with_seal(time="2026-02-30T00:00:00Z")),
    ("a moment elsewhere", "json.wrong_value", with_seal(time="2026-11-23T17:30:00+08:00")),
    ("no case", "json.wrong_value", with_seal(case="")),
    ("upper-case hexadecimal in the seal", "json.wrong_value", with_seal(previous="AB" * 32)),
    ("upper-case hexadecimal in the manifest", "json.wrong_value", with_item(sha256="AB" * 32)),
    ("a negative length", "json.wrong_value", with_item(size=-1)),
    ("upper-case hexadecimal in a signature", "json.wrong_value", first_signature(str.upper)),
    ("a short signature", "json.wrong_value", first_signature(lambda each: each[:-2])),
    ("the manifest of another package", "seal.manifest_differs", lambda found: found | {MANIFEST: parts({})[MANIFEST]}),
    ("another number of files", "seal.counts_differ", with_seal(files=5)),
    ("another number of bytes", "seal.counts_differ", with_seal(bytes=1)),
    ("another case", "seal.wrong_signature",
     lambda found: changed(found, SEAL_FILE, lambda seal: seal | {"case": "case-2"})),
    ("signed without the tag", "seal.wrong_signature", lambda found: found | {SIGNATURES: canonical(
        {key.public.id: key.sign(found[SEAL_FILE]).hex() for key in (KEY, SECOND)})}),
    ("one signature taken off", "seal.signatures_differ", lambda found: signed_again(found, KEY)),
    ("one signature put on", "seal.signatures_differ", lambda found: signed_again(found, KEY, SECOND, STRANGER)),
    ("no signature", "seal.unknown_key", lambda found: signed_again(found)),
    ("only a stranger's signature", "seal.unknown_key", lambda found: signed_again(found, STRANGER)),
    ("a key under another algorithm", "seal.wrong_algorithm",
     text(SEAL_FILE, b'"algorithm":"ed25519"', b'"algorithm":"sm2"')),
    ("another file under the same digest", "package.file_altered", with_item(sha256="0" * 64)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "forge"), [each[1:] for each in FORGERIES], ids=[each[0] for each in FORGERIES])
def test_a_forgery_packed_anew_is_refused_by_name(tmp_path: Path, code: str, forge: Forger) -> None:
    assert code in codes(tmp_path, contained(forge(parts())))


def test_what_a_forger_does_not_touch_is_not_blamed(tmp_path: Path) -> None:
    assert codes(tmp_path, contained(parts())) == set()
    assert codes(tmp_path, contained(resealed(parts()))) == set()
    assert codes(tmp_path, contained(parts() | {FIRST: b'{"suspects":2}'})) == {
        "package.file_altered", "package.checksum_differs",
    }


def test_a_file_twice_is_refused(tmp_path: Path) -> None:
    found = list(parts().items())
    assert "package.duplicate_name" in codes(tmp_path, contained([found[0], *found]))
    assert "package.duplicate_name" in codes(tmp_path, contained([*found, found[-1]]))


def packed(change: Callable[[ZipInfo], object] = lambda info: None, comment: bytes = b"") -> bytes:
    """The honest content in a container that another program wrote."""
    out = BytesIO()
    with ZipFile(out, "w") as package:
        package.comment = comment
        for name, content in parts().items():
            info = ZipInfo(name)
            change(info)
            package.writestr(info, content)
    return out.getvalue()


def compressed(info: ZipInfo) -> None:
    info.compress_type = ZIP_DEFLATED


@pytest.mark.parametrize(("code", "package"), [
    ("package.not_canonical", packed()),
    ("package.compressed", packed(compressed)),
    ("package.not_canonical", packed(lambda info: setattr(info, "comment", b"note"))),
    ("package.not_canonical", packed(lambda info: setattr(info, "extra", b"\xfe\xca\0\0"))),
    ("package.not_canonical", packed(lambda info: setattr(info, "date_time", (2026, 1, 1, 0, 0, 0)))),
    ("package.unreadable", packed(comment=b"note")),
], ids=["plain", "compressed", "comment", "extra", "date", "end"])  # fmt: skip
def test_a_container_of_another_program_is_refused_by_name(tmp_path: Path, code: str, package: bytes) -> None:
    assert code in codes(tmp_path, package)


def altered(old: bytes, new: bytes, after: int = 0) -> bytes:
    package = sealed()
    at = package.index(old, after)
    return package[:at] + new + package[at + len(old) :]


def end(count: int, size: int, start: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)


@pytest.mark.parametrize(("code", "package"), [
    ("package.flags", altered(b"PK\1\2\x2d\3\x14\0\0\0", b"PK\1\2\x2d\3\x14\0\x01\0")),
    ("package.headers_differ", altered(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\x08\0")),
    ("package.headers_differ", altered(b"message.json", b"massage.json")),
    ("package.bad_name", altered("诉".encode(), b"\xff\xff\xff", sealed().rindex("诉".encode()))),
    ("package.gap", altered(b"PK\3\4", b"?PK\3\4")),
    ("package.too_many_entries", b"\0" * (2**28 + 1) + end(3, 2**28 + 1, 0)),
    ("package.not_canonical", b"\0" * 46 + end(1, 46, 0)),
    ("package.unreadable", b""),
    ("package.unreadable", end(1, 46, 0)),
    ("package.unreadable", end(0xFFFF, 0, 0)),
    ("findings.more", contained([(f"more/{number}", b"") for number in range(MOST_OF_A_KIND + 1)])),
], ids=["flag", "local flag", "local name", "name", "byte", "huge", "junk", "none", "past", "64", "many"])
def test_a_container_made_by_hand_is_refused_by_name(tmp_path: Path, code: str, package: bytes) -> None:
    assert code in codes(tmp_path, package)


def test_files_laid_over_each_other_are_not_read_again_and_again(tmp_path: Path) -> None:
    package = bytearray(sealed())
    first = package.index(b"PK\1\2")
    struct.pack_into("<2L", package, first + 20, 0x7FFFFFFF, 0x7FFFFFFF)
    assert "package.gap" in codes(tmp_path, bytes(package))


def test_a_long_manifest_that_nobody_signed_is_not_parsed(tmp_path: Path) -> None:
    long = b'{"files":[' + b"[]," * 400_000 + b'[]],"v":1}'
    tracemalloc.start()
    found = codes(tmp_path, contained(parts() | {MANIFEST: long}))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == {"seal.manifest_differs"}
    assert most < 8 * len(long)
    for keys in ((STRANGER,), ()):
        forged = signed_again(resealed(parts() | {MANIFEST: long}), *keys)
        assert {"seal.unknown_key", "seal.signatures_differ"} == codes(tmp_path, contained(forged))
    assert "json.wrong_fields" in codes(tmp_path, contained(resealed(parts() | {MANIFEST: long})))


def test_two_packages_can_not_be_mixed(tmp_path: Path) -> None:
    one, other, chance = parts(), parts({name: content + b"!" for name, content in FILES.items()}), random.Random(3)
    for _ in range(200):
        taken = {name: chance.random() < 0.5 for name in one}
        if len(set(taken.values())) == 2:
            mixed = {name: (one if mine else other)[name] for name, mine in taken.items()}
            assert mixed in (one, other) or codes(tmp_path, contained(mixed)), taken


def test_every_problem_is_said_in_both_languages_and_has_a_test() -> None:
    told = Findings()
    for code in SAYS:
        names = ["why", "other", "flags", "most", "key", "fields", "zh", "en", "count"]
        told.add(code, "x", **dict.fromkeys(names, "?"))
    assert all(each.says["zh"] and each.says["en"] for each in told.listed())
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in SAYS if f'"{code}"' not in tests] == []


def test_what_holds_is_said_even_beside_what_does_not(tmp_path: Path) -> None:
    found = verified(tmp_path, contained(parts() | {FIRST: b'{"suspects":2}'}))
    assert any("signature" in each["en"] for each in found.holds)
    assert not any("exactly what was sealed" in each["en"] for each in found.holds)
    assert json.dumps([each.as_json() for each in found.problems])
