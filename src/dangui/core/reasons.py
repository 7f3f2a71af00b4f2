"""Reasons — 不予办理的理由: every question asked before an act is done; each answers with what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dangui.core import condition as conditions
from dangui.core.facts import Facts, say
from dangui.core.form import FIRST_YEAR, LAST_YEAR, Choices, Field, Filling, faults_of_text
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, words
from dangui.core.procedure import Action
from dangui.core.proceeding import Proceeding
from dangui.core.sending import message_fields
from dangui.core.world import Told, World

LONGEST_NOTE = 2000
"""Characters of a reason, a note or a warning."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far two honest clocks may differ before "in the future" is said."""


def wrong_actor(state: Proceeding, actor: Actor, action: Action, posts: Sequence[str] = ()) -> list[Problem]:
    """Why this actor may not do this action; ``posts`` are those whose turn it is (default: the action's own)."""
    allowed = set(posts or action.by)
    roles = {person.role for person in state.persons.values() if person.user == actor.user and not person.left}
    found = barred(state, actor)
    if not (actor.agency == state.agency and actor.post in allowed) and not roles & allowed:
        said = words(f"“{action.title['zh']}”不由本岗位办理", f"'{action.title['en']}' is not for this post")
        found.append(Problem("action.wrong_post", "actor", said, basis=action.basis))
    return found


def not_client(state: Proceeding, actor: Actor, of: Sequence[str]) -> list[Problem]:
    """Whether counsel acts for somebody whom another defends."""
    own = [person for person in state.persons.values() if person.user == actor.user and not person.left]
    clients = {person.defends for person in own if person.defends}
    if actor.agency == state.agency or not clients or set(of) <= clients | {person.id for person in own}:
        return []
    return [Problem("person.not_client", "of", words(
        "辩护人只能为自己的当事人提出", "counsel acts for his own client only"))]


def barred(state: Proceeding, actor: Actor) -> list[Problem]:
    """Why this actor may do nothing at all here: he is recused (回避)."""
    if actor.user not in state.recused:
        return []
    return [Problem("action.recused", "actor", words("您已回避本案", "you are recused from this case"))]


def wrong_stage(state: Proceeding, action: Action) -> list[Problem]:
    """Why it can't be done in this stage."""
    if state.stage in action.stages:
        return []
    return [Problem("action.wrong_stage", "action", words(
        f"现处于“{state.stage_title.get('zh', '')}”阶段,不能办理“{action.title['zh']}”",
        f"'{action.title['en']}' can't be done in the stage '{state.stage_title.get('en', '')}'"))]


def wrong_text(place: str, text: Any) -> list[Problem]:
    """What is wrong with words that somebody typed outside of a form: a reason, a note, a warning."""
    if not isinstance(text, str):
        return [Problem(f"field.invalid/{place}", place, words("应为文字", "should be text"))]
    found = [words(*fault) for fault in faults_of_text(text, LONGEST_NOTE)]
    return [Problem(f"field.invalid/{place}", place, each) for each in found]


def impossible_time(at: datetime) -> list[Problem]:
    """Whether it is no moment at all, or in a year that can only be a slip of the pen."""
    if at.tzinfo is not None and FIRST_YEAR <= at.year <= LAST_YEAR:
        return []
    return [Problem("time.impossible", "at", words(
        f"时间须带时区,年份应在{FIRST_YEAR}至{LAST_YEAR}之间",
        f"the time needs a time zone and a year from {FIRST_YEAR} to {LAST_YEAR}"))]


def wrong_time(state: Proceeding, now: datetime, at: datetime) -> list[Problem]:
    """Impossible dates: none at all, after it is recorded, or before the case."""
    if impossible := impossible_time(at):
        return impossible
    if at > now + CLOCKS_DIFFER:
        return [Problem("time.in_future", "at", words(
            "发生时间不能晚于登记时间", "it can't have happened after it is recorded"))]
    if state.opened_at and at < state.opened_at:
        return [Problem("time.before_case", "at", words(
            "发生时间不能早于本案受理时间", "it can't have happened before the case was opened"))]
    return []


def wrong_persons(state: Proceeding, action: Action, of: Sequence[str]) -> list[Problem]:
    """Whether the persons named are those the action is of."""
    if not action.of:
        said = words("此动作不针对特定人", "this action is not of a person")
        return [Problem("person.not_wanted", "of", said)] if of else []
    if not of or (len(of) > 1 and not action.many):
        return [Problem("person.missing", "of", words("请选定一名当事人", "choose one person"))]
    here = {person.id for person in state.people(action.of)}
    if set(of) <= here:
        return []
    return [Problem("person.wrong_role", "of", words(
        "所选人员不在本案或身份不符", "that person is not here, or not in that role"))]


def unmet(told: Told, state: Proceeding, action: Action, of: Sequence[str], values: Mapping[str, Any],
          at: datetime) -> list[Problem]:
    """Every leaf of ``needs`` that stands in the way, said with the titles of the pack."""
    found = {
        failure.code: failure for person in of or [""]
        for failure in conditions.failures(action.needs, Facts(state, state.persons.get(person), at, values))}
    problems = []
    for code, failure in found.items():
        said = say(failure.word, told.world.procedures[state.procedure], told.world)
        zh, en = ("不得", "must not be") if failure.negated else ("须", "required")
        problems.append(Problem(code, "needs", words(
            f"{zh}具备:{said['zh']}", f"{en}: {said['en']}"), basis=action.basis))
    return problems


def form_of(world: World, action: Action) -> tuple[Field, ...]:
    """The action's own field table, and what the message it sends asks besides."""
    own = {field.name for field in action.asks}
    return (*action.asks, *(field for field in message_fields(world, action) if field.name not in own))


def checked(told: Told, state: Proceeding, fields: Sequence[Field], given: Mapping[str, Any], of: Sequence[str],
            at: datetime, collaboration: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """(clean values, every problem) of a filled form."""
    procedure = told.world.procedures[state.procedure]
    roles = {person.role for person in state.persons.values()}
    posts = {field.table for field in fields if field.kind == "user"}
    choices = Choices(
        codes=told.world.codes_for(procedure, collaboration),
        persons={role: [person.id for person in state.people(role)] for role in roles},
        users={post: holders(told, state, post) for post in posts},
        materials=list(state.materials), documents=list(state.documents), exhibits=list(state.exhibits))
    person = next((state.persons[each] for each in of if each in state.persons), None)
    return Filling(fields, given, choices, lambda clean: Facts(state, person, at, clean)).run()


def holders(told: Told, state: Proceeding, post: str) -> tuple[str, ...]:
    """Who may be named: holders of the post, of the post that leads (``leads``), or of any post here (``any``).

    Nobody who withdrew (回避) is among them.
    """
    leads = told.world.procedures[state.procedure].leads
    posts = {"leads": (leads,), "any": tuple(told.world.agencies[state.agency].posts)}.get(post, (post,))
    office = told.world.agencies[state.agency]
    # A post that this agency lacks (a lawyer's) is held elsewhere; one that it has is never lent by another agency.
    named = (told.users_with(state.agency if each in office.posts else "", each) for each in posts)
    return tuple(dict.fromkeys(user for users in named for user in users if user not in state.recused))
