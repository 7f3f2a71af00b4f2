"""Counsel sees limits, charges and what counsel filed, and the file only where the law opens it (CPL 39, 40)."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hostile_town import CHIEF, INVESTIGATOR, Town, codes_of

from dangui.core.decide import Request
from dangui.core.ledger import Actor
from dangui.core.problem import Refusal


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def case(town: Town) -> tuple[str, list[str], Actor]:
    """Two suspects, evidence, and counsel for the first."""
    proceeding, persons = town.filed("赵一", "钱二")
    town.bind(proceeding, "证人证言", "witness_statement")
    town.bind(proceeding, "内部报告", "internal_request")
    return proceeding, persons, town.engage(proceeding, persons[0], "wei_ting")


def bytes_of(town: Town, proceeding: str, title: str) -> str:
    return str(next(item["blob"] for item in town.state(proceeding).materials.values() if item["title"]["zh"] == title))


def test_counsel_reads_no_evidence_during_the_investigation(town: Town, case: Any) -> None:
    proceeding, _, counsel = case
    view = town.reader.proceeding(counsel, proceeding)
    assert view.materials == ()
    assert view.documents == ()
    assert view.exhibits == ()
    assert view.lacking == ()
    with pytest.raises(Refusal):
        town.reader.blob(counsel, proceeding, bytes_of(town, proceeding, "证人证言"))


def test_counsel_sees_the_client_with_charge_and_limits_and_no_co_suspect(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    town.applied(proceeding, "detain", (persons[0],), ground=town.codes("detention_ground"), note="现场抓获")
    town.applied(proceeding, "detain", (persons[1],), ground=town.codes("detention_ground"), note="现场抓获")
    view = town.reader.proceeding(counsel, proceeding)
    assert {person.name for person in view.persons} == {"赵一", "律师wei_ting"}
    assert view.persons[0].charges
    assert {limit.person for limit in view.deadlines} <= {"赵一", None}
    assert any(limit.liberty for limit in view.deadlines)
    seen = dict(town.reader.case(counsel, view.row.case_id).views)[proceeding]
    assert persons[1] not in seen.persons
    assert not seen.materials


def test_counsel_reads_what_he_filed(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    blob = town.blobs.put(BytesIO(b"%PDF-1.7 opinion"))
    town.act(
        proceeding,
        "file_opinion",
        (persons[0],),
        counsel,
        title="辩护意见",
        upload={"blob": blob.digest, "size": blob.size, "name": "意见.pdf", "media_type": "application/pdf"},
    )
    view = town.reader.proceeding(counsel, proceeding)
    assert [item["title"]["zh"] for _, _, items in view.materials for item in items] == ["辩护意见"]
    assert town.reader.blob(counsel, proceeding, blob.digest)[0].read() == b"%PDF-1.7 opinion"


def test_counsel_files_an_opinion_and_nothing_else(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    blob = town.blobs.put(BytesIO(b"%PDF-1.7 statement"))
    file = {"blob": blob.digest, "size": blob.size, "name": "笔录.pdf", "media_type": "application/pdf"}
    with pytest.raises(Refusal) as refused:
        town.act(
            proceeding, "file_opinion", (persons[0],), counsel, title="笔录", kind="interrogation_record", upload=file
        )
    assert codes_of(refused.value) == ["field.invalid/kind"]


def test_the_file_opens_where_the_procedure_says_so_but_never_its_internal_volumes(town: Town, case: Any) -> None:
    proceeding, _, counsel = case
    world = town.clerk.world
    name = "criminal/investigation"
    opened = replace(world.procedures[name], defence_reads=frozenset({"evidence", "procedure"}))
    town.clerk.world = town.reader.world = replace(world, procedures={**world.procedures, name: opened})
    view = town.reader.proceeding(counsel, proceeding)
    titles = [item["title"]["zh"] for _, _, items in view.materials for item in items]
    assert "证人证言" in titles
    assert not any(item["internal"] for _, _, items in view.materials for item in items)


def test_the_law_opens_the_file_from_the_review_for_prosecution_on(town: Town) -> None:
    reads = {name for name, procedure in town.clerk.world.procedures.items() if procedure.defence_reads}
    assert reads == {"criminal/prosecution_review", "criminal/first_instance", "criminal/second_instance"}
    internal = town.clerk.world.catalogues["criminal"].internal
    assert not any(town.clerk.world.procedures[name].defence_reads & internal for name in reads)


def test_counsel_is_shown_no_form_of_the_agency_and_no_choice_of_what_he_may_not_see(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    with pytest.raises(Refusal) as refused:
        town.reader.form(counsel, proceeding, "bind_material")
    assert codes_of(refused.value) == ["action.wrong_post"]
    form = town.reader.form(counsel, proceeding, "ask_exclusion")
    assert form.options["subject"] == ()
    assert [person for person, _ in form.candidates] == [persons[0]]


def test_counsel_acts_for_no_other_suspect(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    town.applied(proceeding, "detain", (persons[1],), ground=town.codes("detention_ground"), note="现场抓获")
    with pytest.raises(Refusal) as refused:
        town.act(proceeding, "request_meeting", (persons[1],), counsel, papers=True)
    assert "person.not_client" in codes_of(refused.value)


def test_counsel_trying_an_act_of_the_agency_learns_nothing_of_the_case(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    with pytest.raises(Refusal) as refused:
        town.clerk.act(counsel, proceeding, Request("request_arrest", (persons[0],), {}))
    assert codes_of(refused.value) == ["action.wrong_post"]


def test_counsel_is_not_told_who_looked(town: Town, case: Any) -> None:
    proceeding, _, counsel = case
    assert town.reader.looks(INVESTIGATOR, proceeding)
    with pytest.raises(Refusal):
        town.reader.looks(counsel, proceeding)


def test_counsel_of_a_client_who_was_separated_sees_the_old_proceeding_no_more(town: Town, case: Any) -> None:
    proceeding, persons, counsel = case
    done = town.act(proceeding, "separate_suspects", persons=[persons[0]], reason="另案处理")
    parted = town.clerk.approve(CHIEF, proceeding, done.application)
    with pytest.raises(Refusal):
        town.reader.proceeding(counsel, proceeding)
    assert town.reader.proceeding(counsel, parted.opened[0]).persons
