"""Pages — 演示材料: small made-up pages that look scanned, so that a material in the dossier can be looked at.

Nothing here is a real record: the words come from the demonstration's scripts, photographs are drawings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import typst

from dangui.core.ports import Blobs
from dangui.render.press import FONTS

LAYOUT: Final = Path(__file__).parent / "pages.typ"


class Scanner:
    """Makes the page that a script describes — 扫描件: ``form`` is record, sheet (both PDF) or photo (PNG)."""

    def __init__(self, fonts: Path = FONTS) -> None:
        self._compiler = typst.Compiler(
            input=str(LAYOUT), root=str(LAYOUT.parent), font_paths=[str(fonts)], ignore_system_fonts=True)
        self._lock = Lock()

    def page(self, said: Mapping[str, Any]) -> tuple[bytes, str]:
        """The bytes and their media type."""
        drawn = said["form"] == "photo"
        kind: Literal["png", "pdf"] = "png" if drawn else "pdf"
        with self._lock:
            made = self._compiler.compile(
                format=kind, ppi=110, sys_inputs={"said": json.dumps(said, ensure_ascii=False)})
        if not isinstance(made, bytes):
            raise ValueError(f"{said['title']}: a drawing has one page")
        return made, "image/png" if drawn else "application/pdf"


def scanned(scanner: Scanner) -> Callable[[Blobs, Any], dict[str, Any]]:
    """How a script's ``{file: …}`` becomes the value of a file field: the page is made and put into the blobs."""
    def put(blobs: Blobs, said: Any) -> dict[str, Any]:
        data, media_type = scanner.page(said)
        blob = blobs.put(BytesIO(data))
        ending = ".png" if media_type == "image/png" else ".pdf"
        return {"blob": blob.digest, "size": blob.size, "name": f"{said['title']}{ending}", "media_type": media_type}
    return put
