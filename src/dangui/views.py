"""Views — 视图: a folded proceeding said in words for people: persons, limits, actions, history; no access to any store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dangui.core import reasons, supervise
from dangui.core.form import Field
from dangui.core.ledger import Actor, Entry
from dangui.core.party import Person
from dangui.core.ports import Row
from dangui.core.problem import Problem, Words, words
from dangui.core.procedure import Action, Effect, Procedure
from dangui.core.proceeding import Clock, Proceeding
from dangui.core.sending import prefilled
from dangui.core.world import Told, World, title_of


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person of the proceeding with name and status — 当事人."""

    id: str
    name: str
    role: str
    role_title: Words
    data: Mapping[str, str]
    measure: str
    measure_title: Words
    measure_since: datetime | None
    in_custody: bool
    charges: tuple[Words, ...]
    marks: tuple[Words, ...]
    outcome: Words | None
    user: str | None
    left: bool
    minor: bool
    sentence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A limit with its computation line by line — 期限."""

    ref: str
    deadline: str
    title: Words
    person: str | None
    liberty: bool
    status: str
    started_at: datetime
    ends_at: datetime
    last_day: str
    ended_at: datetime | None
    extensions: int
    extendable: tuple[tuple[Words, str], ...]
    at_end: str
    working: tuple[Mapping[str, Any], ...]
    basis: tuple[str, ...]
    unverified: Words


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action as a form: for whom it can be done now, and every reason for whom it can't — 可办事项."""

    id: str
    title: Words
    of: str | None
    many: bool
    candidates: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    options: Mapping[str, tuple[tuple[str, Words], ...]]
    prefill: Mapping[str, Any]
    reasons: Mapping[str, tuple[Problem, ...]]
    """By person id; under "" where the action is not of a person."""
    needs_approval: tuple[Words, ...]
    will: tuple[Words, ...]
    basis: tuple[str, ...]
    sends: Words | None

    @property
    def possible(self) -> bool:
        """Whether it can be done now, for at least one person."""
        return any(not reasons for reasons in self.reasons.values())


@dataclass(frozen=True, slots=True)
class PendingView:
    """An application and where it stands — 呈请."""

    ref: str
    action: str
    title: Words
    persons: tuple[str, ...]
    status: str
    applied_by: str
    applied_at: datetime
    shown: tuple[Mapping[str, Any], ...]
    awaits: Words | None
    approvals: tuple[Mapping[str, Any], ...]
    reason: str
    may_approve: bool
    may_execute: bool
    may_cancel: bool
    will: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the history, as a court record reads — 登记."""

    seq: int
    kind: str
    says: Words
    office: Words
    user: str
    occurred_at: datetime
    recorded_at: datetime
    shown: tuple[Mapping[str, Any], ...]
    flags: tuple[Words, ...]
    made: tuple[Words, ...]
    basis: tuple[str, ...]
    digest: str
    corrected_by: int | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A hand-over with its tickets — 移送."""

    run: str
    collaboration: str
    title: Words
    node: str
    direction: str
    partner: Words
    persons: tuple[str, ...]
    sent_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    status: str
    problems: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    shown: tuple[Mapping[str, Any], ...]
    may_withdraw: bool
    may_receive: bool
    reject_codes: tuple[tuple[str, Words], ...]
    sides: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """Everything the page of a proceeding shows — 案件."""

    row: Row
    scope: str
    title: Words
    agency_title: Words
    stages: tuple[tuple[str, Words], ...]
    head: str
    seq: int
    opened_at: datetime
    persons: tuple[PersonView, ...]
    deadlines: tuple[DeadlineView, ...]
    alarms: tuple[Problem, ...]
    flags: tuple[Mapping[str, Any], ...]
    actions: tuple[ActionView, ...]
    pending: tuple[PendingView, ...]
    history: tuple[LineView, ...]
    materials: tuple[tuple[str, Words, tuple[Mapping[str, Any], ...]], ...]
    documents: tuple[Mapping[str, Any], ...]
    handovers: tuple[RunView, ...]
    exhibits: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...]
    assigned: tuple[tuple[str, str], ...]
    recused: tuple[str, ...]
    facts: Mapping[str, Any]


class Teller:
    """Says one state to one actor — 叙述."""

    def __init__(self, told: Told, state: Proceeding, actor: Actor, scope: str) -> None:
        self.told, self.state, self.actor, self.scope = told, state, actor, scope
        self.world: World = told.world
        self.procedure: Procedure = told.world.procedures[state.procedure]
        self.codes = told.world.codes_for(self.procedure)

    def name(self, person: str) -> str:
        """The name of a person, or the note that the record was erased."""
        return self.told.record(person).get("name", "（已删除）")

    def title(self) -> Words:
        """The case as people call it: 张某等盗窃案."""
        people = self.state.people(self.state.main_role) or [p for p in self.state.persons.values() if p.role == self.state.main_role]
        return case_title([self.name(person.id) for person in people], self.state.offence, self.state.title)

    def persons(self) -> tuple[PersonView, ...]:
        """Everybody, those of the main role first."""
        order = list(self.procedure.persons)
        people = sorted(self.state.persons.values(), key=lambda person: order.index(person.role) if person.role in order else len(order))
        return tuple(self._person(person) for person in people)

    def _person(self, person: Person) -> PersonView:
        measure = self.world.fields[self.procedure.field].measures.get(person.measure)
        outcome = next((table[person.outcome] for table in self._tables() if person.outcome in table), None) if person.outcome else None
        return PersonView(
            person.id, self.name(person.id), person.role, title_of(self.procedure.persons, person.role), self.told.record(person.id),
            person.measure, measure.title if measure else words(person.measure, person.measure), person.measure_since, person.custody,
            tuple(title_of(self.world.offences, each) for each in person.charges),
            tuple(title_of(self.procedure.marks, word) for word in sorted(person.marks)), outcome, person.user, person.left, person.minor,
            person.facts.get("sentence"))

    def _tables(self) -> Iterator[Mapping[str, Words]]:
        yield from self.codes.values()
        for collaboration in self.world.collaborations.values():
            yield from collaboration.codes.values()

    def deadlines(self) -> tuple[DeadlineView, ...]:
        """Running limits first, nearest end first; then those that ended, newest first."""
        clocks = sorted(self.state.clocks.values(), key=lambda clock: (not clock.live, clock.ends_at.timestamp() * (1 if clock.live else -1)))
        return tuple(self._deadline(clock) for clock in clocks)

    def _deadline(self, clock: Clock) -> DeadlineView:
        limit = self.procedure.limits.get(clock.deadline)
        offers = tuple((words(f"可延长{row.by.says()['zh']}", f"by {row.by.says()['en']}") if row.by else
                        words(f"可延长至{row.to.says()['zh']}", f"to {row.to.says()['en']}") if row.to else words("", ""), row.basis)
                       for row in limit.extendable) if limit else ()
        status = "past" if clock.status == "running" and clock.ends_at <= self.told.now else clock.status
        return DeadlineView(
            clock.id, clock.deadline, clock.title, self.name(clock.person) if clock.person else None, clock.liberty, status, clock.started_at,
            clock.ends_at, clock.last_day, clock.ended_at, clock.extensions, offers, clock.at_end, clock.working, clock.basis,
            limit.unverified if limit else words("", ""))

    def actions(self) -> tuple[ActionView, ...]:
        """Actions of this stage for this post, possible ones first."""
        mine = [action for action in self.procedure.actions.values() if action.id != "open" and not (
            reasons.wrong_stage(self.state, action) or reasons.wrong_actor(self.state, self.actor, action))]
        return tuple(sorted((self.action(action) for action in mine), key=lambda view: not view.possible))

    def action(self, action: Action) -> ActionView:
        """One action with its form and its reasons per person."""
        fields = reasons.form_of(self.world, action)
        people = self.state.people(action.of) if action.of else []
        unmet = {person: reasons.unmet(self.told, self.state, action, (person,) if person else (), {}, self.told.now)
                 for person in ([each.id for each in people] if action.of else [""])}
        if not unmet:
            unmet = {"": [Problem("person.missing", "of", words("案内没有相应的当事人", "nobody in that role is here"))]}
        asked = ("needs.field.", "needs.not.field.")
        standing = {person: tuple(problem for problem in problems if not problem.code.startswith(asked))
                    for person, problems in unmet.items()}
        collaboration = self.world.collaborations.get(action.sends.partition(".")[0])
        posts = self.world.agencies[self.state.agency].posts
        return ActionView(
            action.id, action.title, action.of or None, action.many, tuple((person.id, self.name(person.id)) for person in people), fields,
            {field.name: tuple(self.options(field, action)) for field in fields}, prefilled(self.state, fields, tuple(p.id for p in people[:1])),
            standing, tuple(posts[post].title for post in action.approval if post in posts), tuple(self.will(action)), action.basis,
            collaboration.title if collaboration else None)

    def options(self, field: Field, action: Action) -> Iterator[tuple[str, Words]]:
        """The choices of a field, as (value, words)."""
        match field.kind:
            case "code" | "list":
                table = self.world.codes_for(self.procedure, action.sends.partition(".")[0]).get(field.table, {})
                yield from table.items()
            case "user":
                yield from ((user, _same(self.told.user_name(user))) for user in self.told.users_with(self.state.agency, field.table))
            case "persons":
                yield from ((person.id, _same(self.name(person.id))) for person in self.state.people(field.table))
            case "material" | "materials":
                yield from ((key, item["title"]) for key, item in self.state.materials.items() if item.get("status") == "bound")
            case "document":
                yield from ((key, item["title"]) for key, item in self.state.documents.items())
            case "exhibit":
                yield from ((key, _same(str(item.get("name", key)))) for key, item in self.state.exhibits.items())

    def will(self, action: Action, steps: Sequence[str] = ("done", "applied", "approved", "executed")) -> Iterator[Words]:
        """What will happen, from the pack: documents, limits, measures, stage, who is told."""
        names = {"approved": words("批准后", "on approval"), "executed": words("执行后", "on execution")}
        for step in steps:
            for effect in action.effects.get(step, ()):
                said = self._effect(effect)
                if said and step in names:
                    said = words(f"{names[step]['zh']}:{said['zh']}", f"{names[step]['en']}: {said['en']}")
                if said:
                    yield said
        if action.sends:
            collaboration, _, node = action.sends.partition(".")
            found = self.world.collaborations[collaboration]
            yield words(f"移送:{found.title['zh']}", f"sends: {found.title['en']}")

    def _effect(self, effect: Effect) -> Words | None:
        names = [effect.value] if isinstance(effect.value, str) else effect.value if isinstance(effect.value, list) else []
        limits = [self.procedure.limits[name].title for name in names if name in self.procedure.limits]
        zh, en = "、".join(title["zh"] for title in limits), ", ".join(title["en"] for title in limits)
        match effect.verb:
            case "issue":
                template = self.world.template(self.procedure, str(effect.value))
                return words(f"制作《{template.title['zh']}》", f"issues '{template.title['en']}'") if template else None
            case "measure" if isinstance(effect.value, str):
                title = self.world.measure(self.procedure, effect.value).title
                return words(f"强制措施变为“{title['zh']}”", f"measure becomes '{title['en']}'")
            case "stage":
                title = self.procedure.stages[str(effect.value)].title
                return words(f"进入“{title['zh']}”阶段", f"moves to '{title['en']}'")
            case "start" | "restart" if limits:
                return words(f"开始计算:{zh}", f"starts: {en}")
            case "meet" if limits:
                return words(f"办结期限:{zh}", f"meets: {en}")
            case "extend" if limits:
                return words(f"延长:{zh}", f"extends: {en}")
            case "pause" if limits:
                return words(f"中止计算:{zh}", f"pauses: {en}")
            case _:
                return None

    def pending(self) -> tuple[PendingView, ...]:
        """Applications that still wait, newest first; then those that were refused."""
        found = [item for item in self.state.applications.values() if item["status"] in ("applied", "approved", "refused")]
        return tuple(self._pending(item) for item in reversed(found))

    def _pending(self, item: Mapping[str, Any]) -> PendingView:
        action = self.procedure.actions.get(item["action"])
        posts = self.world.agencies[self.state.agency].posts
        here = self.actor.agency == self.state.agency and self.actor.user not in self.state.recused
        involved = {item["user"], *(each["user"] for each in item["approvals"])}
        return PendingView(
            item["id"], item["action"], item["title"], tuple(self.name(each) for each in item["of"]), item["status"],
            self.told.user_name(item["user"]), datetime.fromisoformat(item["at"]), tuple(item["shown"]),
            posts[item["awaits"]].title if item.get("awaits") in posts else None, tuple(item["approvals"]), str(item.get("reason", "")),
            item["status"] == "applied" and here and self.actor.post == item["awaits"] and self.actor.user not in involved,
            item["status"] == "approved" and here and self.actor.post in item["executes"],
            item["status"] == "applied" and here and self.actor.user == item["user"],
            tuple(self.will(action, ("approved", "executed"))) if action else ())

    def history(self, entries: Sequence[Entry]) -> tuple[LineView, ...]:
        """The ledger as sentences, newest first."""
        corrected = {entry.body["corrects"]: entry.seq for entry in entries if "corrects" in entry.body}
        return tuple(self._line(entry, corrected.get(entry.seq)) for entry in reversed(entries))

    def _line(self, entry: Entry, corrected_by: int | None) -> LineView:
        title = entry.body.get("title") or words(entry.kind, entry.kind)
        verb = _KINDS.get(entry.kind, words("{title}", "{title}"))
        people = "、".join(self.name(each) for each in entry.body.get("of", ()) if each in self.state.persons)
        suffix = {"zh": f"（{people}）" if people else "", "en": f" ({people})" if people else ""}
        says = {tongue: verb[tongue].format(title=title[tongue]) + suffix[tongue] for tongue in ("zh", "en")}
        made = tuple(words(f"《{effect['document']['title']['zh']}》{effect['document']['number']}", f"{effect['document']['title']['en']} {effect['document']['number']}")
                     for effect in entry.body["effects"] if effect["is"] == "document")
        return LineView(
            entry.seq, entry.kind, says, self.office(entry.post), self.told.user_name(entry.user), entry.occurred_at, entry.recorded_at,
            tuple(entry.body.get("shown", ())), tuple(effect["flag"]["says"] for effect in entry.body["effects"] if effect["is"] == "flag"),
            made, tuple(entry.body.get("basis", ())), entry.digest, corrected_by)

    def office(self, principal: str) -> Words:
        """``agency/post`` in words."""
        agency, _, post = principal.partition("/")
        office = self.world.agencies.get(agency)
        if office is None:
            return _same(principal)
        title = office.posts[post].title if post in office.posts else words("系统", "system")
        return words(f"{office.title['zh']}{title['zh']}", f"{office.title['en']}, {title['en']}")

    def materials(self) -> tuple[tuple[str, Words, tuple[Mapping[str, Any], ...]], ...]:
        """The dossier by volume, as far as the reader may see: counsel never sees internal volumes."""
        catalogue = self.world.catalogues.get(self.procedure.catalogue)
        volumes = catalogue.volumes if catalogue else {}
        seen = [item for item in self.state.materials.values() if self.scope == "full" or not item.get("internal")]
        order = [*volumes, *sorted({item["volume"] for item in seen} - set(volumes))]
        return tuple((volume, title_of(volumes, volume), tuple(item for item in seen if item["volume"] == volume))
                     for volume in order if any(item["volume"] == volume for item in seen))

    def documents(self) -> tuple[Mapping[str, Any], ...]:
        """Issued documents with their services, newest first."""
        return tuple({**item, "persons": [self.name(each) for each in item["of"]], "issued_at": datetime.fromisoformat(item["at"]),
                      "services": [service for service in self.state.services if service["document"] == item["id"]]}
                     for item in reversed(self.state.documents.values()) if self.scope == "full" or not item.get("internal"))

    def handovers(self) -> tuple[RunView, ...]:
        """Hand-overs, newest first."""
        return tuple(self.handover(run) for run in reversed(self.state.handovers.values()))

    def handover(self, run: Mapping[str, Any]) -> RunView:
        """One hand-over with what the actor may do about it."""
        collaboration = self.world.collaborations[run["collaboration"]]
        others = [self.world.agencies[place["agency"]].title for side, place in run["sides"].items() if side != run["side"]]
        node = collaboration.nodes[run["node"]]
        table = {**self.codes, **collaboration.codes}.get(node.reject.removeprefix("code."), {})
        here = self.actor.agency == self.state.agency
        return RunView(
            run["id"], run["collaboration"], run["title"], run["node"], run["direction"],
            words("、".join(title["zh"] for title in others), ", ".join(title["en"] for title in others)),
            tuple(self.name(each) for each in run.get("persons", ()) if each in self.state.persons), _time(run.get("sent_at")),
            _time(run.get("delivered_at")), _time(run.get("received_at")), run["status"], tuple(run.get("problems", ())),
            tuple(run.get("warnings", ())), tuple(run.get("shown", ())),
            here and run["direction"] == "out" and run["status"] in ("initiated", "delivered", "parked"),
            here and run["direction"] == "in" and run["status"] == "delivered" and self.actor.post in self.state.receivers,
            tuple(table.items()), run["sides"])

    def view(self, row: Row, entries: Sequence[Entry]) -> ProceedingView:
        """The whole page."""
        return ProceedingView(
            row, self.scope, self.title(), self.world.agencies[self.state.agency].title,
            tuple((stage.id, stage.title) for stage in self.procedure.stages.values()), self.state.head.digest, self.state.head.seq,
            self.state.opened_at or self.told.now, self.persons(), self.deadlines(), tuple(supervise.alarms(self.state, self.told.now)),
            self.state.flags, self.actions(), self.pending(), self.history(entries) if self.scope == "full" else (), self.materials(),
            self.documents(), self.handovers(), tuple(self.state.exhibits.values()), self.state.links,
            tuple((user, self.told.user_name(user)) for user in self.state.assigned), tuple(self.told.user_name(user) for user in self.state.recused),
            self.state.facts)


def case_title(names: Sequence[str], offence: Words | None, procedure: Words) -> Words:
    """The case as people call it, from names and offence: 张某等盗窃案."""
    what = offence or procedure
    zh = what["zh"].removesuffix("罪")
    first = names[0] if names else ""
    return words(f"{first}{'等' if len(names) > 1 else ''}{zh}案", f"{first}{' and others' if len(names) > 1 else ''}{': ' if first else ''}{what['en'].lower() if first else what['en']}")


def _same(text: str) -> Words:
    return words(text, text)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_KINDS: Mapping[str, Words] = {
    "proceeding.opened": words("受理:{title}", "opened: {title}"), "action.done": words("办理:{title}", "{title}"),
    "action.applied": words("呈请:{title}", "applied for: {title}"), "action.endorsed": words("审核同意:{title}", "endorsed: {title}"),
    "action.approved": words("批准:{title}", "approved: {title}"), "action.refused": words("不批准:{title}", "refused: {title}"),
    "action.executed": words("执行:{title}", "executed: {title}"), "action.withdrawn": words("撤回呈请:{title}", "application withdrawn: {title}"),
    "handover.delivered": words("移送送达:{title}", "delivered: {title}"), "handover.received": words("签收:{title}", "received: {title}"),
    "handover.rejected": words("退回移送:{title}", "rejected: {title}"), "handover.withdrawn": words("撤回移送:{title}", "withdrawn: {title}"),
    "handover.receipt_delivered": words("对方已送达回执:{title}", "delivery receipt: {title}"),
    "handover.receipt_received": words("对方已签收:{title}", "reception receipt: {title}"),
    "handover.receipt_rejected": words("对方退回:{title}", "rejected by the receiver: {title}"),
    "handover.receipt_withdrawn": words("对方撤回:{title}", "withdrawn by the sender: {title}"),
    "handover.result": words("收到结果:{title}", "result: {title}"), "handover.return": words("收到退回:{title}", "returned: {title}"),
    "handover.supplement": words("收到补充:{title}", "supplement: {title}"), "handover.amend": words("收到变更:{title}", "amendment: {title}"),
    "proceeding.separated": words("分案:{title}", "separated: {title}"), "entry.corrected": words("{title}", "{title}"),
}
