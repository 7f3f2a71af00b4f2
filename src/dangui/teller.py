"""Teller — 叙述: says a folded proceeding to one reader in words: persons, limits, dossier, hand-overs, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core import access, supervise
from dangui.core.handover import withdrawing
from dangui.core.ledger import Actor, Entry
from dangui.core.party import Person
from dangui.core.ports import Row
from dangui.core.problem import Words, words
from dangui.core.procedure import Extension
from dangui.core.proceeding import Clock, Proceeding
from dangui.core.sending import UNRECEIVED
from dangui.core.world import Told, title_of
from dangui.offers import Offers, same
from dangui.proof import missing
from dangui.views import DeadlineView, LineView, PendingView, PersonView, ProceedingView, RunView, case_title


class Teller:
    """Says one state to one actor, as far as his scope reaches."""

    def __init__(self, told: Told, state: Proceeding, actor: Actor, scope: str) -> None:
        self.told, self.actor, self.scope = told, actor, scope
        self.world = told.world
        self.procedure = told.world.procedures[state.procedure]
        self.state = access.as_seen(state, actor.user, scope, self.procedure.defence_reads)
        self.offers = Offers(told, state, actor, self.state)
        self.name = self.offers.name

    def view(self, row: Row, entries: Sequence[Entry]) -> ProceedingView:
        """The whole page. Counsel sees no applications, no history and no facts."""
        state, inside = self.state, self.scope == access.FULL
        return ProceedingView(
            row, self.scope, self.title(), self.world.agencies[state.agency].title,
            tuple((stage.id, stage.title) for stage in self.procedure.stages.values()), state.head.digest,
            state.head.seq, state.opened_at or self.told.now, self.persons(), self.deadlines(),
            tuple(supervise.alarms(state, self.told.now)), state.flags, self.offers.all(),
            self.pending() if inside else (), self.history(entries) if inside else (), self.materials(),
            self.documents(), self.handovers(), tuple(state.exhibits.values()), state.links,
            tuple((user, self.told.user_name(user)) for user in state.assigned),
            tuple(self.told.user_name(user) for user in sorted(state.recused)), state.facts if inside else {},
            missing(self.told, self.offers.state, self.name) if inside else ())

    def title(self) -> Words:
        """The case as people call it: 张某等盗窃案."""
        whole = self.offers.state
        main = [person for person in whole.persons.values() if person.role == whole.main_role]
        here = [person for person in main if not person.left] or main
        return case_title([self.name(person.id) for person in here], self.state.offence, self.state.title)

    def persons(self) -> tuple[PersonView, ...]:
        """Everybody, those of the main role first."""
        order = {role: place for place, role in enumerate(self.procedure.persons)}
        people = sorted(self.state.persons.values(), key=lambda person: order.get(person.role, len(order)))
        return tuple(self._person(person) for person in people)

    def _person(self, person: Person) -> PersonView:
        measure = self.world.fields[self.procedure.field].measures.get(person.measure)
        return PersonView(
            person.id, self.name(person.id), person.role, title_of(self.procedure.persons, person.role),
            self._data(person), person.measure, measure.title if measure else same(person.measure),
            person.measure_since, person.custody, tuple(title_of(self.world.offences, each) for each in person.charges),
            tuple(title_of(self.procedure.marks, word) for word in sorted(person.marks)), self._outcome(person),
            person.user, person.left, person.minor, person.facts.get("sentence"))

    def _data(self, person: Person) -> Mapping[str, str]:
        """Personal data: all of it inside the agency, for counsel that of his client and otherwise the name."""
        data = self.told.record(person.id)
        clients = [each.defends for each in self.state.persons.values() if each.user == self.actor.user]
        own = person.user == self.actor.user or person.id in clients
        return data if own or self.scope == access.FULL else {"name": self.name(person.id)}

    def _outcome(self, person: Person) -> Words | None:
        tables = [*self.world.codes_for(self.procedure).values()]
        tables += [table for each in self.world.collaborations.values() for table in each.codes.values()]
        return next((table[person.outcome] for table in tables if person.outcome and person.outcome in table), None)

    def deadlines(self) -> tuple[DeadlineView, ...]:
        """Running limits first, nearest end first; then those that ended, newest first."""
        ended = sorted((clock for clock in self.state.clocks.values() if not clock.live),
                       key=lambda clock: clock.ends_at, reverse=True)
        return tuple(self._deadline(clock) for clock in (*self.state.live_clocks(), *ended))

    def _deadline(self, clock: Clock) -> DeadlineView:
        limit = self.procedure.limits.get(clock.deadline)
        status = "past" if clock.status == "running" and clock.ends_at <= self.told.now else clock.status
        # A limit given as a date starts on that date; it is drawn from the beginning of the case.
        opened = self.state.opened_at
        began = opened if opened and clock.started_at > self.told.now else clock.started_at
        return DeadlineView(
            clock.id, clock.deadline, clock.title, self.name(clock.person) if clock.person else None, clock.liberty,
            status, began, clock.ends_at, clock.last_day, clock.ended_at, clock.extensions,
            tuple((_offer(row), row.basis) for row in limit.extendable) if limit else (), clock.at_end, clock.working,
            clock.basis, limit.unverified if limit else words("", ""))

    def pending(self) -> tuple[PendingView, ...]:
        """Applications that wait or were refused, newest first."""
        waiting = ("applied", "approved", "refused")
        found = [item for item in self.state.applications.values() if item["status"] in waiting]
        return tuple(self._pending(item) for item in reversed(found))

    def _pending(self, item: Mapping[str, Any]) -> PendingView:
        action = self.procedure.actions.get(item["action"])
        awaits = self.world.agencies[self.state.agency].posts.get(item.get("awaits") or "")
        here = self.actor.agency == self.state.agency and self.actor.user not in self.state.recused
        involved = {item["user"], *(each["user"] for each in item["approvals"])}
        applied = item["status"] == "applied" and here
        return PendingView(
            item["id"], item["action"], item["title"], tuple(self.name(each) for each in item["of"]), item["status"],
            self.told.user_name(item["user"]), datetime.fromisoformat(item["at"]), tuple(item["shown"]),
            awaits.title if awaits else None, tuple(item["approvals"]), str(item.get("reason", "")),
            applied and self.actor.post == item["awaits"] and self.actor.user not in involved,
            item["status"] == "approved" and here and self.actor.post in item["executes"],
            applied and self.actor.user == item["user"],
            tuple(self.offers.will(action, ("approved", "executed"))) if action else ())

    def history(self, entries: Sequence[Entry]) -> tuple[LineView, ...]:
        """The ledger as sentences, newest first."""
        corrected = {entry.body["corrects"]: entry.seq for entry in entries if "corrects" in entry.body}
        return tuple(self._line(entry, corrected.get(entry.seq)) for entry in reversed(entries))

    def _line(self, entry: Entry, corrected_by: int | None) -> LineView:
        title = entry.body.get("title") or same(entry.kind)
        verb = _KINDS.get(entry.kind, same("{title}"))
        people = "、".join(self.name(each) for each in entry.body.get("of", ()) if each in self.state.persons)
        says = words(verb["zh"].format(title=title["zh"]) + (f"（{people}）" if people else ""),
                     verb["en"].format(title=title["en"]) + (f" ({people})" if people else ""))
        effects = entry.body["effects"]
        made = (effect["document"] for effect in effects if effect["is"] == "document")
        return LineView(
            entry.seq, entry.kind, says, self.office(entry.post), self.told.user_name(entry.user), entry.occurred_at,
            entry.recorded_at, tuple(entry.body.get("shown", ())),
            tuple(effect["flag"]["says"] for effect in effects if effect["is"] == "flag"),
            tuple(words(f"《{each['title']['zh']}》{each['number']}", f"{each['title']['en']} {each['number']}")
                  for each in made),
            tuple(entry.body.get("basis", ())), entry.digest, corrected_by)

    def office(self, principal: str) -> Words:
        """``agency/post`` in words."""
        agency, _, post = principal.partition("/")
        office = self.world.agencies.get(agency)
        if office is None:
            return same(principal)
        title = office.posts[post].title if post in office.posts else words("系统", "system")
        return words(f"{office.title['zh']}{title['zh']}", f"{office.title['en']}, {title['en']}")

    def materials(self) -> tuple[tuple[str, Words, tuple[Mapping[str, Any], ...]], ...]:
        """The dossier by volume, as far as the reader may see it."""
        catalogue = self.world.catalogues.get(self.procedure.catalogue)
        volumes = catalogue.volumes if catalogue else {}
        by_volume: dict[str, list[Mapping[str, Any]]] = {volume: [] for volume in volumes}
        for item in self.state.materials.values():
            by_volume.setdefault(item["volume"], []).append(item)
        return tuple((volume, title_of(volumes, volume), tuple(items)) for volume, items in by_volume.items() if items)

    def documents(self) -> tuple[Mapping[str, Any], ...]:
        """Issued documents with their services, newest first."""
        return tuple(self._document(item) for item in reversed(list(self.state.documents.values())))

    def _document(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        services = [service for service in self.state.services if service["document"] == item["id"]]
        return {**item, "persons": [self.name(each) for each in item["of"]],
                "issued_at": datetime.fromisoformat(item["at"]), "services": services}

    def handovers(self) -> tuple[RunView, ...]:
        """Hand-overs, newest first."""
        return tuple(self.handover(run) for run in reversed(list(self.state.handovers.values())))

    def handover(self, run: Mapping[str, Any]) -> RunView:
        """One hand-over with what the actor may do about it."""
        collaboration = self.world.collaborations[run["collaboration"]]
        others = [self.world.agencies[place["agency"]].title
                  for side, place in run["sides"].items() if side != run["side"]]
        table = collaboration.nodes[run["node"]].reject.removeprefix("code.")
        codes = self.world.codes_for(self.procedure, collaboration.id).get(table, {})
        here = self.actor.agency == self.state.agency
        return RunView(
            run["id"], run["collaboration"], run["title"], run["node"], run["direction"],
            words("、".join(title["zh"] for title in others), ", ".join(title["en"] for title in others)),
            tuple(self.name(each) for each in run.get("persons", ()) if each in self.state.persons),
            _time(run.get("sent_at")), _time(run.get("delivered_at")), _time(run.get("received_at")), run["status"],
            tuple(run.get("problems", ())), tuple(run.get("warnings", ())), tuple(run.get("shown", ())),
            here and run["direction"] == "out" and run["status"] in UNRECEIVED
            and self.actor.post in withdrawing(self.told, self.state, run),
            here and run["direction"] == "in" and run["status"] == "delivered"
            and self.actor.post in self.state.receivers, tuple(codes.items()), run["sides"])


def _offer(row: Extension) -> Words:
    length = row.by.says() if row.by else row.to.says() if row.to else words("", "")
    return words(f"可延长{'' if row.by else '至'}{length['zh']}", f"{'by' if row.by else 'to'} {length['en']}")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_KINDS: Mapping[str, Words] = {
    "proceeding.opened": words("受理:{title}", "opened: {title}"),
    "action.done": words("办理:{title}", "{title}"),
    "action.applied": words("呈请:{title}", "applied for: {title}"),
    "action.endorsed": words("审核同意:{title}", "endorsed: {title}"),
    "action.approved": words("批准:{title}", "approved: {title}"),
    "action.refused": words("不批准:{title}", "refused: {title}"),
    "action.executed": words("执行:{title}", "executed: {title}"),
    "action.withdrawn": words("撤回呈请:{title}", "application withdrawn: {title}"),
    "handover.delivered": words("移送送达:{title}", "delivered: {title}"),
    "handover.received": words("签收:{title}", "received: {title}"),
    "handover.rejected": words("退回移送:{title}", "rejected: {title}"),
    "handover.withdrawn": words("撤回移送:{title}", "withdrawn: {title}"),
    "handover.receipt_delivered": words("对方已送达回执:{title}", "delivery receipt: {title}"),
    "handover.receipt_received": words("对方已签收:{title}", "reception receipt: {title}"),
    "handover.receipt_rejected": words("对方退回:{title}", "rejected by the receiver: {title}"),
    "handover.receipt_withdrawn": words("对方撤回:{title}", "withdrawn by the sender: {title}"),
    "handover.result": words("收到结果:{title}", "result: {title}"),
    "handover.return": words("收到退回:{title}", "returned: {title}"),
    "handover.supplement": words("收到补充:{title}", "supplement: {title}"),
    "handover.amend": words("收到变更:{title}", "amendment: {title}"),
    "proceeding.separated": words("分案:{title}", "separated: {title}"),
    "entry.corrected": words("{title}", "{title}"),
}
