"""The calendars this project ships, read plainly, so that the core's tests need no loader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from dangui.core.calendar import Calendar

FOLDER = Path(__file__).parents[2] / "calendars"


def read_calendar() -> Calendar:
    """All years of ``calendars/`` as one calendar."""
    years = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return Calendar(
        frozenset(date.fromisoformat(day) for year in years for feast in year["rest"] for day in feast["days"]),
        frozenset(date.fromisoformat(day) for year in years for day in year["worked"]),
        frozenset(year["year"] for year in years),
    )
