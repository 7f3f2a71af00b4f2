"""The two stores answer alike, whatever is asked of them in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from store_samples import COUNSEL, INBOX, LI, NOON, WANG, Clock, job, ledger, look, person, projection, task

from dangui.core.ledger import EMPTY, Actor, Head
from dangui.core.ports import Answer, HeadMoved, Job, NotYet
from dangui.core.problem import Refusal
from dangui.store.memory import MemoryStore
from dangui.store.postgres import PostgresStore

ACTORS = (LI, WANG, COUNSEL, INBOX, Actor("li", "", ""), Actor("sun", "police_east", "approver"))
PRINCIPALS = (*(actor.principal for actor in ACTORS[:4]), "police_east/approver", "user:li", "user:zhou")
Act = Callable[[Any], object]


class Dice:
    """Random acts on a few proceedings whose names begin with ``world``."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = f"w{seed}"

    def proceeding(self) -> str:
        return f"{self.world}-{self.random.randrange(5)}"

    def principals(self) -> list[str]:
        return self.random.sample(PRINCIPALS, self.random.randrange(1, 4))

    def moment(self) -> Any:
        return self.random.choice([None, NOON + timedelta(days=self.random.randrange(4))])

    def writes(self, actor: Actor) -> list[Act]:
        """Acts in the order of an office: look, take a number, enter, list, and what goes with it."""
        kinds = [self.read, self.serial, self.remember, self.append, self.project, self.put_person, self.enqueue,
                 self.record, self.fail]
        chosen = self.random.choices(range(len(kinds)), k=self.random.randrange(1, 6))
        return [kinds[kind](actor) for kind in sorted(chosen)]

    def append(self, actor: Actor) -> Act:
        name, guess, value = self.proceeding(), self.random.random(), self.random.randrange(9)

        def act(tx: Any) -> None:
            head = (tx.head(name) or EMPTY) if guess < 0.9 else Head(1, "f" * 64)
            tx.append(ledger(name, {"n": value}, {"n": [value]}, actor=actor, head=head))

        return act

    def project(self, actor: Actor) -> Act:
        name = self.proceeding()
        tasks = [task(name, f"t{n}", self.random.choice(PRINCIPALS), due_at=self.moment(),
                      kind=self.random.choice(["deadline", "approval"])) for n in range(self.random.randrange(4))]
        made = projection(name, self.principals(), tasks, self.random.choice(["full", "defence"]),
                          seq=self.random.randrange(1, 6), due_at=self.moment(), closed=self.random.random() < 0.2,
                          case_id=f"{self.world}-case-{int(name[-1]) % 2}",
                          number=f"{self.world}号{self.random.randrange(4)}", agency=actor.agency or "police_east",
                          persons=tuple(self.random.sample([f"{self.world}-p{n}" for n in range(3)], 2)))
        return lambda tx: tx.project(made)

    def put_person(self, actor: Actor) -> Act:
        made = person(f"{self.world}-p{self.random.randrange(3)}", f"{self.world}-case-{self.random.randrange(2)}",
                      self.random.choice(["张三", "李四"]) + self.world)
        return lambda tx: tx.put_person(made)

    def remember(self, actor: Actor) -> Act:
        key = f"{self.world}-{self.random.randrange(4)}"
        return lambda tx: tx.answer(key) or tx.remember(key, Answer("request", {"by": actor.user}))

    def enqueue(self, actor: Actor) -> Act:
        made = job(f"{self.world}-{self.random.randrange(6)}", self.random.choice(["", "a", "b"]),
                   n=self.random.randrange(3))
        return lambda tx: tx.enqueue(made)

    def serial(self, actor: Actor) -> Act:
        agency = self.random.choice([actor.agency, "police_east"])
        return lambda tx: tx.next_serial(agency, self.world, 2026)

    def record(self, actor: Actor) -> Act:
        made = look(self.proceeding(), actor, self.random.random() < 0.5, f"page {self.random.randrange(99)}")
        return lambda tx: tx.record(made)

    def read(self, actor: Actor) -> Act:
        return lambda tx: view(tx, self.world, actor)

    def fail(self, actor: Actor) -> Act:
        unlucky = self.random.random() < 0.3

        def act(tx: Any) -> None:
            if unlucky:
                raise KeyError("the act failed")

        return act


def view(tx: Any, world: str, actor: Actor) -> list[Any]:
    """Everything the actor can be shown of a world."""
    names = [f"{world}-{n}" for n in range(5)]
    own = [name for name in PRINCIPALS if name in (actor.principal, f"user:{actor.user}")]
    page, key = tx.list_rows(actor.principal, limit=2)
    tasks, further = tx.tasks(own, limit=3)
    found, more = tx.find(f"{world}号", limit=2)
    return [
        [(tx.head(name), list(tx.entries(name)), tx.scope(name), list(tx.looks(name))) for name in names],
        list(tx.rows(names)), [list(tx.rows_of_case(f"{world}-case-{n}")) for n in range(2)],
        list(page), key, list(tx.list_rows(actor.principal, key)[0]), list(tasks), further,
        list(tx.tasks(own, further)[0]), dict(tx.count_tasks(own)), list(tx.tasks(PRINCIPALS, kind="approval")[0]),
        list(found), more, list(tx.find(f"{world}号", more)[0]), list(tx.find(f"张三{world}")[0]),
        tx.persons([f"{world}-p{n}" for n in range(3)]), [tx.answer(f"{world}-{n}") for n in range(4)],
    ]


def outcome(act: Callable[[], object]) -> object:
    """What came of it. Of several things wrong with one transaction either store may come upon another first."""
    try:
        return act()
    except (HeadMoved, PermissionError, ValueError, KeyError, Refusal):
        return "nothing was written"


def write(store: Any, actor: Actor, acts: list[Act]) -> object:
    def run() -> object:
        with store.writing(actor) as tx:
            return [act(tx) for act in acts]

    return outcome(run)


def read(store: Any, actor: Actor, world: str) -> object:
    with store.writing(actor) as tx:
        return view(tx, world, actor)


def run_jobs(store: Any, unlucky: int) -> object:
    ran: list[Job] = []

    def handler(one: Job) -> None:
        ran.append(one)
        if one.args["n"] == unlucky:
            raise NotYet("waits") if one.lock == "a" else OSError("failed")

    return store.run_jobs(handler), ran, [(one.job.key, one.attempts, one.error, one.due_at.astimezone(UTC))
                                          for one in store.jobs_waiting()]


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("seed", range(25))
def test_both_stores_answer_alike(postgres_store: PostgresStore, clock: Clock, seed: int) -> None:
    dice = Dice(seed)
    stores = (MemoryStore(clock), postgres_store)
    for step in range(30):
        actor = dice.random.choice(ACTORS[:4])
        acts = dice.writes(actor)
        first, second = (write(store, actor, acts) for store in stores)
        assert first == second, f"step {step} by {actor.principal}"
        if dice.random.random() < 0.1:
            for store in stores:
                store.shred(f"{dice.world}-p0")
        if dice.random.random() < 0.2:
            clock.pass_by(timedelta(seconds=dice.random.randrange(20)))
            unlucky = dice.random.randrange(4)
            first, second = (run_jobs(store, unlucky) for store in stores)
            assert first == second, f"jobs after step {step}"
    for actor in ACTORS:
        first, second = (read(store, actor, dice.world) for store in stores)
        assert first == second, actor
