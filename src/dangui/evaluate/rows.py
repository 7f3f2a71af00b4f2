"""Row — 数据行: reading tables of unknown quality; what can't be read is counted by reason and never stops the run."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

_DATE = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")
FIRST_YEAR, LAST_YEAR = 1900, 2200
_WHOLE = re.compile(r"\s*(\d{1,4})(?:\.(0*|50*))?\s*")
LONGEST_FIELD = 10_000_000


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Every row of a table as text; absent cells are empty, surplus ones are dropped, broken bytes are replaced."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader((line.replace("\0", "") for line in file), restval="")
        for row in reader:
            yield {key: value or "" for key, value in row.items() if isinstance(key, str)}


def read_date(text: str) -> date | None:
    """A day written 2014-08-14, 2014/8/14 or 2014年8月14日; None otherwise, or for a year nobody alive wrote."""
    match = _DATE.fullmatch(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_months(text: str) -> tuple[int, int] | None:
    """Months and half months of a term (``18``, ``12.0``, ``1.5``); None for anything else or for nothing."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        return None
    months, halves = int(match[1]), int((match[2] or "").startswith("5"))
    return (months, halves) if months or halves else None
