"""`dangui check`: a pack with many mistakes gives all of them at once, each with its place and a sentence."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dangui.check import effects
from dangui.check.run import check
from dangui.core.procedure import VERBS

SMALL = Path(__file__).parent / "small"
INQUIRY = "procedures/sample/inquiry"
STAGE = f"{INQUIRY}/stages/open.yaml"
CONSENT = "collaborations/consent/collaboration.yaml"


@pytest.fixture
def town(tmp_path):
    """A copy of the small town, to be spoiled."""
    return Path(shutil.copytree(SMALL, tmp_path / "town"))


def spoil(town: Path, file: str, old: str, new: str) -> None:
    """Replace one text of a file; it must be there."""
    path = town / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def found(town: Path) -> list[tuple[str, str]]:
    """Codes and files of all problems."""
    return [(problem.code, re.split(r":", problem.place)[0]) for problem in check(town)]


MISTAKES = [
    ("citation.unknown_article", STAGE, 'basis: ["sample_law/2020#2.1"]', 'basis: ["sample_law/2020#99"]'),
    ("citation.unknown_paragraph", STAGE, 'basis: ["sample_law/2020#2.2"]', 'basis: ["sample_law/2020#2.9"]'),
    ("citation.unknown_law", f"{INQUIRY}/deadlines.yaml", 'basis: "sample_law/2020#3"', 'basis: "other_law/2020#3"'),
    ("action.no_basis", "procedures/sample/common/office.yaml", '    basis: ["sample_law/2020#1"]\n', ""),
    (
        "condition.unknown_word",
        STAGE,
        "needs: [in_custody, {not: sent.consent}]",
        "needs: [in_costudy, {not: sent.consent}]",
    ),
    ("condition.unknown_name", STAGE, "needs: [running.holding]", "needs: [running.holdings]"),
    ("effect.unknown_document", STAGE, "{issue: holding_order}", "{issue: holding_ordre}"),
    ("effect.unknown_limit", STAGE, "{cancel: [holding, after_consent]}", "{cancel: [holding, after_consend]}"),
    ("effect.unknown_stage", STAGE, "when_done: [{stage: closed}]", "when_done: [{stage: close}]"),
    ("effect.field_not_asked", STAGE, "{remember: [summary]}", "{remember: [sumary]}"),
    ("effect.unknown_mark", CONSENT, "{mark: holding_consented,", "{mark: holding_agreed,"),
    ("effect.unknown_measure", STAGE, "{measure: none}", "{measure: free}"),
    ("form.unknown_table", STAGE, "is: code.reason", "is: code.reasons"),
    ("form.unknown_post", "procedures/sample/common/office.yaml", "is: user.officer", "is: user.oficer"),
    ("post.unknown", STAGE, "approval: head", "approval: chief"),
    ("handover.unknown_node", STAGE, "sends: consent.initiate", "sends: consent.begin"),
    ("agency.unknown_neighbour", "agencies/town/office.yaml", "reviewer: council", "reviewer: concil"),
    ("agency.number_form", "agencies/town/council.yaml", "南审〔{year}〕{serial}号", "南审〔{year}〕号"),
    ("document.unknown_placeholder", f"{INQUIRY}/documents/holding_order.yaml", "{field.reason}", "{field.raison}"),
    ("language.english", f"{INQUIRY}/procedure.yaml", "en: Inquiry}", "en: 稽查}"),
    ("pack.language_missing", "offences/taking.yaml", ", en: Taking", ""),
    ("pack.unknown_key", "procedures/sample/review/stages/open.yaml", "    of: suspect", "    off: suspect"),
    ("evidence.unknown_kind", "offences/taking.yaml", "by_any: [statement]", "by_any: [statment]"),
    ("evidence.unknown_stage", "offences/taking.yaml", "at: {review: stop}", "at: {revue: stop}"),
    ("evidence.no_basis", "offences/taking.yaml", ", basis: \"sample_law/2020#4\"}", "}"),
    ("yaml.duplicate_key", "catalogues/sample.yaml", "materials:", "title: {zh: 又一, en: Again}\nmaterials:"),
    ("form.unknown_type", CONSENT, "is: long_text", "is: longtext"),
]


def test_the_small_town_has_no_problems():
    assert check(SMALL) == ()


def test_twenty_mistakes_and_more_are_all_found_in_one_run(town):
    for _, file, old, new in MISTAKES:
        spoil(town, file, old, new)
    seen = set(found(town))
    assert len(MISTAKES) >= 20
    assert [(code, file) for code, file, *_ in MISTAKES if (code, file) not in seen] == []


@pytest.mark.parametrize(("code", "file", "old", "new"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_each_mistake_is_found_alone_where_it_is(town, code, file, old, new):
    spoil(town, file, old, new)
    assert (code, file) in found(town)


@pytest.mark.parametrize(
    ("code", "file", "old", "new"),
    [
        ("custody.no_clock", STAGE, "{start: [holding]}, ", ""),
        ("custody.no_end", f"{INQUIRY}/deadlines.yaml", "  at_end: release_or_convert\n", ""),
        ("stage.unreachable", f"{INQUIRY}/procedure.yaml", "stages: [open, closed]", "stages: [open, waiting, closed]"),
        ("stage.no_way_out", STAGE, "when_done: [{stage: closed}]", "when_done: [{remember: [note]}]"),
        (
            "handover.unanswerable",
            CONSENT,
            "    verb: result\n    by: decides",
            "    verb: supplement\n    by: decides",
        ),
        ("handover.never_sent", "procedures/sample/review/stages/open.yaml", "    sends: consent.result\n", ""),
        ("handover.not_opened_by", "procedures/sample/review/procedure.yaml", "opens_by: [consent]", "opens_by: [act]"),
        ("handover.volume", CONSENT, "volumes: [main]", "volumes: [internal]"),
        (
            "handover.wrong_side",
            "procedures/sample/review/stages/open.yaml",
            "sends: consent.result",
            "sends: consent.initiate",
        ),
        ("document.optional_field", STAGE, "en: Reason, required: true", "en: Reason"),
        ("document.never_issued", STAGE, "when_approved: [{issue: holding_order}]", "when_approved: []"),
        ("document.unknown_volume", f"{INQUIRY}/documents/holding_order.yaml", "volume: main", "volume: first"),
        ("mark.never_set", STAGE, "needs: [in_custody, {not: sent.consent}]", "needs: [in_custody, checked]"),
        ("condition.unknown_code", CONSENT, "{field: decision, is: agreed}", "{field: decision, is: agree}"),
        ("condition.unknown_fact", STAGE, "needs: [{not: some.in_custody}]", "needs: [{fact: sumary, given: true}]"),
        ("effect.not_extendable", STAGE, "{extend: holding,", "{extend: after_consent,"),
        ("effect.field_kind", STAGE, "{join: suspect, record: record}", "{join: suspect, record: offence}"),
        ("procedure.nowhere", "agencies/town/council.yaml", "runs: [sample/review]", "runs: []"),
        ("limit.no_basis", f"{INQUIRY}/deadlines.yaml", ', basis: "sample_law/2020#2.2"', ""),
        (
            "limit.liberty_rolls",
            f"{INQUIRY}/deadlines.yaml",
            "  protects: liberty\n",
            "  protects: liberty\n  rolls: true\n",
        ),
    ],
)
def test_what_can_be_proved_is_proved(town, code, file, old, new):
    spoil(town, file, old, new)
    if code == "stage.unreachable":
        (town / INQUIRY / "stages/waiting.yaml").write_text("title: {zh: 等候, en: Waiting}\nactions: {}\n", "utf-8")
    if code == "mark.never_set":
        spoil(town, f"{INQUIRY}/procedure.yaml", "marks: {", "marks: {checked: {zh: 已核对, en: Checked}, ")
    assert code in [each for each, _ in found(town)]


def test_a_procedure_without_statutes_says_why(town):
    spoil(town, f"{INQUIRY}/procedure.yaml", "number: inquiry\n", "number: inquiry\nbasis: none\n")
    assert ("citation.no_reason", f"{INQUIRY}/procedure.yaml") in found(town)
    spoil(town, f"{INQUIRY}/procedure.yaml", "basis: none\n", "basis: none\nbasis_reason: 国外示例\n")
    assert found(town) == []


def test_a_procedure_without_cases_is_a_problem(town):
    shutil.rmtree(town / INQUIRY / "cases")
    assert ("procedure.no_cases", f"{INQUIRY}/cases") in found(town)


def test_a_hint_names_the_word_that_was_meant(town):
    spoil(town, STAGE, "{issue: holding_order}", "{issue: holding_ordre}")
    (problem,) = [each for each in check(town) if each.code == "effect.unknown_document"]
    assert problem.hint["en"] == "did you mean 'holding_order'?"
    assert problem.says["zh"]


def test_each_problem_is_told_once_though_a_shared_file_is_used_by_many(town):
    spoil(town, f"{INQUIRY}/procedure.yaml", "includes: [office]", "includes: [office]")
    spoil(town, "procedures/sample/review/procedure.yaml", "leads: reviewer", "leads: reviewer\nincludes: [office]")
    spoil(town, "procedures/sample/common/office.yaml", "{bind: file}", "{bind: fil}")
    assert [code for code, _ in found(town)].count("effect.field_not_asked") == 1


def test_there_is_a_rule_for_every_effect():
    assert set(effects._RULES) == set(VERBS)
