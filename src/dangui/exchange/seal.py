"""Seal — 封签: what a package says of itself: the manifest of its files and the small text that is signed.

Both are JSON in the one form of RFC 8785, with exactly the fields named here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dangui.core.digest import canonical, sha256
from dangui.exchange.finding import Findings

VERSION = 1
MANIFEST, SEAL_FILE, SIGNATURES = "seal/manifest.json", "seal/seal.json", "seal/signatures.json"
LONGEST = {MANIFEST: 2**26, SEAL_FILE: 2**16, SIGNATURES: 2**16}
"""Bytes that a reader accepts of each."""

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_LONGEST_PATH = 1024
_LONGEST_STEP = 255
_UNSAFE = frozenset('\\:*?"<>|')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
_HEX_64, _HEX_32 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{8}")
_SIGNATURE = re.compile("[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Item:
    """A file as the manifest lists it — 清单项. ``material`` is its id in the dossier, or empty."""

    path: str
    size: int
    sha256: str
    crc32: str
    material: str

    def as_json(self) -> dict[str, Any]:
        """Its JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a package is about — 封签事项: who hands what case over to whom, by which collaboration.

    ``previous`` is the digest of the seal that was received with the case, or empty for the first; ``sealed_at`` has a
    time zone and is kept to the second.
    """

    case: str
    sender: str
    receiver: str
    collaboration: str
    node: str
    previous: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """The text that is signed — 封签. ``total`` in bytes; ``signers``: key id → algorithm."""

    heading: Heading
    manifest: str
    files: int
    total: int
    signers: Mapping[str, str]

    def raw(self) -> bytes:
        """Its one form."""
        about = self.heading
        return canonical({
            "v": VERSION, "case": about.case, "from": about.sender, "to": about.receiver,
            "collaboration": about.collaboration, "node": about.node, "previous": about.previous,
            "time": about.sealed_at.astimezone(UTC).strftime(MOMENT), "manifest": self.manifest,
            "files": self.files, "bytes": self.total,
            "signers": [{"key": key, "algorithm": self.signers[key]} for key in sorted(self.signers)],
        })

    @property
    def digest(self) -> str:
        """By which the next seal names this one."""
        return sha256(self.raw())


def manifest_raw(items: tuple[Item, ...] | list[Item]) -> bytes:
    """The manifest in its one form; the order is that of the dossier."""
    return canonical({"v": VERSION, "files": [item.as_json() for item in items]})


def path_fault(path: str) -> str:
    """Why ``path`` can't be in a package, in English; empty if it can. The whole rule is safe on every system."""
    steps = path.split("/")
    faults = {
        "not below data/": steps[0] != "data" or len(steps) < 2,
        "not in Unicode form NFC": not _is_nfc(path),
        "a step is empty, '.' or '..'": any(step in ("", ".", "..") for step in steps),
        "an invisible or unassigned character": not path.isprintable(),
        "a character that some systems do not allow": bool(_UNSAFE & set(path)),
        "a step begins or ends in a space or ends in a dot": any(step != step.strip(" ").rstrip(".") for step in steps),
        "a name that some systems reserve": any(_RESERVED.fullmatch(step) for step in steps),
        "too long": len(path.encode(errors="replace")) > _LONGEST_PATH
        or any(len(step.encode(errors="replace")) > _LONGEST_STEP for step in steps),
    }
    return "; ".join(fault for fault, holds in faults.items() if holds)


def check_paths(paths: list[str], found: Findings) -> None:
    """Names that are not allowed, occur twice, or fall together on some systems."""
    seen: dict[str, str] = {}
    sound: dict[str, str] = {}
    for path in paths:
        folded = unicodedata.normalize("NFC", path.casefold())
        fault = path_fault(path)
        if fault:
            found.add("package.bad_path", path, why=fault)
        else:
            sound[folded] = path
        if folded in seen:
            same = seen[folded] == path
            found.add("package.duplicate_name" if same else "package.name_clash", path, other=seen[folded])
        seen[folded] = path
    for folded, path in sound.items():
        steps = folded.split("/")
        above = ("/".join(steps[:depth]) for depth in range(2, len(steps)))
        for folder in (each for each in above if each in seen):
            found.add("package.name_clash", path, other=seen[folder])


def read_manifest(raw: bytes, found: Findings) -> tuple[Item, ...] | None:
    """The items of a manifest, or None with everything that is wrong with it."""
    value = read_json(raw, MANIFEST, found)
    before = len(found)
    if not _has_fields(value, MANIFEST, {"v": _version, "files": _list}, found):
        return None
    for number, item in enumerate(value["files"]):
        _has_fields(item, f"{MANIFEST}:files[{number}]", _ITEM, found)
    return None if len(found) > before else tuple(Item(**item) for item in value["files"])


def read_seal(raw: bytes, found: Findings) -> Seal | None:
    """The seal, or None with everything that is wrong with it."""
    value = read_json(raw, SEAL_FILE, found)
    before = len(found)
    if not _has_fields(value, SEAL_FILE, _SEAL, found):
        return None
    for number, signer in enumerate(value["signers"]):
        _has_fields(signer, f"{SEAL_FILE}:signers[{number}]", _SIGNER, found)
    if len(found) > before:
        return None
    moment = datetime.strptime(value["time"], MOMENT).replace(tzinfo=UTC)
    heading = Heading(
        value["case"], value["from"], value["to"], value["collaboration"], value["node"], value["previous"], moment
    )
    signers = {signer["key"]: signer["algorithm"] for signer in value["signers"]}
    seal = Seal(heading, value["manifest"], value["files"], value["bytes"], signers)
    if seal.raw() != raw:  # signers out of order or twice
        found.add("json.not_canonical", SEAL_FILE)
    return seal


def read_signatures(raw: bytes, found: Findings) -> dict[str, bytes] | None:
    """Key id → signature, or None with everything that is wrong."""
    value = read_json(raw, SIGNATURES, found)
    if not isinstance(value, dict):
        found.add("json.wrong_value", SIGNATURES, zh="对象", en="an object")
        return None
    wrong = [key for key, each in value.items() if not (_matches(_HEX_64, key) and _matches(_SIGNATURE, each))]
    for key in wrong:
        zh, en = "64 位小写十六进制密钥号及 128 位小写十六进制签名", "key id and signature in lower-case hexadecimal"
        found.add("json.wrong_value", f"{SIGNATURES}:{key}", zh=zh, en=en)
    return None if wrong else {key: bytes.fromhex(each) for key, each in value.items()}


def read_json(raw: bytes, place: str, found: Findings) -> Any:
    """The value, if it is JSON in its one form; otherwise what is wrong is told to ``found``."""
    twice: list[str] = []
    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=lambda pairs: _object(pairs, twice), parse_constant=_no_constant
        )
        one_form = canonical(value)
    except (ValueError, RecursionError):
        found.add("json.unreadable", place)
        return None
    for key in twice:
        found.add("json.duplicate_key", place, key=key)
    if not twice and one_form != raw:
        found.add("json.not_canonical", place)
    return value


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = Counter(name for name, _ in pairs)
        twice.extend(name for name, count in names.items() if count > 1)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _matches(form: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


Rule = tuple[Callable[[Any], bool], str, str]
"""Whether a value will do; and what it must be, in both languages."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() and _is_nfc(value)


def _is_moment(value: Any) -> bool:
    try:
        return bool(datetime.strptime(value, MOMENT).replace(tzinfo=UTC).strftime(MOMENT) == value)
    except (TypeError, ValueError):
        return False


_version: Rule = (lambda value: type(value) is int and value == VERSION, "1(版本)", "1, the version")
_list: Rule = (lambda value: isinstance(value, list), "列表", "a list")
_text: Rule = (_is_text, "1 至 200 个可见字符", "1 to 200 visible characters")
_count: Rule = (lambda value: type(value) is int and value >= 0, "非负整数", "a whole number, not negative")
_digest: Rule = (lambda value: _matches(_HEX_64, value), "64 位小写十六进制", "64 lower-case hexadecimal digits")
_crc: Rule = (lambda value: _matches(_HEX_32, value), "8 位小写十六进制", "8 lower-case hexadecimal digits")
_material: Rule = (lambda value: value == "" or _is_text(value), "材料编号或空", "the id of a material, or nothing")
_previous: Rule = (
    lambda value: value == "" or _matches(_HEX_64, value), "前一封签摘要或空", "a seal's digest, or nothing"
)
_moment: Rule = (_is_moment, "UTC 时间,精确到秒", "a moment in UTC, to the second")
_path: Rule = (lambda value: isinstance(value, str), "文字", "a text")

_ITEM = {"path": _path, "size": _count, "sha256": _digest, "crc32": _crc, "material": _material}
_SIGNER = {"key": _digest, "algorithm": _text}
_SEAL = {
    "v": _version, "case": _text, "from": _text, "to": _text, "collaboration": _text, "node": _text,
    "previous": _previous, "time": _moment, "manifest": _digest, "files": _count, "bytes": _count, "signers": _list,
}


def check_heading(heading: Heading, found: Findings) -> None:
    """What a reader would refuse of a heading, before it is sealed."""
    value = {
        "case": heading.case, "from": heading.sender, "to": heading.receiver, "collaboration": heading.collaboration,
        "node": heading.node, "previous": heading.previous,
    }
    _has_fields(value, SEAL_FILE, {name: _SEAL[name] for name in value}, found)


def _has_fields(value: Any, place: str, rules: Mapping[str, Rule], found: Findings) -> bool:
    """Whether ``value`` is an object with exactly these fields, each as its rule wants it."""
    if not isinstance(value, dict) or value.keys() != rules.keys():
        found.add("json.wrong_fields", place, fields=", ".join(rules))
        return False
    wrong = [name for name, (will_do, _, _) in rules.items() if not will_do(value[name])]
    for name in wrong:
        found.add("json.wrong_value", f"{place}:{name}", zh=rules[name][1], en=rules[name][2])
    return not wrong
