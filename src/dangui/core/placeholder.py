"""Placeholder — 占位符: the marks in a template's text that are replaced by words, or keep a part in or out.

``{key}`` is a text of the context; ``{?key}…{/}`` is printed only if that text is there, ``{!key}…{/}`` only if it is
not (parts may be nested); ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Slot:
    """``{key}``."""

    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """``{?key}…{/}`` (printed if the text is ``wanted`` and there) or ``{!key}…{/}`` (if it is not there)."""

    key: str
    wanted: bool
    inside: tuple[Node, ...]


Node: TypeAlias = "str | Slot | Part"
_TOKEN: Final = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+")
_END: Final = "{/}"
_KEY: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


_Open: TypeAlias = "tuple[str, list[Node]]"
"""A part still open: the token that opened it, and what it holds so far."""


@lru_cache(maxsize=4096)
def parsed(text: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """The text as a tree, and every mark in it that can't be read."""
    wrong: list[str] = []
    open_parts: list[_Open] = [("", [])]
    for token in _TOKEN.findall(text):
        _read(token, open_parts, wrong)
    wrong += [opened for opened, _ in open_parts[1:]]
    return tuple(open_parts[0][1]), tuple(wrong)


def _read(token: str, open_parts: list[_Open], wrong: list[str]) -> None:
    here = open_parts[-1][1]
    if token in ("{{", "}}"):
        here.append(token[0])
    elif token == _END and len(open_parts) > 1:
        opened, inside = open_parts.pop()
        open_parts[-1][1].append(Part(opened[2:-1], opened[1] == "?", tuple(inside)))
    elif token[0] not in "{}":
        here.append(token)
    elif not _KEY.fullmatch(token[2:-1] if token[1:2] in ("?", "!") else token[1:-1]):
        wrong.append(token)
    elif token[1] in "?!":
        open_parts.append((token, []))
    else:
        here.append(Slot(token[1:-1]))


def keys(nodes: Iterable[Node], always: bool) -> Iterator[str]:
    """The keys named there; with ``always`` only those outside of parts."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node.key
        elif isinstance(node, Part) and not always:
            yield node.key
            yield from keys(node.inside, always)


def asked(nodes: Iterable[Node], context: Mapping[str, str]) -> Iterator[str]:
    """The keys whose text will be printed: those of parts that stay out are not asked for."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node.key
        elif isinstance(node, Part) and bool(context.get(node.key)) == node.wanted:
            yield from asked(node.inside, context)


Piece: TypeAlias = "tuple[str, bool]"
"""A text, and whether the template wrote it (True) or the context (False)."""


def pieces(nodes: Iterable[Node], context: Mapping[str, str]) -> Iterator[Piece]:
    """The text in pieces, placeholders replaced. Raises KeyError for a key the context lacks (see ``asked``)."""
    for node in nodes:
        if isinstance(node, str):
            yield node, True
        elif isinstance(node, Slot):
            yield context[node.key], False
        elif bool(context.get(node.key)) == node.wanted:
            yield from pieces(node.inside, context)


def split(text: Iterable[Piece], at: str) -> list[list[Piece]]:
    """The pieces parted at a character the template wrote; the same character in a filled-in text parts nothing."""
    parts: list[list[Piece]] = [[]]
    for words, ours in text:
        first, *rest = words.split(at) if ours else (words,)
        parts[-1].append((first, ours))
        parts += [[(more, ours)] for more in rest]
    return parts


def joined(text: Iterable[Piece]) -> str:
    """The pieces as one text, without blanks at its ends."""
    return "".join(words for words, _ in text).strip()
