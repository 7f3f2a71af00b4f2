"""Name — 姓名: how two spellings of one person's name are compared."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """``name`` as it is compared: NFKC, without spaces, case-folded; so "Ａlim · Hasan" equals "alim·hasan"."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
