"""Whatever is sent to the clerk, to any action of any pack: it is done, or refused with reasons."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from hostile_town import rules
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangui.clerk import Done
from dangui.core import reasons
from dangui.core.calendar import CHINA
from dangui.core.decide import Request
from dangui.core.form import Field
from dangui.core.ledger import Actor
from dangui.core.problem import Refusal
from dangui.core.procedure import Action
from dangui.core.proceeding import Proceeding
from dangui.reader import Reader
from dangui.rehearsal.scene import prepare
from dangui.rehearsal.stage import Stage

EXAMPLES = int(os.environ.get("DANGUI_FUZZ", "150"))
START = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
NASTY = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e翻转",
    "a\x1bb",
    "𠮷" * 50,
    "x" * 1_000_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE dangui.entry; --",
    "../../etc/passwd",
    "{{person.name}}",
    "NaN",
    "1e999",
    "٣",
    "-1",
    "0.005",
)
DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]

words = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
anything: st.SearchStrategy[Any] = st.one_of(
    words,
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.just(-(2**63)),
    st.floats(),
    st.just(DEEP),
    st.binary(max_size=4),
    st.lists(words, max_size=3),
    st.dictionaries(words, words, max_size=3),
    st.just({1: {"x": None}, "y": 2}),
    st.just(["p"] * 10_000),
)
days = st.sampled_from(
    ("0001-01-01", "9999-12-31", "1850-01-01", "2199-12-31", "2024-02-29", "2026-02-30", "2026-03-01")
)
moments = st.one_of(
    st.none(),
    st.sampled_from(
        (
            START,
            datetime(1, 1, 1, tzinfo=CHINA),
            datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
            datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 - what a careless caller sends
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
            datetime(1900, 1, 1, tzinfo=CHINA),
            datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12))),
            START + timedelta(hours=3),
            datetime(2026, 3, 2, 6, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        )
    ),
)


def fitting(stage: Stage, state: Proceeding, field: Field, action: Action) -> st.SearchStrategy[Any]:
    """Values such as an honest person would fill in."""
    table = stage.world.codes_for(stage.world.procedures[state.procedure], action.collaboration).get(field.table, {})
    codes = st.sampled_from(sorted(table)) if table else words
    users = reasons.holders(reader_told(stage), state, field.table) if field.kind == "user" else ()
    blob = stage.blobs.put(BytesIO(b"%PDF-1.7"))
    return {
        "text": st.just("说明"),
        "long_text": st.just("说明。"),
        "flag": st.booleans(),
        "integer": st.integers(0, 400) | st.sampled_from((9999, 10**6)),
        "money": st.sampled_from(("12.50", "0.01", "999999999999")),
        "date": days | st.just("2026-03-01"),
        "datetime": days.map(lambda day: f"{day} 09:00") | st.just("2026-03-02 08:00"),
        "code": codes,
        "list": st.lists(codes, min_size=1, max_size=3),
        "user": st.sampled_from(users) if users else words,
        "persons": st.just([person.id for person in state.people(field.table)]),
        "person": st.fixed_dictionaries({"name": st.just("孙三"), "born": days}),
        "file": st.just(
            {"blob": blob.digest, "size": blob.size, "name": "a\x00.pdf", "media_type": "text/html\r\nX: y"}
        ),
    }.get(field.kind, st.sampled_from((*state.materials, *state.documents, *state.exhibits, "none")))


def reader_told(stage: Stage) -> Any:
    with stage.store.reading(Actor("inbox", "", "inbox")) as tx:
        return Reader(stage.clerk).told(tx)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Stage, str, str]:
    """A proceeding of any procedure in any stage, with one to three people."""
    stage = Stage(*rules())
    names = sorted(
        name
        for name, each in stage.world.procedures.items()
        if each.persons and any(name in agency.runs for agency in stage.world.agencies.values())
    )
    procedure = stage.world.procedures[draw(st.sampled_from(names))]
    measures = sorted(stage.world.fields[procedure.field].measures)
    persons = {
        label: {
            "role": procedure.main_role,
            "name": label,
            "born": "1990-01-01",
            "measure": draw(st.sampled_from(measures)),
            "charges": draw(st.sampled_from(([], ["theft"]))),
        }
        for label in "甲乙丙"[: draw(st.integers(1, 3))]
    }
    clocks = [
        {"deadline": name, "from": "2026-03-01 09:00"}
        for name in draw(st.lists(st.sampled_from(sorted(procedure.limits) or [""]), max_size=4, unique=True))
        if name
    ]
    marks = draw(st.lists(st.sampled_from(sorted(procedure.marks) or [""]), max_size=8, unique=True))
    script = {
        "persons": persons,
        "opened": {
            "at": "2026-03-01 09:00",
            "procedure": procedure.id,
            "stage": draw(st.sampled_from(sorted(procedure.stages))),
            "marks": [mark for mark in marks if mark],
            "clocks": clocks,
        },
    }
    here = prepare(stage, script)
    stage.now = START
    return stage, procedure.id, here


def tried(stage: Stage, act: Any) -> Done | None:
    """What came of it; a refusal writes nothing and gives its reasons in both languages."""
    before = lengths(stage)
    try:
        done = act()
    except Refusal as refusal:
        reasons_given = refusal.reasons
    else:
        assert isinstance(done, Done)
        return done
    assert reasons_given
    assert all(reason.says["zh"] and reason.says["en"] for reason in reasons_given)
    assert all(len(str(reason.as_json()).encode()) < 5_000 for reason in reasons_given)
    assert lengths(stage) == before
    return None


def lengths(stage: Stage) -> list[tuple[str, int]]:
    """How long each ledger is."""
    return [(proceeding, len(entries)) for proceeding, entries in stage.store.ledgers()]  # type: ignore[attr-defined]


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_any_act_with_any_values_is_done_or_refused(data: st.DataObject) -> None:
    stage, name, here = data.draw(scenes())
    procedure = stage.world.procedures[name]
    for _ in range(data.draw(st.integers(1, 3))):
        action = procedure.actions[data.draw(st.sampled_from(sorted(procedure.actions)))]
        state = stage.state(here)
        actor = stage.actor(data.draw(st.sampled_from(sorted({*action.by, *action.approval}) or ["x"])), here)
        values = filled(data, stage, state, action)
        persons = [person.id for person in state.people(action.of)] if action.of else []
        of = data.draw(
            st.sampled_from((tuple(persons), tuple(persons[:1]), (), ("nobody",), ("\x00",), ("a",) * 10_000))
        )
        at = data.draw(moments)
        done = tried(stage, lambda: stage.clerk.act(actor, here, Request(action.id, of, values, at)))  # noqa: B023
        if done and done.kind == "action.applied":
            carried(data, stage, here, action, str(done.application))
        seen_by(stage, actor, here)


def filled(data: st.DataObject, stage: Stage, state: Proceeding, action: Action) -> dict[str, Any]:
    fields: Sequence[Field] = reasons.form_of(stage.world, action)
    odd = data.draw(st.booleans())
    values = {
        field.name: data.draw(
            (anything | fitting(stage, state, field, action)) if odd else fitting(stage, state, field, action)
        )
        for field in fields
    }
    return values | (data.draw(st.dictionaries(words, anything, max_size=1)) if odd else {})


def carried(data: st.DataObject, stage: Stage, here: str, action: Action, application: str) -> None:
    users: list[str] = [stage.state(here).applications[application]["user"]]
    for post in action.approval:
        approver = stage.actor(post, here, tuple(users))
        users.append(approver.user)
        at, note = data.draw(moments), data.draw(words)
        if not tried(stage, lambda: stage.clerk.approve(approver, here, application, at=at, note=note)):  # noqa: B023
            tried(stage, lambda: stage.clerk.approve(approver, here, application))  # noqa: B023
    doer = stage.actor((action.executes or action.by)[0], here)
    tried(stage, lambda: stage.clerk.execute(doer, here, application, at=data.draw(moments)))
    stage.clerk.run_jobs()
    failed = [one.error for one in stage.store.jobs_waiting() if one.error and "Parked" not in one.error]  # type: ignore[attr-defined]
    assert not failed


def seen_by(stage: Stage, actor: Actor, here: str) -> None:
    """Whatever was entered can be read again."""
    with suppress(Refusal):
        Reader(stage.clerk).proceeding(actor, here)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_any_other_verb_with_any_ids_is_done_or_refused(data: st.DataObject) -> None:
    stage, name, here = data.draw(scenes())
    procedure = stage.world.procedures[name]
    clerk, text = stage.clerk, data.draw(words)
    actor = stage.actor(data.draw(st.sampled_from([procedure.leads or "x", "chief", "nobody"])), here)
    place, ref = data.draw(st.sampled_from((here, text))), data.draw(words)
    at, extra = data.draw(moments), data.draw(anything)
    verbs: list[Any] = [
        lambda: clerk.approve(actor, place, ref, at=at, note=text),
        lambda: clerk.turn_down(actor, place, ref, text, at=at),
        lambda: clerk.execute(actor, place, ref, at=at),
        lambda: clerk.cancel(actor, place, ref, text),
        lambda: clerk.receive(actor, place, ref, warnings=[extra], at=at),
        lambda: clerk.reject(actor, place, ref, [{"code": extra, "place": text, "note": extra}], at=at),
        lambda: clerk.reject(actor, place, ref, [extra], at=at),
        lambda: clerk.withdraw(actor, place, ref, text, at=at),
        lambda: clerk.correct(actor, place, data.draw(st.integers(-2, 5)), reason=text, values={"x": extra}, at=at),
        lambda: clerk.open(actor, procedure.id, {text: extra}, at=at, case_id=text, key=text or None),
    ]
    for verb in verbs:
        tried(stage, verb)
