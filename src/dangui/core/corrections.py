"""Corrections — 更正: a wrong entry is never changed; another says what it should have been, and takes its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dangui.core import reasons
from dangui.core.decide import Decision, concluded
from dangui.core.effects import run
from dangui.core.ledger import Actor, Entry
from dangui.core.paper import shown
from dangui.core.problem import Problem, Refusal, words
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
    problems = [*reasons.barred(state, actor), *_objections(state, actor, wrong, reason),
                *reasons.wrong_time(state, told.now, moment)]
    if problems:
        raise Refusal(problems)
    before = fold(entry for entry in entries if entry.seq < seq)
    return _again(told, before, wrong, actor, reason, values, moment)


def _objections(state: Proceeding, actor: Actor, wrong: Entry, reason: str) -> list[Problem]:
    found = []
    if not reason.strip():
        found.append(Problem("field.missing/reason", "reason", words(
            "更正须说明理由", "a correction needs its reason")))
    supervises = actor.agency == state.agency and actor.post in state.supervisors
    if wrong.user != actor.user and not supervises:
        found.append(Problem("action.wrong_post", "actor", words(
            "只能由原登记人或其上级更正", "only whoever entered it, or a supervising post, may correct it")))
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
    title = words(f"更正第{wrong.seq}条:{action.title['zh']}", f"Correction of entry {wrong.seq}: {action.title['en']}")
    return concluded(resolver, "entry.corrected", {
        "corrects": wrong.seq, "action": action.id, "title": title, "with": clean,
        "shown": shown(fields, clean, told.world.codes_for(procedure)), "reason": reason, "basis": list(action.basis)})
