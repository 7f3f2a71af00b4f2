"""Folded states — 状态缓存: what the clerk and the reader remember of ledgers, and when they may rely on it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from dangui.core import access
from dangui.core.ledger import EMPTY
from dangui.core.ports import HeadMoved, Projection, Reading, Writing
from dangui.core.problem import Problem, Refusal, words
from dangui.core.proceeding import CorrectedBefore, Proceeding, fold

LONGEST_ID = 200


def is_id(text: str) -> bool:
    """Whether a text could be the id of anything: what it asks for is looked up only then."""
    return len(text) <= LONGEST_ID and text.isprintable()


class Folded:
    """Folded states by proceeding, the ``most`` that were used last."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._states: OrderedDict[str, tuple[Proceeding, Projection | None]] = OrderedDict()
        self._lock = Lock()

    def state(self, tx: Reading, proceeding: str) -> Proceeding | None:
        """The present state, or None if the actor sees no such ledger."""
        known, _ = self.remembered(proceeding)
        if known is None:
            known = fold(tx.entries(proceeding))
            if known.head == EMPTY:
                return None
            self.keep(known)
            return known
        head = tx.head(proceeding)
        if head is None:
            return None
        if known.head != head:
            known = self._catch_up(tx, proceeding, known)
            self.keep(known)
        return known

    def remembered(self, proceeding: str) -> tuple[Proceeding | None, Projection | None]:
        """The state when it was last seen here, and its lines in the lists if they were written from here.

        Somebody may have written since, and the actor may not see it.
        """
        with self._lock:
            return self._states.get(proceeding, (None, None))

    def _catch_up(self, tx: Reading, proceeding: str, known: Proceeding) -> Proceeding:
        newer = tx.entries(proceeding, known.head.seq)
        if newer and newer[0].previous == known.head.digest:
            try:
                return fold(newer, known)
            except CorrectedBefore:
                pass
        return fold(tx.entries(proceeding))

    def keep(self, state: Proceeding, lines: Projection | None = None) -> None:
        """Remember a state that has been committed, and what was committed with it to the lists."""
        with self._lock:
            self._states[state.id] = state, lines
            self._states.move_to_end(state.id)
            while len(self._states) > self._most:
                self._states.popitem(last=False)


class Attempt:
    """One try to enter an act — 一次登记: its transaction, and the states that it was decided on.

    The first try trusts the memory and asks the database nothing, because the database compares heads and rights when
    it writes. Before anything is refused or printed, ``confirm`` makes sure of both. A try that relied on an old memory
    ends in HeadMoved; the next one does not trust it, and reads first.
    """

    def __init__(self, tx: Writing, folded: Folded, key: str | None, trusting: bool) -> None:
        self.tx = tx
        self.states: dict[str, Proceeding] = {}
        self.lines: dict[str, Projection] = {}
        self._folded, self._key, self._trusting = folded, key, trusting
        self._sure = not trusting

    def state(self, proceeding: str) -> Proceeding:
        """The state of a proceeding. Raises Refusal if the actor sees no such ledger."""
        found, lines = self._folded.remembered(proceeding) if self._trusting else (None, None)
        if lines is not None:
            self.lines[proceeding] = lines
        found = found or (self._folded.state(self.tx, proceeding) if is_id(proceeding) else None)
        if found is None:
            raise Refusal([Problem("proceeding.none", "proceeding", words(
                "没有这个案件,或您无权查看", "there is no such case, or you may not see it"))])
        self.states[proceeding] = found
        return found

    def project(self, state: Proceeding) -> None:
        """Bring the lists up to ``state``."""
        lines = access.project(state)
        self.tx.project(lines, self.lines.get(state.id))
        self.lines[state.id] = lines

    def keep(self, states: Iterable[Proceeding]) -> None:
        """Remember what was committed."""
        for state in states:
            self._folded.keep(state, self.lines.get(state.id))

    def confirm(self) -> None:
        """Make sure that the states are the present ones and that the request is new. Raises HeadMoved."""
        if self._sure:
            return
        moved = any(self.tx.head(each) != state.head for each, state in self.states.items())
        if moved or (self._key and self.tx.answer(self._key)):
            raise HeadMoved
        self._sure = True
