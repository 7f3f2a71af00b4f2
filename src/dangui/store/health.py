"""Health — 运行状况: whether the node can work now, and what an operator should look at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dangui.core.ports import Unavailable
from dangui.core.problem import Problem, words
from dangui.store import migrate
from dangui.store.blobs import DirectoryBlobs
from dangui.store.jobs import Waiting
from dangui.store.postgres import PostgresStore

LEAST_FREE = 2**30
"""Bytes that must be free for materials; below this the operator is warned while there is still time."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found — 运行状况; ``problems`` is empty when all is well. Jobs are counted up to 1,000."""

    problems: tuple[Problem, ...]
    jobs_waiting: int
    jobs_failing: int

    def as_json(self) -> dict[str, Any]:
        """For the health endpoint; says nothing about cases or people."""
        return {"ok": not self.problems, "jobs_waiting": self.jobs_waiting, "jobs_failing": self.jobs_failing,
                "problems": [problem.as_json() for problem in self.problems]}


def health(store: PostgresStore, blobs: DirectoryBlobs) -> Health:
    """Asks the database, its migrations, the jobs and the disk; takes milliseconds."""
    problems = _blob_problems(blobs)
    try:
        with store.pool.connection() as connection:
            had = migrate.applied(connection)
        lacking = [name for name in migrate.names() if name not in had]
        if lacking:
            return Health((*problems, _not_migrated(lacking)), 0, 0)
        waiting = store.jobs_waiting()
    except Unavailable as error:
        return Health((*problems, Problem("database.unavailable", "database", words(
            "数据库无法连接", f"the database can't be reached: {error}"))), 0, 0)
    failing = [one for one in waiting if one.attempts]
    return Health((*problems, *map(_failing, failing[:20])), len(waiting), len(failing))


def _not_migrated(lacking: Sequence[str]) -> Problem:
    return Problem("database.not_migrated", "database", words(
        f"数据库尚未升级:{'、'.join(lacking)}", f"the database lacks {', '.join(lacking)}"),
        words("请执行 dangui migrate", "run dangui migrate"))


def _failing(one: Waiting) -> Problem:
    return Problem("job.failing", one.job.key, words(
        f"任务 {one.job.name} 已失败{one.attempts}次,下次 {one.due_at:%Y-%m-%d %H:%M:%S} 再试",
        f"job {one.job.name} failed {one.attempts} times, next try {one.due_at:%Y-%m-%d %H:%M:%S}"))


def _blob_problems(blobs: DirectoryBlobs) -> list[Problem]:
    try:
        free = os.statvfs(blobs.folder)
        writable = os.access(blobs.folder, os.W_OK)
    except OSError as error:
        return [Problem("blobs.unavailable", str(blobs.folder), words(
            "材料目录无法访问", f"the blob folder can't be reached: {error}"))]
    found = []
    if not writable:
        found.append(Problem("blobs.read_only", str(blobs.folder), words(
            "材料目录不可写", "the blob folder is read-only")))
    if free.f_bavail * free.f_frsize < LEAST_FREE:
        found.append(Problem("blobs.nearly_full", str(blobs.folder), words(
            "材料目录剩余空间不足1GB", "less than 1 GB is free in the blob folder")))
    return found
