"""Decide — 办理: whether an act may be done now, and what it enters; every reason at once if it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangui.core import condition as conditions
from dangui.core import reasons
from dangui.core.effects import run
from dangui.core.facts import say
from dangui.core.ledger import Actor, Draft
from dangui.core.paper import shown
from dangui.core.ports import Job, PersonRecord
from dangui.core.problem import Problem, Refusal, words
from dangui.core.procedure import Action
from dangui.core.proceeding import Proceeding
from dangui.core.resolve import Act, Opening, Resolver
from dangui.core.sending import prefilled, send
from dangui.core.world import Told

Application = Mapping[str, Any]
"""An application as it stands in the state: who asked for what, who approved, what it awaits — 呈请."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an act enters — 办理结果: entries, personal records, documents to print by id, jobs, openings."""

    drafts: tuple[Draft, ...]
    records: tuple[PersonRecord, ...] = ()
    prints: Mapping[str, Any] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to do — 呈请: the action, the persons it is of, the values of its form, when it happened."""

    action: str
    of: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


def concluded(resolver: Resolver, kind: str, body: Mapping[str, Any], jobs: tuple[Job, ...] = ()) -> Decision:
    """The decision whose one entry says ``body`` and what was resolved. Raises Refusal if anything stood in the way."""
    if resolver.problems:
        raise Refusal(resolver.problems)
    entry = {"of": list(resolver.act.about), **body, "effects": resolver.effects}
    draft = Draft(resolver.state.id, kind, entry, resolver.act.at)
    return Decision((draft,), tuple(resolver.records), resolver.prints, jobs, tuple(resolver.openings))


def act(told: Told, state: Proceeding, actor: Actor, request: Request) -> Decision:
    """Do an action, or apply for it where it needs approval. Raises Refusal with every reason."""
    action = told.world.procedures[state.procedure].actions.get(request.action)
    if action is None:
        raise Refusal([Problem("action.unknown", "action", words(
            "没有这个办理动作", f"there is no action '{request.action}'"))])
    strange = reasons.wrong_actor(state, actor, action)
    if strange and actor.agency != state.agency:
        raise Refusal(strange)  # what else stands in the way is the agency's own business
    at, of = request.at or told.now, tuple(dict.fromkeys(request.of))
    _refuse_if(reasons.impossible_time(at))
    fields = reasons.form_of(told.world, action)
    given = {**prefilled(state, fields, of), **request.values}
    values, problems = reasons.checked(told, state, fields, given, of, at, action.collaboration)
    problems = [
        *reasons.wrong_stage(state, action), *strange, *reasons.not_client(state, actor, of),
        *reasons.wrong_time(state, told.now, at), *reasons.wrong_persons(state, action, of),
        *reasons.unmet(told, state, action, of, values, at), *problems,
    ]
    if problems:
        raise Refusal(problems)
    resolver = _resolver(told, state, Act(actor, at, fields, values, of))
    return _applied(resolver, action) if action.approval else _performed(resolver, action, "done", {})


def approve(told: Told, state: Proceeding, actor: Actor, application: str, *, at: datetime | None = None,
            note: str = "") -> Decision:
    """Approve an application — 批准: another person than the applicant, in the post whose turn it is."""
    asked, action = _waiting(told, state, application, "applied")
    moment = at or told.now
    _refuse_if([*reasons.wrong_actor(state, actor, action, [asked["awaits"]]), *_not_own(asked, actor, action),
                *_wrong_turn(told, state, asked, moment), *_gone(state, asked), *reasons.wrong_text("note", note)])
    resolver = _next_step(told, state, actor, asked, action, moment)
    given = [*asked["approvals"], {"user": actor.user, "post": actor.post, "at": moment.isoformat(), "note": note}]
    further = action.approval[len(given):]
    if further:
        _move(resolver, asked, approvals=given, awaits=further[0])
        return _entered(resolver, "action.endorsed", action, asked)
    if "executed" not in action.effects:
        _move(resolver, asked, approvals=given, awaits=None, status="done")
        return _performed(resolver, action, "approved", asked)
    _move(resolver, asked, approvals=given, awaits=None, status="approved")
    run(resolver, action.effects.get("approved", ()))
    return _entered(resolver, "action.approved", action, asked)


def turn_down(told: Told, state: Proceeding, actor: Actor, application: str, reason: str, *,
              at: datetime | None = None) -> Decision:
    """Refuse an application, with the reason — 不批准."""
    asked, action = _waiting(told, state, application, "applied")
    moment = at or told.now
    problems = [*reasons.wrong_actor(state, actor, action, [asked["awaits"]]), *_not_own(asked, actor, action),
                *_wrong_turn(told, state, asked, moment), *reasons.wrong_text("reason", reason)]
    if not str(reason).strip():
        problems.append(Problem("field.missing/reason", "with.reason", words(
            "不批准须说明理由", "a refusal needs its reason")))
    _refuse_if(problems)
    resolver = _next_step(told, state, actor, asked, action, moment)
    _move(resolver, asked, status="refused", awaits=None, reason=reason, refused_by=actor.user)
    return _entered(resolver, "action.refused", action, asked)


def execute(told: Told, state: Proceeding, actor: Actor, application: str, *, at: datetime | None = None) -> Decision:
    """Carry out what was approved, at the time it really happened — 执行; this starts the clocks."""
    asked, action = _waiting(told, state, application, "approved")
    moment = at or told.now
    _refuse_if([*reasons.wrong_actor(state, actor, action, asked["executes"]),
                *_wrong_turn(told, state, asked, moment), *_gone(state, asked)])
    resolver = _next_step(told, state, actor, asked, action, moment)
    if moment < datetime.fromisoformat(asked["approvals"][-1]["at"]):
        resolver.flag({
            "code": "executed_before_approval", "person": None, "at": moment.isoformat(), "basis": list(action.basis),
            "says": words("执行时间早于批准时间", "executed before it was approved")})
    _move(resolver, asked, status="done", executed_at=moment.isoformat())
    return _performed(resolver, action, "executed", asked)


def cancel(told: Told, state: Proceeding, actor: Actor, application: str, reason: str) -> Decision:
    """Take one's own application back before it is approved — 撤回呈请."""
    asked, action = _waiting(told, state, application, "applied")
    problems = [*reasons.barred(state, actor), *reasons.wrong_text("reason", reason)]
    if actor.user != asked["user"]:
        problems.append(Problem("approval.same_person", "actor", words(
            "只能撤回本人的呈请", "only one's own application can be taken back"), basis=action.basis))
    _refuse_if(problems)
    resolver = _next_step(told, state, actor, asked, action, told.now)
    _move(resolver, asked, status="withdrawn", awaits=None, reason=reason)
    return _entered(resolver, "action.withdrawn", action, asked)


def _refuse_if(problems: list[Problem]) -> None:
    if problems:
        raise Refusal(problems)


def _resolver(told: Told, state: Proceeding, act: Act) -> Resolver:
    return Resolver(told, told.world.procedures[state.procedure], state, act)


def _applied(resolver: Resolver, action: Action) -> Decision:
    act = resolver.act
    application = {
        "id": resolver.told.new_id("application"), "action": action.id, "title": action.title, "of": list(act.about),
        "with": dict(act.values), "shown": _shown(resolver, action), "user": act.actor.user, "post": act.actor.post,
        "at": act.at.isoformat(), "status": "applied", "approvals": [], "awaits": action.approval[0],
        "executes": list(action.executes or action.by),
    }
    resolver.add("application", application=application)
    run(resolver, action.effects.get("applied", ()))
    return _entered(resolver, "action.applied", action, application)


def _waiting(told: Told, state: Proceeding, application: str, status: str) -> tuple[Application, Action]:
    """The application that waits for such a step, and its action."""
    asked = state.applications.get(application)
    if asked is None or asked["status"] != status:
        raise Refusal([Problem("application.none", "application", words(
            "没有待此步骤的呈请,可能已由他人办理", "nothing awaits this step; somebody may have done it"))])
    return asked, told.world.procedures[state.procedure].actions[asked["action"]]


def _not_own(asked: Application, actor: Actor, action: Action) -> list[Problem]:
    """Nobody approves his own application, nor twice."""
    if actor.user not in (asked["user"], *(given["user"] for given in asked["approvals"])):
        return []
    return [Problem("approval.same_person", "actor", words(
        "呈请人不得自行审批", "nobody approves his own application"), basis=action.basis)]


def _wrong_turn(told: Told, state: Proceeding, asked: Application, at: datetime) -> list[Problem]:
    found = reasons.wrong_time(state, told.now, at)
    if not found and at < datetime.fromisoformat(asked["at"]):
        found.append(Problem("time.before_application", "at", words(
            "不能早于呈请时间", "it can't be before the application")))
    return found


def _gone(state: Proceeding, asked: Application) -> list[Problem]:
    """Whether it can take effect here no more: the case is closed, or somebody it is of has left it."""
    found = []
    if state.closed:
        found.append(Problem("proceeding.closed", "proceeding", words(
            "本案已办结,不能再批准或者执行", "the case is closed; nothing is approved or carried out in it")))
    if any(state.persons[each].left for each in asked["of"]):
        found.append(Problem("person.left", "of", words(
            "所涉人员已不在本案(已分案或者移出)", "somebody it is of has left this case")))
    return found


def _next_step(told: Told, state: Proceeding, actor: Actor, asked: Application, action: Action,
               at: datetime) -> Resolver:
    fields = reasons.form_of(told.world, action)
    return _resolver(told, state, Act(actor, at, fields, asked["with"], tuple(asked["of"])))


def _move(resolver: Resolver, asked: Application, **changes: Any) -> None:
    resolver.add("application", application={"id": asked["id"], **changes})


_KINDS = {"done": "action.done", "approved": "action.approved", "executed": "action.executed"}


def _performed(resolver: Resolver, action: Action, step: str, asked: Application) -> Decision:
    """The step in which the action takes effect: flags for what was expected, its effects, what it sends."""
    for person in resolver.act.about or (None,):
        for failure in conditions.failures(action.expects, resolver.facts(person)):
            resolver.flag(_unexpected(resolver, action, person, failure))
    run(resolver, action.effects.get(step, ()))
    jobs = send(resolver, action) if action.sends else ()
    return _entered(resolver, _KINDS[step], action, asked, tuple(jobs))


def _unexpected(resolver: Resolver, action: Action, person: str | None, failure: conditions.Failure) -> dict[str, Any]:
    said = say(failure.word, resolver.procedure, resolver.world)
    zh, en = ("不应", "should not") if failure.negated else ("应", "should")
    return {
        "code": f"expected.{failure.word}", "person": person, "at": resolver.act.at.isoformat(),
        "basis": list(action.basis), "says": words(
            f"办理“{action.title['zh']}”时{zh}具备:{said['zh']}", f"'{action.title['en']}' {en} have: {said['en']}"),
    }


def without_limit(resolver: Resolver) -> list[Problem]:
    """Whoever this act takes into custody must be under a running, unexpired limit here (CPL 98)."""
    taken = {effect["person"] for effect in resolver.effects if effect["is"] == "measure" and effect["custody"]}
    if not taken:
        return []
    clocks = [clock for clock in resolver.state.live_clocks() if clock.liberty and clock.ends_at > resolver.act.at]
    return [
        Problem("liberty.no_clock", "effects", words(
            "限制人身自由须有正在计算的法定期限", "a deprivation of liberty needs a lawful limit that is running"))
        for person in taken
        if resolver.state.persons[person].custody and not any(clock.person in (None, person) for clock in clocks)]


def _entered(resolver: Resolver, kind: str, action: Action, asked: Application, jobs: tuple[Job, ...] = ()) -> Decision:
    resolver.problems += without_limit(resolver)
    return concluded(resolver, kind, {
        "action": action.id, "title": action.title, "with": asked.get("with") or _plain_values(resolver.act),
        "shown": asked.get("shown") or _shown(resolver, action), "application": asked.get("id"),
        "basis": list(action.basis),
    }, jobs)


def _shown(resolver: Resolver, action: Action) -> list[dict[str, Any]]:
    codes = resolver.world.codes_for(resolver.procedure, action.collaboration)
    return shown(resolver.act.fields, resolver.act.values, codes)


def _plain_values(act: Act) -> dict[str, Any]:
    """The values without personal records, which never stand in a ledger."""
    records = {field.name for field in act.fields if field.kind == "person"}
    return {name: value for name, value in act.values.items() if name not in records}
