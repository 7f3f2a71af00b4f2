"""Seat — 岗位: ``/desk/seat/``, changes the post in which a person works; only to one they hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from dangui.web.middleware.acting import POST_KEY


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Make another of the person's posts the active one; an unknown one changes nothing."""
    wanted = request.POST.get("holder", "")
    for holder in request.holders:  # type: ignore[attr-defined]
        if str(holder.pk) == wanted:
            request.session[POST_KEY] = holder.pk
    return HttpResponseRedirect("/desk/")
