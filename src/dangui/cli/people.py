"""People — 人员命令: accounts of a real node, and the keys with which agencies' own systems speak to the API."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from dangui.app import world
from dangui.cli import says
from dangui.cli.node import Node, open_node
from dangui.cli.says import Trouble
from dangui.core.shape import nearest


@contextmanager
def _opened() -> Iterator[Node]:
    node = open_node()
    try:
        yield node
    finally:
        node.stop()


def add_account(options: argparse.Namespace) -> int:
    """Add a person in a post; a person who is there already gets a further post."""
    with _opened() as node:
        _known(node, options.agency, options.post)
        from dangui.web.models import User
        from dangui.web.people import enrol

        there = User.objects.filter(username=options.username).exists()
        enrol(options.username, options.name, options.agency, options.post, None if there else _password(options))
    says.line(
        f"{options.name}已任 {options.agency}/{options.post}",
        f"{options.username} holds {options.agency}/{options.post}",
    )
    return says.OK


def list_accounts(options: argparse.Namespace) -> int:
    """Everybody and their posts."""
    with _opened():
        from dangui.web.models import Holder

        for holder in Holder.objects.select_related("user").order_by("agency", "post", "user__username"):
            print(f"{holder.user.username}\t{holder.user.name}\t{holder.agency}/{holder.post}")
    return says.OK


def add_key(options: argparse.Namespace) -> int:
    """Issue a key for somebody in a post; it is shown once and only its digest is kept."""
    with _opened() as node:
        _known(node, options.agency, options.post)
        from dangui.api.keys import Stranger, issue

        try:
            issued = issue(options.user, options.agency, options.post, options.title, timedelta(days=options.days))
        except Stranger as error:
            raise Trouble(
                f"{options.user}未任 {options.agency}/{options.post},请先执行 dangui accounts add",
                f"{options.user} does not hold {options.agency}/{options.post}; first run dangui accounts add",
            ) from error
    print(issued)
    says.line("此凭证只显示这一次", "this key is shown only this once")
    return says.OK


def list_keys(options: argparse.Namespace) -> int:
    """Keys without their secrets."""
    with _opened():
        from dangui.api.models import AgencyKey

        for key in AgencyKey.objects.order_by("agency", "post", "id"):
            state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
            print(f"{key.id}\t{key.user}\t{key.agency}/{key.post}\t{state}\t{key.title}")
    return says.OK


def revoke_key(options: argparse.Namespace) -> int:
    """End a key at once."""
    with _opened():
        from dangui.api.keys import revoke

        if not revoke(options.key):
            raise Trouble(f"没有凭证“{options.key}”", f"there is no key '{options.key}'")
    says.line("已吊销", "revoked")
    return says.OK


def _known(node: Node, agency: str, post: str) -> None:
    agencies = world(node.where.packs).agencies
    if agency not in agencies:
        hint = nearest(agency, agencies)
        raise Trouble(f"没有机关“{agency}”{hint['zh']}", f"there is no agency '{agency}' {hint['en']}".strip())
    if post not in agencies[agency].posts:
        known = ", ".join(agencies[agency].posts)
        raise Trouble(f"该机关没有岗位“{post}”,可用:{known}", f"it has no post '{post}'; there are {known}")


def _password(options: argparse.Namespace) -> str:
    """From a file or the terminal, checked as the web would check it."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    found = (
        options.password_file.read_text("utf-8").strip()
        if options.password_file
        else getpass.getpass("口令 / password: ")
    )
    try:
        validate_password(found)
    except ValidationError as error:
        raise Trouble(
            f"口令不合要求:{' '.join(error.messages)}", "the password is too weak: 12 characters, not a common one"
        ) from error
    return str(found)
