"""Acting — 在岗: who acts in which post; the desk opens only to somebody who holds one and has a second factor."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from dangui.web import errors, people
from dangui.web.models import Holder, User

POST_KEY = "holder"
"""Where the session keeps which post is active."""


class Acting:
    """Sets ``request.holders``, ``request.holder`` and ``request.actor`` for every page of the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/desk/"):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        if settings.MFA_REQUIRED and not is_mfa_enabled(user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        holders = people.holding(user)
        if not holders:
            return errors.no_post(request)
        seat(request, holders)
        return self.get_response(request)


def seat(request: HttpRequest, holders: list[Holder]) -> None:
    """Choose the active post: the one of the session, else the first."""
    chosen = request.session.get(POST_KEY)
    holder = next((each for each in holders if each.pk == chosen), holders[0])
    request.holders, request.holder, request.actor = holders, holder, people.actor_of(holder)  # type: ignore[attr-defined]
