"""Job — 后台任务: how a waiting job stands and when a failed one is tried again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dangui.core.ports import Job, Store, Unavailable

_LOG = logging.getLogger("dangui.jobs")

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that has not ended well yet — 待办任务: how often it was tried, why it failed, when next."""

    job: Job
    attempts: int
    error: str
    due_at: datetime


def work(store: Store, handler: Callable[[Job], None], stopped: threading.Event, pause: float = 1.0) -> None:
    """Run jobs as they fall due until ``stopped`` is set: the worker of a node, in as many processes as are wanted.

    Between looks it sleeps ``pause`` seconds. It outlives a database that goes away. A worker that dies leaves its job
    to the others at once, because the job's lock dies with its connection.
    """
    while not stopped.is_set():
        try:
            ran = store.run_jobs(handler)
        except Unavailable as error:
            _LOG.warning("jobs wait for the database: %s", error)
            ran = 0
        if not ran:
            stopped.wait(pause)


def retry_at(now: datetime, attempts: int) -> datetime:
    """When a job that has failed ``attempts`` times is tried again: 5 s, 10 s, 20 s … at most an hour apart."""
    pause: timedelta = FIRST_PAUSE * (1 << min(attempts - 1, 20))
    return now + min(pause, LONGEST_PAUSE)


def error_text(error: BaseException) -> str:
    """What is kept of a failure: its class and words, at most 2,000 characters."""
    return f"{type(error).__name__}: {error}".replace("\x00", "\\0")[:2000]
