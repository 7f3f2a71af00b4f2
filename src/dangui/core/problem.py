"""Problem — 问题: what is wrong, said so that a person can mend it; and Refusal — 不予办理: an act with all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Words = Mapping[str, str]
"""Text in both languages: ``{"zh": …, "en": …}``."""


def words(zh: str, en: str) -> Words:
    """Both languages of one text."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True, slots=True)
class Problem:
    """What, where, why and what to do — 问题.

    ``code`` is stable and dotted (``field.missing``), ``place`` points at the value (``with.ground``,
    ``stages/review.yaml:sign``), ``says`` and ``hint`` are sentences in both languages, ``basis`` cites the law.
    """

    code: str
    place: str
    says: Words
    hint: Words = field(default_factory=lambda: words("", ""))
    basis: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A JSON object with every field, for the API and for receipts."""
        return {
            "code": self.code, "place": self.place, "says": dict(self.says),
            "hint": dict(self.hint), "basis": list(self.basis),
        }


class Refusal(Exception):  # noqa: N818 - 不予办理 is the term of the field
    """An action that can't be done now, with every reason — 不予办理. Nothing was written."""

    def __init__(self, reasons: Iterable[Problem]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{r.code} at {r.place}: {r.says['en']}" for r in self.reasons))
