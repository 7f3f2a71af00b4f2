"""Strict YAML — 严格读取: the part of YAML in which a text can be read in one way only, with the line of every value.

Read are maps with text keys, lists, texts, ``true``, ``false``, ``null`` and whole numbers. Refused is what another
reader takes for something else (``yes``, ``0123``, ``12:30``, ``2025-03-10``, ``1.10`` without quotes), what hides
content (anchors, aliases, merge keys, tags, several documents) and what is a slip (a key twice, an empty value, a tab).
All of it is reported at once, each at ``file:line``; a text that is not YAML has one problem, where reading stopped.
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
"""Bytes of the largest file read; the largest pack file is a tenth of it."""
DEEPEST = 32
"""Levels of nesting; deeper text is a mistake or an attack."""

Steps = tuple[str | int, ...]
"""The way to a value: keys and list indexes from the top."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events; written in C it is ten times as fast
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")  # longer is an identity number, not a quantity: quote it
_OTHER_NUMBER = re.compile(r"0o[0-7]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SAYS: Mapping[str, tuple[str, str, str, str]] = {
    "unreadable": ("文件无法读取：{0}", "the file can't be read: {0}", "", ""),
    "too_large": ("文件超过{0}字节", "the file is larger than {0} bytes", "拆成几个文件", "split it"),
    "encoding": ("含有不是UTF-8的内容", "there is something that is not UTF-8", "以UTF-8保存", "save it as UTF-8"),
    "syntax": ("不是有效的YAML：{0}", "this is not YAML: {0}", "", ""),
    "tab": ("含有制表符", "there is a tab", "改用空格", "use spaces"),
    "empty": ("文件没有内容", "the file is empty", "", ""),
    "directive": ("不得使用指令", "a directive is not allowed", "删去以%开头的行", "delete the line of the %"),
    "documents": ("一个文件只能有一份文档", "a file holds one document", "拆成几个文件", "make it several files"),
    "too_deep": ("嵌套超过{0}层", "nested more than {0} levels deep", "", ""),
    "alias": ("不得使用别名*{0}", "the alias *{0} is not allowed", "写出内容", "write the content out"),
    "anchor": ("不得使用锚点&{0}", "the anchor &{0} is not allowed", "删去锚点", "delete it"),
    "merge": ("不得使用合并键<<", "the merge key << is not allowed", "写出内容", "write the content out"),
    "tag": ("不得使用标签{0}", "the tag {0} is not allowed", "删去标签", "delete it"),
    "key": ("键必须是文本：{0}", "a key must be text: {0}", "给键加引号", "put the key in quotes"),
    "duplicate_key": ("键“{0}”重复，首见于第{1}行", "the key '{0}' is there twice, first on line {1}", "", ""),
    "empty_value": ("没有写值", "there is no value", "写出值，或写null", "write the value, or null"),
    "ambiguous": ("“{0}”没有引号，有的程序不读作文本", "{0} without quotes is not text to every reader",
                  '写作"{0}"', 'write "{0}"'),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as read — 文本: its value (dict, list, str, int, bool, None), where each part stands, what is wrong.

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
            return read(stream.read(LARGEST_FILE + 1), name)
    except OSError as error:
        return _blank(name, 1, "unreadable", error.strerror or str(error))


def read(data: bytes, file: str) -> Sheet:
    """The sheet of these bytes, called ``file`` in problems."""
    if len(data) > LARGEST_FILE:
        return _blank(file, 1, "too_large", LARGEST_FILE)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _blank(file, data.count(b"\n", 0, error.start) + 1, "encoding")
    return _Reader(text, file).sheet()


def _blank(file: str, line: int, code: str, *what: object) -> Sheet:
    return Sheet(file, None, {}, (_problem(file, line, code, *what),))


def _problem(file: str, line: int, code: str, *what: object) -> Problem:
    zh, en, hint_zh, hint_en = (part.format(*what) for part in _SAYS[code])
    return Problem(f"yaml.{code}", f"{file}:{line}", words(zh, en), words(hint_zh, hint_en))


class _Stop(Exception):  # noqa: N818 - not an error of ours: what follows can't be understood
    """Reading ends here; the problem is noted."""


class _Reader:
    """Turns parser events into values, noting the line of each and every problem."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events: Iterator[Any] = iter(())
        self._lines: dict[Steps, int] = {}
        self._problems: list[tuple[int, Problem]] = []

    def sheet(self) -> Sheet:
        """Read everything that can be read."""
        value = None
        for number, line in enumerate(self._text.split("\n"), 1):
            if "\t" in line:
                self._note(number, "tab")
        try:
            self._events = yaml.parse(self._text, Loader=_LOADER)
            value = self._document()
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self._not_yaml(error)
        ordered = sorted(self._problems, key=lambda noted: noted[0])
        return Sheet(self._file, value, self._lines, tuple(problem for _, problem in ordered))

    def _note(self, line: int, code: str, *what: object) -> None:
        self._problems.append((line, _problem(self._file, line, code, *what)))

    def _not_yaml(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else self._text.count("\n", 0, getattr(error, "position", 0)) + 1
        self._note(line, "syntax", getattr(error, "problem", None) or getattr(error, "reason", None) or error)

    def _document(self) -> Any:
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            self._note(1, "empty")
            return None
        if event.version or event.tags:
            self._note(_line(event), "directive")
        value = self._value(next(self._events), ())
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._note(_line(event), "documents")
        return value

    def _value(self, event: Any, steps: Steps) -> Any:
        self._lines.setdefault(steps, _line(event))
        if len(steps) > DEEPEST:
            self._note(_line(event), "too_deep", DEEPEST)
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self._note(_line(event), "alias", event.anchor)
            return None
        self._ornaments(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(steps)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(steps)
        return self._scalar(event)

    def _ornaments(self, event: Any) -> None:
        if event.anchor:
            self._note(_line(event), "anchor", event.anchor)
        if event.tag:
            self._note(_line(event), "tag", event.tag)

    def _list(self, steps: Steps) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*steps, len(found))))
        return found

    def _map(self, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in found:
                self._note(_line(event), "duplicate_key", key, self._lines[*steps, key])
            place = (*steps, key)
            self._lines.setdefault(place, _line(event))
            value = self._value(next(self._events), place)
            if key:
                found.setdefault(key, value)  # the first of two stands; the second was read for its problems
        return found

    def _key(self, event: Any) -> str:
        """The key as text; empty if it can't be one."""
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and _is_plain(event):
            self._note(_line(event), "merge")
            return ""
        if isinstance(event, yaml.ScalarEvent):
            self._ornaments(event)
            if event.value and not isinstance(self._scalar(event), str):
                self._note(_line(event), "key", event.value)
            elif not event.value:
                self._note(_line(event), "key", '""')
            return str(event.value)
        self._note(_line(event), "key", "{…}" if isinstance(event, yaml.MappingStartEvent) else "[…]")
        self._value(event, ("",))
        return ""

    def _scalar(self, event: Any) -> str | int | bool | None:
        text: str = event.value
        if not _is_plain(event):
            if any("\ud800" <= character <= "\udfff" for character in text):
                self._note(_line(event), "encoding")
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if not text:
            self._note(_line(event), "empty_value")
            return None
        if _is_ambiguous(text):
            self._note(_line(event), "ambiguous", text)
        return text


def _is_plain(event: Any) -> bool:
    return not event.style and not event.tag


def _is_ambiguous(text: str) -> bool:
    """Whether YAML 1.1, or another reader of YAML, takes this text without quotes for something else than text."""
    forms = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ())
    if text in {"y", "Y", "n", "N"} or _OTHER_NUMBER.fullmatch(text):
        return True
    return any(form.match(text) for _, form in forms)


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
