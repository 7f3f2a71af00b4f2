"""Corrections — 更正: a wrong entry is never changed; another entry says what it should have been, and takes its place in the fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core.decide import Decision, check_values, form_of, right_time
from dangui.core.ledger import Actor, Draft, Entry
from dangui.core.paper import shown
from dangui.core.problem import Problem, Refusal, words
from dangui.core.proceeding import Proceeding, fold
from dangui.core.resolve import Act, Resolver
from dangui.core.world import Told

STEPS = {"action.done": "done", "action.approved": "approved", "action.executed": "executed"}


def correct(told: Told, entries: Sequence[Entry], state: Proceeding, actor: Actor, seq: int, *, reason: str,
            values: Mapping[str, Any], at: datetime | None) -> Decision:
    """The entry that corrects entry ``seq``: the same act with other values or another time. Raises Refusal.

    Documents already issued stay as they are; what the act sent can't be corrected, only amended by another message.
    """
    wrong = next((entry for entry in entries if entry.seq == seq), None)
    problems = []
    if wrong is None or wrong.kind not in STEPS or "corrects" in wrong.body:
        problems.append(Problem("correction.not_possible", "seq", words("这条登记不能更正", "this entry can't be corrected")))
    if not reason.strip():
        problems.append(Problem("field.missing/reason", "reason", words("更正须说明理由", "a correction needs its reason")))
    if wrong is not None and wrong.user != actor.user and actor.post not in state.supervisors:
        problems.append(Problem("action.wrong_post", "actor", words("只能由原登记人或其上级更正", "only whoever entered it, or a supervising post, may correct it")))
    if wrong is not None and any(effect["is"] in ("handover", "document", "application", "join", "material", "exhibit") for effect in wrong.body["effects"]):
        problems.append(Problem("correction.sent_or_issued", "seq", words("已移送或已制作文书,不能更正,应另行补充或变更", "it sent a hand-over or issued a document; amend that instead")))
    moment = at or (wrong.occurred_at if wrong else told.now)
    problems += right_time(state, told.now, moment)
    if problems or wrong is None:
        raise Refusal(problems)
    return _again(told, fold(entry for entry in entries if entry.seq < seq), wrong, actor, reason, values, moment)


def _again(told: Told, before: Proceeding, wrong: Entry, actor: Actor, reason: str, values: Mapping[str, Any], at: datetime) -> Decision:
    procedure = told.world.procedures[before.procedure]
    action = procedure.actions[wrong.body["action"]]
    fields = form_of(told, procedure, action)
    clean, problems = check_values(told, procedure, before, fields, {**wrong.body["with"], **values}, wrong.body["of"], at)
    if problems:
        raise Refusal(problems)
    resolver = Resolver(told, procedure, before, Act(actor, at, fields, clean, tuple(wrong.body["of"])))
    resolver.run(action.effects.get(STEPS[wrong.kind], ()))
    if resolver.problems:
        raise Refusal(resolver.problems)
    body = {"corrects": wrong.seq, "action": action.id, "title": {"zh": f"更正第{wrong.seq}条:{action.title['zh']}", "en": f"Correction of entry {wrong.seq}: {action.title['en']}"},
            "of": wrong.body["of"], "with": clean, "shown": shown(fields, clean, told.world.codes_for(procedure)), "reason": reason,
            "basis": list(action.basis), "effects": resolver.effects}
    return Decision((Draft(before.id, "entry.corrected", body, at),), tuple(resolver.records), resolver.prints)
