"""Query — 查询: the named queries of queries.sql."""

from __future__ import annotations

import re
from importlib.resources import files


def _load() -> dict[str, bytes]:
    text = files("dangui.store").joinpath("queries.sql").read_text("utf-8")
    _, *parts = re.split(r"^-- (\w+) --$", text, flags=re.MULTILINE)
    bodies = (re.sub(r"^--.*\n", "", part, flags=re.MULTILINE).strip() for part in parts[1::2])
    return {name: body.encode() for name, body in zip(parts[::2], bodies, strict=True)}


QUERIES = _load()
"""SQL by name, ready to send; parameters are named."""
