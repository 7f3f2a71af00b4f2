"""Packs — 流程包: folders of strict YAML become the World that the core decides by; all problems are told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from dangui.core.calendar import Calendar
from dangui.core.collaboration import Collaboration, parse_codes, parse_collaboration
from dangui.core.digest import sha256
from dangui.core.document import Template, parse_template
from dangui.core.evidence import EvidenceStandard
from dangui.core.problem import Problem, Words, words
from dangui.core.procedure import Action, Limit, Procedure, Stage, parse_action, parse_limit
from dangui.core.sentence import parse_credit_rules
from dangui.core.shape import Shape
from dangui.core.world import Agency, Catalogue, FieldOfLaw, Kind, Measure, Post, World
from dangui.packs_yaml import read_file
from dangui.standards import parse_standard

_NO_FIELD = FieldOfLaw({}, {}, (), 0, {})


class Packs:
    """All packs below one folder being loaded — 载入流程包. ``problems`` is complete after ``load``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._bytes: list[tuple[str, str]] = []

    def load(self) -> World:
        """The world of these packs, as far as it could be read."""
        fields = {folder.name: self._field(folder) for folder in self._folders("procedures")}
        procedures, templates = {}, {}
        for folder in self._folders("procedures"):
            for path in sorted(folder.glob("*/procedure.yaml")):
                procedure = self._procedure(path.parent, fields[folder.name])
                procedures[procedure.id] = procedure
                templates[procedure.id] = self._templates(path.parent / "documents")
        collaborations = {folder.name: self._collaboration(folder) for folder in self._folders("collaborations")}
        offences, standards = self._offences()
        world = World(
            procedures, templates, collaborations, self._agencies(), offences,
            {path.stem: self._catalogue(path) for path in sorted((self.root / "catalogues").glob("*.yaml"))}, fields,
            "", standards)
        read = "\n".join(f"{path} {digest}" for path, digest in sorted(self._bytes))
        return replace(world, digest=sha256(read.encode()))

    def _folders(self, name: str) -> Iterator[Path]:
        return (path for path in sorted((self.root / name).glob("*")) if path.is_dir())

    def _read(self, path: Path) -> Any:
        self._bytes.append((path.relative_to(self.root).as_posix(), sha256(path.read_bytes())))
        sheet = read_file(path, self.root)
        self.problems += sheet.problems
        return sheet.value

    def place(self, path: Path) -> str:
        """The path as problems name it."""
        return path.relative_to(self.root).as_posix()

    def _field(self, folder: Path) -> FieldOfLaw:
        field = _NO_FIELD
        if (folder / "field.yaml").exists():
            shape = Shape(self._read(folder / "field.yaml"), self.place(folder / "field.yaml"), self.problems)
            shape.title()
            shape.texts("basis")
            counting = {rule: str(basis) for rule, basis in shape.mapping("counting").items()}
            field = replace(field, minor_under=shape.number("minor_under") or field.minor_under, counting=counting)
            shape.done()
        if (folder / "codes.yaml").exists():
            raw = self._read(folder / "codes.yaml")
            place = self.place(folder / "codes.yaml")
            codes = parse_codes(raw if isinstance(raw, Mapping) else {}, place, self.problems)
            field = replace(field, codes=codes)
        if (folder / "measures.yaml").exists():
            field = replace(field, measures=self._measures(folder / "measures.yaml"))
        if (folder / "credit.yaml").exists():
            place = self.place(folder / "credit.yaml")
            field = replace(field, credit=parse_credit_rules(self._read(folder / "credit.yaml"), place, self.problems))
        none = field.measures.get("none", Measure("none", words("无", "none"), custody=False))
        templates = self._templates(folder / "documents")
        return replace(field, measures={"none": none, **field.measures}, templates=templates)

    def _measures(self, path: Path) -> dict[str, Measure]:
        measures = {}
        raw = self._read(path)
        for measure, item in (raw if isinstance(raw, Mapping) else {}).items():
            shape = Shape(item, f"{self.place(path)}:{measure}", self.problems)
            title = shape.both({"zh": shape.any("zh"), "en": shape.any("en")}, "zh/en")
            measures[measure] = Measure(measure, title, shape.flag("custody"))
            shape.any("credit")
            shape.texts("basis")
            shape.done()
        return measures

    def _templates(self, folder: Path) -> dict[str, Template]:
        found = {}
        for path in sorted(folder.glob("*.yaml")):
            raw = self._read(path)
            template, problems = parse_template(path.stem, raw if isinstance(raw, Mapping) else {})
            self.problems += [replace(problem, place=f"{self.place(path)}:{problem.place}") for problem in problems]
            if template:
                found[path.stem] = template
        return found

    def _collaboration(self, folder: Path) -> Collaboration:
        path = folder / "collaboration.yaml"
        raw = self._read(path) if path.exists() else {}
        return parse_collaboration(folder.name, raw, self.place(path), self.problems)

    def _agencies(self) -> dict[str, Agency]:
        paths = [path for path in sorted((self.root / "agencies").glob("*/*.yaml")) if path.stem != "people"]
        return {path.stem: self._agency(path) for path in paths}

    def _agency(self, path: Path) -> Agency:
        shape = Shape(self._read(path), self.place(path), self.problems)
        posts = {}
        for post, item in shape.mapping("posts").items():
            inner = Shape(item, f"{self.place(path)}:posts.{post}", self.problems)
            posts[post] = Post(post, inner.title())
            inner.done()
        numbering = Shape(shape.mapping("numbering"), f"{self.place(path)}:numbering", self.problems)
        agency = Agency(
            path.stem, shape.title(), shape.text("kind", required=True), shape.text("level"), shape.texts("runs"),
            posts, shape.texts("receives"),
            {str(key): str(value) for key, value in shape.mapping("neighbours").items()},
            {str(key): str(value) for key, value in numbering.mapping("case").items()},
            numbering.text("document", "{word}字〔{year}〕{serial}号"))
        numbering.done()
        shape.any("superior")
        shape.any("notes")
        shape.done()
        return agency

    def _offences(self) -> tuple[dict[str, Words], dict[str, EvidenceStandard]]:
        """Titles of the offences, and the evidence standards of those that have one."""
        titles, standards = {}, {}
        shared = {path.stem: self._standard(path) for path in sorted((self.root / "offences/common").glob("*.yaml"))}
        for path in sorted((self.root / "offences").glob("*.yaml")):
            shape = Shape(self._read(path), self.place(path), self.problems)
            titles[path.stem] = shape.title()
            for key in ("article", "aliases", "basis", "interpretation"):
                shape.any(key)
            own = parse_standard(shape, self.problems)
            for name in shape.texts("includes"):
                if name not in shared:
                    shape.complain("pack.no_include", "includes", "没有这个共用文件", "there is no such common file")
                own = shared.get(name, EvidenceStandard()) + own
            if own.points:
                standards[path.stem] = own
            shape.done()
        return titles, standards

    def _standard(self, path: Path) -> EvidenceStandard:
        shape = Shape(self._read(path), self.place(path), self.problems)
        shape.title()
        found = parse_standard(shape, self.problems)
        shape.done()
        return found

    def _catalogue(self, path: Path) -> Catalogue:
        shape = Shape(self._read(path), self.place(path), self.problems)
        volumes, internal, kinds = {}, set(), {}
        for volume, item in shape.mapping("volumes").items():
            inner = Shape(item, f"{self.place(path)}:volumes.{volume}", self.problems)
            volumes[volume] = inner.title()
            if inner.flag("internal"):
                internal.add(volume)
            inner.done()
        for kind, item in shape.mapping("materials").items():
            inner = Shape(item, f"{self.place(path)}:materials.{kind}", self.problems)
            volume = inner.choice("volume", volumes, required=True)
            kinds[kind] = Kind(kind, inner.title(), volume, inner.flag("confession"))
            inner.any("group")
            inner.any("basis")
            inner.done()
        shape.any("groups")
        shape.any("sources")
        title = shape.title()
        shape.done()
        return Catalogue(path.stem, title, volumes, frozenset(internal), kinds)

    def _procedure(self, folder: Path, field: FieldOfLaw) -> Procedure:
        place = self.place(folder / "procedure.yaml")
        shape = Shape(self._read(folder / "procedure.yaml"), place, self.problems)
        names = shape.texts("stages", required=True)
        closed = frozenset(shape.texts("closed"))
        includes = [folder.parent / "common" / f"{name}.yaml" for name in shape.texts("includes")]
        stages, actions = self._stages(folder, names, closed)
        marks: dict[str, Any] = dict(shape.mapping("marks"))
        limits: dict[str, Limit] = {}
        everywhere = tuple(name for name in names if name not in closed)
        for path in includes:
            self._include(path, everywhere, marks, actions, limits)
        if (folder / "deadlines.yaml").exists():
            self._limits(folder / "deadlines.yaml", self._read(folder / "deadlines.yaml"), limits)
        procedure = Procedure(
            f"{folder.parent.name}/{folder.name}", shape.title(), shape.text("agency", required=True),
            shape.texts("opens_by", required=True), stages,
            shape.choice("first", names, names[0] if names else "", required=True), closed,
            {role: shape.both(title, f"persons.{role}") for role, title in shape.mapping("persons").items()},
            shape.text("number"),
            shape.text("catalogue"), shape.text("leads"), shape.texts("supervises"),
            {word: shape.both(title, f"marks.{word}") for word, title in marks.items()}, actions,
            {name: replace(limit, counting=replace(limit.counting, basis=field.counting))
             for name, limit in limits.items()}, shape.texts("sources"),
            shape.text("basis") + shape.text("basis_reason"), frozenset(shape.texts("defence_reads")))
        shape.done()
        return procedure

    def _include(self, path: Path, everywhere: tuple[str, ...], marks: dict[str, Any], actions: dict[str, Action],
                 limits: dict[str, Limit]) -> None:
        if not path.exists():
            self.problems.append(Problem("pack.no_include", self.place(path), words(
                "没有这个共用文件", "there is no such common file")))
            return
        shape = Shape(self._read(path), self.place(path), self.problems)
        for word, title in shape.mapping("marks").items():
            marks.setdefault(word, title)
        for name, raw in shape.mapping("actions").items():
            actions.setdefault(name, parse_action(name, raw, everywhere, f"{self.place(path)}:{name}", self.problems))
        self._limits(path, shape.mapping("deadlines"), limits)
        shape.any("title")
        shape.any("sources")
        shape.done()

    def _limits(self, path: Path, raw: Any, limits: dict[str, Limit]) -> None:
        for name, item in (raw if isinstance(raw, Mapping) else {}).items():
            limits[name] = parse_limit(name, item, f"{self.place(path)}:{name}", self.problems)

    def _stages(self, folder: Path, names: tuple[str, ...],
                closed: frozenset[str]) -> tuple[dict[str, Stage], dict[str, Action]]:
        stages: dict[str, Stage] = {}
        actions: dict[str, Action] = {}
        for name in names:
            path = folder / "stages" / f"{name}.yaml"
            stages[name] = self._stage(path, name, actions) if path.exists() else self._no_stage(path, name)
        everywhere = folder / "stages" / "any.yaml"
        if everywhere.exists():
            shape = Shape(self._read(everywhere), self.place(everywhere), self.problems)
            shape.title(required=False)
            self._actions(shape, tuple(name for name in names if name not in closed), actions)
        return stages, actions

    def _stage(self, path: Path, name: str, actions: dict[str, Action]) -> Stage:
        shape = Shape(self._read(path), self.place(path), self.problems)
        title = shape.title()
        self._actions(shape, (name,), actions)
        return Stage(name, title)

    def _no_stage(self, path: Path, name: str) -> Stage:
        self.problems.append(Problem("pack.no_stage", self.place(path), words(
            "没有这个阶段的文件", "there is no file for this stage")))
        return Stage(name, words(name, name))

    def _actions(self, shape: Shape, stages: tuple[str, ...], actions: dict[str, Action]) -> None:
        for name, raw in shape.mapping("actions").items():
            found = parse_action(name, raw, stages, f"{shape.place}:{name}", self.problems)
            actions[name] = self._same_action(actions[name], found) if name in actions else found
        shape.done()

    def _same_action(self, first: Action, again: Action) -> Action:
        """An action written in two stages must be the same in both; then it may be done in both."""
        if replace(first, stages=(), place="") != replace(again, stages=(), place=""):
            self.problems.append(Problem("action.twice", again.place, words(
                f"动作“{first.id}”在不同阶段写法不一", f"action '{first.id}' is written differently in two stages"),
                words("同名动作内容须一致,或改用 in:", "write it once with in: [stages], or give it another id")))
        return replace(first, stages=(*first.stages, *again.stages))


def load_calendar(root: Path) -> Calendar:
    """All years of calendars/ as one calendar. Raises ValueError for a file that can't be read."""
    rest: set[date] = set()
    worked: set[date] = set()
    years = set()
    for path in sorted((root / "calendars").glob("*.yaml")):
        sheet = read_file(path, root)
        if sheet.problems:
            raise ValueError(f"{sheet.problems[0].place}: {sheet.problems[0].says['en']}")
        years.add(sheet.value["year"])
        rest |= {date.fromisoformat(day) for holiday in sheet.value["rest"] for day in holiday["days"]}
        worked |= {date.fromisoformat(day) for day in sheet.value["worked"]}
    return Calendar(frozenset(rest), frozenset(worked), frozenset(years))
