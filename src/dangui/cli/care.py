"""Care — 维护: the commands that keep a node sound: migrate, verify, rebuild, catch up, back up, restore, health."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from dangui.cli import package, says
from dangui.cli.node import Node, open_node, prepare_web
from dangui.core import access
from dangui.core.ledger import Entry
from dangui.core.ports import Projection
from dangui.core.problem import Problem
from dangui.core.proceeding import fold
from dangui.store import archive
from dangui.store import backup as store_backup
from dangui.store.health import health as ask
from dangui.store.keys import node_secret
from dangui.store.verify import verify_store


def migrate(options: argparse.Namespace) -> int:
    """Bring the database to this version."""
    open_node().stop()
    says.line("数据库已是本版本", "the database is at this version")
    return says.OK


def verify(options: argparse.Namespace) -> int:
    """Check every ledger and every byte, or what concerns one case or proceeding; or a sealed package."""
    if options.package or options.key:
        return package.verify(options)
    node = open_node(migrated=False)
    try:
        found = verify_store(node.archive(), node.blobs)
        if options.what:
            found = _about(node, options.what, found)
    finally:
        node.stop()
    return _told(found, options.json)


def _about(node: Node, what: str, found: Sequence[Problem]) -> list[Problem]:
    """Problems in the proceedings of that case (or that proceeding)."""
    concerned = {
        proceeding
        for proceeding, entries in node.archive().ledgers()
        if what == proceeding or (entries and fold(entries[:1]).case_id == what)
    }
    if not concerned:
        raise says.Trouble(f"没有案件或承办“{what}”", f"there is no case or proceeding '{what}'")
    return [problem for problem in found if problem.place.partition("#")[0] in concerned]


def _told(found: Sequence[Problem], json: bool) -> int:
    if json:
        says.as_json({"ok": not found, "problems": [problem.as_json() for problem in found]})
    elif found:
        says.problems(found)
    else:
        says.line("核验通过:登记簿连续,材料完整", "verified: every chain and every byte is as it was recorded")
    return says.FOUND if found else says.OK


def rebuild(options: argparse.Namespace) -> int:
    """Make every list anew from the ledgers."""
    return _projected(archive.rebuild)


def catch_up(options: argparse.Namespace) -> int:
    """Make the lists that are behind."""
    return _projected(archive.catch_up)


def _projected(make: Callable[[archive.Ledgers, Callable[[Sequence[Entry]], Projection]], int]) -> int:
    node = open_node()
    try:
        count = make(node.archive(), _project)
    finally:
        node.stop()
    says.line(f"已投影 {count} 件", f"{count} proceedings projected")
    return says.OK


def _project(entries: Sequence[Entry]) -> Projection:
    return access.project(fold(entries))


def health(options: argparse.Namespace) -> int:
    """What works and what does not."""
    node = open_node(migrated=False)
    try:
        found = ask(node.store(), node.blobs)
    finally:
        node.stop()
    if options.json:
        says.as_json(found.as_json())
    else:
        says.problems(found.problems)
        says.line(
            f"待办任务 {found.jobs_waiting},失败重试中 {found.jobs_failing}",
            f"{found.jobs_waiting} jobs wait, {found.jobs_failing} are being tried again",
        )
    return says.FOUND if found.problems else says.OK


def backup(options: argparse.Namespace) -> int:
    """Copy database, files and secret into a new folder, while the node works."""
    node = open_node()
    try:
        node_secret(node.where.home)  # a node that never worked has none yet
        digest = store_backup.backup(_kept(node), options.folder.resolve())
    finally:
        node.stop()
    says.line(f"已备份到 {options.folder}", f"backed up to {options.folder}")
    print(digest)
    return says.OK


def restore(options: argparse.Namespace) -> int:
    """Bring a backup back into an empty node, and verify it."""
    node = open_node(migrated=False)
    try:
        store_backup.restore(options.folder.resolve(), _kept(node), options.digest)
        prepare_web(node)
    finally:
        node.stop()
    says.line("已恢复并核验", "restored and verified")
    return says.OK


def _kept(node: Node) -> store_backup.Node:
    """What the store needs to know of the node."""
    return store_backup.Node(node.dsns.owner, node.where.home / "blobs", node.where.home)
