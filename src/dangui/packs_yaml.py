"""Strict YAML — 严格读取: the part of YAML in which a text can be read in one way only, with the line of every value.

Read are maps with text keys, lists, texts, ``true``, ``false``, ``null`` and whole numbers. Refused is what another reader
would take for something else (``yes``, ``0123``, ``12:30``, ``2025-03-10``, ``1.10`` without quotes), what hides content
(anchors, aliases, merge keys, tags, several documents) and what is a slip (a key twice, an empty value, a tab). All of it
is reported at once as problems at ``file:line``; a text that is not YAML at all has one problem, where reading stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dangui.core.problem import Problem, words

LARGEST_FILE = 1_000_000
"""Bytes of the largest file read; the largest pack file is a hundredth of it."""
DEEPEST = 32
"""Levels of nesting; deeper text is a mistake or an attack."""

Steps = tuple[str | int, ...]
"""The way to a value: keys and list indexes from the top."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events; written in C it is ten times as fast
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")  # longer is an identity number, not a quantity: quote it
_ELSEWHERE = re.compile(r"[yYnN]|0o[0-7]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")  # other readers' types
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as read — 文本: its value (plain dict, list, str, int, bool, None), where each part stands, what is wrong.

    ``value`` is None if nothing could be read. With problems it is what could be understood, so that further checks
    may add theirs; it must not be used for anything else.
    """

    file: str
    value: Any
    lines: Mapping[Steps, int]
    problems: tuple[Problem, ...]

    def at(self, *steps: str | int) -> str:
        """``file:line`` of the value at these steps (of its key, in a map), or of the nearest part around it."""
        for end in range(len(steps), -1, -1):
            line = self.lines.get(steps[:end])
            if line is not None:
                return f"{self.file}:{line}"
        return f"{self.file}:1"


def read_file(path: Path, root: Path) -> Sheet:
    """The sheet of a file, named in problems by its path below ``root``."""
    name = path.relative_to(root).as_posix()
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        return _unreadable(name, 1, "unreadable", f"文件无法读取：{error.strerror}", f"the file can't be read: {error.strerror}")
    return read(data, name)


def read(data: bytes, file: str) -> Sheet:
    """The sheet of these bytes, called ``file`` in problems."""
    if len(data) > LARGEST_FILE:
        return _unreadable(file, 1, "too_large", f"文件超过{LARGEST_FILE}字节", f"the file is larger than {LARGEST_FILE} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _unreadable(file, line, "encoding", "不是UTF-8文本", "the text is not UTF-8")
    return _Reader(text, file).sheet()


def _unreadable(file: str, line: int, code: str, zh: str, en: str) -> Sheet:
    return Sheet(file, None, {}, (Problem(f"yaml.{code}", f"{file}:{line}", words(zh, en)),))


class _Stop(Exception):  # noqa: N818 - not an error of ours: the rest of the text can't be understood
    """Reading ends here; the problem is noted."""


class _Reader:
    """Turns parser events into values, noting the line of each and every problem."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events: Iterator[Any] = iter(())
        self._lines: dict[Steps, int] = {}
        self._problems: list[Problem] = []

    def sheet(self) -> Sheet:
        self._find_tabs()
        value = None
        try:
            self._events = yaml.parse(self._text, Loader=_LOADER)
            value = self._document()
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self._not_yaml(error)
        ordered = sorted(self._problems, key=lambda problem: int(problem.place.rpartition(":")[2]))
        return Sheet(self._file, value, self._lines, tuple(ordered))

    def _find_tabs(self) -> None:
        for number, line in enumerate(self._text.split("\n"), 1):
            if "\t" in line:
                self._problem(number, "tab", "含有制表符", "there is a tab", "改用空格", "use spaces")

    def _not_yaml(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else self._text.count("\n", 0, getattr(error, "position", 0)) + 1
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        self._problem(line, "syntax", f"不是有效的YAML：{reason}", f"this is not YAML: {reason}")

    def _document(self) -> Any:
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            self._problem(1, "empty", "文件没有内容", "the file is empty")
            return None
        if event.version or event.tags:
            self._problem(1, "directive", "不得使用指令", "directives are not allowed", "删去以%开头的行", "delete the line")
        value = self._value(next(self._events), ())
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._problem(_line(event), "documents", "一个文件只能有一份文档", "a file holds one document only")
        return value

    def _value(self, event: Any, steps: Steps) -> Any:
        self._lines.setdefault(steps, _line(event))
        if len(steps) > DEEPEST:
            self._problem(_line(event), "too_deep", f"嵌套超过{DEEPEST}层", f"nested more than {DEEPEST} levels deep")
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self._problem(_line(event), "alias", f"不得使用别名*{event.anchor}", f"the alias *{event.anchor} is not allowed",
                          "写出内容", "write the content out")
            return None
        self._plain_node(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(steps)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(steps)
        return self._scalar(event)

    def _plain_node(self, event: Any) -> None:
        if event.anchor:
            self._problem(_line(event), "anchor", f"不得使用锚点&{event.anchor}", f"the anchor &{event.anchor} is not allowed")
        if event.tag:
            self._problem(_line(event), "tag", f"不得使用标签{event.tag}", f"the tag {event.tag} is not allowed")

    def _list(self, steps: Steps) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*steps, len(found))))
        return found

    def _map(self, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, steps)
            if key is None or key in found:
                if key is not None:
                    first = self._lines[*steps, key]
                    self._problem(_line(event), "duplicate_key", f"键“{key}”重复，首见于第{first}行",
                                  f"the key {key!r} is there twice, first on line {first}")
                self._aside(steps)
                continue
            self._lines[*steps, key] = _line(event)
            found[key] = self._value(next(self._events), (*steps, key))
        return found

    def _aside(self, steps: Steps) -> None:
        """Read a value that has no place of its own, for its problems only."""
        kept = self._lines
        self._lines = dict.fromkeys([steps], 0)
        self._value(next(self._events), (*steps, ""))
        self._lines = kept

    def _key(self, event: Any, steps: Steps) -> str | None:
        """The key, or None if it can't be one; the value follows either way."""
        if not isinstance(event, yaml.ScalarEvent):
            self._problem(_line(event), "key", "键必须是文本", "a key must be text")
            if isinstance(event, yaml.CollectionStartEvent):
                self._skip()
            return None
        if event.value == "<<" and _is_plain(event):
            self._problem(_line(event), "merge", "不得使用合并键<<", "the merge key << is not allowed", "写出内容",
                          "write the content out")
            return None
        self._plain_node(event)
        key = self._scalar(event)
        if isinstance(key, str):
            return key
        self._problem(_line(event), "key", f"键“{event.value}”不是文本", f"the key {event.value} is not text",
                      f"写作\"{event.value}\"", f'write "{event.value}"')
        return str(event.value)

    def _skip(self) -> None:
        depth = 1
        while depth:
            event = next(self._events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _scalar(self, event: Any) -> str | int | bool | None:
        text: str = event.value
        if not _is_plain(event):
            if any("\ud800" <= character <= "\udfff" for character in text):
                self._problem(_line(event), "encoding", "含有不成对的代理码", "there is half a character (a lone surrogate)")
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if not text:
            self._problem(_line(event), "empty_value", "没有写值", "there is no value", "写出值，或写null", "give it, or write null")
            return None
        if _is_ambiguous(text):
            self._problem(_line(event), "ambiguous", f"“{text}”不加引号会被读作别的值",
                          f"{text} without quotes is read as something else", f"写作\"{text}\"", f'write "{text}"')
        return text

    def _problem(self, line: int, code: str, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> None:
        self._problems.append(Problem(f"yaml.{code}", f"{self._file}:{line}", words(zh, en), words(hint_zh, hint_en)))


def _is_plain(event: Any) -> bool:
    return not event.style and not event.tag


def _is_ambiguous(text: str) -> bool:
    """Whether YAML 1.1, or another reader of YAML, takes this text without quotes for something else than a text."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ())
    return any(form.match(text) for _, form in resolvers) or _ELSEWHERE.fullmatch(text) is not None


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
