"""Handover — 移送: what a message does where it arrives, and how the receiver's answer comes back.

initiate → delivered (bytes complete; moves the legal clocks) → received by a person: accepted · accepted with warnings ·
rejected with coded problems · parked until its case is here → results, returns, supplements → closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core.collaboration import Node
from dangui.core.condition import ALWAYS
from dangui.core.decide import Decision, right_time
from dangui.core.digest import digest
from dangui.core.ledger import Actor, Draft
from dangui.core.opening import begin
from dangui.core.party import person_from
from dangui.core.ports import Job
from dangui.core.problem import Problem, Refusal, Words, words
from dangui.core.proceeding import Proceeding
from dangui.core.procedure import Effect
from dangui.core.resolve import Act, Resolver
from dangui.core.world import Told

MACHINE = "inbox"
"""The post in whose name the node delivers: nobody's hand, always named as such."""


def target_procedure(told: Told, message: Mapping[str, Any]) -> str:
    """The procedure that the receiving side runs, or "" if its agency runs none of them."""
    side = told.world.collaborations[message["collaboration"]].sides[message["to"]]
    runs = told.world.agencies[message["sides"][message["to"]]["agency"]].runs
    return next((each for each in side.procedures if each in runs), "")


def opens(told: Told, message: Mapping[str, Any]) -> bool:
    """Whether the message opens a proceeding at the side it goes to."""
    node = _node(told, message)
    return node.opens and message["sides"][message["to"]]["proceeding"] is None


def deliver(told: Told, state: Proceeding | None, message: Mapping[str, Any]) -> Decision:
    """Enter that a message is complete here — 送达: it opens a proceeding or concerns the one given.

    Raises Refusal if the seal does not match the message.
    """
    unsealed = {key: value for key, value in message.items() if key != "seal"}
    if digest(unsealed) != message["seal"]:
        raise Refusal([Problem("handover.altered", "seal", words("移送内容与封签不符", "the message does not match its seal"))])
    node = _node(told, message)
    office = message["sides"][message["to"]]["agency"]
    act = Act(Actor(MACHINE, office, MACHINE), told.now, node.fields, message["fields"], tuple(message["about"]),
              tuple(person["id"] for person in message["persons"]), told.now)
    if state is None:
        procedure = told.world.procedures[target_procedure(told, message)]
        resolver = begin(told, procedure, office, message["case_id"], act)
    else:
        resolver = Resolver(told, told.world.procedures[state.procedure], state, act)
    _arrive(resolver, node, message)
    kind = "handover.delivered" if node.verb == "initiate" else f"handover.{node.verb}"
    return _answer(resolver, kind, _title(told, message), node, message, state is None)


def _arrive(resolver: Resolver, node: Node, message: Mapping[str, Any]) -> None:
    for raw in message["persons"]:
        _join(resolver, raw, node)
    for item in message["materials"]:
        if item["id"] not in resolver.state.materials:
            resolver.add(**{"is": "material", "material": {**item, "source": message["run"]}})
    for user in message["counsel"]:
        if user not in resolver.state.counsel:
            resolver.add(**{"is": "grant", "user": user, "post": "", "until": ""})
    if message["offence"] and not resolver.state.offence:
        resolver.add(**{"is": "charge", "person": None, "offence": "", "title": message["offence"]})
    sides = {**message["sides"], message["to"]: {**message["sides"][message["to"]], "proceeding": resolver.state.id}}
    known = resolver.state.handovers.get(message["run"], {})
    status = {"initiate": "delivered", "return": "returned"}.get(node.verb, "closed" if node.closes else known.get("status", "received"))
    resolver.add(**{"is": "handover", "handover": {
        "id": message["run"], "collaboration": message["collaboration"], "side": message["to"], "sides": sides, "about": message["about"],
        "direction": known.get("direction", "in"), "status": status, "node": message["node"], "from": message["from"], "number": message["number"],
        "delivered_at": resolver.act.at.isoformat(), "sent_at": known.get("sent_at", message["sent_at"]), "seal": message["seal"],
        "title": resolver.world.collaborations[message["collaboration"]].title, "shown": message["shown"],
        "persons": [person["id"] for person in message["persons"]], "reject": node.reject}})
    resolver.run(resolver.world.collaborations[message["collaboration"]].effects(node.id, "on_delivered", message["to"]))


def _join(resolver: Resolver, raw: Mapping[str, Any], node: Node) -> None:
    """A new person joins; of a known one the later coercive measure and what the node carries are taken over."""
    known = resolver.state.persons.get(raw["id"])
    if known is None or known.left:
        resolver.add(**{"is": "join", "person": dict(raw), "title": resolver.procedure.persons.get(raw["role"], words("", ""))})
        return
    came = person_from(raw)
    if came.episodes and (not known.episodes or came.episodes[-1].since > known.episodes[-1].since):
        last = came.episodes[-1]
        measure = came.measure if last.until is None else "none"
        resolver.add(**{"is": "measure", "person": known.id, "measure": measure, "custody": came.custody, "at": (last.until or last.since).isoformat(),
                        "title": resolver.world.measure(resolver.procedure, measure).title})
    for word in came.marks - known.marks:
        resolver.add(**{"is": "mark", "person": known.id, "word": word, "title": resolver.procedure.marks.get(word, words(word, word))})
    for name, value in came.facts.items():
        if known.facts.get(name) != value:
            resolver.add(**{"is": "fact", "person": known.id, "name": name, "value": value})


def receive(told: Told, state: Proceeding, actor: Actor, run_id: str, *, warnings: Sequence[str] = (), at: datetime | None = None) -> Decision:
    """Take a delivered hand-over up with one click — 签收; ``warnings`` are codes that the sender should know of."""
    run, node, resolver = _awaiting(told, state, actor, run_id, at or told.now)
    resolver.add(**{"is": "handover", "handover": {"id": run_id, "status": "received", "received_at": resolver.act.at.isoformat(),
                                                   "received_by": actor.user, "warnings": list(warnings)}})
    resolver.run(told.world.collaborations[run["collaboration"]].effects(node.id, "on_received", run["side"]))
    return _answered(resolver, "handover.received", run, "received", {"warnings": list(warnings)})


def reject(told: Told, state: Proceeding, actor: Actor, run_id: str, problems: Sequence[Mapping[str, str]], *, at: datetime | None = None) -> Decision:
    """Send a delivered hand-over back with coded problems — 退回: each is ``{code, place, note}``; the proceeding it opened closes."""
    run, node, resolver = _awaiting(told, state, actor, run_id, at or told.now)
    table = told.world.codes_for(resolver.procedure, run["collaboration"]).get(node.reject.removeprefix("code."), {})
    wrong = [each.get("code", "") for each in problems if each.get("code") not in table]
    if not problems or wrong:
        raise Refusal([Problem("field.invalid/code", "problems", words("退回须从代码表中选择问题", "a rejection names problems from the code table"),
                               words("、".join(table[code]["zh"] for code in table), "; ".join(table[code]["en"] for code in table)))])
    said = [{"code": each["code"], "title": dict(table[each["code"]]), "place": each.get("place", ""), "note": each.get("note", "")} for each in problems]
    resolver.add(**{"is": "handover", "handover": {"id": run_id, "status": "rejected", "received_at": resolver.act.at.isoformat(),
                                                   "received_by": actor.user, "problems": said}})
    resolver.run(told.world.collaborations[run["collaboration"]].effects(node.id, "on_rejected", run["side"]))
    _end(resolver, run, node)
    return _answered(resolver, "handover.rejected", run, "rejected", {"problems": said})


def withdraw(told: Told, state: Proceeding, actor: Actor, run_id: str, reason: str, *, at: datetime | None = None) -> Decision:
    """Take a hand-over back before it is received — 撤回移送."""
    run = state.handovers.get(run_id)
    moment = at or told.now
    problems = list(right_time(state, told.now, moment))
    if run is None or run["direction"] != "out" or run["status"] not in ("initiated", "delivered", "parked"):
        problems.append(Problem("handover.already_received" if run else "handover.none", "run", words(
            "对方已签收或无此移送,不能撤回", "it was received already, or there is no such hand-over; it can't be withdrawn")))
    if actor.agency != state.agency:
        problems.append(Problem("action.wrong_post", "actor", words("只有移送机关可以撤回", "only the sending agency can withdraw it")))
    if problems or run is None:
        raise Refusal(problems)
    resolver = Resolver(told, told.world.procedures[state.procedure], state, Act(actor, moment, (), {}, tuple(run["about"]), tuple(run.get("persons", ()))))
    resolver.add(**{"is": "handover", "handover": {"id": run_id, "status": "withdrawn", "reason": reason}})
    resolver.run(told.world.collaborations[run["collaboration"]].effects(run["node"], "on_withdrawn", run["side"]))
    return _answered(resolver, "handover.withdrawn", run, "withdrawn", {"reason": reason})


def receipt(told: Told, state: Proceeding, answer: Mapping[str, Any]) -> Decision | None:
    """Enter another side's answer (delivered, received, rejected, withdrawn) in this ledger; None if it is known already."""
    run = state.handovers.get(answer["run"])
    if run is None or f"{answer['verb']}:{answer['side']}:{answer['node']}" in run.get("answers", ()):
        return None
    collaboration = told.world.collaborations[run["collaboration"]]
    node = collaboration.nodes[answer["node"]]
    at = datetime.fromisoformat(answer["at"])
    resolver = Resolver(told, told.world.procedures[state.procedure], state, Act(
        Actor(MACHINE, state.agency, MACHINE), at, node.fields, answer["fields"], tuple(run["about"]), tuple(run.get("persons", ())), at))
    sides = {**run["sides"], answer["side"]: {"agency": answer["agency"], "proceeding": answer["proceeding"]}}
    changes: dict[str, Any] = {"id": run["id"], "sides": sides, "answers": [*run.get("answers", ()), f"{answer['verb']}:{answer['side']}:{answer['node']}"]}
    if node.verb == "initiate":
        changes |= {"status": answer["verb"], "problems": answer.get("problems", []), "warnings": answer.get("warnings", [])}
    resolver.add(**{"is": "handover", "handover": changes})
    resolver.run(collaboration.effects(node.id, f"on_{answer['verb']}", run["side"]))
    if answer["verb"] in ("rejected", "withdrawn"):
        _end(resolver, run, node)
    return _done(resolver, f"handover.receipt_{answer['verb']}", collaboration.title, {
        "run": run["id"], "from": answer["side"], "agency": answer["agency"], **{key: answer[key] for key in ("problems", "warnings") if answer.get(key)}}, ())


def _node(told: Told, message: Mapping[str, Any]) -> Node:
    return told.world.collaborations[message["collaboration"]].nodes[message["node"]]


def _title(told: Told, message: Mapping[str, Any]) -> Words:
    title = _node(told, message).title
    return title if title["zh"] else told.world.collaborations[message["collaboration"]].title


def _awaiting(told: Told, state: Proceeding, actor: Actor, run_id: str, at: datetime) -> tuple[Mapping[str, Any], Node, Resolver]:
    run = state.handovers.get(run_id)
    problems = list(right_time(state, told.now, at))
    if run is None or run["direction"] != "in" or run["status"] != "delivered":
        problems.append(Problem("handover.already_received" if run else "handover.none", "run", words(
            "没有待签收的移送,可能已由他人签收", "nothing awaits reception; somebody may have received it")))
    if actor.agency != state.agency or actor.post not in state.receivers:
        problems.append(Problem("action.wrong_post", "actor", words("本岗位不能签收移送", "this post can't receive hand-overs")))
    if problems or run is None:
        raise Refusal(problems)
    node = told.world.collaborations[run["collaboration"]].nodes[run["node"]]
    resolver = Resolver(told, told.world.procedures[state.procedure], state, Act(actor, at, (), {}, tuple(run["about"]), tuple(run["persons"])))
    return run, node, resolver


def _end(resolver: Resolver, run: Mapping[str, Any], node: Node) -> None:
    """A proceeding that this hand-over opened ends when it is sent back or withdrawn: nothing is due in it any more."""
    opened_here = node.opens and run["direction"] == "in" and next(iter(resolver.state.handovers)) == run["id"]
    if opened_here and resolver.procedure.closed and not resolver.state.closed:
        names = sorted({clock.deadline for clock in resolver.state.live_clocks()})
        resolver.run([Effect("cancel", names, {}, ALWAYS), Effect("close", True, {}, ALWAYS)])


def _answer(resolver: Resolver, kind: str, title: Words, node: Node, message: Mapping[str, Any], is_new: bool) -> Decision:
    """The entry of a delivery and the machine's receipt to the side that sent it."""
    jobs = (_receipt_job(resolver, message["run"], message["from"], message["to"], message["node"], "delivered", message["fields"], {}, message["sides"]),)
    more = {"run": message["run"], "message": message["id"], "seal": message["seal"], "from": message["from"],
            "agency": message["sides"][message["from"]]["agency"], "shown": message["shown"], "opens": is_new}
    return _done(resolver, kind, title, more, jobs)


def _answered(resolver: Resolver, kind: str, run: Mapping[str, Any], verb: str, more: Mapping[str, Any]) -> Decision:
    """The entry of a person's answer and the receipt to every other side."""
    jobs = tuple(_receipt_job(resolver, run["id"], side, run["side"], run["node"], verb, {}, more, run["sides"])
                 for side, place in run["sides"].items() if side != run["side"] and place["proceeding"])
    title = resolver.world.collaborations[run["collaboration"]].title
    return _done(resolver, kind, title, {"run": run["id"], **more}, jobs)


def _receipt_job(resolver: Resolver, run: str, to: str, side: str, node: str, verb: str, fields: Mapping[str, Any], more: Mapping[str, Any],
                 sides: Mapping[str, Any]) -> Job:
    answer = {"run": run, "to": sides[to], "side": side, "agency": resolver.state.agency, "proceeding": resolver.state.id, "node": node,
              "verb": verb, "fields": dict(fields), "at": resolver.act.at.isoformat(), "by": resolver.act.actor.user, **more}
    sealed = {**answer, "seal": digest(answer)}
    return Job("receipt", {"answer": sealed}, f"receipt:{run}:{to}:{side}:{node}:{verb}:{resolver.told.new_id('receipt')}",
               f"{resolver.state.case_id}:{sides[to]['agency']}")


def _done(resolver: Resolver, kind: str, title: Words, more: Mapping[str, Any], jobs: Sequence[Job]) -> Decision:
    if resolver.problems:
        raise Refusal(resolver.problems)
    body = {"title": dict(title), "of": list(resolver.act.about), "effects": resolver.effects, **more}
    draft = Draft(resolver.state.id, kind, body, resolver.act.at)
    return Decision((draft,), tuple(resolver.records), resolver.prints, tuple(jobs), tuple(resolver.openings), resolver.state)

