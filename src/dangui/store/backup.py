"""Backup — 备份: database, blobs and the node's secret in one folder with a manifest; and the way back, verified.

The database is dumped first, as one snapshot, and the blobs after it: a blob is durable before an entry names it, so
every blob of the snapshot is there to be copied, while the node goes on working. A backup is as secret as the node;
what is shredded later can still be read from it, so old backups have to be destroyed in their turn.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dangui.core.digest import digest
from dangui.core.problem import Problem, Refusal, words
from dangui.store import dump, migrate
from dangui.store.archive import Archive
from dangui.store.blobs import DirectoryBlobs
from dangui.store.keys import SECRET_FILE, write_private
from dangui.store.pool import Pool
from dangui.store.verify import verify_store

MANIFEST = "manifest.json"
DATABASE = "database.dump"
_FORMAT = "dangui-backup-1"


@dataclass(frozen=True, slots=True)
class Node:
    """What a node keeps — 节点: its database as the owner, its blobs, and the folder of its secret."""

    owner_dsn: str
    blobs: Path
    folder: Path


def backup(node: Node, target: Path) -> str:
    """Back ``node`` up into the new folder ``target``; returns the digest of the manifest, to be kept elsewhere.

    Raises Refusal if ``target`` exists or a blob is damaged or missing, Unavailable if the database can't be reached.
    """
    if target.exists():
        raise Refusal([_problem("backup.target_exists", target.name, "目标目录已存在", "the target folder exists")])
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    counted = dump.dump(node.owner_dsn, part / DATABASE)
    blobs = _copy_blobs(DirectoryBlobs(node.blobs), DirectoryBlobs(part / "blobs"))
    write_private(part / SECRET_FILE, (node.folder / SECRET_FILE).read_text("ascii"))
    manifest = {"format": _FORMAT, "made_at": datetime.now(UTC).isoformat(), "migrations": migrate.names(),
                "database": counted, "blobs": blobs, "blob_list": digest(blobs),
                "files": {name: _file_digest(part / name) for name in (DATABASE, SECRET_FILE)}}
    sealed = {**manifest, "digest": digest(manifest)}
    write_private(part / MANIFEST, json.dumps(sealed, ensure_ascii=False, indent=1))
    _sync_all(part)
    os.rename(part, target)
    return str(sealed["digest"])


def restore(source: Path, node: Node, expected: str = "") -> None:
    """Restore ``source`` into the empty ``node`` and verify the outcome: counts, heads, every chain, every blob.

    ``expected`` is the manifest's digest if it was kept. Raises Refusal with everything that is wrong with the backup,
    before anything is written; or with what the verification found.
    """
    problems = [*check(source, expected), *_occupied(node)]
    if problems:
        raise Refusal(problems)
    manifest = _manifest(source)
    dump.load(node.owner_dsn, source / DATABASE)
    _copy_blobs(DirectoryBlobs(source / "blobs"), DirectoryBlobs(node.blobs))
    node.folder.mkdir(parents=True, exist_ok=True)
    write_private(node.folder / SECRET_FILE, (source / SECRET_FILE).read_text("ascii"))
    migrate.migrate(node.owner_dsn)
    found = [*_differences(manifest["database"], dump.count(node.owner_dsn)), *verify_node(node)]
    if found:
        raise Refusal(found)


def verify_node(node: Node) -> list[Problem]:
    """Everything altered, lost or cut off in a node."""
    pool = Pool(node.owner_dsn, role=None)
    try:
        return verify_store(Archive(pool), DirectoryBlobs(node.blobs))
    finally:
        pool.close()


def check(source: Path, expected: str = "") -> list[Problem]:
    """Everything that is wrong with a backup: not finished, altered, incomplete."""
    try:
        manifest = _manifest(source)
    except FileNotFoundError:
        return [_problem("backup.no_manifest", MANIFEST, "没有清单,备份未完成或不是备份",
                         "there is no manifest: the backup was not finished, or is none")]
    except ValueError:
        return [_problem("backup.altered", MANIFEST, "清单已被改动", "the manifest was altered")]
    if expected and manifest["digest"] != expected:
        return [_problem("backup.other", MANIFEST, "不是所指的那份备份", "this is not the backup that was asked for")]
    return [*_file_problems(source, manifest), *_blob_problems(source, manifest)]


def _manifest(source: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text("utf-8"))
    sealed = {key: value for key, value in manifest.items() if key != "digest"}
    if manifest.get("format") != _FORMAT or digest(sealed) != manifest.get("digest"):
        raise ValueError(MANIFEST)
    return manifest


def _file_problems(source: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    for name, found in manifest["files"].items():
        if not (source / name).is_file():
            yield _problem("backup.missing", name, "文件缺失", "the file is missing")
        elif _file_digest(source / name) != found:
            yield _problem("backup.altered", name, "文件已被改动", "the file was altered")


def _blob_problems(source: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    # Looked at without DirectoryBlobs, which would make the folder that is missing.
    folder = source / "blobs"
    blobs = DirectoryBlobs(folder) if folder.is_dir() else None
    for name in manifest["blobs"]:
        if blobs is None or not blobs.has(name):
            yield _problem("backup.blob_missing", f"blobs/{name}", "材料文件缺失", "the blob is missing")
        elif not blobs.is_whole(name):
            yield _problem("backup.blob_altered", f"blobs/{name}", "材料文件已被改动", "the blob was altered")


def _occupied(node: Node) -> Iterator[Problem]:
    if dump.is_occupied(node.owner_dsn):
        yield _problem("restore.database_not_empty", "database", "目标数据库不是空的,不会覆盖",
                       "the database is not empty and is not overwritten")
    if (node.folder / SECRET_FILE).exists():
        yield _problem("restore.node_not_empty", SECRET_FILE, "目标节点已有密钥,不会覆盖",
                       "the node has a secret of its own, which is not overwritten")


def _differences(then: dict[str, Any], now: dict[str, Any]) -> Iterator[Problem]:
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield _problem("restore.differs", name, f"备份时为{then.get(name)},恢复后为{now.get(name)}",
                           f"was {then.get(name)} in the backup and is {now.get(name)} now")


def _copy_blobs(source: DirectoryBlobs, target: DirectoryBlobs) -> dict[str, int]:
    copied: dict[str, int] = {}
    problems: list[Problem] = []
    for name in source.digests():
        with source.open(name) as file:
            blob = target.put(file)
        copied[name] = blob.size
        if blob.digest != name:
            problems.append(_problem("blob.altered", f"blob {name}", "材料文件已被改动", "its bytes were altered"))
    if problems:
        raise Refusal(problems)
    return copied


def _file_digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_all(folder: Path) -> None:
    for path in (folder, *(folder / name for name in (DATABASE, SECRET_FILE, MANIFEST))):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _problem(code: str, place: str, zh: str, en: str) -> Problem:
    return Problem(code, place, words(zh, en))
