"""Effects — 效果: every effect a pack may name, run in order; here those on stage, persons, users and the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dangui.core import binding, limits
from dangui.core import condition as conditions
from dangui.core.calendar import ONE_DAY
from dangui.core.digest import digest
from dangui.core.party import Person, is_under
from dangui.core.ports import PersonRecord
from dangui.core.problem import words
from dangui.core.procedure import Effect
from dangui.core.resolve import Opening, Resolver, Verb, names_of
from dangui.core.sentence import custody_credit, sentence_end, years_and_months
from dangui.core.world import title_of


def run(r: Resolver, effects: Sequence[Effect]) -> None:
    """Resolve ``effects`` in order, each for every person it concerns, where its condition holds then."""
    for effect in effects:
        for person in _concerned(r, effect):
            if conditions.holds(effect.when, r.facts(person)):
                _VERBS[effect.verb](r, effect, person)


def _concerned(r: Resolver, effect: Effect) -> Sequence[str | None]:
    if effect.more.get("scope") == "proceeding" or effect.verb not in _OF_PERSONS:
        return [r.act.about[0] if len(r.act.about) == 1 else None]
    if r.act.about:
        return r.act.about
    if effect.more.get("per") == "person" or effect.verb in _ALWAYS_OF_PERSONS:
        main = [person.id for person in r.state.people(r.procedure.main_role)]
        return [person for person in r.act.travelling if person in main] or main
    return [None]


def _stage(r: Resolver, e: Effect, person: str | None) -> None:
    stage = r.procedure.stages[str(e.value)]
    r.add("stage", to=stage.id, title=stage.title, closed=stage.id in r.procedure.closed)


def _close(r: Resolver, e: Effect, person: str | None) -> None:
    stage = next(stage for stage in r.procedure.stages.values() if stage.id in r.procedure.closed)
    r.add("stage", to=stage.id, title=stage.title, closed=True)


def _mark(r: Resolver, e: Effect, person: str | None) -> None:
    about = None if e.more.get("scope") == "proceeding" else person
    r.add(e.verb, word=str(e.value), person=about, title=title_of(r.procedure.marks, e.value))


def _measure(r: Resolver, e: Effect, person: str | None) -> None:
    measure = r.world.measure(r.procedure, r.text(e.value))
    r.add("measure", person=person, measure=measure.id, title=measure.title, custody=measure.custody,
          at=r.act.at.isoformat())


def _join(r: Resolver, e: Effect, person: str | None) -> None:
    role = str(e.value)
    data = dict(r.asked(e.more["record"]) or {}) if "record" in e.more else {}
    in_record = data.pop("user", None)
    user = (r.asked(e.more["user"]) if "user" in e.more else None) or in_record
    if user and not data:
        data = {"name": r.told.user_name(user)}
    if not data:
        return
    if user and any(each.user == user for each in r.state.people(role)):
        r.complain("person.already_here", "with", "此人已在案", "this person has already joined")
        return
    record = PersonRecord(r.told.new_id("person"), r.state.case_id, data, r.told.new_id("salt"))
    r.records.append(record)
    minor_under = r.world.fields[r.procedure.field].minor_under
    minor = bool(data.get("born")) and is_under(minor_under, date.fromisoformat(data["born"]), r.act.at.date())
    joined = Person(record.id, role, r.act.at, digest([record.salt, data]), user, _defended(r, e, person), minor)
    r.add("join", person=joined.as_json(), title=r.procedure.persons.get(role, words("", "")))
    if role == r.procedure.main_role and r.asked("offence"):
        _charged(r, "charge", str(r.asked("offence")), record.id)


def _defended(r: Resolver, e: Effect, person: str | None) -> str | None:
    found = r.asked(e.more["for"]) if "for" in e.more else person
    return found[0] if isinstance(found, list) else found


def _charge(r: Resolver, e: Effect, person: str | None) -> None:
    given = r.asked(e.value)
    for offence in given if isinstance(given, list) else [given] if given else []:
        _charged(r, e.verb, offence, person)


def _charged(r: Resolver, verb: str, offence: str, person: str | None) -> None:
    r.add(verb, person=person, offence=offence, title=title_of(r.world.offences, offence))


def _outcome(r: Resolver, e: Effect, person: str | None) -> None:
    r.add("outcome", person=person, outcome=r.text(e.value))


def _remember(r: Resolver, e: Effect, person: str | None) -> None:
    about = None if e.more.get("scope") == "proceeding" else person
    records = {field.name for field in r.act.fields if field.kind == "person"}  # these never stand in a ledger
    for name in names_of(e):
        if name in r.act.values and name not in records:
            r.add("fact", person=about, name=name, value=r.act.values[name])


def _user(r: Resolver, e: Effect, person: str | None) -> None:
    """``assign``, ``release``, ``recuse``, ``cover`` and ``grant``, each of the user who was named."""
    user = r.asked(e.value)
    table = next((field.table for field in r.act.fields if field.name == str(e.value)), "leads")
    post = r.procedure.leads if table in ("leads", "any") else table
    if user:
        r.add(e.verb, user=user, post=post, until=str(r.asked("until") or ""))


def _sentence(r: Resolver, e: Effect, person: str | None) -> None:
    """The end of the term from its months and its first day, custody before it credited (刑期折抵)."""
    kind, months, starts = (r.asked(e.value[key]) for key in ("kind", "months", "from"))
    if person is None or not (kind and months and starts):
        return
    first = date.fromisoformat(starts[:10])
    spells = [(episode.measure, episode.since.date(), min((episode.until or r.act.at).date(), first - ONE_DAY))
              for episode in r.state.persons[person].episodes]
    before = [spell for spell in spells if spell[1] <= spell[2]]
    credit = custody_credit(before, kind, r.world.fields[r.procedure.field].credit)
    years, rest = years_and_months(int(months))
    found = sentence_end(first, years=years, months=rest, kind=kind, credit_days=credit.days)
    r.add("fact", person=person, name="sentence", value={
        "kind": kind, "months": int(months), "start": first.isoformat(), "end": found.end.isoformat(),
        "credit_days": credit.days, "working": [step.as_json() for step in (*credit.working, *found.working)],
    })


def _separate(r: Resolver, e: Effect, person: str | None) -> None:
    named = r.asked(e.value) if isinstance(e.value, str) else None
    leaving = named or list(r.act.about)
    persons = tuple(leaving if isinstance(leaving, list) else [leaving])
    if all(each.id in persons for each in r.state.people(r.procedure.main_role)):
        r.complain("separate.nobody_left", "with", "分案后原案须至少留有一人",
                   "somebody must stay in the original proceeding")
        return
    r.openings.append(Opening(r.procedure.id, persons, "separated", str(r.asked("reason") or "")))


def _open(r: Resolver, e: Effect, person: str | None) -> None:
    persons = r.act.about or tuple(each.id for each in r.state.people(r.procedure.main_role))
    r.openings.append(Opening(str(e.value), persons, "opened"))


def _merge(r: Resolver, e: Effect, person: str | None) -> None:
    r.add("link", link={"kind": "joined", "to": str(r.asked(e.value) or "")})


def _hold(r: Resolver, e: Effect, person: str | None) -> None:
    r.add("hold", person=person, on=e.verb == "hold", at=r.act.at.isoformat())


def _leave(r: Resolver, e: Effect, person: str | None) -> None:
    r.add("leave", person=person)


_VERBS: Mapping[str, Verb] = {
    "stage": _stage, "close": _close, "mark": _mark, "unmark": _mark, "measure": _measure, "join": _join,
    "charge": _charge, "discharge": _charge, "outcome": _outcome, "remember": _remember, "assign": _user,
    "release": _user, "recuse": _user, "cover": _user, "grant": _user, "sentence": _sentence, "separate": _separate,
    "merge": _merge, "open": _open, "hold": _hold, "unhold": _hold, "leave": _leave, **limits.VERBS, **binding.VERBS,
}

_ALWAYS_OF_PERSONS = frozenset({"measure", "outcome", "hold", "unhold", "leave", "sentence"})
_OF_PERSONS = _ALWAYS_OF_PERSONS | {"mark", "unmark", "charge", "discharge", "remember", "start", "restart"}
