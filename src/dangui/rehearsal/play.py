"""Play — 演练步骤: one act of a script, done through the clerk by somebody who holds the post."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dangui.clerk import Done
from dangui.core.decide import Request
from dangui.core.ledger import Actor
from dangui.core.proceeding import Proceeding
from dangui.rehearsal.stage import Stage, moment

Step = Mapping[str, Any]


def play(stage: Stage, step: Step, here: str) -> Done:
    """One act of the script, with its approvals and execution if it gives them. Raises Refusal."""
    at = moment(step["at"])
    stage.now = max(stage.now, moment(step["recorded"]) if "recorded" in step else at)
    proceeding = stage.find(step["in"]) if "in" in step else here
    verb = next(verb for verb in _VERBS if verb in step)
    done = _VERBS[verb](stage, step, proceeding, at)
    stage.log.append((step, done))
    if "label" in step:
        stage.labels[step["label"]] = (done.opened or (done.proceeding,))[0]
    if step.get("jobs", True):
        stage.clerk.run_jobs()
    return done


def _do(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    actor = stage.actor(step.get("by", ""), proceeding)
    persons = tuple(stage.persons.get(each, each) for each in _listed(step.get("of", [])))
    before = stage.state(proceeding)
    values = {name: _value(stage, before, value) for name, value in step.get("with", {}).items()}
    done = stage.clerk.act(actor, proceeding, Request(step["do"], persons, values, at))
    for person in set(stage.state(proceeding).persons) - set(before.persons):
        stage.persons[_label(step) or person] = person
    if done.application and done.kind == "action.applied":
        done = _steps(stage, step, proceeding, actor, done, at)
    return done


def _label(step: Step) -> str:
    """What a person who joins is called from now on: as the step says, or by the name in his record."""
    named = (raw["name"] for raw in step.get("with", {}).values() if isinstance(raw, Mapping) and "name" in raw)
    return str(step.get("as") or next(named, ""))


def _steps(stage: Stage, step: Step, proceeding: str, actor: Actor, done: Done, at: datetime) -> Done:
    application, users = str(done.application), [actor.user]
    for post in _listed(step.get("approved_by", [])):
        when = moment(step["approved_at"]) if "approved_at" in step else at
        stage.now = max(stage.now, when)
        approver = stage.actor(post, proceeding, tuple(users))
        users.append(approver.user)
        done = stage.clerk.approve(approver, proceeding, application, at=when)
    if "executed" in step:
        when = moment(step["executed"])
        stage.now = max(stage.now, when)
        executor = stage.actor(step.get("executed_by", step.get("by", "")), proceeding)
        done = stage.clerk.execute(executor, proceeding, application, at=when)
    return done


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(stage: Stage, state: Proceeding, value: Any) -> Any:
    """Labels of persons become ids, ``{material: kind}`` and the like the newest such thing; files are put."""
    if isinstance(value, list):
        return [_value(stage, state, each) for each in value]
    if isinstance(value, str):
        return stage.persons.get(value, value)
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, wanted),) = value.items()
        if kind in _THINGS:
            return _newest(state, kind, wanted)
        if kind == "file":
            return dict(stage.files(stage.blobs, wanted))
    return value


_THINGS = {"material": ("materials", "kind"), "document": ("documents", "template"), "exhibit": ("exhibits", "name")}
"""By which of its values a thing of the dossier is named in a script."""


def _newest(state: Proceeding, kind: str, wanted: str) -> str:
    group, key = _THINGS[kind]
    things: Mapping[str, Mapping[str, Any]] = getattr(state, group)
    return next((name for name, item in reversed(list(things.items())) if item.get(key) == wanted), wanted)


def _open(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    agency, post = step["agency"], step["by"]
    user = post[5:] if post.startswith("user:") else stage.people.with_post(agency, post)[0]
    actor = Actor(user, agency, stage.people.post(user, agency))
    done = stage.clerk.open(actor, step["open"], dict(step.get("with", {})), at=at, case_id=stage.case_id)
    stage.agencies[done.proceeding] = agency
    stage.labels.setdefault(step["open"], done.proceeding)
    with stage.store.reading(Actor("inbox", agency, "inbox")) as tx:
        for person, record in tx.persons(stage.state(done.proceeding).persons).items():
            stage.persons.setdefault(record.data["name"], person)
    return done


def _application(stage: Stage, proceeding: str, action: str, status: str) -> Mapping[str, Any]:
    """The newest application for an action that stands so; one that nobody has made where there is none."""
    made = reversed(list(stage.state(proceeding).applications.values()))
    none = {"id": "none", "user": "nobody", "approvals": ()}
    return next((item for item in made if item["action"] == action and item["status"] == status), none)


def _approve(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    item = _application(stage, proceeding, step["approve"], "applied")
    involved = (item["user"], *(each["user"] for each in item["approvals"]))
    if step.get("same_person"):
        actor = Actor(item["user"], stage.agency_of(proceeding), step["by"])
    else:
        actor = stage.actor(step["by"], proceeding, involved)
    return stage.clerk.approve(actor, proceeding, item["id"], at=at)


def _refuse(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    item = _application(stage, proceeding, step["refuse"], "applied")
    actor = stage.actor(step["by"], proceeding, (item["user"],))
    return stage.clerk.turn_down(actor, proceeding, item["id"], _reason(step), at=at)


def _execute(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    item = _application(stage, proceeding, step["execute"], "approved")
    return stage.clerk.execute(stage.actor(step["by"], proceeding), proceeding, item["id"], at=at)


def _cancel(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    item = _application(stage, proceeding, step["cancel"], "applied")
    return stage.clerk.cancel(stage.actor(step["by"], proceeding), proceeding, item["id"], _reason(step))


def _reason(step: Step) -> str:
    return str(step.get("with", {}).get("reason", ""))


def _run(stage: Stage, proceeding: str, collaboration: str, direction: str) -> str:
    runs = [run["id"] for run in stage.state(proceeding).handovers.values()
            if run["collaboration"] == collaboration and run["direction"] == direction]
    return str(runs[-1]) if runs else "none"


def _receive(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    run = _run(stage, proceeding, step["receive"], "in")
    return stage.clerk.receive(
        stage.actor(step["by"], proceeding), proceeding, run, warnings=step.get("warnings", ()), at=at)


def _reject(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    run, problems = _run(stage, proceeding, step["reject"], "in"), _listed(step.get("with", []))
    return stage.clerk.reject(stage.actor(step["by"], proceeding), proceeding, run, problems, at=at)


def _withdraw(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    run = _run(stage, proceeding, step["withdraw"], "out")
    return stage.clerk.withdraw(stage.actor(step["by"], proceeding), proceeding, run, _reason(step), at=at)


def _correct(stage: Stage, step: Step, proceeding: str, at: datetime) -> Done:
    return stage.clerk.correct(
        stage.actor(step["by"], proceeding), proceeding, int(step["correct"]), reason=step.get("reason", ""),
        values=step.get("with", {}), at=moment(step["to"]) if "to" in step else None)


_VERBS: Mapping[str, Callable[[Stage, Step, str, datetime], Done]] = {
    "do": _do, "open": _open, "approve": _approve, "refuse": _refuse, "execute": _execute, "cancel": _cancel,
    "receive": _receive, "reject": _reject, "withdraw": _withdraw, "correct": _correct,
}
