"""Messages — 译文: gathers the Chinese sentences of the pages, keeps their English, compiles the catalogue.

python tools/messages.py           update locale/en/LC_MESSAGES/django.po and compile django.mo
python tools/messages.py --check   say what has no English, change nothing, exit 1 if anything is missing
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

WEB = Path(__file__).parents[1] / "src/dangui/web"
CATALOGUE = WEB / "locale/en/LC_MESSAGES/django.po"
KEYWORDS = {
    "gettext": None,
    "_": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

HEADER = "# English of the web pages; the Chinese sentences are the source. Kept by tools/messages.py."


def found() -> Iterator[tuple[str, object]]:
    """(file, message) of every sentence that can be translated."""
    from django.utils.translation.template import templatize

    for path in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")]):
        text = path.read_text("utf-8")
        code = templatize(text, origin=str(path)) if path.suffix == ".html" else text
        for _, message, _, _ in extract("python", BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}):
            yield path.relative_to(WEB).as_posix(), message


def gathered() -> Catalog:
    """The catalogue as it should be: every sentence found, with the English that the present one has for it."""
    with CATALOGUE.open("rb") if CATALOGUE.exists() else BytesIO() as file:
        old = read_po(file, locale="en")
    fresh = Catalog(
        locale="en", project="dangui", header_comment=HEADER, last_translator="", language_team="", fuzzy=False
    )
    for place, message in found():
        known = old.get(message if isinstance(message, str) else message[0])
        fresh.add(message, known.string if known else None, locations=[(place, None)])
    fresh.revision_date = fresh.creation_date = old.creation_date
    return fresh


def untranslated(catalogue: Catalog) -> list[str]:
    """Sentences that have no English."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, list | tuple) else [message.string])
    ]


def main(arguments: list[str]) -> int:
    """Run the tool."""
    settings.configure(USE_I18N=True)
    django.setup()
    catalogue = gathered()
    missing = untranslated(catalogue)
    for sentence in missing:
        print(sentence)
    if "--check" in arguments:
        return 1 if missing else 0
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, omit_header=False, include_lineno=False, sort_output=True, width=120)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    print(f"{len(catalogue)} sentences, {len(missing)} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
