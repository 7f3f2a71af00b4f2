"""The documents keep up with the code: every word of the pack language, setting and command is explained somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dangui.cli.glossary import first_line, glossary
from dangui.cli.main import parser
from dangui.core import collaboration, form
from dangui.core.facts import known_words
from dangui.core.procedure import VERBS
from dangui.teller import _KINDS

ROOT = Path(__file__).parents[1]
PACKS = (ROOT / "docs/packs.md").read_text("utf-8")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_effect_is_in_the_language_of_packs(verb):
    assert f"`{{{verb}: " in PACKS


@pytest.mark.parametrize("verb", sorted(verb for verb, keys in VERBS.items() if keys))
def test_every_further_key_of_an_effect_is_in_the_language_of_packs(verb):
    section = PACKS.partition("## Effects")[2].partition("## Conditions")[0]
    assert [key for key in VERBS[verb] if not re.search(rf"\b{key}\b", section)] == []


@pytest.mark.parametrize("word", sorted(known_words()[0]))
def test_every_plain_word_is_in_the_language_of_packs(word):
    assert f"`{word}`" in PACKS


@pytest.mark.parametrize("word", sorted(known_words()[1]))
def test_every_dotted_word_is_in_the_language_of_packs(word):
    assert f"`{word}.<" in PACKS


@pytest.mark.parametrize("kind", [*form.SIMPLE, *form.DOTTED])
def test_every_field_type_is_in_the_language_of_packs(kind):
    assert re.search(rf"`{kind}(`|\.<)", PACKS)


@pytest.mark.parametrize("word", [*collaboration.VERBS, *collaboration.MOMENTS])
def test_every_verb_and_moment_of_a_hand_over_is_in_the_language_of_packs(word):
    assert f"`{word}`" in PACKS


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_every_kind_of_entry_is_in_the_language_of_packs(kind):
    assert f"`{kind}`" in PACKS


def test_every_setting_is_in_the_notes_for_production():
    notes = (ROOT / "docs/production.md").read_text("utf-8")
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src/dangui").rglob("*.py"))
    named = set(re.findall(r'["`](DANGUI_[A-Z_]+)["`]', source)) - {"DANGUI_EMBEDDED"}  # told by dangui itself
    assert sorted(name for name in named if name not in notes) == []


def test_every_command_says_what_it_does_in_both_languages():
    for choice in parser()._subparsers._group_actions[0]._choices_actions:  # type: ignore[union-attr]
        assert re.search(r"[\u4e00-\u9fff].* / .*[a-z]", choice.help or ""), choice.dest


def test_every_module_begins_with_its_term():
    without = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "src/dangui").rglob("*.py"))
        if "migrations" not in path.parts
        and not re.match(r"[^—]+ — [^::]*[\u4e00-\u9fff][^::]*[::] |.* — ", first_line(path))
    ]
    assert without == []


def test_the_glossary_is_what_the_modules_say():
    assert (ROOT / "GLOSSARY.md").read_text("utf-8") == glossary(ROOT / "src/dangui")


def test_every_link_between_the_documents_leads_somewhere():
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "adr").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_no_lock_names_where_packages_come_from():
    for name in ("requirements.lock", "runtime.lock"):
        assert "://" not in (ROOT / name).read_text("utf-8")


def test_the_runtime_lock_is_a_part_of_the_whole_one():
    pinned = [
        set(re.findall(r"^([a-z0-9-]+==[^ ;]+)", (ROOT / name).read_text("utf-8"), re.M))
        for name in ("runtime.lock", "requirements.lock")
    ]
    assert pinned[0]
    assert pinned[0] <= pinned[1]
