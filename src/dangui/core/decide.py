"""Decide — 办理: whether an act may be done now, and what it enters; every reason at once if it may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dangui.core import condition as conditions
from dangui.core.facts import say
from dangui.core.form import Choices, Field, Filling
from dangui.core.ledger import Actor, Draft
from dangui.core.paper import shown
from dangui.core.party import Person
from dangui.core.ports import Job, PersonRecord
from dangui.core.problem import Problem, Refusal, words
from dangui.core.proceeding import Proceeding
from dangui.core.procedure import Action, Procedure
from dangui.core.resolve import Act, Opening, Resolver
from dangui.core.sending import message_fields, prefilled, send
from dangui.core.world import Told

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far two honest clocks may differ before "in the future" is said."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an act enters — 办理结果: entries, personal records, documents to print by id, jobs, proceedings it opens."""

    drafts: tuple[Draft, ...]
    records: tuple[PersonRecord, ...] = ()
    prints: Mapping[str, Any] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    openings: tuple[Opening, ...] = ()
    state: Proceeding | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to do — 呈请: the action, the persons it is of, the values of its form, when it happened."""

    action: str
    of: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


def act(told: Told, state: Proceeding, actor: Actor, request: Request) -> Decision:
    """Do an action, or apply for it where it needs approval. Raises Refusal with every reason."""
    procedure = told.world.procedures[state.procedure]
    action = procedure.actions.get(request.action)
    if action is None:
        raise Refusal([Problem("action.unknown", "action", words(f"没有“{request.action}”这个办理动作", f"there is no action '{request.action}'"))])
    at = request.at or told.now
    fields = form_of(told, procedure, action)
    given = {**prefilled(state, fields, request.of), **request.values}
    values, problems = check_values(told, procedure, state, fields, given, request.of, at, action.sends.partition(".")[0])
    problems = [*may_act(procedure, state, actor, action), *right_time(state, told.now, at), *right_persons(state, action, request.of),
                *unmet(told, procedure, state, action, request.of, values, at), *problems]
    if problems:
        raise Refusal(problems)
    resolver = Resolver(told, procedure, state, Act(actor, at, fields, values, request.of))
    if action.approval:
        return _applied(resolver, action, request)
    return _performed(resolver, action, "done", "action.done", {})


def approve(told: Told, state: Proceeding, actor: Actor, application_id: str, *, at: datetime | None = None, note: str = "") -> Decision:
    """Approve an application — 批准. The approver is another person than the applicant, in the post whose turn it is."""
    application, action, resolver = _pending(told, state, actor, application_id, at or told.now, "applied")
    given = [*application["approvals"], {"user": actor.user, "post": actor.post, "at": resolver.act.at.isoformat(), "note": note}]
    further = action.approval[len(given):]
    changed = {"id": application_id, "approvals": given, "awaits": further[0] if further else None}
    if further:
        resolver.add(**{"is": "application", "application": changed})
        return _decision(resolver, "action.endorsed", action, application)
    executing = "executed" in action.effects
    resolver.add(**{"is": "application", "application": {**changed, "status": "approved" if executing else "done"}})
    if executing:
        resolver.run(action.effects.get("approved", ()))
        return _decision(resolver, "action.approved", action, application)
    return _performed(resolver, action, "approved", "action.approved", application)


def turn_down(told: Told, state: Proceeding, actor: Actor, application_id: str, reason: str, *, at: datetime | None = None) -> Decision:
    """Refuse an application, with the reason — 不批准."""
    application, action, resolver = _pending(told, state, actor, application_id, at or told.now, "applied")
    if not reason.strip():
        raise Refusal([Problem("field.missing/reason", "with.reason", words("不批准须说明理由", "a refusal needs its reason"))])
    resolver.add(**{"is": "application", "application": {"id": application_id, "status": "refused", "awaits": None, "reason": reason, "refused_by": actor.user}})
    return _decision(resolver, "action.refused", action, application)


def execute(told: Told, state: Proceeding, actor: Actor, application_id: str, *, at: datetime | None = None) -> Decision:
    """Carry out what was approved, at the time it really happened — 执行; this starts the clocks."""
    application, action, resolver = _pending(told, state, actor, application_id, at or told.now, "approved")
    approved_at = datetime.fromisoformat(application["approvals"][-1]["at"])
    if resolver.act.at < approved_at:
        resolver.add(**{"is": "flag", "flag": {"code": "executed_before_approval", "person": None, "at": resolver.act.at.isoformat(), "basis": list(action.basis),
                        "says": words("执行时间早于批准时间", "executed before it was approved")}})
    resolver.add(**{"is": "application", "application": {"id": application_id, "status": "done", "executed_at": resolver.act.at.isoformat()}})
    return _performed(resolver, action, "executed", "action.executed", application)


def cancel(told: Told, state: Proceeding, actor: Actor, application_id: str, reason: str) -> Decision:
    """Take one's own application back before it is approved — 撤回呈请."""
    application, action, resolver = _pending(told, state, actor, application_id, told.now, "applied", own=True)
    resolver.add(**{"is": "application", "application": {"id": application_id, "status": "withdrawn", "awaits": None, "reason": reason}})
    return _decision(resolver, "action.withdrawn", action, application)


def may_act(procedure: Procedure, state: Proceeding, actor: Actor, action: Action, posts: Sequence[str] = ()) -> list[Problem]:
    """Why this actor may not do this action in this stage; empty if he may."""
    problems = []
    if state.stage not in action.stages:
        problems.append(Problem("action.wrong_stage", "action", words(
            f"现处于“{state.stage_title.get('zh', '')}”阶段,不能办理“{action.title['zh']}”",
            f"'{action.title['en']}' can't be done in the stage '{state.stage_title.get('en', '')}'")))
    roles = {person.role for person in state.persons.values() if person.user == actor.user and not person.left}
    allowed = posts or action.by
    if not (actor.agency == state.agency and actor.post in allowed or roles & set(allowed)):
        problems.append(Problem("action.wrong_post", "actor", words(
            f"“{action.title['zh']}”不由本岗位办理", f"'{action.title['en']}' is not for this post"), basis=action.basis))
    if actor.user in state.recused:
        problems.append(Problem("action.recused", "actor", words("您已回避本案", "you are recused from this case")))
    return problems


def right_time(state: Proceeding, now: datetime, at: datetime) -> list[Problem]:
    """Impossible dates: after it is recorded, or before the case."""
    if at > now + CLOCKS_DIFFER:
        return [Problem("time.in_future", "at", words("发生时间不能晚于登记时间", "it can't have happened after it is recorded"))]
    if state.opened_at and at < state.opened_at:
        return [Problem("time.before_case", "at", words("发生时间不能早于本案受理时间", "it can't have happened before the case was opened"))]
    return []


def right_persons(state: Proceeding, action: Action, of: Sequence[str]) -> list[Problem]:
    """Whether the persons named are those the action is of."""
    if not action.of:
        return [Problem("person.not_wanted", "of", words("此动作不针对特定人", "this action is not of a person"))] if of else []
    if not of or len(of) > 1 and not action.many:
        return [Problem("person.missing", "of", words("请选定一名当事人", "choose one person"))]
    wrong = [each for each in of if each not in state.persons or state.persons[each].left or state.persons[each].role != action.of]
    return [Problem("person.wrong_role", "of", words("所选人员不在本案或身份不符", "that person is not here, or not in that role"))] if wrong else []


def unmet(told: Told, procedure: Procedure, state: Proceeding, action: Action, of: Sequence[str], values: Mapping[str, Any],
          at: datetime) -> list[Problem]:
    """Every leaf of ``needs`` that stands in the way, said with the titles of the pack."""
    resolver = Resolver(told, procedure, state, Act(Actor("", "", ""), at, (), values, tuple(of)))
    found = {failure.code: failure for person in (of or [None])
             for failure in conditions.failures(action.needs, resolver.facts(person if person in state.persons else None))}
    problems = []
    for code, failure in found.items():
        said = say(failure.word, procedure, told.world)
        problems.append(Problem(code, "needs", words(
            f"{'不得' if failure.negated else '须'}具备:{said['zh']}", f"{'must not be' if failure.negated else 'required'}: {said['en']}"),
            basis=action.basis))
    return problems


def form_of(told: Told, procedure: Procedure, action: Action) -> tuple[Field, ...]:
    """The action's own field table and that of the node it sends."""
    return (*action.asks, *(each for each in message_fields(told.world, action) if each.name not in {own.name for own in action.asks}))


def check_values(told: Told, procedure: Procedure, state: Proceeding, fields: Sequence[Field], given: Mapping[str, Any], of: Sequence[str],
                 at: datetime, collaboration: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """(clean values, every problem) of a filled form."""
    roles = {person.role for person in state.persons.values()}
    posts = {field.table for field in fields if field.kind == "user"}
    choices = Choices(
        codes=told.world.codes_for(procedure, collaboration), persons={role: [person.id for person in state.people(role)] for role in roles},
        users={post: _holders(told, procedure, state, post) for post in posts},
        materials=list(state.materials), documents=list(state.documents), exhibits=list(state.exhibits))
    resolver = Resolver(told, procedure, state, Act(Actor("", "", ""), at, tuple(fields), given, tuple(each for each in of if each in state.persons)))
    person = resolver.act.about[0] if resolver.act.about else None
    return Filling(fields, given, choices, lambda clean: replace(resolver.facts(person), fields=clean)).run()


def _holders(told: Told, procedure: Procedure, state: Proceeding, post: str) -> tuple[str, ...]:
    """Who may be named: holders of the post, of the post that leads (``leads``), or of any post of the agency (``any``)."""
    posts = {"leads": (procedure.leads,), "any": tuple(told.world.agencies[state.agency].posts)}.get(post, (post,))
    return tuple(dict.fromkeys(user for each in posts for user in told.users_with(state.agency, each)))


def _applied(resolver: Resolver, action: Action, request: Request) -> Decision:
    act = resolver.act
    application = {
        "id": resolver.told.new_id("application"), "action": action.id, "title": action.title, "of": list(act.about), "with": dict(act.values),
        "shown": shown(act.fields, act.values, _codes(resolver, action)), "user": act.actor.user, "post": act.actor.post,
        "at": act.at.isoformat(), "status": "applied", "approvals": [], "awaits": action.approval[0],
        "executes": list(action.executes or action.by),
    }
    resolver.add(**{"is": "application", "application": application})
    resolver.run(action.effects.get("applied", ()))
    return _decision(resolver, "action.applied", action, application)


def _codes(resolver: Resolver, action: Action) -> Mapping[str, Any]:
    return resolver.world.codes_for(resolver.procedure, action.sends.partition(".")[0])


def _pending(told: Told, state: Proceeding, actor: Actor, application_id: str, at: datetime, status: str,
             own: bool = False) -> tuple[Mapping[str, Any], Action, Resolver]:
    """The application, its action and a resolver for its next step; or Refusal."""
    application = state.applications.get(application_id)
    procedure = told.world.procedures[state.procedure]
    if application is None or application["status"] != status:
        raise Refusal([Problem("application.none", "application", words("没有待此步骤的呈请,可能已由他人办理", "nothing awaits this step; somebody may have done it"))])
    action = procedure.actions[application["action"]]
    posts = [application["post"]] if own else [application["awaits"]] if status == "applied" else list(application["executes"])
    problems = [problem for problem in may_act(procedure, state, actor, action, posts) if problem.code != "action.wrong_stage"]
    problems += right_time(state, told.now, at)
    if own and actor.user != application["user"] or status == "applied" and not own and (
            actor.user == application["user"] or actor.user in [each["user"] for each in application["approvals"]]):
        problems.append(Problem("approval.same_person", "actor", words("呈请人不得自行审批", "nobody approves his own application") if not own else
                                words("只能撤回本人的呈请", "only one's own application can be taken back"), basis=action.basis))
    if at < datetime.fromisoformat(application["at"]):
        problems.append(Problem("time.before_application", "at", words("不能早于呈请时间", "it can't be before the application")))
    if problems:
        raise Refusal(problems)
    fields = form_of(told, procedure, action)
    return application, action, Resolver(told, procedure, state, Act(actor, at, fields, application["with"], tuple(application["of"])))


def _performed(resolver: Resolver, action: Action, step: str, kind: str, application: Mapping[str, Any]) -> Decision:
    """The step in which the action takes effect: its effects, what it sends, the liberty rule, flags for what was expected."""
    for person in resolver.act.about or (None,):
        for failure in conditions.failures(action.expects, resolver.facts(person)):
            said = say(failure.word, resolver.procedure, resolver.world)
            resolver.add(**{"is": "flag", "flag": {
                "code": f"expected.{failure.word}", "person": person, "at": resolver.act.at.isoformat(), "basis": list(action.basis), "says": words(
                    f"办理“{action.title['zh']}”时{'不应' if failure.negated else '应'}具备:{said['zh']}",
                    f"'{action.title['en']}' {'should not' if failure.negated else 'should'} have: {said['en']}")}})
    resolver.run(action.effects.get(step, ()))
    jobs = send(resolver, action) if action.sends else ()
    resolver.problems.extend(liberty(resolver))
    return _decision(resolver, kind, action, application, tuple(jobs))


def liberty(resolver: Resolver) -> list[Problem]:
    """Whoever this act takes or keeps in custody must be under a running, unexpired limit here (CPL 98)."""
    problems = []
    for person in _taken(resolver):
        live = [clock for clock in resolver.state.live_clocks()
                if clock.liberty and clock.person in (None, person.id) and clock.ends_at > resolver.act.at]
        if person.custody and not live:
            problems.append(Problem("liberty.no_clock", "effects", words(
                "限制人身自由须有正在计算的法定期限", "a deprivation of liberty needs a lawful limit that is running")))
    return problems


def _taken(resolver: Resolver) -> list[Person]:
    ids = [effect["person"] for effect in resolver.effects if effect["is"] == "measure" and effect["custody"]]
    return [resolver.state.persons[each] for each in dict.fromkeys(ids)]


def _decision(resolver: Resolver, kind: str, action: Action, application: Mapping[str, Any], jobs: tuple[Job, ...] = ()) -> Decision:
    if resolver.problems:
        raise Refusal(resolver.problems)
    act = resolver.act
    values = application.get("with") or _plain_values(act)
    body = {
        "action": action.id, "title": action.title, "of": list(act.about), "with": values,
        "shown": application.get("shown") or shown(act.fields, act.values, _codes(resolver, action)),
        "application": application.get("id"), "basis": list(action.basis), "effects": resolver.effects,
    }
    return Decision((Draft(resolver.state.id, kind, body, act.at),), tuple(resolver.records), resolver.prints, jobs, tuple(resolver.openings), resolver.state)


def _plain_values(act: Act) -> dict[str, Any]:
    """The values without personal records, which never stand in a ledger."""
    records = {field.name for field in act.fields if field.kind == "person"}
    return {name: value for name, value in act.values.items() if name not in records}
