"""Serve — 启动: opens the node, puts the application together once, and lets a few processes answer with it."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable

from dangui.cli import says
from dangui.cli.node import CONNECTIONS, Node, configure, open_node
from dangui.cli.says import UNAVAILABLE, Trouble

USUAL = "127.0.0.1:8000"
MOST_WORKERS = 4
KILL_AFTER = 15
"""Seconds a worker may take to finish its requests when the node stops."""


def serve(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    leave_cleanly()
    host, port = address(options.listen)
    on_this_machine_only(host)
    node = open_node(meanwhile=read_packs)
    try:
        run(
            node,
            host,
            port,
            options.workers,
            lambda: says.line(f"单轨已启动:http://{host}:{port}/", f"listening on http://{host}:{port}/"),
        )
    finally:
        node.stop()
    return says.OK


def read_packs() -> None:
    """Read what takes longest. Raises BadPacks."""
    from dangui.app import settings, world

    world(settings().packs)


def leave_cleanly() -> None:
    """Told to stop before the server listens, still stop the database that was started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(says.STOPPED))


def address(text: str) -> tuple[str, int]:
    """Host and port; of nothing, the usual one. Raises Trouble if it is no address or somebody else listens there."""
    host, _, port = (text or USUAL).rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Trouble(f"监听地址应为 主机:端口,现为“{text}”", f"'{text}' is not HOST:PORT")
    host = host.strip("[]") or "127.0.0.1"
    taken = why_taken(host, int(port))
    if taken:
        raise Trouble(
            f"无法监听 {text or USUAL}:{taken},可用 --listen 换一个端口",
            f"can't listen on {text or USUAL}: {taken}; choose another with --listen",
            UNAVAILABLE,
        )
    return host, int(port)


def why_taken(host: str, port: int) -> str:
    """Why nobody can listen there; empty if somebody can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def on_this_machine_only(host: str) -> None:
    """Without a proxy in front and on the loopback address nobody else can listen in: plain HTTP is enough."""
    if host in ("127.0.0.1", "::1", "localhost") and os.environ.get("DANGUI_PROXIES", "0") == "0":
        os.environ.setdefault("DANGUI_HTTPS", "0")


def run(node: Node, host: str, port: int, workers: int, ready: Callable[[], None]) -> None:
    """Serve the node until a signal stops it; requests under way are finished first."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from dangui import serving

    configure(node)
    begin = serving.prepare(node.where, node.store(), node.blobs)
    forget_connections()
    server = Granian(
        "dangui.serving",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or min(MOST_WORKERS, os.cpu_count() or 1),
        blocking_threads=CONNECTIONS - 2,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.on_startup(ready)
    server.serve(target_loader=lambda *_: begin(), wrap_loader=False)


def forget_connections() -> None:
    """A worker must not talk on the connections of the process it was made from."""
    from django.db import connections

    connections.close_all()
