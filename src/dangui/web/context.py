"""Page context — 页面上下文: what the frame of every page shows: languages, the person, their posts, what waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dangui.web import demo, parts


def page(request: HttpRequest) -> dict[str, Any]:
    """Names for the templates; what costs a query is asked for only if the page shows it."""
    found: dict[str, Any] = {"language_next": request.get_full_path()}
    if settings.DEMO and request.path == settings.LOGIN_URL:
        found["demo_people"] = demo.people
    if hasattr(request, "holder"):
        found |= _seated(request)
    return found


def _seated(request: Any) -> dict[str, Any]:
    holder = request.holder
    titles = [
        {
            "id": each.pk,
            "agency": parts.agency_title(each.agency),
            "post": parts.post_title(each.agency, each.post),
            "active": each.pk == holder.pk,
        }
        for each in request.holders
    ]
    actor = request.actor
    return {
        "holder": holder,
        "holders": request.holders,
        "seats": titles,
        "actor": actor,
        "holder_title": next(title for title in titles if title["active"]),
        "duties": parts.duties(actor),
        "waiting": lambda: parts.waiting(actor),
    }
