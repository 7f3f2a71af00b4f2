"""Demo — 演示: plays the story into a node of its own, then serves it with the made-up people ready to sign in."""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import replace

from dangui.app import Settings, assemble, settings
from dangui.cli import says
from dangui.cli.node import Node, open_node
from dangui.cli.says import Trouble
from dangui.cli.serve import USUAL, address, leave_cleanly, on_this_machine_only, run, why_taken
from dangui.people import Directory, Holder, read_people
from dangui.store import embedded


def demo(options: argparse.Namespace) -> int:
    """Play what has not been played, and serve."""
    leave_cleanly()
    host, port = address(options.listen or _free())
    where = _where()
    on_this_machine_only(host)
    if options.fresh:
        embedded.stop(where.home)
        shutil.rmtree(where.home, ignore_errors=True)
    people = read_people(where.packs / "agencies/yunxi/people.yaml")
    node = open_node(where)
    try:
        _enrol(people)
        _play(node, people)
        if not options.no_serve:
            run(node, host, port, options.workers, lambda: _ready(node, people, f"http://{host}:{port}/"))
    finally:
        node.stop()
    return says.OK


def _where() -> Settings:
    """A home of its own below the node's; demo accounts never exist on any other database."""
    found = settings()
    if not found.embedded:
        raise Trouble(
            "演示只能用内置数据库,请取消 DANGUI_DATABASE_URL",
            "the demo runs on the embedded database only; unset DANGUI_DATABASE_URL",
        )
    os.environ["DANGUI_DEMO"] = "1"
    return replace(found, home=found.home / "demo", demo=True)


def _free() -> str:
    """The usual address, or the next one that nobody uses: a trial should not fail for another trial."""
    host, _, first = USUAL.rpartition(":")
    ports = range(int(first), int(first) + 20)
    return f"{host}:{next((port for port in ports if not why_taken(host, port)), first)}"


def _enrol(people: Directory) -> None:
    from dangui.web.models import Holder as Enrolled
    from dangui.web.people import enrol

    known = set(Enrolled.objects.values_list("user__username", "agency", "post"))
    for holder in people.holders:
        if (holder.user, holder.agency, holder.post) not in known:
            enrol(holder.user, holder.zh, holder.agency, holder.post)


def _play(node: Node, people: Directory) -> None:
    from dangui.demo import BadScript, play

    store = node.store()
    try:
        play(assemble(node.where, store, node.blobs, people), lambda text: print(text, flush=True))
    except BadScript as error:
        raise Trouble(f"演示脚本有误:{error}", f"the story can't be played: {error}", says.FOUND) from error
    finally:
        store.close()


def _ready(node: Node, people: Directory, url: str) -> None:
    """What somebody at the keyboard needs: where to look, and who can sign in."""
    from dangui.app import world

    agencies = world(node.where.packs).agencies
    print()
    for agency in dict.fromkeys(holder.agency for holder in people.holders):
        if agency in agencies:
            names = "、".join(_named(each, agencies[agency].posts) for each in people.holders if each.agency == agency)
            print(f"  {agencies[agency].title['zh']}:{names}")
    print()
    says.line(f"演示已就绪,请在浏览器打开 {url}", f"open {url}")
    says.line("点选任一人员即可登录;按 Ctrl-C 停止", "click a person to sign in; Ctrl-C stops")


def _named(holder: Holder, posts: object) -> str:
    post = posts.get(holder.post) if isinstance(posts, dict) else None
    return f"{holder.zh}({post.title['zh'] if post else holder.post})"
