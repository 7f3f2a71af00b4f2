"""A small world made of dicts: an inquiry at an office, a review at a board, and the collaboration between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from dangui.clerk import Clerk, Done
from dangui.core.calendar import CHINA, Calendar
from dangui.core.collaboration import parse_codes, parse_collaboration
from dangui.core.decide import Request
from dangui.core.document import Template, parse_template
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, words
from dangui.core.procedure import Procedure, Stage, parse_action, parse_limit
from dangui.core.proceeding import Proceeding
from dangui.core.world import Agency, Catalogue, FieldOfLaw, Kind, Measure, Post, World
from dangui.people import Directory, Holder
from dangui.store.memory import MemoryBlobs, MemoryStore

BEGIN = datetime(2024, 3, 1, 9, tzinfo=CHINA)

LI = Actor("li", "office", "officer")
MA = Actor("ma", "office", "officer")
CHEN = Actor("chen", "office", "chief")
GAO = Actor("gao", "office", "director")
REGISTRY = Actor("wu", "board", "registry")
JUROR = Actor("hu", "board", "member")
COUNSEL = Actor("fang", "firm", "lawyer")

PEOPLE = Directory(
    [
        Holder(actor.user, f"{actor.user}氏", actor.user.title(), actor.agency, actor.post)
        for actor in (LI, MA, CHEN, GAO, REGISTRY, JUROR, COUNSEL)
    ]
)


def t(text: str) -> dict[str, str]:
    """A title."""
    return {"zh": text, "en": text}


def ask(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A line of a field table."""
    return {"name": name, "is": kind, "zh": name, "en": name, **more}


_TERM = ask("days", "integer", required=True)

INQUIRY: dict[str, dict[str, Any]] = {
    "open": {
        "by": ["officer"],
        "asks": [ask("record", "person")],
        "when_done": [{"join": "suspect", "record": "record"}],
    },
    "register": {
        "by": ["officer"],
        "asks": [ask("record", "person", required=True)],
        "when_done": [{"join": "suspect", "record": "record"}],
    },
    "instruct": {
        "by": ["officer"],
        "of": "suspect",
        "asks": [ask("lawyer", "user.lawyer", required=True)],
        "when_done": [{"join": "defender", "user": "lawyer"}, {"grant": "lawyer"}],
    },
    "detain": {
        "by": ["officer"],
        "approval": ["chief"],
        "of": "suspect",
        "needs": [{"not": "in_custody"}],
        "expects": ["noted"],
        "asks": [ask("ground", "code.ground", required=True)],
        "basis": ["small/2020#1"],
        "when_approved": [{"issue": "letter"}],
        "when_executed": [{"measure": "detained"}, {"hold": True}, {"start": ["custody"]}],
    },
    "seize": {"by": ["officer"], "of": "suspect", "when_done": [{"measure": "detained"}]},
    "release": {
        "by": ["officer"],
        "of": "suspect",
        "needs": ["in_custody"],
        "when_done": [{"measure": "none"}, {"unhold": True}, {"cancel": ["custody"]}],
    },
    "promote": {"by": ["officer"], "approval": ["chief", "director"], "when_approved": [{"mark": "promoted"}]},
    "prolong": {
        "by": ["officer"],
        "of": "suspect",
        "asks": [_TERM],
        "when_done": [{"extend": "custody", "by": {"field": "days", "unit": "days"}}],
    },
    "examine": {"by": ["officer"], "of": "suspect", "when_done": [{"pause": ["custody"], "reason": "examined"}]},
    "examined": {"by": ["officer"], "of": "suspect", "when_done": [{"resume": ["custody"]}]},
    "afresh": {"by": ["officer"], "of": "suspect", "when_done": [{"restart": ["custody"]}]},
    "order_report": {"by": ["officer"], "when_done": [{"start": ["report"]}]},
    "report": {"by": ["officer"], "when_done": [{"meet": ["report"]}]},
    "note": {
        "by": ["officer", "defender"],
        "asks": [ask("text", "text", required=True)],
        "when_done": [{"remember": ["text"]}, {"mark": "noted"}],
    },
    "bind": {
        "by": ["officer"],
        "asks": [ask("upload", "file"), ask("kind", "code.material_kind"), ask("title", "text")],
        "when_done": [{"bind": "upload"}],
    },
    "letter": {"by": ["officer"], "when_done": [{"issue": "letter"}]},
    "assign": {"by": ["chief"], "asks": [ask("user", "user.leads", required=True)], "when_done": [{"assign": "user"}]},
    "recuse": {"by": ["director"], "asks": [ask("user", "user.any", required=True)], "when_done": [{"recuse": "user"}]},
    "split": {"by": ["officer"], "of": {"role": "suspect", "many": True}, "when_done": [{"separate": None}]},
    "send_on": {"by": ["officer"], "of": "suspect", "needs": ["in_custody"], "sends": "consent.initiate"},
    "conclude": {"by": ["officer"], "when_done": [{"close": True}]},
}

REVIEW: dict[str, dict[str, Any]] = {
    "answer": {"by": ["member"], "of": "suspect", "sends": "consent.result"},
}

LIMITS: dict[str, dict[str, Any]] = {
    "custody": {
        "title": t("留置期限"),
        "protects": "liberty",
        "at_end": "release_or_convert",
        "length": [{"is": "3 days", "basis": "small/2020#2"}],
        "extendable": [{"by": "1 to 4 days", "times": 1, "basis": "small/2020#3"}],
    },
    "report": {"title": t("报告期限"), "at_end": "act", "length": [{"is": "5 days"}]},
}

CONSENT = {
    "title": t("同意留置"),
    "version": 1,
    "sides": {"asks": {"procedure": "small/inquiry"}, "decides": {"procedure": "small/review", "at": "board"}},
    "nodes": {
        "initiate": {
            "verb": "initiate",
            "by": "asks",
            "opens": True,
            "persons": {"suspect": "suspect"},
            "volumes": ["main"],
            "reject": "code.rejection",
            "on_sent": {"asks": [{"mark": "sent"}]},
            "on_delivered": {"asks": [{"mark": "arrived"}], "decides": [{"start": ["review"], "per": "person"}]},
            "on_received": {"decides": [{"stage": "working"}], "asks": [{"mark": "taken_up"}]},
            "on_rejected": {"asks": [{"mark": "came_back"}]},
            "on_withdrawn": {"asks": [{"unmark": "sent"}]},
        },
        "result": {
            "verb": "result",
            "by": "decides",
            "persons": {"suspect": "suspect"},
            "fields": "answer",
            "closes": True,
            "on_sent": {"decides": [{"meet": ["review"]}]},
            "on_delivered": {"asks": [{"mark": "agreed", "when": {"field": "decision", "is": "agreed"}}]},
        },
    },
    "fields": {"answer": [ask("decision", "code.decision", required=True)]},
    "codes": {"decision": {"agreed": t("同意"), "refused": t("不同意")}, "rejection": {"not_ours": t("不属本会管辖")}},
}

MARKS = ("sent", "arrived", "taken_up", "came_back", "agreed", "noted", "promoted")


def small_world() -> World:
    """The world; every part is read by the same functions that read the packs."""
    problems: list[Problem] = []
    inquiry = _procedure("small/inquiry", "office", "officer", INQUIRY, LIMITS, ("act",), problems)
    limits = {
        "review": {"title": t("审查期限"), "protects": "liberty", "at_end": "decide", "length": [{"is": "7 days"}]}
    }
    review = _procedure("small/review", "board", "member", REVIEW, limits, ("consent",), problems)
    field = FieldOfLaw(
        parse_codes({"ground": {"caught": t("当场"), "named": t("指认")}}, "codes", problems),
        {
            "none": Measure("none", words("无", "none"), custody=False),
            "detained": Measure("detained", words("留置", "detained"), custody=True),
        },
        (),
        18,
        {"letter": _letter()},
    )
    catalogue = Catalogue(
        "small",
        words("卷", "files"),
        {"main": words("正卷", "main"), "inner": words("副卷", "inner")},
        frozenset({"inner"}),
        {
            "paper": Kind("paper", words("书证", "paper"), "main"),
            "minutes": Kind("minutes", words("内部记录", "minutes"), "inner"),
        },
    )
    world = World(
        {each.id: each for each in (inquiry, review)},
        {},
        {"consent": parse_collaboration("consent", CONSENT, "consent", problems)},
        {
            "office": _agency("office", "small/inquiry", ("officer", "chief", "director"), (), {"board": "board"}),
            "board": _agency("board", "small/review", ("member", "registry"), ("registry",), {}),
        },
        {},
        {"small": catalogue},
        {"small": field},
        "f" * 64,
    )
    assert not problems, [problem.as_json() for problem in problems]
    return world


def _procedure(
    id: str,
    agency: str,
    leads: str,
    actions: Mapping[str, Any],
    limits: Mapping[str, Any],
    opens_by: tuple[str, ...],
    problems: list[Problem],
) -> Procedure:
    open_stages = ("open", "working")
    return Procedure(
        id,
        t(id),
        agency,
        opens_by,
        {name: Stage(name, t(name)) for name in (*open_stages, "closed")},
        "open",
        frozenset({"closed"}),
        {"suspect": t("嫌疑人"), "defender": t("辩护人")},
        "case",
        "small",
        leads,
        tuple(post for post in ("chief", "director") if agency == "office"),
        {word: t(word) for word in MARKS},
        {
            name: parse_action(name, {"title": t(name), **raw}, open_stages, name, problems)
            for name, raw in actions.items()
        },
        {name: parse_limit(name, raw, name, problems) for name, raw in limits.items()},
        (),
        "",
    )


def _agency(
    id: str, runs: str, posts: tuple[str, ...], receives: tuple[str, ...], neighbours: Mapping[str, str]
) -> Agency:
    return Agency(
        id,
        t(id),
        id,
        "county",
        (runs,),
        {post: Post(post, t(post)) for post in posts},
        receives,
        neighbours,
        {"case": "{year}-{serial}"},
        "{word}〔{year}〕{serial}号",
    )


def _letter() -> Template:
    template, problems = parse_template(
        "letter",
        {
            "title": t("通知"),
            "form": "letter",
            "number": "通",
            "volume": "main",
            "body": "特此通知。",
            "signs": "agency",
        },
    )
    assert template, problems
    return template


class Office:
    """The small world at work: a clerk on a memory store whose clock is moved by hand."""

    def __init__(self, store: Any = None, printer: Any = lambda filled: b"printed") -> None:
        self.now = BEGIN
        self.store = store or MemoryStore()
        self.made = 0
        self.clerk = Clerk(
            self.store, MemoryBlobs(), small_world(), Calendar(), PEOPLE, printer, lambda: self.now, self._id
        )

    def _id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made:03d}"

    def pass_by(self, **time: float) -> None:
        """Time passes."""
        self.now += timedelta(**time)

    def open(self, *names: str, case_id: str = "case-1") -> str:
        """An inquiry of LI with those suspects."""
        done = self.clerk.open(LI, "small/inquiry", {}, case_id=case_id)
        for name in names:
            self.clerk.act(
                LI, done.proceeding, Request("register", (), {"record": {"name": name, "born": "1990-05-01"}})
            )
        return done.proceeding

    def do(self, proceeding: str, action: str, *of: str, by: Actor = LI, **values: Any) -> Done:
        """One act."""
        return self.clerk.act(by, proceeding, Request(action, of, values))

    def detain(self, proceeding: str, person: str) -> Done:
        """Applied for, approved and carried out, one after another."""
        asked = self.do(proceeding, "detain", person, ground="caught")
        self.clerk.approve(CHEN, proceeding, str(asked.application))
        return self.clerk.execute(LI, proceeding, str(asked.application))

    def upload(self, text: str = "page") -> dict[str, Any]:
        """The value of a file field whose bytes are there."""
        blob = self.clerk.blobs.put(BytesIO(text.encode()))
        return {"blob": blob.digest, "size": blob.size, "name": f"{text}.pdf", "media_type": "application/pdf"}

    def state(self, proceeding: str, agency: str = "office") -> Proceeding:
        """The present state, as the agency's machine sees it."""
        with self.store.reading(Actor("machine", agency, "inbox")) as tx:
            found = self.clerk.folded.state(tx, proceeding)
        assert found is not None
        return found

    def entries(self, proceeding: str, agency: str = "office") -> list[Any]:
        """The ledger."""
        with self.store.reading(Actor("machine", agency, "inbox")) as tx:
            return list(tx.entries(proceeding))

    def suspects(self, proceeding: str, agency: str = "office") -> list[str]:
        """Ids of those in the main role who are here."""
        return [person.id for person in self.state(proceeding, agency).people("suspect")]

    def review(self, case_id: str = "case-1") -> str:
        """The review that a delivered hand-over opened at the board."""
        with self.store.reading(Actor("machine", "board", "inbox")) as tx:
            (row,) = tx.rows_of_case(case_id)
        return row.proceeding

    def marks(self, proceeding: str) -> frozenset[str]:
        """Marks of the inquiry and of everybody in it."""
        state = self.state(proceeding)
        return state.marks.union(*(person.marks for person in state.persons.values()))

    def run(self, proceeding: str, agency: str = "office") -> Mapping[str, Any]:
        """The only hand-over of a proceeding."""
        (run,) = self.state(proceeding, agency).handovers.values()
        return run

    def without(self, *actions: str) -> None:
        """A new version of the pack that has lost these actions."""
        world = self.clerk.world
        inquiry = world.procedures["small/inquiry"]
        kept = {name: action for name, action in inquiry.actions.items() if name not in actions}
        changed = {**world.procedures, inquiry.id: replace(inquiry, actions=kept)}
        self.clerk.world = replace(world, procedures=changed)
