"""Press — 排印机: sets a filled document as PDF/A-2b by the layout ``official.typ``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import typst

from dangui.core.problem import Problem, words

HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "fonts"
_LAYOUT: Final = HERE / "official.typ"
_GETA: Final = "〓"
"""What a printer sets where a type is missing."""
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)


class MissingGlyph(ValueError):  # noqa: N818 - says what is missing
    """The fonts lack characters of the document — 缺字: ``characters`` names all of them. Nothing was printed.

    A box in place of a character of somebody's name is worse than no document.
    """

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = tuple(characters)
        named = ", ".join(f"{text} (U+{ord(text[0]):04X})" for text in self.characters)
        self.problem = Problem(
            "render.missing_glyph", "fonts", words(f"字库中没有：{named}", f"no font has: {named}"),
            words("请改用收字更全的字体（见 render/README.md）", "set a font that has them (see render/README.md)"),
        )
        super().__init__(self.problem.says["en"])


class Press:
    """A compiler that is kept, its fonts read once — implements ``core.ports.Printer``. Safe to share between threads.

    ``fonts`` is a folder of font files, ``song`` and ``hei`` the families for text and for headings found in it;
    ``seal`` is ``demonstration`` (a drawn seal marked 样章) or ``none``.
    """

    def __init__(
        self, fonts: Path = FONTS, song: str = "Noto Serif CJK SC", hei: str = "Noto Sans CJK SC",
        seal: Literal["demonstration", "none"] = "demonstration",
    ) -> None:
        self._settings = json.dumps({"song": song, "hei": hei, "seal": seal}, ensure_ascii=False)
        self._compiler = typst.Compiler(
            input=str(_LAYOUT), root=str(HERE), font_paths=[str(fonts)], ignore_system_fonts=True,
        )
        self._lock = Lock()

    def __call__(self, filled: Mapping[str, Any]) -> bytes:
        """The PDF of ``Filled.as_json()``; the same words give the same bytes. Raises MissingGlyph."""
        try:
            return self._compile(filled)
        except typst.TypstError as error:
            missing = _missing(error)
            if not missing:
                raise
            raise MissingGlyph([missing, *self._also_missing(_without(filled, missing))]) from None

    def _compile(self, filled: Mapping[str, Any]) -> bytes:
        inputs = {"filled": json.dumps(filled, ensure_ascii=False), "settings": self._settings}
        # PDF/A wants a time of creation; the day of the document makes it repeatable.
        noon = datetime.combine(date.fromisoformat(filled["day"]), time(12), UTC)
        with self._lock:
            made = self._compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="a-2b", timestamp=noon)
        if not isinstance(made, bytes):
            raise TypeError("the compiler returned no single PDF")
        return made

    def _also_missing(self, filled: Mapping[str, Any]) -> list[str]:
        """The compiler names one missing text at a time; take each out and ask again."""
        try:
            self._compile(filled)
        except typst.TypstError as error:
            missing = _missing(error)
            return [missing, *self._also_missing(_without(filled, missing))] if missing else []
        return []


def pdf(filled: Mapping[str, Any]) -> bytes:
    """The PDF of a filled document (``Filled.as_json()``) by the usual press: our fonts, a demonstration seal."""
    return _usual()(filled)


@lru_cache(maxsize=1)
def _usual() -> Press:
    return Press()


def _missing(error: typst.TypstError) -> str:
    found = _MISSING.search(str(error))
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""


def _without(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(text, _GETA)
    if isinstance(value, Mapping):
        return {key: _without(item, text) for key, item in value.items()}
    return [_without(item, text) for item in value] if isinstance(value, list) else value
