"""Drafts — 草稿: a form begun is kept for its user until it is handed in; personal records and files are not kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from dangui.web.models import Draft, User

KEPT = timedelta(days=30)


def keep(request: HttpRequest, place: str, values: Mapping[str, Any]) -> None:
    """Keep ``values``; a personal record stays out, because drafts are not under the person's key."""
    plain = {name: value for name, value in values.items() if value and _keepable(value)}
    Draft.objects.update_or_create(user=_user(request), place=place[:200], defaults={"values": plain})


def kept(request: HttpRequest, place: str) -> dict[str, Any]:
    """What was kept for this place, if it is not too old."""
    draft = Draft.objects.filter(user=_user(request), place=place[:200], saved_at__gte=timezone.now() - KEPT).first()
    return dict(draft.values) if draft else {}


def forget(request: HttpRequest, place: str) -> None:
    """The form was handed in."""
    Draft.objects.filter(user=_user(request), place=place[:200]).delete()


def _keepable(value: Any) -> bool:
    """Whether it is no personal record, and text that a database holds."""
    texts = value if isinstance(value, list) else [value]
    return not isinstance(value, Mapping) and not any("\x00" in str(each) for each in texts)


def _user(request: HttpRequest) -> User:
    """The person at the desk; nobody else comes this far."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
