"""People — 人员: who holds which post, and the actor behind a request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from dangui.core.handover import MACHINE
from dangui.core.ledger import Actor
from dangui.web.models import Holder, User


def enrol(username: str, name: str, agency: str, post: str, password: str | None = None) -> User:
    """Put a person in a post, adding the user if there is none of that name yet. May be repeated.

    Raises ValueError for the machine's post, which sees all of its agency and is nobody's.
    """
    if post == MACHINE:
        raise ValueError(f"the post {MACHINE} is the machine's")
    user = User.objects.filter(username=username).first() or User.objects.create_user(username, password, name=name)
    Holder.objects.get_or_create(user=user, agency=agency, post=post)
    return user


def holding(user: User) -> list[Holder]:
    """The posts a user holds today."""
    return list(_current(Holder.objects.filter(user=user)).select_related("user"))


def users_of(agency: str, post: str) -> list[tuple[str, str]]:
    """``(username, name)`` of everybody who holds that post today."""
    holders = _current(Holder.objects.filter(agency=agency, post=post, user__is_active=True)).select_related("user")
    return [(holder.user.username, holder.user.name) for holder in holders]


def names_of(usernames: Iterable[str]) -> dict[str, str]:
    """Names by username, for those that are known here."""
    return dict(User.objects.filter(username__in=set(usernames)).values_list("username", "name"))


def actor_of(holder: Holder) -> Actor:
    """The actor that acts when this user works in this post."""
    return Actor(holder.user.username, holder.agency, holder.post)


def _current(holders: QuerySet[Holder]) -> QuerySet[Holder]:
    today: date = timezone.localdate()
    return holders.filter(Q(until=None) | Q(until__gte=today))
