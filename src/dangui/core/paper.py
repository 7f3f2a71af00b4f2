"""Paper — 文书要素: the words that fill a document's template, taken from the proceeding, the persons and the act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dangui.core.calendar import in_china
from dangui.core.form import Field
from dangui.core.party import Person
from dangui.core.problem import Words
from dangui.core.procedure import Procedure
from dangui.core.proceeding import Proceeding
from dangui.core.wording import money, written_date
from dangui.core.world import Agency, Told, title_of


def in_words(day: str | date | datetime) -> str:
    """A date as documents write it: 2026年3月5日, with the hour where there is one."""
    if isinstance(day, str):
        day = date.fromisoformat(day) if len(day) == len("2026-03-05") else datetime.fromisoformat(day)
    if not isinstance(day, datetime):
        return written_date(day)
    moment = in_china(day)
    return f"{written_date(moment)}{moment.hour}时{moment.minute:02d}分"


def shown(fields: Sequence[Field], values: Mapping[str, Any],
          codes: Mapping[str, Mapping[str, Words]]) -> list[dict[str, Any]]:
    """Asked values as label and text in both languages, for the ledger; personal records and files are only named."""
    lines: list[dict[str, Any]] = []
    for field in fields:
        if field.name in values and field.kind not in ("person", "persons", "file", "user"):
            lines.append({"name": field.name, "label": dict(field.title),
                          "value": {tongue: said(field, values[field.name], codes, tongue) for tongue in ("zh", "en")}})
    return lines


def said(field: Field, value: Any, codes: Mapping[str, Mapping[str, Words]], tongue: str = "zh") -> str:
    """One value in words."""
    table = codes.get(field.table, {})
    match field.kind:
        case "code":
            return title_of(table, value)[tongue]
        case "list":
            return ("、" if tongue == "zh" else ", ").join(title_of(table, item)[tongue] for item in value)
        case "money":
            return money(value) if tongue == "zh" else f"CNY {value / 100:,.2f}"
        case "flag":
            return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[tongue]
        case "date" | "datetime":
            return in_words(value) if tongue == "zh" else str(value)[:16].replace("T", " ")
        case _:
            return str(value)


class Context:
    """The flat mapping of a document: ``person.name``, ``field.ground``, ``clock.request_arrest.last_day`` …"""

    def __init__(self, told: Told, procedure: Procedure, state: Proceeding, agency: Agency) -> None:
        self.told, self.procedure, self.state, self.agency = told, procedure, state, agency
        self.words: dict[str, str] = {"agency.name": agency.title["zh"], "proceeding.number": state.number}
        for key, neighbour in agency.neighbours.items():
            self.words[f"agency.neighbours.{key}"] = told.world.agencies[neighbour].title["zh"]
        self._roles()
        self._facts("fact", state.facts)

    def about(self, persons: Sequence[Person]) -> None:
        """The persons the act is of."""
        if not persons:
            return
        record = self.told.record(persons[0].id)
        sexes = self.told.world.codes_for(self.procedure).get("sex", {})
        self.words |= {f"person.{key}": value for key, value in record.items()}
        if "born" in record:
            self.words["person.born"] = in_words(record["born"])
        if "sex" in record:
            self.words["person.sex"] = title_of(sexes, record["sex"])["zh"]
        person = persons[0]
        self.words["person.offences"] = "、".join(self.told.world.offences[each]["zh"] for each in person.charges)
        self.words["person.measure"] = self.told.world.measure(self.procedure, person.measure).title["zh"]
        if person.measure_since:
            self.words["person.measure_since"] = in_words(person.measure_since)
        self.words["persons.names"] = self._names(each.id for each in persons)
        self.words["persons.all"] = self.words["persons.names"]
        self._facts("fact", person.facts)
        self._clocks(person.id)

    def asked(self, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
        """What the form of the act gave."""
        codes = self.told.world.codes_for(self.procedure)
        for table in self.told.world.collaborations.values():
            codes = {**table.codes, **codes}
        for field in fields:
            if field.name in values:
                self.words[f"field.{field.name}"] = self._asked(field, values[field.name], codes)

    def _asked(self, field: Field, value: Any, codes: Mapping[str, Mapping[str, Words]]) -> str:
        match field.kind:
            case "user":
                return self.told.user_name(value)
            case "persons":
                return self._names(value)
            case "person" | "file":
                return str(value.get("name", ""))
            case "material" | "document" | "exhibit":
                return self._thing(field.kind, value)
            case "materials":
                return "、".join(self._thing("material", each) for each in value)
            case _:
                return said(field, value, codes)

    def _names(self, persons: Iterable[str]) -> str:
        return "、".join(self.told.record(person).get("name", "") for person in persons)

    def act(self, user: str, at: datetime, number: str) -> dict[str, str]:
        """The finished mapping, with the date, the signing user and the document's number."""
        self.words.setdefault("persons.names", self.words.get("persons.all", ""))
        self.words["proceeding.title"] = self.title()
        return {**{key: text for key, text in self.words.items() if text}, "user.name": self.told.user_name(user),
                "date": in_words(in_china(at).date()), "time": in_words(at), "document.number": number}

    def title(self) -> str:
        """The case as people call it: names and offence (张某等盗窃案)."""
        people = self.state.people(self.state.main_role)
        name = self.told.record(people[0].id).get("name", "") if people else ""
        offence = (self.state.offence or {}).get("zh", "").removesuffix("罪")
        return f"{name}{'等' if len(people) > 1 else ''}{offence}案"

    def _roles(self) -> None:
        for role in {person.role for person in self.state.persons.values()}:
            people = self.state.people(role)
            self.words[f"{role}s.names"] = self._names(person.id for person in people)
            if people:
                self.words[f"{role}.name"] = self.told.record(people[0].id).get("name", "")
        self.words["persons.all"] = self.words.get(f"{self.state.main_role}s.names", "")

    def _facts(self, prefix: str, facts: Mapping[str, Any]) -> None:
        tables = self.told.world.codes_for(self.procedure)
        fields = {field.name: field for action in self.procedure.actions.values() for field in action.asks}
        for name, value in facts.items():
            if isinstance(value, Mapping):
                self._facts(f"{name}", value)
            elif name in fields:
                self.words[f"{prefix}.{name}"] = said(fields[name], value, tables)
            elif isinstance(value, str | int):
                self.words[f"{prefix}.{name}"] = _plain(value, tables)

    def _clocks(self, person: str) -> None:
        for clock in self.state.clocks.values():
            if clock.person in (None, person):
                self.words[f"clock.{clock.deadline}.last_day"] = in_words(clock.last_day)
                self.words[f"clock.{clock.deadline}.started"] = in_words(in_china(clock.started_at).date())

    def _thing(self, kind: str, item: str) -> str:
        group: Mapping[str, Mapping[str, Any]] = {"material": self.state.materials, "document": self.state.documents,
                                                  "exhibit": self.state.exhibits}[kind]
        found = group.get(item, {})
        title = found.get("title") or found.get("name") or item
        return title["zh"] if isinstance(title, Mapping) else str(title)


def _plain(value: str | int, tables: Mapping[str, Mapping[str, Words]]) -> str:
    """A remembered value whose field is of another procedure: a date in words, a code by any table that has it."""
    if isinstance(value, str):
        for table in tables.values():
            if value in table:
                return table[value]["zh"]
        if len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
            try:
                return in_words(value)
            except ValueError:
                return value
    return str(value)
