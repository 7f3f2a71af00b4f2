"""One contract, two stores: whatever holds in memory holds in the database."""

from __future__ import annotations

import threading
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import pytest
from store_samples import (
    COUNSEL,
    INBOX,
    LI,
    NOON,
    WANG,
    Clock,
    job,
    ledger,
    look,
    open_proceeding,
    person,
    projection,
    row,
    task,
)

from dangui.core.ledger import EMPTY, Actor, verify
from dangui.core.ports import Answer, Grant, HeadMoved, Job, NotYet, Projection
from dangui.core.problem import Refusal
from dangui.store.jobs import work


@pytest.fixture
def pid() -> str:
    """A proceeding no other test knows."""
    return f"p-{uuid4().hex[:10]}"


def fresh_actor() -> Actor:
    """An actor whose lists are empty."""
    return Actor(f"u{uuid4().hex[:8]}", f"agency_{uuid4().hex[:8]}", "investigator")


# Ledger

def test_what_is_appended_is_read_back_exactly(store: Any, pid: str) -> None:
    bodies = [{"人": "张三", "list": [1, None, True, {"深": "𝒳\u2028\\\"'%s"}], "控制": "\u0001\n\t"}, {},
              {"n": -(2**53) + 1}]
    entries = open_proceeding(store, pid, bodies=bodies)
    with store.reading(LI) as tx:
        assert list(tx.entries(pid)) == entries
        assert tx.head(pid) == entries[-1].head
        assert list(tx.entries(pid, after=2)) == entries[2:]
        assert verify(tx.entries(pid)) == []


def test_moments_keep_their_offset_because_the_digest_covers_it(store: Any, pid: str) -> None:
    open_proceeding(store, pid)
    with store.reading(LI) as tx:
        assert tx.entries(pid)[0].occurred_at.isoformat() == "2026-03-02T12:00:00+08:00"


def test_an_unknown_proceeding_has_no_head_and_no_entries(store: Any, pid: str) -> None:
    with store.reading(LI) as tx:
        assert (tx.head(pid), list(tx.entries(pid)), tx.scope(pid), list(tx.rows([pid]))) == (None, [], None, [])


def test_a_second_writer_who_read_the_same_head_must_read_again(store: Any, pid: str) -> None:
    head = open_proceeding(store, pid)[0].head

    def write_late() -> None:
        with store.writing(LI) as slow:
            assert slow.head(pid) == head
            with store.writing(LI) as quick:
                quick.append(ledger(pid, {"n": "quick"}, head=head))
            slow.append(ledger(pid, {"n": "slow"}, head=head))

    with pytest.raises(HeadMoved):
        write_late()
    with store.reading(LI) as tx:
        assert [entry.body["n"] for entry in tx.entries(pid)] == [1, "quick"]


def test_a_proceeding_is_opened_once(store: Any, pid: str) -> None:
    open_proceeding(store, pid)
    with pytest.raises(HeadMoved), store.writing(LI) as tx:
        tx.append(ledger(pid, {"n": "again"}))


def test_an_entry_that_leaves_a_gap_is_not_taken(store: Any, pid: str) -> None:
    entries = open_proceeding(store, pid)
    later = ledger(pid, {"n": 2}, {"n": 3}, head=entries[0].head)[1:]
    with pytest.raises(HeadMoved), store.writing(LI) as tx:
        tx.append(later)


def test_entries_of_two_ledgers_or_of_another_actor_are_refused(store: Any, pid: str) -> None:
    with pytest.raises(ValueError, match="break off"), store.writing(LI) as tx:
        tx.append([*ledger(pid, {}), *ledger(f"{pid}-b", {})])
    with pytest.raises(PermissionError), store.writing(LI) as tx:
        tx.append(ledger(pid, {}, actor=WANG))


def test_many_writers_of_one_ledger_make_one_whole_chain(store: Any, pid: str) -> None:
    open_proceeding(store, pid)

    def append_one(number: int) -> None:
        while True:
            try:
                with store.writing(LI) as tx:
                    tx.append(ledger(pid, {"n": number}, head=tx.head(pid) or EMPTY))
            except HeadMoved:
                continue
            return

    in_threads(append_one, range(2, 26))
    with store.reading(LI) as tx:
        entries = tx.entries(pid)
    assert sorted(entry.body["n"] for entry in entries) == list(range(1, 26))
    assert verify(entries) == []


def test_text_with_a_null_character_is_refused(store: Any, pid: str) -> None:
    with pytest.raises(ValueError, match=r"U\+0000"), store.writing(LI) as tx:
        tx.append(ledger(pid, {"name": "a\x00b"}))


# Transactions

def test_nothing_stays_of_a_transaction_that_fails(store: Any, pid: str) -> None:
    before = len(store.jobs_waiting())

    def write_and_fail() -> None:
        with store.writing(LI) as tx:
            assert tx.next_serial(LI.agency, pid, 2026) == 1
            tx.append(ledger(pid, {"n": 1}))
            tx.put_person(person(f"{pid}-a", f"case-of-{pid}"))
            tx.project(projection(pid, tasks=[task(pid)], persons=(f"{pid}-a",)))
            tx.enqueue(job(pid))
            tx.remember(pid, Answer("request", {}))
            tx.record(look(pid))
            assert tx.head(pid) is None or len(tx.entries(pid)) == 1  # reading sends what was written so far
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.writing(LI) as tx:
        assert (tx.head(pid), tx.answer(pid), list(tx.rows([pid])), tx.scope(pid)) == (None, None, [], None)
        assert tx.next_serial(LI.agency, pid, 2026) == 1
        assert tx.persons([f"{pid}-a"]) == {}
        assert list(tx.looks(pid)) == []
    assert len(store.jobs_waiting()) == before


def test_a_transaction_reads_what_it_has_written(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        entries = ledger(pid, {"n": 1})
        tx.append(entries)
        tx.project(projection(pid))
        assert list(tx.entries(pid)) == entries
        tx.append(ledger(pid, {"n": 2}, head=entries[0].head))
        tx.remember(pid, Answer("request", {"n": 2}))
        assert tx.answer(pid) == Answer("request", {"n": 2})
    with store.reading(LI) as tx:
        assert tx.head(pid).seq == 2


def test_a_new_proceeding_can_be_written_in_several_steps(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        entries = ledger(pid, {"n": 1})
        tx.append(entries)
        tx.answer("a read in between")
        tx.append(ledger(pid, {"n": 2}, head=entries[0].head))
        tx.answer("another")
        tx.project(projection(pid, seq=2))
    with store.reading(LI) as tx:
        assert tx.head(pid).seq == 2


# Serials

def test_numbers_of_a_series_have_no_gap_and_no_twin(store: Any, pid: str) -> None:
    taken: list[int] = []

    def take(number: int) -> None:
        try:
            with store.writing(LI) as tx:
                serial = tx.next_serial(LI.agency, pid, 2026)
                if number % 3 == 0:
                    raise KeyError(number)
        except KeyError:
            return
        taken.append(serial)

    in_threads(take, range(30))
    assert sorted(taken) == list(range(1, 21))


def test_series_count_apart_by_kind_and_year(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        assert [tx.next_serial(LI.agency, pid, 2026) for _ in range(3)] == [1, 2, 3]
        assert tx.next_serial(LI.agency, f"{pid}-b", 2026) == 1
        assert tx.next_serial(LI.agency, pid, 2027) == 1


def test_no_agency_takes_numbers_of_another(store: Any, pid: str) -> None:
    with pytest.raises(PermissionError), store.writing(LI) as tx:
        tx.next_serial(WANG.agency, pid, 2026)


# Idempotency

def test_an_answer_is_remembered_for_the_post_that_asked(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        tx.remember(pid, Answer("digest", {"entry": 7}))
    with store.writing(LI) as tx:
        assert tx.answer(pid) == Answer("digest", {"entry": 7})
    with store.writing(WANG) as tx:
        assert tx.answer(pid) is None


def test_of_two_requests_with_one_key_one_wins_and_the_other_sees_its_answer(store: Any, pid: str) -> None:
    answers: list[str] = []

    def request(number: int) -> None:
        while True:
            try:
                with store.writing(LI) as tx:
                    answer = tx.answer(pid)
                    if answer is None:
                        answer = Answer("digest", {"opened": f"{pid}-{number}"})
                        tx.append(ledger(f"{pid}-{number}", {}))
                        tx.project(projection(f"{pid}-{number}"))
                        tx.remember(pid, answer)
            except HeadMoved:
                continue
            answers.append(answer.result["opened"])
            return

    in_threads(request, range(8))
    assert len(answers) == 8
    assert len(set(answers)) == 1
    with store.reading(LI) as tx:
        assert [line.proceeding for line in tx.rows(f"{pid}-{number}" for number in range(8))] == [answers[0]]


# Projections

def test_a_row_comes_back_as_it_was_projected(store: Any, pid: str) -> None:
    open_proceeding(store, pid, persons=("a", "b"), offence=None, due_at=None, due_title=None)
    with store.reading(LI) as tx:
        expected = row(pid, persons=("a", "b"), offence=None, due_at=None, due_title=None)
        assert list(tx.rows([pid, "nowhere"])) == [expected]
        assert list(tx.rows_of_case(f"case-of-{pid}")) == [expected]


def test_an_older_projection_never_replaces_a_newer_one(store: Any, pid: str) -> None:
    open_proceeding(store, pid, seq=5, stage="tried")
    with store.writing(LI) as tx:
        tx.project(projection(pid, (WANG.principal,), [task(pid)], seq=4, stage="detained"))
    with store.reading(LI) as tx:
        assert tx.rows([pid])[0].stage == "tried"
        assert tx.scope(pid) == "full"


def test_a_newer_projection_replaces_rows_grants_and_tasks(store: Any, pid: str) -> None:
    actor = fresh_actor()
    open_proceeding(store, pid, actor=actor, also=[COUNSEL.principal], tasks=[
        task(pid, "old", actor.principal), task(pid, "kept", actor.principal)])
    with store.writing(actor) as tx:
        tx.project(projection(pid, (actor.principal, WANG.principal), [
            task(pid, "kept", actor.principal, ref="changed"), task(pid, "new", f"user:{actor.user}")], seq=2))
    with store.reading(actor) as tx:
        found, _ = tx.tasks([actor.principal, f"user:{actor.user}"])
        assert [(one.id, one.ref) for one in found] == [("kept", "changed"), ("new", "detention")]
    with store.reading(COUNSEL) as tx:
        assert list(tx.rows([pid])) == []
    with store.reading(WANG) as tx:
        assert tx.scope(pid) == "full"


def test_the_widest_of_several_grants_counts(store: Any, pid: str) -> None:
    both = Projection(row(pid), (Grant(LI.principal, pid, "defence"), Grant(LI.principal, pid, "full"),
                                 Grant(COUNSEL.principal, pid, "defence")), ())
    with store.writing(LI) as tx:
        tx.append(ledger(pid, {}))
        tx.project(both)
    with store.reading(LI) as tx:
        assert tx.scope(pid) == "full"
    with store.reading(COUNSEL) as tx:
        assert tx.scope(pid) == "defence"


def test_a_projection_with_lines_of_another_proceeding_is_refused(store: Any, pid: str) -> None:
    with pytest.raises(ValueError, match="holds lines of"), store.writing(LI) as tx:
        tx.project(Projection(row(pid), (Grant(LI.principal, "other", "full"),), ()))


# Lists

def test_my_list_is_ordered_by_the_nearest_deadline_and_paged_by_key(store: Any, pid: str) -> None:
    actor = fresh_actor()
    dues = {f"{pid}-{n}": NOON + timedelta(days=day) for n, day in enumerate([5, 1, 3, 3, 9])}
    for name, due in dues.items():
        open_proceeding(store, name, actor=actor, due_at=due)
    open_proceeding(store, f"{pid}-never", actor=actor, due_at=None)
    open_proceeding(store, f"{pid}-never2", actor=actor, due_at=None)
    open_proceeding(store, f"{pid}-closed", actor=actor, closed=True)
    seen: list[str] = []
    key = ""
    with store.reading(actor) as tx:
        while True:
            page, key = tx.list_rows(actor.principal, key, limit=2)
            seen += [line.proceeding.removeprefix(f"{pid}-") for line in page]
            if not key:
                break
    assert seen == ["1", "2", "3", "0", "4", "never", "never2"]


def test_a_key_that_no_list_gave_out_is_refused_in_words(store: Any) -> None:
    for key in ("x", '["a"]', '["yesterday","p"]', '["2026-01-01","p"]', "[1,2]"):
        with pytest.raises(Refusal, match=r"list\.bad_key"), store.reading(LI) as tx:
            tx.list_rows(LI.principal, key)


def test_the_list_of_somebody_else_is_empty(store: Any, pid: str) -> None:
    open_proceeding(store, pid)
    for odd in (WANG.principal, "", "%", "_", "police_east/%", "' OR true --"):
        with store.reading(WANG) as tx:
            assert list(tx.list_rows(LI.principal if odd == WANG.principal else odd)[0]) == []


def test_tasks_of_post_and_person_come_together_nearest_first(store: Any, pid: str) -> None:
    actor = fresh_actor()
    mine = f"user:{actor.user}"
    open_proceeding(store, pid, actor=actor, tasks=[
        task(pid, "c", actor.principal, due_at=NOON + timedelta(days=3)),
        task(pid, "a", mine, due_at=NOON + timedelta(days=1), kind="approval"),
        task(pid, "d", actor.principal, due_at=None, kind="approval"),
        task(pid, "b", actor.principal, due_at=NOON + timedelta(days=3), person="p1"),
        task(pid, "x", WANG.principal)])
    with store.reading(actor) as tx:
        first, key = tx.tasks([mine, actor.principal], limit=3)
        rest, end = tx.tasks([mine, actor.principal], key, limit=3)
        assert [one.id for one in first] == ["a", "b", "c"]
        assert [one.id for one in rest] == ["d"]
        assert end == ""
        assert first[1] == task(pid, "b", actor.principal, person="p1")
        assert dict(tx.count_tasks([mine, actor.principal])) == {"deadline": 2, "approval": 2}
        assert dict(tx.count_tasks([mine, actor.principal], most=1)) == {"deadline": 1, "approval": 1}
        assert list(tx.tasks([WANG.principal])[0]) == []
        assert dict(tx.count_tasks([WANG.principal])) == {}


def test_a_case_is_found_by_the_beginning_of_its_number(store: Any, pid: str) -> None:
    actor = fresh_actor()
    for n in (2, 1, 10):
        open_proceeding(store, f"{pid}-{n}", actor=actor, number=f"({pid})东0101刑初{n}号", closed=n == 2)
    with store.reading(actor) as tx:
        first, key = tx.find(f"({pid})东", limit=2)
        rest, end = tx.find(f"({pid})东", key, limit=2)
        assert [line.proceeding for line in (*first, *rest)] == [f"{pid}-10", f"{pid}-1", f"{pid}-2"]
        assert end == ""
        for nothing in ("", "  ", "%", f"({pid})%", "_" + pid):
            assert list(tx.find(nothing)[0]) == []


def test_a_case_is_found_by_a_person_s_whole_name(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        tx.put_person(person(f"{pid}-a", f"case-of-{pid}", f"买买提·{pid}"))
        tx.append(ledger(pid, {}))
        tx.project(projection(pid, persons=(f"{pid}-a",)))
    with store.reading(LI) as tx:
        assert [line.proceeding for line in tx.find(f" 买买提 ·{pid.upper()}")[0]] == [pid]
        assert list(tx.find("买买提")[0]) == []
    with store.reading(WANG) as tx:
        assert list(tx.find(f"买买提·{pid}")[0]) == []


# Personal data

def test_a_personal_record_comes_back_whole_until_it_is_shredded(store: Any, pid: str) -> None:
    record = person(f"{pid}-a", f"case-of-{pid}", f"李四{pid}")
    with store.writing(LI) as tx:
        tx.put_person(record)
        tx.append(ledger(pid, {"person": record.id}))
        tx.project(projection(pid, persons=(record.id,)))
    changed = person(f"{pid}-a", f"case-of-{pid}", f"李五{pid}")
    with store.writing(LI) as tx:
        assert tx.persons([record.id, "nobody"]) == {record.id: record}
        tx.put_person(changed)
    with store.reading(LI) as tx:
        assert tx.persons([record.id]) == {record.id: changed}
    store.shred(record.id)
    store.shred(record.id)
    with store.reading(LI) as tx:
        assert tx.persons([record.id]) == {}
        assert list(tx.find(f"李五{pid}")[0]) == []
        assert verify(tx.entries(pid)) == []
    with pytest.raises(Refusal, match=r"person\.shredded"), store.writing(LI) as tx:
        tx.put_person(changed)


def test_personal_data_of_a_case_one_may_not_see_is_neither_read_nor_overwritten(store: Any, pid: str) -> None:
    record = person(f"{pid}-a", f"case-of-{pid}")
    with store.writing(LI) as tx:
        tx.put_person(record)
        tx.append(ledger(pid, {}))
        tx.project(projection(pid, persons=(record.id,)))
    with store.reading(WANG) as tx:
        assert tx.persons([record.id]) == {}
    for case_id in (record.case_id, "another case"):
        with pytest.raises(PermissionError), store.writing(WANG) as tx:
            tx.put_person(person(record.id, case_id, "假名"))


# Who sees what

def test_another_agency_sees_nothing_at_all(store: Any, pid: str) -> None:
    open_proceeding(store, pid, tasks=[task(pid)])
    with store.reading(LI) as tx:
        tx.record(look(pid))
    with store.reading(WANG) as tx:
        seen = [tx.entries(pid), tx.rows([pid]), tx.rows_of_case(f"case-of-{pid}"), tx.looks(pid),
                tx.find(row(pid).number)[0], tx.tasks([LI.principal])[0], tx.list_rows(LI.principal)[0]]
        assert [list(one) for one in seen] == [[]] * len(seen)
        assert (tx.head(pid), tx.scope(pid)) == (None, None)


def test_another_agency_writes_nothing_at_all(store: Any, pid: str) -> None:
    entries = open_proceeding(store, pid)
    with pytest.raises(PermissionError), store.writing(WANG) as tx:
        tx.append(ledger(pid, {}, actor=WANG, head=entries[0].head))
    with pytest.raises(PermissionError), store.writing(WANG) as tx:
        tx.project(projection(pid, (WANG.principal,), seq=9))


def test_an_actor_without_post_sees_only_what_was_granted_to_the_person(store: Any, pid: str) -> None:
    open_proceeding(store, pid, also=["user:zhou"])
    for odd in (Actor("", "", ""), Actor("", "police_east", ""), Actor("%", "%", "%"), Actor("", "", "investigator")):
        with store.reading(odd) as tx:
            assert list(tx.entries(pid)) == []
    with store.reading(Actor("zhou", "", "")) as tx:
        assert len(tx.entries(pid)) == 1


def test_the_machine_delivers_into_its_own_agency_only(store: Any, pid: str) -> None:
    open_proceeding(store, f"{pid}-own", actor=WANG)
    open_proceeding(store, f"{pid}-other", actor=LI)
    with store.reading(INBOX) as tx:
        assert tx.scope(f"{pid}-own") == "full"
        assert len(tx.entries(f"{pid}-own")) == 1
        assert [line.proceeding for line in tx.rows([f"{pid}-own", f"{pid}-other"])] == [f"{pid}-own"]
        assert list(tx.entries(f"{pid}-other")) == []
    with store.writing(INBOX) as tx:
        tx.append(ledger(f"{pid}-own", {}, actor=INBOX, head=tx.head(f"{pid}-own")))
    with pytest.raises(PermissionError), store.writing(INBOX) as tx:
        tx.append(ledger(f"{pid}-other", {}, actor=INBOX, head=ledger(f"{pid}-other", {"n": 1})[0].head))


def test_the_machine_opens_a_proceeding_for_a_post_of_its_agency(store: Any, pid: str) -> None:
    with store.writing(INBOX) as tx:
        tx.append(ledger(pid, {}, actor=INBOX))
        tx.project(projection(pid, (WANG.principal,), agency=INBOX.agency))
    with store.reading(WANG) as tx:
        assert tx.scope(pid) == "full"


# Looks

def test_a_look_is_kept_even_when_it_ends_in_a_refusal(store: Any, pid: str) -> None:
    open_proceeding(store, pid)

    def look_in_vain() -> None:
        with store.reading(LI) as tx:
            tx.record(look(pid, allowed=False))
            raise Refusal([])

    with pytest.raises(Refusal):
        look_in_vain()
    with store.reading(LI) as tx:
        tx.record(look(pid, ref="page-2"))
    with store.reading(LI) as tx:
        assert list(tx.looks(pid)) == [look(pid, allowed=False), look(pid, ref="page-2")]
        assert list(tx.looks(pid, after=1)) == [look(pid, ref="page-2")]
        assert list(tx.looks(pid, limit=1)) == [look(pid, allowed=False)]


def test_nobody_records_a_look_in_another_s_name(store: Any, pid: str) -> None:
    with pytest.raises(PermissionError), store.reading(LI) as tx:
        tx.record(look(pid, actor=WANG))


# Jobs

def run_all(store: Any, handled: list[str], failing: frozenset[str] = frozenset()) -> int:
    def handler(one: Job) -> None:
        handled.append(one.key)
        if one.key in failing:
            raise OSError("no route to 区法院")

    return int(store.run_jobs(handler))


def test_jobs_run_once_in_order_with_what_they_were_given(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        for n in range(3):
            tx.enqueue(job(f"{pid}-{n}", lock=pid, to="court", n=n))
        tx.enqueue(job(f"{pid}-0", lock=pid, to="court", n=0))
    seen: list[Job] = []
    assert [one.job.key for one in store.jobs_waiting(limit=2)] == [f"{pid}-0", f"{pid}-1"]
    assert store.run_jobs(seen.append) == 3
    assert seen == [job(f"{pid}-{n}", lock=pid, to="court", n=n) for n in range(3)]
    with store.writing(LI) as tx:
        tx.enqueue(job(f"{pid}-0", lock=pid, to="court", n=0))
    assert store.run_jobs(seen.append) == 0
    assert store.jobs_waiting() == []


def test_one_key_never_names_two_jobs(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(pid, n=1))
    with pytest.raises(ValueError, match="already names another job"), store.writing(LI) as tx:
        tx.enqueue(job(pid, n=2))
    run_all(store, [])


def test_a_failed_job_is_kept_with_its_error_and_holds_back_its_case_only(
        store: Any, pid: str, clock: Clock) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(f"{pid}-1", lock=pid))
        tx.enqueue(job(f"{pid}-2", lock=pid))
        tx.enqueue(job(f"{pid}-3", lock=f"{pid}-other"))
    handled: list[str] = []
    assert run_all(store, handled, frozenset({f"{pid}-1"})) == 2
    assert handled == [f"{pid}-1", f"{pid}-3"]
    waiting = {one.job.key: one for one in store.jobs_waiting()}
    assert waiting[f"{pid}-1"].error == "OSError: no route to 区法院"
    assert waiting[f"{pid}-1"].attempts == 1
    assert waiting[f"{pid}-1"].due_at == clock.now + timedelta(seconds=5)
    clock.pass_by(timedelta(seconds=4))
    assert run_all(store, handled) == 0
    clock.pass_by(timedelta(seconds=1))
    assert run_all(store, handled) == 2
    assert handled[2:] == [f"{pid}-1", f"{pid}-2"]
    assert store.jobs_waiting() == []


def test_a_job_that_keeps_failing_is_tried_ever_more_seldom_and_never_dropped(
        store: Any, pid: str, clock: Clock) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(pid, lock=pid))
    pauses = []
    for _ in range(14):
        assert run_all(store, [], frozenset({pid})) == 1
        waiting, = store.jobs_waiting()
        pauses.append((waiting.due_at.astimezone(UTC) - clock.now).total_seconds())
        clock.pass_by(waiting.due_at - clock.now)
    assert pauses[:3] == [5, 10, 20]
    assert pauses[-1] == 3600
    assert run_all(store, []) == 1


def test_a_job_may_write_and_queue_more_work(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(f"{pid}-1", lock=pid))
    handled = []

    def handler(one: Job) -> None:
        handled.append(one.key)
        if one.key == f"{pid}-1":
            with store.writing(LI) as tx:
                tx.append(ledger(pid, {}))
                tx.project(projection(pid))
                tx.enqueue(job(f"{pid}-2", lock=pid))

    assert store.run_jobs(handler) == 2
    assert handled == [f"{pid}-1", f"{pid}-2"]


def test_a_job_that_only_waits_lets_those_behind_it_pass(store: Any, pid: str, clock: Clock) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(f"{pid}-parked", lock=pid))
        tx.enqueue(job(f"{pid}-opens", lock=pid))
    handled: list[str] = []

    def handler(one: Job) -> None:
        handled.append(one.key)
        if one.key == f"{pid}-parked" and f"{pid}-opens" not in handled:
            raise NotYet("its case is not here")

    assert store.run_jobs(handler) == 2
    assert [one.error for one in store.jobs_waiting()] == ["NotYet: its case is not here"]
    clock.pass_by(timedelta(seconds=5))
    assert store.run_jobs(handler) == 1
    assert handled == [f"{pid}-parked", f"{pid}-opens", f"{pid}-parked"]


def test_a_worker_runs_jobs_until_it_is_stopped(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        tx.enqueue(job(f"{pid}-1", lock=pid))
        tx.enqueue(job(f"{pid}-2", lock=pid))
    stopped = threading.Event()
    handled: list[str] = []

    def handler(one: Job) -> None:
        handled.append(one.key)
        if len(handled) == 2:
            stopped.set()

    work(store, handler, stopped, pause=0)
    assert handled == [f"{pid}-1", f"{pid}-2"]


def test_no_more_jobs_run_than_asked_for(store: Any, pid: str) -> None:
    with store.writing(LI) as tx:
        for n in range(3):
            tx.enqueue(job(f"{pid}-{n}", lock=""))
    handled: list[Job] = []
    assert store.run_jobs(handled.append, limit=2) == 2
    assert store.run_jobs(handled.append) == 1


def in_threads(act: Any, numbers: Any) -> None:
    """Run ``act`` for every number at once; the first failure is raised."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            act(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
