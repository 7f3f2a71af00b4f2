"""Statics — 静态文件: style, scripts and marks; their addresses carry a digest and so never grow stale."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class Statics(StaticFilesStorage):
    """Adds ``?v=<digest>`` to each address; nothing has to be collected before the first start."""

    def url(self, name: str | None) -> str:
        """The address of a static file, with the beginning of its SHA-256."""
        return f"{super().url(name)}?v={_version(name or '')}"


@lru_cache(maxsize=256)
def _version(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else "0"
