"""Resolve — 效果落实: turns the effects that a pack names into facts for the ledger, one by one on a state under change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dangui.core import clocks
from dangui.core import condition as conditions
from dangui.core.calendar import ONE_DAY
from dangui.core.digest import digest
from dangui.core.document import Unfilled, fill
from dangui.core.facts import Facts
from dangui.core.form import Field
from dangui.core.ledger import Actor
from dangui.core.length import Length, parse_length
from dangui.core.paper import Context
from dangui.core.party import Person, is_under
from dangui.core.ports import PersonRecord
from dangui.core.problem import Problem, words
from dangui.core.proceeding import Proceeding, Work
from dangui.core.procedure import Effect, Procedure
from dangui.core.sentence import custody_credit, sentence_end, years_and_months
from dangui.core.world import Told, title_of


@dataclass(frozen=True, slots=True)
class Act:
    """The act whose effects are resolved: who, when, with what, about whom."""

    actor: Actor
    at: datetime
    fields: tuple[Field, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    travelling: tuple[str, ...] = ()
    delivered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A new proceeding that an act opens at the same agency: another procedure, or a sibling after separation."""

    procedure: str
    persons: tuple[str, ...]
    kind: str
    reason: str = ""


class Resolver:
    """Resolves effects against a state, applying each before the next — 逐项落实."""

    def __init__(self, told: Told, procedure: Procedure, state: Proceeding, act: Act) -> None:
        self.told, self.procedure, self.act = told, procedure, act
        self.world = told.world
        self.work = Work(state)
        self.effects: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.prints: dict[str, Any] = {}
        self.records: list[PersonRecord] = []
        self.openings: list[Opening] = []
        self._seen: Proceeding | None = None

    @property
    def state(self) -> Proceeding:
        """The state with everything resolved so far."""
        if self._seen is None:
            self._seen = self.work.done()
        return self._seen

    def add(self, **effect: Any) -> None:
        """Enter one fact and apply it."""
        self.effects.append(effect)
        self.work.apply(effect, self.act.at)
        self._seen = None

    def complain(self, code: str, place: str, zh: str, en: str) -> None:
        """Note why the act can't be done."""
        self.problems.append(Problem(code, place, words(zh, en)))

    def facts(self, person: str | None) -> Facts:
        """What conditions are asked of, about ``person``."""
        return Facts(self.state, self.state.persons.get(person) if person else None, self.act.at, self.act.values)

    def run(self, effects: Sequence[Effect]) -> None:
        """Resolve ``effects`` in order."""
        for effect in effects:
            for person in self._concerned(effect):
                if conditions.holds(effect.when, self.facts(person)):
                    _RESOLVE[effect.verb](self, effect, person)

    def _concerned(self, effect: Effect) -> Sequence[str | None]:
        if effect.more.get("scope") == "proceeding" or effect.verb not in _OF_PERSONS:
            return [self.act.about[0] if len(self.act.about) == 1 else None]
        if self.act.about:
            return self.act.about
        if effect.more.get("per") == "person" or effect.verb in _ALWAYS_OF_PERSONS:
            main = [person.id for person in self.state.people(self.procedure.main_role)]
            return [person for person in self.act.travelling if person in main] or main
        return [None]

    def text(self, value: Any) -> str:
        """A literal, or the value of ``{field: name}``."""
        if isinstance(value, Mapping) and "field" in value:
            return str(self.act.values.get(value["field"], ""))
        return str(value)

    def asked(self, name: Any) -> Any:
        """The value of the asked field ``name`` (also written ``{field: name}``)."""
        return self.act.values.get(name["field"] if isinstance(name, Mapping) else str(name))

    def moment(self, source: Any, person: str | None = None) -> datetime:
        """The time a clock starts from: now, an asked field, a remembered fact (``sentence.end``) or the measure's begin."""
        if isinstance(source, Mapping) and ("field" in source or "fact" in source):
            given = self.act.values.get(source["field"]) if "field" in source else self._remembered(str(source["fact"]), person)
            if given:
                found = datetime.fromisoformat(given)
                return found if found.tzinfo else found.replace(tzinfo=self.act.at.tzinfo)
        if isinstance(source, Mapping) and "person" in source and self.act.about:
            since = self.state.persons[self.act.about[0]].measure_since
            return since or self.act.at
        return self.act.delivered or self.act.at if source == "delivered" else self.act.at

    def _remembered(self, name: str, person: str | None) -> Any:
        """A fact of the person or the proceeding; ``sentence.end`` is a part of one."""
        head, _, part = name.partition(".")
        found = self.facts(person).value("fact", head)
        return found.get(part) if part and isinstance(found, Mapping) else found

    def length(self, value: Any) -> Length:
        """``15 days`` or ``{field: name, unit: days}``. Raises ValueError where the field gives no length."""
        if isinstance(value, Mapping):
            return parse_length(f"{self.act.values.get(value['field'], 0)} {value.get('unit', 'days')}")
        return parse_length(str(value))


Verb = Callable[[Resolver, Effect, "str | None"], None]


def _stage(r: Resolver, e: Effect, person: str | None) -> None:
    stage = r.procedure.stages[str(e.value)]
    r.add(**{"is": "stage", "to": stage.id, "title": stage.title, "closed": stage.id in r.procedure.closed})


def _close(r: Resolver, e: Effect, person: str | None) -> None:
    stage = next(r.procedure.stages[each] for each in r.procedure.stages if each in r.procedure.closed)
    r.add(**{"is": "stage", "to": stage.id, "title": stage.title, "closed": True})


def _mark(r: Resolver, e: Effect, person: str | None) -> None:
    about = None if e.more.get("scope") == "proceeding" else person
    r.add(**{"is": e.verb, "word": str(e.value), "person": about, "title": r.procedure.marks.get(str(e.value), words(str(e.value), str(e.value)))})


def _measure(r: Resolver, e: Effect, person: str | None) -> None:
    measure = r.world.measure(r.procedure, r.text(e.value))
    r.add(**{"is": "measure", "person": person, "measure": measure.id, "title": measure.title, "custody": measure.custody, "at": r.act.at.isoformat()})


def _join(r: Resolver, e: Effect, person: str | None) -> None:
    user = r.asked(e.more["user"]) if "user" in e.more else None
    data = dict(r.asked(e.more["record"]) or {}) if "record" in e.more else {"name": r.told.user_name(user)} if user else {}
    if not data:
        return
    user = user or data.pop("user", None)
    defended = r.asked(e.more["for"]) if "for" in e.more else person
    known = next((each for each in r.state.people(str(e.value)) if user and each.user == user), None)
    if known:
        r.complain("person.already_here", "with", "此人已在案", "this person has already joined")
        return
    record = PersonRecord(r.told.new_id("person"), r.state.case_id, data, r.told.new_id("salt"))
    r.records.append(record)
    under = r.world.fields[r.procedure.field].minor_under
    minor = bool(data.get("born")) and is_under(under, date.fromisoformat(data["born"]), r.act.at.date())
    joined = Person(record.id, str(e.value), r.act.at, digest([record.salt, dict(data)]), user,
                    defended[0] if isinstance(defended, list) else defended, minor)
    r.add(**{"is": "join", "person": joined.as_json(), "title": r.procedure.persons.get(str(e.value), words("", ""))})
    if str(e.value) == r.procedure.main_role and r.asked("offence"):
        _charged(r, "charge", str(r.asked("offence")), record.id)


def _charge(r: Resolver, e: Effect, person: str | None) -> None:
    given = r.asked(e.value)
    for offence in given if isinstance(given, list) else [given] if given else []:
        _charged(r, e.verb, offence, person)


def _charged(r: Resolver, verb: str, offence: str, person: str | None) -> None:
    r.add(**{"is": verb, "person": person, "offence": offence, "title": title_of(r.world.offences, offence)})


def _outcome(r: Resolver, e: Effect, person: str | None) -> None:
    r.add(**{"is": "outcome", "person": person, "outcome": r.text(e.value)})


def _remember(r: Resolver, e: Effect, person: str | None) -> None:
    for name in [e.value] if isinstance(e.value, str) else e.value:
        if name in r.act.values:
            r.add(**{"is": "fact", "person": None if e.more.get("scope") == "proceeding" else person, "name": name, "value": r.act.values[name]})


def _start(r: Resolver, e: Effect, person: str | None, follows: str | None = None) -> None:
    person = None if e.more.get("scope") == "proceeding" else person
    for name in [e.value] if isinstance(e.value, str) else e.value:
        limit = r.procedure.limits[name]
        clock_id = f"{name}:{person or '-'}:{sum(clock.deadline == name and clock.person == person for clock in r.state.clocks.values()) + 1}"
        clock = clocks.start(limit, clock_id, person, r.moment(e.more.get("from"), person), r.facts(person), r.told.calendar, follows)
        if clock:
            r.add(**{"is": "clock", "clock": clock.as_json()})
        else:
            r.complain("limit.no_length", name, f"“{limit.title['zh']}”在此日期没有可用的期限规定", f"no length of '{limit.title['en']}' is in force on that day")


def _live(r: Resolver, e: Effect) -> list[Any]:
    names = [e.value] if isinstance(e.value, str) else e.value
    return clocks.concerning(list(r.state.clocks.values()), names, r.act.about or r.act.travelling)


def _end(status: str) -> Verb:
    def resolve(r: Resolver, e: Effect, person: str | None) -> None:
        for clock in _live(r, e):
            if status == "met" and r.act.at >= clock.ends_at and clock.status == "running":
                r.add(**{"is": "flag", "flag": clocks.late_flag(clock, r.act.at)})
            r.add(**{"is": "clock", "clock": clocks.end(clock, r.act.at, status).as_json()})
    return resolve


def _restart(r: Resolver, e: Effect, person: str | None) -> None:
    names = [e.value] if isinstance(e.value, str) else list(e.value)
    for name in names:
        before = next((c for c in reversed(list(r.state.clocks.values())) if c.deadline == name and c.person in (None, person)), None)
        if before and before.live:
            r.add(**{"is": "clock", "clock": clocks.end(before, r.act.at, "restarted").as_json()})
        about = before.person if before else person
        _start(r, Effect("start", [name], e.more, e.when), about, before.id if before else None)


def _extend(r: Resolver, e: Effect, person: str | None) -> None:
    limit = r.procedure.limits[str(e.value)]
    running = _live(r, e)
    if not running:
        r.complain("extend.not_running", str(e.value), f"“{limit.title['zh']}”没有在计算的期限", f"no '{limit.title['en']}' is running")
    for clock in running:
        if clock.liberty and r.act.at >= clock.ends_at:
            r.complain("liberty.expired", str(e.value), f"“{limit.title['zh']}”已于{clock.last_day}届满,不得再延长羁押,应当释放或者变更强制措施",
                       f"'{limit.title['en']}' ended on {clock.last_day}; custody can't be prolonged, release or convert")
            continue
        found = clocks.extend(clock, limit, by=r.length(e.more["by"]) if "by" in e.more else None,
                              to=r.length(e.more["to"]) if "to" in e.more else None, known=r.facts(clock.person), calendar=r.told.calendar)
        if isinstance(found, Problem):
            r.problems.append(found)
        else:
            r.add(**{"is": "clock", "clock": found.as_json()})


def _pause(r: Resolver, e: Effect, person: str | None) -> None:
    reason = r.text(e.more.get("reason", ""))
    for clock in _live(r, e):
        if clock.status == "running":
            r.add(**{"is": "clock", "clock": clocks.pause(clock, r.act.at, str(r.asked(reason) or reason)).as_json()})


def _resume(r: Resolver, e: Effect, person: str | None) -> None:
    for clock in _live(r, e):
        if clock.status == "paused":
            r.add(**{"is": "clock", "clock": clocks.resume(clock, r.act.at, r.told.calendar).as_json()})


def _issue(r: Resolver, e: Effect, person: str | None) -> None:
    template = r.world.template(r.procedure, str(e.value))
    if template is None:
        r.complain("document.no_template", str(e.value), f"没有文书模板“{e.value}”", f"there is no template '{e.value}'")
        return
    agency = r.world.agencies[r.state.agency]
    number = ""
    if template.number:
        serial = r.told.next_number(agency.id, f"document.{template.number}", r.act.at.year)
        number = agency.document_number.format(word=template.number, year=r.act.at.year, serial=serial)
    about = [r.state.persons[each] for each in r.act.about]
    context = Context(r.told, r.procedure, r.state, agency)
    context.about(about)
    context.asked(r.act.fields, r.act.values)
    try:
        filled = fill(template, context.act(r.act.actor.user, r.act.at, number))
    except Unfilled as error:
        r.problems.extend(error.problems)
        return
    document = {"id": r.told.new_id("document"), "template": template.id, "title": template.title, "number": number, "volume": template.volume,
                "of": list(r.act.about), "at": r.act.at.isoformat(), "by": r.act.actor.user, "internal": template.internal,
                "form": template.form, "blob": None, "size": 0, "kind": template.id, "status": "bound", "media_type": "application/pdf"}
    r.prints[document["id"]] = filled.as_json()
    r.add(**{"is": "document", "document": document})
    r.add(**{"is": "material", "material": document})


def _bind(r: Resolver, e: Effect, person: str | None) -> None:
    file = r.asked(e.value)
    if not file:
        return
    kind = str(r.asked("kind") or "other")
    catalogue = r.world.catalogues[r.procedure.catalogue]
    known = catalogue.kinds.get(kind)
    volume = known.volume if known else next(iter(catalogue.volumes))
    r.add(**{"is": "material", "material": {
        "id": r.told.new_id("material"), "kind": kind, "title": _bound_title(r, file, kind), "volume": volume,
        "internal": volume in catalogue.internal, "of": list(r.act.about), "at": r.act.at.isoformat(), "made_on": r.asked("made_on"),
        "by": r.act.actor.user, "status": "bound", **file}})


def _bound_title(r: Resolver, file: Mapping[str, Any], kind: str) -> dict[str, str]:
    title = r.asked("title")
    if title:
        return {"zh": title, "en": title}
    codes = r.world.codes_for(r.procedure).get("material_kind", {})
    return dict(codes.get(kind) or {"zh": file["name"], "en": file["name"]})


def _material_status(status: str) -> Verb:
    def resolve(r: Resolver, e: Effect, person: str | None) -> None:
        reason = str(r.asked("reason") or r.asked("note") or "")
        for item in r.asked(e.value) if isinstance(r.asked(e.value), list) else [r.asked(e.value)]:
            if item in r.state.materials:
                by = r.asked(e.more["by"]) if "by" in e.more else None
                r.add(**{"is": "material", "material": {"id": item, "status": status, "reason": reason, "replaced_by": by}})
    return resolve


def _exhibit(r: Resolver, e: Effect, person: str | None) -> None:
    keep = {key: r.asked(key) for key in ("name", "description", "quantity", "place", "taken_from", "disposal") if r.asked(key)}
    exhibit = r.asked("exhibit") or r.told.new_id("exhibit")
    r.add(**{"is": "exhibit", "exhibit": {"id": exhibit, "status": str(e.value), "at": r.act.at.isoformat(), "by": r.act.actor.user, **keep}})


def _serve(r: Resolver, e: Effect, person: str | None) -> None:
    r.add(**{"is": "service", "service": {
        "document": r.asked(e.value), "recipient": r.asked("recipient"), "manner": r.asked("manner"), "on": r.asked("served_on") or r.act.at.isoformat()}})


def _user(r: Resolver, e: Effect, person: str | None) -> None:
    user = r.asked(e.value)
    asked = next((field.table for field in r.act.fields if field.name == str(e.value)), "leads")
    if user:
        r.add(**{"is": e.verb, "user": user, "post": r.procedure.leads if asked in ("leads", "any") else asked, "until": str(r.asked("until") or "")})


def _sentence(r: Resolver, e: Effect, person: str | None) -> None:
    if person is None:
        return
    kind, months, starts = (r.asked(e.value[key]) for key in ("kind", "months", "from"))
    if not (kind and months and starts):
        return
    first = date.fromisoformat(starts[:10])
    spells = [(episode.measure, episode.since.date(), min((episode.until or r.act.at).date(), first - ONE_DAY))
              for episode in r.state.persons[person].episodes]
    credit = custody_credit([spell for spell in spells if spell[1] <= spell[2]], kind, r.world.fields[r.procedure.field].credit)
    years, rest = years_and_months(int(months))
    found = sentence_end(first, years=years, months=rest, kind=kind, credit_days=credit.days)
    r.add(**{"is": "fact", "person": person, "name": "sentence", "value": {
        "kind": kind, "months": int(months), "start": first.isoformat(), "end": found.end.isoformat(), "credit_days": credit.days,
        "working": [step.as_json() for step in (*credit.working, *found.working)]}})


def _separate(r: Resolver, e: Effect, person: str | None) -> None:
    leaving = r.asked(e.value) if isinstance(e.value, str) and r.asked(e.value) else list(r.act.about)
    persons = tuple(leaving if isinstance(leaving, list) else [leaving])
    staying = [each.id for each in r.state.people(r.procedure.main_role) if each.id not in persons]
    if not staying:
        r.complain("separate.nobody_left", "with", "分案后原案须至少留有一人", "somebody must stay in the original proceeding")
        return
    r.openings.append(Opening(r.procedure.id, persons, "separated", str(r.asked("reason") or "")))


def _open(r: Resolver, e: Effect, person: str | None) -> None:
    persons = r.act.about or tuple(each.id for each in r.state.people(r.procedure.main_role))
    r.openings.append(Opening(str(e.value), persons, "opened"))


def _merge(r: Resolver, e: Effect, person: str | None) -> None:
    r.add(**{"is": "link", "link": {"kind": "joined", "to": str(r.asked(e.value) or "")}})


def _hold(r: Resolver, e: Effect, person: str | None) -> None:
    r.add(**{"is": "hold", "person": person, "on": e.verb == "hold", "at": r.act.at.isoformat()})


def _leave(r: Resolver, e: Effect, person: str | None) -> None:
    r.add(**{"is": "leave", "person": person})


_RESOLVE: Mapping[str, Verb] = {
    "stage": _stage, "close": _close, "mark": _mark, "unmark": _mark, "measure": _measure, "join": _join, "charge": _charge,
    "discharge": _charge, "outcome": _outcome, "remember": _remember, "start": _start, "meet": _end("met"), "cancel": _end("cancelled"),
    "extend": _extend, "pause": _pause, "resume": _resume, "restart": _restart, "issue": _issue, "bind": _bind,
    "strike": _material_status("struck"), "supersede": _material_status("superseded"), "exclude": _material_status("excluded"),
    "seal": _material_status("sealed"), "exhibit": _exhibit, "serve": _serve, "assign": _user, "release": _user, "recuse": _user,
    "cover": _user, "grant": _user, "sentence": _sentence, "separate": _separate, "merge": _merge, "open": _open, "hold": _hold,
    "unhold": _hold, "leave": _leave,
}

_ALWAYS_OF_PERSONS = frozenset({"measure", "outcome", "hold", "unhold", "leave", "sentence"})
_OF_PERSONS = _ALWAYS_OF_PERSONS | {"mark", "unmark", "charge", "discharge", "remember", "start", "restart"}
