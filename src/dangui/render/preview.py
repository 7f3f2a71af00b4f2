"""Preview — 页面图像: one page of a PDF as a PNG."""

from __future__ import annotations

from io import BytesIO
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]

_ONE_AT_A_TIME = Lock()  # PDFium is not safe to call from two threads


def png(pdf: bytes, page: int = 1, dpi: int = 110) -> bytes:
    """The image of a page, counted from 1, at ``dpi`` pixels an inch. Raises IndexError if there is no such page."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"page {page} of {len(document)}")
        image = document[page - 1].render(scale=dpi / 72).to_pil()
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def pages(pdf: bytes) -> int:
    """How many pages the PDF has."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def text(pdf: bytes) -> str:
    """The words of every page, as a reader would copy them, pages parted by a form feed."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        return "\f".join(page.get_textpage().get_text_range() for page in document)
