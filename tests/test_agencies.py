"""The fictional city, offences, codes, measures and catalogue: what is named exists, and in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dangui.packs_yaml import read_file

ROOT = Path(__file__).resolve().parent.parent
CITY = ROOT / "agencies" / "yunxi"
KINDS = {
    "police", "procuratorate", "court", "justice_bureau", "detention_house", "prison", "legal_aid", "law_firm",
    "mediation_committee",
}
NEIGHBOURS = {
    **{kind: kind for kind in KINDS}, "superior_police": "police", "superior_procuratorate": "procuratorate",
    "provincial_procuratorate": "procuratorate", "superior_court": "court", "provincial_court": "court",
}


def value(path: Path) -> Any:
    sheet = read_file(path, ROOT)
    assert sheet.problems == ()
    return sheet.value


AGENCIES: dict[str, Any] = {path.stem: value(path) for path in sorted(CITY.glob("*.yaml")) if path.stem != "people"}
PEOPLE: list[dict[str, str]] = value(CITY / "people.yaml")["people"]
OFFENCES = sorted((ROOT / "offences").glob("*.yaml"))
CODES: dict[str, dict[str, Any]] = value(ROOT / "procedures" / "criminal" / "codes.yaml")
MEASURES: dict[str, dict[str, Any]] = value(ROOT / "procedures" / "criminal" / "measures.yaml")
CATALOGUE: dict[str, Any] = value(ROOT / "catalogues" / "criminal.yaml")


@pytest.mark.parametrize("name", AGENCIES)
def test_an_agency_says_everything_about_itself(name: str) -> None:
    agency = AGENCIES[name]
    assert set(agency) - {"superior"} == {
        "title", "kind", "level", "runs", "posts", "receives", "neighbours", "numbering",
    }
    assert set(agency["title"]) == {"zh", "en"}
    assert agency["kind"] in KINDS
    assert agency["level"] in {"county", "city", "province"}
    assert "auditor" in agency["posts"]
    assert set(agency["receives"]) <= set(agency["posts"]) - {"auditor"}
    assert bool(agency["receives"]) == bool(agency["runs"])


@pytest.mark.parametrize("name", AGENCIES)
def test_a_neighbour_is_another_agency_of_the_kind_its_key_says(name: str) -> None:
    for key, neighbour in AGENCIES[name]["neighbours"].items():
        assert neighbour != name
        assert AGENCIES[neighbour]["kind"] == NEIGHBOURS[key]


@pytest.mark.parametrize("name", AGENCIES)
def test_a_superior_is_an_agency_and_nobody_is_above_himself(name: str) -> None:
    chain = [name]
    while superior := AGENCIES[chain[-1]].get("superior"):
        assert superior not in chain
        chain.append(superior)
    assert set(chain) <= set(AGENCIES)


def test_the_superior_named_as_neighbour_is_the_superior() -> None:
    for agency in AGENCIES.values():
        named = agency["neighbours"].get(f"superior_{agency['kind']}")
        assert named is None or named == agency["superior"]


@pytest.mark.parametrize("name", AGENCIES)
def test_every_procedure_run_has_its_number_and_every_number_year_and_serial(name: str) -> None:
    agency = AGENCIES[name]
    assert set(agency["numbering"]["case"]) == {procedure.partition("/")[2] for procedure in agency["runs"]}
    for form in agency["numbering"]["case"].values():
        assert set(re.findall(r"{(\w+)}", form)) == {"year", "serial"}
    assert set(re.findall(r"{(\w+)}", agency["numbering"]["document"])) == {"year", "serial", "word"}


def test_no_two_series_of_case_numbers_look_alike() -> None:
    forms = [form for agency in AGENCIES.values() for form in agency["numbering"]["case"].values()]
    assert len(set(forms)) == len(forms)


def test_every_procedure_there_is_runs_somewhere() -> None:
    run = {procedure for agency in AGENCIES.values() for procedure in agency["runs"]}
    folders = [path.parent for path in ROOT.glob("procedures/*/*/procedure.yaml")]
    assert {folder.relative_to(ROOT / "procedures").as_posix() for folder in folders} <= run


def test_people_are_named_once_and_hold_a_post_of_their_agency() -> None:
    assert len({person["id"] for person in PEOPLE}) == len(PEOPLE)
    assert len({person["zh"] for person in PEOPLE}) == len(PEOPLE)
    for person in PEOPLE:
        assert set(person) == {"id", "zh", "en", "agency", "post"}
        assert person["post"] in AGENCIES[person["agency"]]["posts"]


def test_every_post_of_the_county_and_every_receiving_post_is_held_by_somebody() -> None:
    held = {(person["agency"], person["post"]) for person in PEOPLE}
    for name, agency in AGENCIES.items():
        whole = name.startswith(("qinghe_", "yue_first_prison", "mingli_"))
        assert {(name, post) for post in (agency["posts"] if whole else agency["receives"])} <= held


@pytest.mark.parametrize("path", OFFENCES, ids=lambda path: path.stem)
def test_an_offence_has_its_official_name_and_article(path: Path) -> None:
    offence = value(path)
    assert set(offence) - {"aliases", "includes", "unverified", "evidence", "form"} == {"title", "article"}
    assert offence["title"]["zh"].endswith("罪")
    assert offence["title"]["en"]
    assert offence["article"].startswith("criminal_law/2023#")


def test_no_two_offences_have_one_name() -> None:
    names = [value(path)["title"]["zh"] for path in OFFENCES]
    assert len(names) >= 40
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", CODES)
def test_every_code_is_in_both_languages_and_none_twice(table: str) -> None:
    for code, entry in CODES[table].items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
        assert {"zh", "en"} <= set(entry) <= {"zh", "en", "basis"}
    titles = [entry["zh"] for entry in CODES[table].values()]
    assert len(set(titles)) == len(titles)


def test_only_being_locked_up_is_custody() -> None:
    assert {name for name, measure in MEASURES.items() if measure["custody"]} == {
        "detained", "arrested", "serving_sentence",
    }


def test_custody_before_the_sentence_serves_part_of_it_and_so_does_a_designated_place() -> None:
    for kind, rows in value(ROOT / "procedures" / "criminal" / "credit.yaml").items():
        assert kind in CODES["penalty_kind"]
        served_by = {row["custody"] for row in rows}
        assert served_by & set(MEASURES) == {"detained", "arrested", "designated_surveillance"}


def test_every_kind_of_material_has_its_place_in_a_volume() -> None:
    volumes, groups, materials = CATALOGUE["volumes"], CATALOGUE["groups"], CATALOGUE["materials"]
    assert len(materials) >= 130
    for material in materials.values():
        assert set(material) - {"confession"} == {"title", "volume", "group"}
        assert set(material["title"]) == {"zh", "en"}
        assert groups[material["group"]]["volume"] == material["volume"]
        assert material["volume"] in volumes
    assert {group["volume"] for group in groups.values()} == set(volumes)
