"""Shape — 结构: reads one mapping of a pack key by key and collects every problem instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from dangui.core.problem import Problem, Words, words


def nearest(word: str, known: Iterable[str]) -> Words:
    """A hint that names the known word most like ``word``, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return words(f"是否应为“{close[0]}”?", f"did you mean '{close[0]}'?") if close else words("", "")


class Shape:
    """A mapping being read; ``done`` reports the keys that nobody asked for."""

    def __init__(self, raw: Any, place: str, problems: list[Problem]) -> None:
        self.place = place
        self.problems = problems
        self._asked: set[str] = set()
        if not isinstance(raw, Mapping):
            self.complain("pack.not_a_mapping", "", "这里应为键值对", "a mapping of keys to values is expected here")
            raw = {}
        self._raw: Mapping[str, Any] = raw

    def complain(self, code: str, key: str, zh: str, en: str, hint: Words | None = None) -> None:
        """Note a problem at ``key`` of this mapping."""
        place = f"{self.place}:{key}" if key else self.place
        self.problems.append(Problem(code, place, words(zh, en), hint or words("", "")))

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self._raw

    def any(self, key: str, default: Any = None) -> Any:
        """The raw value."""
        self._asked.add(key)
        return self._raw.get(key, default)

    def _typed(self, key: str, kind: type | tuple[type, ...], zh: str, en: str, default: Any, required: bool) -> Any:
        value = self.any(key)
        if value is None:
            if required:
                self.complain("pack.missing_key", key, f"缺少“{key}”", f"'{key}' is missing")
            return default
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            self.complain("pack.wrong_type", key, f"“{key}”应为{zh}", f"'{key}' should be {en}")
            return default
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A string."""
        return str(self._typed(key, str, "文字", "text", default, required))

    def number(self, key: str) -> int | None:
        """A whole number or None."""
        value = self._typed(key, int, "整数", "a whole number", None, required=False)
        return None if value is None else int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        return bool(self._typed(key, bool, "true 或 false", "true or false", default, required=False))

    def mapping(self, key: str, *, required: bool = False) -> Mapping[str, Any]:
        """A nested mapping."""
        found: Mapping[str, Any] = self._typed(key, Mapping, "键值对", "a mapping", {}, required)
        return found

    def many(self, key: str, *, required: bool = False) -> Sequence[Any]:
        """A list; one text counts as a list of one."""
        value = self.any(key)
        if isinstance(value, str):
            return [value]
        found: Sequence[Any] = self._typed(key, list, "列表", "a list", [], required)
        return found

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of strings."""
        found = self.many(key, required=required)
        wrong = [item for item in found if not isinstance(item, str)]
        if wrong:
            self.complain("pack.wrong_type", key, f"“{key}”应全为文字", f"every item of '{key}' should be text")
        return tuple(item for item in found if isinstance(item, str))

    def title(self, key: str = "title", *, required: bool = True) -> Words:
        """Both languages of a text; each is required."""
        return self.both(self.any(key), key, required)

    def both(self, value: Any, key: str, required: bool = True) -> Words:
        """``value`` as text in both languages; complains for each that is missing."""
        if value is None and not required:
            return words("", "")
        if not isinstance(value, Mapping):
            self.complain("pack.no_title", key, f"“{key}”应写明中文和英文", f"'{key}' needs {{zh: …, en: …}}")
            return words("", "")
        for tongue in ("zh", "en"):
            if not isinstance(value.get(tongue), str) or not value[tongue].strip():
                self.complain("pack.language_missing", f"{key}.{tongue}",
                              f"“{key}”缺少{'中文' if tongue == 'zh' else '英文'}",
                              f"'{key}' has no {'Chinese' if tongue == 'zh' else 'English'} text")
        return words(str(value.get("zh", "")), str(value.get("en", "")))

    def choice(self, key: str, options: Iterable[str], default: str = "", *, required: bool = False) -> str:
        """One of ``options``."""
        value = self.text(key, default, required=required)
        known = list(options)
        if value and value not in known:
            self.complain("pack.unknown_choice", key, f"“{key}”不能是“{value}”,可用:{'、'.join(known)}",
                          f"'{key}' can't be '{value}'; it is one of {', '.join(known)}", nearest(value, known))
            return default
        return value

    def done(self) -> None:
        """Report every key that was not asked for."""
        for key in self._raw:
            if key not in self._asked:
                self.complain("pack.unknown_key", str(key), f"不认识的键“{key}”", f"unknown key '{key}'",
                              nearest(str(key), self._asked))
