"""Which stage a person's dossier is measured for: that of the hand-over which answers the limit that is running."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dangui.core.party import Person
from dangui.core.problem import words
from dangui.core.proceeding import Clock, Proceeding
from dangui.packs import Packs
from dangui.proof import next_stage

WORLD = Packs(Path(__file__).parents[1]).load()
NOW = datetime(2025, 3, 5, 9, tzinfo=UTC)
PERSON = Person("甲", "suspect", NOW, charges=("theft",))


def clock(deadline: str, person: str = "甲") -> Clock:
    """A limit that runs for a person."""
    end = NOW + timedelta(days=3)
    nothing: tuple[str, ...] = ()
    return Clock(
        deadline, deadline, person, words("", ""), NOW, ("3 days",), end, "2025-03-07", "running", True, False,
        "next_day", "act", nothing, nothing, (),
    )  # fmt: skip


def stage(procedure: str, *clocks: Clock) -> str:
    state = Proceeding(procedure=procedure, clocks={each.id: each for each in clocks}, persons={"甲": PERSON})
    return next_stage(WORLD, state, PERSON, "theft")


def test_who_is_detained_is_measured_for_the_arrest() -> None:
    assert stage("criminal/investigation", clock("request_arrest")) == "arrest_review"


def test_who_is_free_or_arrested_is_measured_for_the_prosecution() -> None:
    assert stage("criminal/investigation") == "prosecution_review"
    assert stage("criminal/investigation", clock("investigation_custody")) == "prosecution_review"


def test_the_limit_of_another_person_changes_nothing() -> None:
    assert stage("criminal/investigation", clock("request_arrest", "乙")) == "prosecution_review"


def test_a_clock_that_was_met_is_no_longer_answered() -> None:
    met = replace(clock("request_arrest"), status="met")
    assert stage("criminal/investigation", met) == "prosecution_review"


@pytest.mark.parametrize(
    ("procedure", "measured_for"),
    [
        ("criminal/arrest_review", "arrest_review"),
        ("criminal/prosecution_review", "first_instance"),
        ("criminal/first_instance", "first_instance"),
        ("criminal/detention", ""),
    ],
)
def test_the_other_procedures_are_measured_for_what_follows_or_for_themselves(
    procedure: str, measured_for: str
) -> None:
    assert stage(procedure) == measured_for
