"""Evidence standards: a bad dossier lacks what is missing, a good one nothing; confessions alone prove nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dangui.citation import resolve
from dangui.core.evidence import EvidenceStandard, Finding, lacking
from dangui.core.facts import Facts
from dangui.core.party import Person
from dangui.core.problem import Problem
from dangui.core.proceeding import Proceeding
from dangui.core.shape import Shape
from dangui.packs import Packs
from dangui.standards import parse_standard
from dangui.statutes import read_statutes

ROOT = Path(__file__).parents[2]
WORLD = Packs(ROOT).load()
NOW = datetime(2025, 3, 5, 9, tzinfo=UTC)
CONFESSIONS = {kind.id for kind in WORLD.catalogues["criminal"].kinds.values() if kind.confession}
STAGES = ("arrest_review", "prosecution_review", "first_instance")
LAST = STAGES[-1]

PERSONAL = ["household_record", "capture_account", "no_record_certificate", "interrogation_record"]
GOOD = {
    "theft": ["victim_statement", "video", "price_appraisal", "return_list"],
    "fraud": ["victim_statement", "bank_records", "freezing_notice"],
    "intentional_injury": ["victim_statement", "video", "injury_appraisal", "medical_record", "compensation_agreement"],
    "dangerous_driving": ["video", "alcohol_test", "documentary_evidence"],
    "drug_trafficking": ["seizure_list", "drug_analysis", "witness_statement", "electronic_data"],
    "picking_quarrels": ["victim_statement", "witness_statement", "injury_appraisal"],
    "traffic_casualties": [
        "scene_inspection_record",
        "video",
        "traffic_accident_determination",
        "injury_appraisal",
        "documentary_evidence",
    ],
    "concealing_proceeds": ["judgment", "witness_statement", "bank_records"],
}
"""What a dossier holds that lacks nothing, beside what every offence needs of the person."""

MISSING = [
    ("theft", ["price_appraisal"], {"value": "warn"}),
    ("fraud", ["bank_records"], {"amount": "stop"}),
    ("intentional_injury", ["injury_appraisal"], {"degree": "stop"}),
    ("dangerous_driving", ["alcohol_test"], {"alcohol": "warn"}),
    ("drug_trafficking", ["drug_analysis"], {"kind": "stop"}),
    ("drug_trafficking", ["seizure_list"], {"source": "stop"}),
    ("picking_quarrels", GOOD["picking_quarrels"], {"occurred": "stop", "gravity": "stop"}),
    ("traffic_casualties", ["traffic_accident_determination"], {"responsibility": "stop"}),
    ("traffic_casualties", ["injury_appraisal"], {"harm": "stop"}),
    ("concealing_proceeds", GOOD["concealing_proceeds"], {"predicate": "stop", "occurred": "stop", "amount": "warn"}),
]
"""offence, what is taken out of the good dossier, what then is lacking."""


def dossier(kinds: Iterable[str], of: str = "", status: str = "bound", persons: Iterable[Person] = ()) -> Proceeding:
    """A proceeding that holds one material of each kind."""
    materials = {
        f"{kind}-{number}": {"id": f"{kind}-{number}", "kind": kind, "status": status, "of": [of] if of else []}
        for number, kind in enumerate(kinds)
    }
    return Proceeding(materials=materials, main_role="suspect", persons={each.id: each for each in persons})


def found(offence: str, state: Proceeding, stage: str = LAST, person: Person | None = None) -> list[Finding]:
    """What is lacking about the person."""
    about = person or Person("甲", "suspect", NOW)
    return lacking(WORLD.standards[offence], stage, state, about, Facts(state, about, NOW), CONFESSIONS)


def levels(findings: Iterable[Finding]) -> dict[str, str]:
    return {finding.point.id: finding.level for finding in findings}


def test_eight_common_offences_have_a_standard() -> None:
    assert set(WORLD.standards) == set(GOOD)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("offence", GOOD)
def test_a_good_dossier_lacks_nothing(offence: str, stage: str) -> None:
    assert levels(found(offence, dossier([*PERSONAL, *GOOD[offence]]), stage)) == {}


@pytest.mark.parametrize(("offence", "taken", "lacks"), MISSING)
def test_what_is_taken_out_is_what_is_lacking(offence: str, taken: list[str], lacks: dict[str, str]) -> None:
    kinds = [kind for kind in [*PERSONAL, *GOOD[offence]] if kind not in taken]
    assert levels(found(offence, dossier(kinds))) == lacks


@pytest.mark.parametrize("offence", GOOD)
def test_an_empty_dossier_lacks_the_act_and_the_actor_already_for_arrest(offence: str) -> None:
    here = levels(found(offence, dossier([]), "arrest_review"))
    assert (here["occurred"], here["done_by"]) == ("stop", "stop")


@pytest.mark.parametrize("offence", GOOD)
def test_confessions_however_many_never_corroborate_one_another(offence: str) -> None:
    findings = {each.point.id: each for each in found(offence, dossier(sorted(CONFESSIONS) * 2))}
    assert findings["occurred"].level == "stop"
    assert "criminal_procedure/2018#55.1" in findings["occurred"].point.basis
    assert not CONFESSIONS & set(findings["occurred"].wants)


def test_a_confession_and_one_other_kind_corroborate() -> None:
    assert "occurred" not in levels(found("theft", dossier(["interrogation_record", "victim_statement"])))


def test_a_single_kind_beside_no_confession_is_a_warning_never_a_stop() -> None:
    (finding,) = [each for each in found("theft", dossier(["video"])) if each.point.id == "occurred"]
    assert finding.level == "warn"
    assert finding.there == ("video-0",)
    assert "victim_statement" in finding.wants
    assert finding.says["zh"]
    assert finding.says["en"]


def test_excluded_evidence_and_that_about_another_accused_prove_nothing() -> None:
    one, other = Person("甲", "suspect", NOW), Person("乙", "suspect", NOW)
    assert levels(found("theft", dossier(["video", "victim_statement"], status="excluded")))["done_by"] == "stop"
    theirs = dossier(["video", "victim_statement"], of="乙", persons=(one, other))
    assert levels(found("theft", theirs, person=one))["done_by"] == "stop"
    assert "done_by" not in levels(found("theft", theirs, person=other))


def test_nobody_has_to_prove_who_it_is_once_the_identity_is_found_to_be_unknown() -> None:
    unknown = Person("甲", "suspect", NOW, marks=frozenset({"identity_unknown"}))
    assert "identity" in levels(found("theft", dossier([])))
    assert "identity" not in levels(found("theft", dossier([]), person=unknown))


def test_where_no_drug_was_seized_no_analysis_is_asked_for() -> None:
    assert "kind" not in levels(found("drug_trafficking", dossier(["witness_statement"])))
    assert levels(found("drug_trafficking", dossier(["seizure_list"])))["kind"] == "stop"


def test_a_stop_is_always_cited_and_every_citation_is_in_the_words_of_the_law() -> None:
    statutes = read_statutes(ROOT / "statutes")
    for standard in WORLD.standards.values():
        for point in standard.points:
            assert point.basis or "stop" not in point.at.values()
        cited = [each for item in (*standard.points, *standard.forms) for each in item.basis]
        assert [each for each in cited if isinstance(resolve(each, statutes, "here"), Problem)] == []


def read(**raw: object) -> tuple[EvidenceStandard, list[str]]:
    """A standard with one fact, and what is wrong with it."""
    problems: list[Problem] = []
    fact = {"title": {"zh": "行为", "en": "Act"}, "by_any": ["video"], "at": {LAST: "warn"}, **raw}
    given = {"evidence": [{"link": {"zh": "客观", "en": "Act"}, "prove": {"act": fact}}]}
    standard = parse_standard(Shape(given, "here", problems), problems)
    return standard, [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("mistake", "code"),
    [
        ({"at": {LAST: "stop"}}, "evidence.no_basis"),
        ({"corroborated": {"kinds": 2}}, "evidence.no_basis"),
        ({"by_any": []}, "evidence.no_kind"),
        ({"at": {LAST: "forbid"}}, "pack.unknown_choice"),
        ({"title": {"zh": "行为"}}, "pack.language_missing"),
        ({"by_some": ["video"]}, "pack.unknown_key"),
    ],
)
def test_a_mistake_in_a_standard_is_named(mistake: dict[str, object], code: str) -> None:
    assert read() == (read()[0], [])
    assert read(**mistake)[1] == [code]
