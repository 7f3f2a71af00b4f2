"""Corrections — 更正: a wrong entry is never changed; another says what it should have been, and takes its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core import reasons
from dangui.core.decide import Decision, concluded, without_limit
from dangui.core.effects import run
from dangui.core.ledger import Actor, Entry
from dangui.core.paper import shown
from dangui.core.problem import Problem, Refusal, words
from dangui.core.procedure import Action
from dangui.core.proceeding import Proceeding, fold
from dangui.core.resolve import Act, Resolver
from dangui.core.world import Told

STEPS = {"action.done": "done", "action.approved": "approved", "action.executed": "executed"}

LASTING = frozenset({"handover", "document", "application", "join", "material", "exhibit"})
"""Effects others may have acted on, or that are in the dossier: they are amended by another act, never corrected."""


def correct(told: Told, entries: Sequence[Entry], state: Proceeding, actor: Actor, seq: int, *, reason: str,
            values: Mapping[str, Any], at: datetime | None) -> Decision:
    """The entry that corrects entry ``seq``: the same act with other values or another time. Raises Refusal."""
    wrong = next((entry for entry in entries if entry.seq == seq), None)
    if wrong is None or wrong.kind not in STEPS:
        raise Refusal([Problem("correction.not_possible", "seq", words(
            "这条登记不能更正", "this entry can't be corrected"))])
    moment = at or wrong.occurred_at
    action = told.world.procedures[state.procedure].actions.get(wrong.body["action"])
    if action is None:
        raise Refusal([Problem("action.unknown", "action", words(
            "现行流程已没有这个动作", "the pack has this action no more"))])
    problems = [*reasons.barred(state, actor), *_objections(wrong, reason),
                *_not_for(told, state, actor, wrong, action),
                *reasons.wrong_time(state, told.now, moment)]
    if values and wrong.body.get("application") and actor.post not in action.approval[-1:]:
        problems.append(Problem("correction.approved", "with", words(
            "经批准的内容只能由批准人更正", "what was approved is corrected only by the post that approved it")))
    if problems:
        raise Refusal(problems)
    before = fold(entry for entry in entries if entry.seq < seq)
    return _again(told, before, wrong, actor, reason, values, moment)


def _not_for(told: Told, state: Proceeding, actor: Actor, wrong: Entry, action: Action) -> list[Problem]:
    """Only whoever entered it, in that post, or a post above may correct it: one that supervises, or that approved."""
    above = (*told.world.procedures[state.procedure].supervises, *action.approval)
    own = (wrong.user, wrong.post) == (actor.user, actor.principal)
    if own or (actor.agency == state.agency and actor.post in above):
        return []
    return [Problem("action.wrong_post", "actor", words(
        "只能由原登记人或其上级更正", "only whoever entered it, or a supervising post, may correct it"))]


def _objections(wrong: Entry, reason: str) -> list[Problem]:
    found = reasons.wrong_text("reason", reason)
    if not str(reason).strip():
        found.append(Problem("field.missing/reason", "reason", words(
            "更正须说明理由", "a correction needs its reason")))
    if any(effect["is"] in LASTING for effect in wrong.body["effects"]):
        found.append(Problem("correction.sent_or_issued", "seq", words(
            "已移送或已制作文书,不能更正,应另行补充或变更",
            "it sent a hand-over or issued a document; amend that instead")))
    return found


def _again(told: Told, before: Proceeding, wrong: Entry, actor: Actor, reason: str, values: Mapping[str, Any],
           at: datetime) -> Decision:
    procedure = told.world.procedures[before.procedure]
    action = procedure.actions[wrong.body["action"]]
    fields = reasons.form_of(told.world, action)
    of = tuple(wrong.body["of"])
    clean, problems = reasons.checked(told, before, fields, {**wrong.body["with"], **values}, of, at)
    if problems:
        raise Refusal(problems)
    resolver = Resolver(told, procedure, before, Act(actor, at, fields, clean, of))
    run(resolver, action.effects.get(STEPS[wrong.kind], ()))
    resolver.problems += without_limit(resolver)
    kept = {field.name: clean[field.name] for field in fields if field.name in clean and field.kind != "person"}
    title = words(f"更正第{wrong.seq}条:{action.title['zh']}", f"Correction of entry {wrong.seq}: {action.title['en']}")
    return concluded(resolver, "entry.corrected", {
        "corrects": wrong.seq, "action": action.id, "title": title, "with": kept,
        "shown": shown(fields, clean, told.world.codes_for(procedure)), "reason": reason, "basis": list(action.basis)})
