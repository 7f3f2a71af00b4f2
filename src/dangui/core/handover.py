"""Handover — 移送: what a message does where it arrives, and how the receiver's answer comes back.

initiate → delivered (bytes complete; moves the legal clocks) → received by a person: accepted · accepted with
warnings · rejected with coded problems · parked until its case is here → results, returns, supplements → closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core import reasons
from dangui.core.collaboration import Collaboration, Node
from dangui.core.condition import ALWAYS
from dangui.core.decide import Decision, concluded
from dangui.core.digest import digest
from dangui.core.effects import run
from dangui.core.ledger import Actor
from dangui.core.opening import begin
from dangui.core.party import Person, person_from
from dangui.core.ports import Job
from dangui.core.problem import Problem, Refusal, words
from dangui.core.procedure import Effect
from dangui.core.proceeding import Proceeding
from dangui.core.resolve import Act, Resolver
from dangui.core.sending import UNRECEIVED, Run
from dangui.core.world import Told, title_of

MACHINE = "inbox"
"""The post in whose name the node delivers: nobody's hand, always named as such."""

Message = Mapping[str, Any]
"""What travels: see ``sending``; sealed by the digest of all its other fields."""


def opens(told: Told, message: Message) -> bool:
    """Whether the message opens a proceeding at the side it goes to."""
    _, node = _pack(told, message)
    return node.opens and message["sides"][message["to"]]["proceeding"] is None


def deliver(told: Told, state: Proceeding | None, message: Message) -> Decision:
    """Enter that a message is complete here — 送达: it opens a proceeding or concerns the one given.

    Raises Refusal if the seal does not match the message, or if nobody here runs such a procedure.
    """
    if digest({key: value for key, value in message.items() if key != "seal"}) != message["seal"]:
        raise Refusal([Problem("handover.altered", "seal", words(
            "移送内容与封签不符", "the message does not match its seal"))])
    collaboration, node = _pack(told, message)
    resolver = _arriving(told, state, message, node)
    _take_over(resolver, message, node)
    _note_arrival(resolver, message, collaboration, node)
    run(resolver, collaboration.effects(node.id, "on_delivered", message["to"]))
    receipt = _receipt(resolver, message["run"], message["sides"], message["from"], message["to"], node.id, "delivered",
                       {"fields": dict(message["fields"]), "message": message["id"], "about": list(message["about"]),
                        "persons": [person["id"] for person in message["persons"]]})
    return concluded(resolver, "handover.delivered" if node.verb == "initiate" else f"handover.{node.verb}", {
        "title": dict(node.title if node.title["zh"] else collaboration.title), "run": message["run"],
        "message": message["id"], "seal": message["seal"], "from": message["from"],
        "agency": message["sides"][message["from"]]["agency"], "shown": message["shown"], "opens": state is None,
    }, (receipt,))


def _arriving(told: Told, state: Proceeding | None, message: Message, node: Node) -> Resolver:
    office = message["sides"][message["to"]]["agency"]
    travelling = tuple(person["id"] for person in message["persons"])
    act = Act(Actor(MACHINE, office, MACHINE), told.now, node.fields, message["fields"], tuple(message["about"]),
              travelling, told.now)
    if state is not None:
        return Resolver(told, told.world.procedures[state.procedure], state, act)
    side = told.world.collaborations[message["collaboration"]].sides[message["to"]]
    procedure = next((each for each in side.procedures if each in told.world.agencies[office].runs), None)
    if procedure is None:
        raise Refusal([Problem("handover.not_run_here", "to", words(
            "接收机关没有对应的流程", "the receiving agency runs no such procedure"))])
    return begin(told, told.world.procedures[procedure], office, message["case_id"], act)


def _take_over(resolver: Resolver, message: Message, node: Node) -> None:
    """The persons, materials and counsel that came along."""
    for raw in message["persons"]:
        known = resolver.state.persons.get(raw["id"])
        if known is None or known.left:
            title = resolver.procedure.persons.get(raw["role"], words("", ""))
            resolver.add("join", person=dict(raw), title=title)
        else:
            _update(resolver, known, person_from(raw))
    for item in message["materials"]:
        if item["id"] not in resolver.state.materials:
            resolver.add("material", material={**item, "source": message["run"]})
    for user in message["counsel"]:
        if user not in resolver.state.counsel:
            resolver.add("grant", user=user, post="", until="")
    if message["offence"] and not resolver.state.offence:
        resolver.add("charge", person=None, offence="", title=message["offence"])


def _update(resolver: Resolver, known: Person, came: Person) -> None:
    """Of a person who is here already, the later coercive measure and what the node carries are taken over."""
    if came.episodes and (not known.episodes or came.episodes[-1].since > known.episodes[-1].since):
        last = came.episodes[-1]
        measure = resolver.world.measure(resolver.procedure, came.measure if last.until is None else "none")
        resolver.add("measure", person=known.id, measure=measure.id, custody=came.custody, title=measure.title,
                     at=(last.until or last.since).isoformat())
    for word in sorted(came.marks - known.marks):
        resolver.add("mark", person=known.id, word=word, title=title_of(resolver.procedure.marks, word))
    for name, value in came.facts.items():
        if known.facts.get(name) != value:
            resolver.add("fact", person=known.id, name=name, value=value)


def _note_arrival(resolver: Resolver, message: Message, collaboration: Collaboration, node: Node) -> None:
    own = message["to"]
    known = resolver.state.handovers.get(message["run"], {})
    closing = {"initiate": "delivered", "return": "returned"}
    resolver.add("handover", handover={
        "id": message["run"], "collaboration": collaboration.id, "title": collaboration.title, "node": node.id,
        "side": own, "sides": {**message["sides"], own: {**message["sides"][own], "proceeding": resolver.state.id}},
        "direction": known.get("direction", "in"), "about": known.get("about", message["about"]),
        "persons": [each["id"] for each in message["persons"]], "from": message["from"], "number": message["number"],
        "status": closing.get(node.verb, "closed" if node.closes else known.get("status", "received")),
        "sent_at": known.get("sent_at", message["sent_at"]), "delivered_at": resolver.act.at.isoformat(),
        "seal": message["seal"], "shown": message["shown"], "reject": node.reject,
    })


def receive(told: Told, state: Proceeding, actor: Actor, run_id: str, *, warnings: Sequence[str] = (),
            at: datetime | None = None) -> Decision:
    """Take a delivered hand-over up with one click — 签收; ``warnings`` are what the sender should know of."""
    known, node, resolver = _awaiting(told, state, actor, run_id, at or told.now)
    resolver.problems += [problem for each in warnings for problem in reasons.wrong_text("warnings", each)]
    _received(resolver, known, status="received", warnings=list(warnings))
    return _answered(resolver, known, node, "received", {"warnings": list(warnings)})


def reject(told: Told, state: Proceeding, actor: Actor, run_id: str, problems: Sequence[Mapping[str, str]], *,
           at: datetime | None = None) -> Decision:
    """Send a delivered hand-over back with coded problems, each ``{code, place, note}`` — 退回.

    A proceeding that the hand-over opened ends.
    """
    known, node, resolver = _awaiting(told, state, actor, run_id, at or told.now)
    codes = told.world.codes_for(resolver.procedure, known["collaboration"]).get(node.reject.removeprefix("code."), {})
    if not problems or any(not isinstance(each, Mapping) or str(each.get("code")) not in codes for each in problems):
        raise Refusal([Problem("field.invalid/code", "problems", words(
            "退回须从代码表中选择问题", "a rejection names problems from the code table"), words(
            "、".join(title["zh"] for title in codes.values()), "; ".join(title["en"] for title in codes.values())))])
    said = [{"code": each["code"], "title": dict(codes[each["code"]]), "place": each.get("place", ""),
             "note": each.get("note", "")} for each in problems]
    resolver.problems += [problem for each in said for name in ("place", "note")
                          for problem in reasons.wrong_text(name, each[name])]
    _received(resolver, known, status="rejected", problems=said)
    return _answered(resolver, known, node, "rejected", {"problems": said})


def withdraw(told: Told, state: Proceeding, actor: Actor, run_id: str, reason: str, *,
             at: datetime | None = None) -> Decision:
    """Take a hand-over back before it is received — 撤回移送."""
    known, moment = state.handovers.get(run_id), at or told.now
    problems = [*reasons.barred(state, actor), *reasons.wrong_time(state, told.now, moment),
                *reasons.wrong_text("reason", reason)]
    if actor.agency != state.agency or (known and actor.post not in withdrawing(told, state, known)):
        problems.append(Problem("action.wrong_post", "actor", words(
            "只有移送机关经办、审批此移送的岗位可以撤回", "only the posts that send or approve it can withdraw it")))
    if known is None or known["direction"] != "out" or known["status"] not in UNRECEIVED:
        problems.append(Problem("handover.already_received" if known else "handover.none", "run", words(
            "对方已签收或无此移送,不能撤回",
            "it was received already, or there is no such hand-over; it can't be withdrawn")))
    if problems or known is None:
        raise Refusal(problems)
    collaboration, node = _pack(told, known)
    resolver = _on(told, state, known, actor, moment)
    resolver.add("handover", handover={"id": run_id, "status": "withdrawn", "reason": reason})
    run(resolver, collaboration.effects(node.id, "on_withdrawn", known["side"]))
    return _entered(resolver, known, node, "withdrawn", {"reason": reason})


def withdrawing(told: Told, state: Proceeding, known: Run) -> set[str]:
    """Posts of the sending agency that may take a hand-over back: those that send it, lead the case or supervise it."""
    procedure = told.world.procedures[state.procedure]
    sending = [each for each in procedure.actions.values() if each.collaboration == known["collaboration"]]
    posts = {post for each in sending for post in (*each.by, *each.approval, *each.executes)}
    return posts | {procedure.leads, *procedure.supervises}


def receipt(told: Told, state: Proceeding, answer: Mapping[str, Any]) -> Decision | None:
    """Enter another side's answer (delivered, received, rejected, withdrawn) in this ledger; None if known already.

    Two crossings are settled the same way on both sides: what was withdrawn before it was delivered is withdrawn there
    too; what was received before the withdrawal arrived stays received.
    """
    if digest({key: value for key, value in answer.items() if key != "seal"}) != answer["seal"]:
        raise Refusal([Problem("handover.altered", "seal", words(
            "回执内容与封签不符", "the receipt does not match its seal"))])
    known = state.handovers.get(answer["run"])
    # A node may be sent more than once in a run (one decision per suspect): each message is answered for itself.
    name = f"{answer['verb']}:{answer['side']}:{answer.get('message', answer['node'])}"
    if known is None or name in known.get("answers", ()):
        return None
    collaboration = told.world.collaborations[known["collaboration"]]
    node, verb, at = collaboration.nodes[answer["node"]], answer["verb"], datetime.fromisoformat(answer["at"])
    concerned = {**known, **{key: answer[key] for key in ("about", "persons") if key in answer}}
    resolver = _on(told, state, concerned, Actor(MACHINE, state.agency, MACHINE), at, node, answer["fields"])
    place = {"agency": answer["agency"], "proceeding": answer["proceeding"]}
    sides = {**known["sides"], answer["side"]: place}
    crossed = _crossed(known, verb)
    changes = {} if crossed or node.verb != "initiate" else {
        "status": _further(known["status"], verb), "problems": answer.get("problems", []),
        "warnings": answer.get("warnings", [])}
    resolver.add("handover", handover={
        "id": known["id"], "sides": sides, "answers": [*known.get("answers", ()), name], **changes})
    jobs: tuple[Job, ...] = ()
    if crossed and verb == "delivered":
        jobs = (_receipt(resolver, known["id"], sides, answer["side"], known["side"], node.id, "withdrawn",
                         {"fields": {}, "reason": known.get("reason", "")}),)
    if not crossed:
        run(resolver, collaboration.effects(node.id, f"on_{verb}", known["side"]))
    if not crossed and verb in ("rejected", "withdrawn"):
        _close_if_opened(resolver, known, node)
    said = {key: answer[key] for key in ("problems", "warnings") if answer.get(key)}
    return concluded(resolver, f"handover.receipt_{verb}", {
        "title": dict(collaboration.title), "run": known["id"], "from": answer["side"], "agency": answer["agency"],
        "crossed": crossed, **said}, jobs)


def _crossed(known: Run, verb: str) -> bool:
    """Whether the answer crossed an act of ours on its way and has no effect: the earlier act stands."""
    status: str = known["status"]
    return status != "delivered" if verb == "withdrawn" else (verb, status) == ("delivered", "withdrawn")


def _further(status: str, verb: str) -> str:
    """With several receivers the run stands where the first of them is: a later delivery doesn't set it back."""
    return status if verb == "delivered" and status not in UNRECEIVED else verb


def _pack(told: Told, named: Mapping[str, Any]) -> tuple[Collaboration, Node]:
    """The collaboration and the node that a message or a run names."""
    collaboration = told.world.collaborations[named["collaboration"]]
    return collaboration, collaboration.nodes[named["node"]]


def _on(told: Told, state: Proceeding, known: Run, actor: Actor, at: datetime, node: Node | None = None,
        fields: Mapping[str, Any] | None = None) -> Resolver:
    """A resolver for an act about a hand-over; with a ``node``, for what another side did."""
    persons = tuple(known.get("persons", ()))
    asked = node.fields if node else ()
    act = Act(actor, at, asked, fields or {}, tuple(known["about"]), persons, at if node else None)
    return Resolver(told, told.world.procedures[state.procedure], state, act)


def _awaiting(told: Told, state: Proceeding, actor: Actor, run_id: str, at: datetime) -> tuple[Run, Node, Resolver]:
    """The hand-over that awaits this actor's reception, or Refusal."""
    known = state.handovers.get(run_id)
    problems = [*reasons.barred(state, actor), *reasons.wrong_time(state, told.now, at)]
    if known is None or known["direction"] != "in" or known["status"] != "delivered":
        problems.append(Problem("handover.already_received" if known else "handover.none", "run", words(
            "没有待签收的移送,可能已由他人签收", "nothing awaits reception; somebody may have received it")))
    if actor.agency != state.agency or actor.post not in state.receivers:
        problems.append(Problem("action.wrong_post", "actor", words(
            "本岗位不能签收移送", "this post can't receive hand-overs")))
    if problems or known is None:
        raise Refusal(problems)
    return known, _pack(told, known)[1], _on(told, state, known, actor, at)


def _received(resolver: Resolver, known: Run, **changes: Any) -> None:
    resolver.add("handover", handover={
        "id": known["id"], "received_at": resolver.act.at.isoformat(), "received_by": resolver.act.actor.user,
        **changes})


def _answered(resolver: Resolver, known: Run, node: Node, verb: str, said: Mapping[str, Any]) -> Decision:
    run(resolver, resolver.world.collaborations[known["collaboration"]].effects(node.id, f"on_{verb}", known["side"]))
    if verb == "rejected":
        _close_if_opened(resolver, known, node)
    return _entered(resolver, known, node, verb, said)


def _close_if_opened(resolver: Resolver, known: Run, node: Node) -> None:
    """A proceeding that this hand-over opened ends when it is sent back or withdrawn: nothing is due in it any more."""
    opened_here = node.opens and known["direction"] == "in" and next(iter(resolver.state.handovers)) == known["id"]
    if opened_here and resolver.procedure.closed and not resolver.state.closed:
        names = sorted({clock.deadline for clock in resolver.state.live_clocks()})
        run(resolver, [Effect("cancel", names, {}, ALWAYS), Effect("close", True, {}, ALWAYS)])


def _entered(resolver: Resolver, known: Run, node: Node, verb: str, said: Mapping[str, Any]) -> Decision:
    """The entry of a person's answer and the receipt to every other side that is known to have the hand-over."""
    sides = known["sides"]
    jobs = tuple(_receipt(resolver, known["id"], sides, side, known["side"], node.id, verb, {"fields": {}, **said})
                 for side, place in sides.items() if side != known["side"] and place["proceeding"])
    title = resolver.world.collaborations[known["collaboration"]].title
    return concluded(resolver, f"handover.{verb}", {"title": dict(title), "run": known["id"], **said}, jobs)


def _receipt(resolver: Resolver, run_id: str, sides: Mapping[str, Any], to: str, side: str, node: str, verb: str,
             said: Mapping[str, Any]) -> Job:
    """The job that carries the answer of ``side`` to the side ``to``."""
    state, act = resolver.state, resolver.act
    answer = {
        "run": run_id, "to": sides[to], "side": side, "agency": state.agency, "proceeding": state.id, "node": node,
        "verb": verb, "at": act.at.isoformat(), "by": act.actor.user, **said,
    }
    key = f"receipt:{run_id}:{to}:{side}:{node}:{verb}:{resolver.told.new_id('receipt')}"
    return Job("receipt", {"answer": {**answer, "seal": digest(answer)}}, key, state.case_id)
