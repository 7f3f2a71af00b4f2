"""Serving — 运行: the application that answers requests, put together once and then shared by all worker processes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from dangui.app import Settings, assemble
from dangui.clerk import Clerk
from dangui.core.ports import Blobs, Store, Unavailable
from dangui.web.directory import Accounts

log = logging.getLogger("dangui.outbox")

POLL = 1.0
"""Seconds between two looks at the outbox, for jobs that another process queued or that are tried again."""


class Outbox(threading.Thread):
    """Delivers what is queued — 发件: at once when told, and every second; each job goes to one process only."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(name="outbox", daemon=True)
        self._clerk = clerk
        self._due = threading.Event()

    def hurry(self) -> None:
        """Something was queued just now."""
        self._due.set()

    def run(self) -> None:
        """Work until the process ends."""
        while True:
            self._due.wait(POLL)
            self._due.clear()
            try:
                self._clerk.run_jobs()
            except Unavailable as error:
                log.warning("the outbox waits for the database: %s", error)
            except Exception:
                log.exception("a job could not be run")


def prepare(where: Settings, store: Store, blobs: Blobs) -> Callable[[], Any]:
    """Put the application together. What is returned is called once in each worker and gives its WSGI application."""
    from dangui.web import parts
    from dangui.web.wsgi import application

    node = assemble(where, store, blobs, Accounts())
    boxes: list[Outbox] = []

    def acted() -> None:
        for box in boxes:
            box.hurry()

    parts.use(parts.Parts(node.reader, node.clerk, node.statutes, acted))
    _load_pages()

    def begin() -> Any:
        boxes.append(Outbox(node.clerk))
        boxes[0].start()
        return application

    return begin


def _load_pages() -> None:
    """Import every page before the first request, so that none of them waits for it."""
    from django.urls import get_resolver

    len(get_resolver().url_patterns)
