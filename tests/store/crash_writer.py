"""A program that appends under load and prints each acknowledgement, until it is killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from store_samples import LI, ledger, projection

from dangui.core.ledger import EMPTY, Head
from dangui.core.ports import Unavailable
from dangui.store import embedded
from dangui.store.keys import Vault
from dangui.store.pool import Pool
from dangui.store.postgres import PostgresStore

WRITERS = 50
LEDGERS = 20


def write(store: PostgresStore, writer: int) -> None:
    """Append to this writer's ledgers in turn, for ever; say so only after the commit."""
    heads: dict[str, Head] = {}
    while True:
        for number in range(LEDGERS):
            name = f"w{writer:02}-{number:02}"
            head = heads.get(name, EMPTY)
            entries = ledger(name, {"n": head.seq + 1, "text": "证据" * 50}, head=head)
            try:
                with store.writing(LI) as tx:
                    tx.append(entries)
                    tx.project(projection(name, seq=entries[-1].seq))
            except Unavailable:
                return
            heads[name] = entries[-1].head
            sys.stdout.write(f"{name} {entries[-1].seq} {entries[-1].digest}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    shared = PostgresStore(Pool(embedded.ensure(Path(sys.argv[1])).app, size=WRITERS), Vault(b"c" * 32))
    for one in range(WRITERS):
        threading.Thread(target=write, args=(shared, one)).start()
