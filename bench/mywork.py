"""My work — 我的工作页: the first page of the desk over HTTP, with a quarter of a million proceedings in the store."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import city
from bench.figure import Figure, judged, percentile
from bench.played import ROOT
from dangui.store.embedded import Dsns

PEOPLE = (("zhao_min", "赵敏", "investigator"), ("zhou_ping", "周平", "chief"))
"""Who looks: an officer with sixty tasks and thousands of his post, and a chief with thousands of approvals."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is loaded and asked — 规模."""

    proceedings: int = 250_000
    clients: int = 4
    requests: int = 400


def figures(dsns: Dsns, folder: Path, size: Size) -> list[Figure]:
    """The load, and the 95th of a hundred pages."""
    begin = time.monotonic()
    loaded = city.load(dsns, folder, size.proceedings)
    took = time.monotonic() - begin
    with _desk(folder) as address:
        visitors = [_signed_in(address, PEOPLE[place % len(PEOPLE)][1]) for place in range(size.clients)]
        _visits(visitors, address, size.clients * 5)
        spent = _visits(visitors, address, size.requests)
    return [
        judged("my_work.load", took, "s", f"{loaded} proceedings copied into the store, statistics made", ""),
        judged(
            "my_work.p50",
            percentile(spent, 0.5),
            "ms",
            f"the desk's first page over HTTP, {size.clients} clients, {len(spent)} requests",
            "",
        ),
        judged("my_work.p95", percentile(spent, 0.95), "ms", f"the same, {loaded} proceedings in the store", "< 100"),
    ]


@contextmanager
def _desk(folder: Path) -> Iterator[str]:
    """The desk served as ``dangui serve`` does, with the made-up people who may look."""
    environment = {
        **os.environ,
        "DANGUI_HOME": str(folder),
        "DANGUI_PACKS": str(ROOT),
        "DANGUI_DEMO": "1",
        "DANGUI_DATABASE_URL": "",
    }
    subprocess.run([sys.executable, "-m", "bench.enrol"], env=environment, cwd=ROOT, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "dangui.cli", "serve", "--listen", f"127.0.0.1:{port}"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    """Until somebody listens. Raises RuntimeError if the desk does not start within a minute."""
    end = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the desk did not start")


def _signed_in(address: str, name: str) -> urllib.request.OpenerDirector:
    """A browser's worth of cookies, signed in with one click as the demo does."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = opener.open(f"{address}/accounts/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    holder = re.search(rf'name="holder" value="(\d+)"(?:(?!name="holder").)*?{name}', page, re.DOTALL)
    if token is None or holder is None:
        raise RuntimeError(f"{name} is not on the sign-in page")
    asked = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "holder": holder[1]}).encode()
    referer = {"Referer": f"{address}/accounts/login/"}
    opener.open(urllib.request.Request(f"{address}/demo/sign-in/", asked, referer)).read()  # noqa: S310 - our own address
    return opener


def _visits(visitors: Sequence[urllib.request.OpenerDirector], address: str, requests: int) -> list[float]:
    """Milliseconds of each request; every client asks again as soon as it was answered."""
    spent: list[float] = []

    def visit(opener: urllib.request.OpenerDirector) -> None:
        for _ in range(requests // len(visitors)):
            begin = time.perf_counter()
            page = opener.open(f"{address}/desk/").read()
            spent.append((time.perf_counter() - begin) * 1e3)
            if b"row-link" not in page:
                raise RuntimeError("the page shows no work")

    threads = [threading.Thread(target=visit, args=(opener,)) for opener in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(spent) < requests // len(visitors) * len(visitors):
        raise RuntimeError("a client was not answered")
    return spent
