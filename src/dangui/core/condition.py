"""Condition — 条件: a small tree of words and comparisons that a lawyer can read and the engine can explain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dangui.core.problem import Problem, words


class Known(Protocol):
    """What a condition is asked of — 事实: words that hold or not, and values."""

    def word(self, name: str) -> bool: ...
    def value(self, kind: str, name: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Word:
    """Holds when the word is true of the person or the proceeding."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the other does not."""

    of: Condition


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one does."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every one does."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Holds when a ``fact`` or an asked ``field`` compares with a value as ``how`` says."""

    kind: str
    name: str
    how: str
    value: Any


Condition = Word | Not | AnyOf | AllOf | Compare

ALWAYS = AllOf(())

def _comparable(found: Any, value: Any) -> bool:
    """Numbers compare with numbers and texts (dates too) with texts; a fact that is not there compares with nothing."""
    return any(isinstance(found, kind) and isinstance(value, kind) for kind in (int, str))


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: bool(found == value),
    "in": lambda found, value: found in value,
    "over": lambda found, value: _comparable(found, value) and found > value,
    "at_least": lambda found, value: _comparable(found, value) and found >= value,
    "under": lambda found, value: _comparable(found, value) and found < value,
    "at_most": lambda found, value: _comparable(found, value) and found <= value,
    "given": lambda found, value: (found not in (None, "", [])) == value,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A leaf that stands in the way: its word, and whether the word should *not* have held."""

    word: str
    negated: bool

    @property
    def code(self) -> str:
        """``needs.<word>`` or ``needs.not.<word>``."""
        return f"needs.not.{self.word}" if self.negated else f"needs.{self.word}"


def holds(condition: Condition, known: Known) -> bool:
    """Whether the condition is true of what is known."""
    match condition:
        case Word(name):
            return known.word(name)
        case Not(of):
            return not holds(of, known)
        case AnyOf(of):
            return any(holds(each, known) for each in of)
        case AllOf(of):
            return all(holds(each, known) for each in of)
        case Compare(kind, name, how, value):
            return _COMPARISONS[how](known.value(kind, name), value)


def failures(condition: Condition, known: Known, negated: bool = False) -> list[Failure]:
    """Every leaf that stands in the way of ``condition`` (of its negation, if ``negated``); empty when it holds."""
    if holds(condition, known) != negated:
        return []
    match condition:
        case Word(name):
            return [Failure(name, negated)]
        case Compare(kind, name, _, _):
            return [Failure(f"{kind}.{name}", negated)]
        case Not(of):
            return failures(of, known, not negated)
        case AnyOf(of) | AllOf(of):
            return [found for each in of for found in failures(each, known, negated)]


def names(condition: Condition) -> Iterator[tuple[str, str]]:
    """All (kind, name) that the condition asks; kind is ``word``, ``fact`` or ``field``."""
    match condition:
        case Word(name):
            yield "word", name
        case Compare(kind, name, _, _):
            yield kind, name
        case Not(of):
            yield from names(of)
        case AnyOf(of) | AllOf(of):
            for each in of:
                yield from names(each)


def parse(raw: Any, place: str, problems: list[Problem]) -> Condition:
    """A condition from pack data; a mistake becomes a Problem and ALWAYS stands in."""
    match raw:
        case None:
            return ALWAYS
        case str():
            return Word(raw)
        case list():
            return AllOf(tuple(parse(each, place, problems) for each in raw))
        case {"not": inner, **rest} if not rest:
            return Not(parse(inner, place, problems))
        case {"any": [*inner], **rest} if not rest:
            return AnyOf(tuple(parse(each, place, problems) for each in inner))
        case {"all": [*inner], **rest} if not rest:
            return AllOf(tuple(parse(each, place, problems) for each in inner))
        case Mapping():
            return _comparison(raw, place, problems)
    problems.append(Problem(
        "condition.unreadable", place, words(f"看不懂的条件 {raw!r}", f"unreadable condition {raw!r}")))
    return ALWAYS


def _comparison(raw: Mapping[str, Any], place: str, problems: list[Problem]) -> Condition:
    kind = next((kind for kind in ("fact", "field") if kind in raw), "")
    how = [key for key in raw if key != kind]
    if kind and len(how) == 1 and how[0] in _COMPARISONS and isinstance(raw[how[0]], list) == (how[0] == "in"):
        value = raw[how[0]]
        return Compare(kind, str(raw[kind]), how[0], tuple(value) if isinstance(value, list) else value)
    problems.append(Problem(
        "condition.unreadable", place,
        words(f"看不懂的条件 {dict(raw)!r}", f"unreadable condition {dict(raw)!r}"),
        words(f"比较可用:{'、'.join(_COMPARISONS)};in 后为列表",
              f"comparisons are {', '.join(_COMPARISONS)}; in takes a list")))
    return ALWAYS
