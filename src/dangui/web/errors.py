"""Errors — 出错页: what a person reads when a page can't be given: calm, in their language, with what to do next."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from dangui.core.ports import Unavailable

GONE = (Unavailable, OperationalError, InterfaceError)
"""What is raised when the database or the blob store can't be reached."""
KEPT_MOST = 200
"""Fields of a form that the 503 page hands back; more than any form of the desk has."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when the form itself was too long."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return _page(request, "403", 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old or came from elsewhere."""
    return _page(request, "csrf", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing this post may see; the two are not told apart."""
    return _page(request, "404", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it was the database that went away."""
    if isinstance(sys.exc_info()[1], GONE):
        return unavailable(request)
    return _page(request, "500", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: nothing was written; what was typed is kept on the page, to be sent again with one click."""
    response = _page(request, "503", 503, {"kept": list(_kept(request)), "address": request.get_full_path()})
    response.headers["Retry-After"] = "5"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more bytes than one request may bring."""
    return _page(request, "413", 413, {"most": settings.UPLOAD_MOST})


def no_post(request: HttpRequest) -> HttpResponse:
    """403: signed in, but holding no post of any agency."""
    return _page(request, "no_post", 403)


class Calm:
    """Turns a lost database inside a page into the 503 page — 平稳出错; errors outside of pages come by ``failed``."""

    def __init__(self, get_response: object) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)  # type: ignore[operator,no-any-return]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 page, if that is what happened."""
        return unavailable(request) if isinstance(exception, GONE) else None


def _page(request: HttpRequest, name: str, status: int, more: dict[str, object] | None = None) -> HttpResponse:
    # Rendered without a request: no session, no user, no database, because any of them may be what is broken.
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return HttpResponse(
        render_to_string(f"errors/{name}.html", {"LANGUAGE_CODE": language, **(more or {})}), status=status
    )


def _kept(request: HttpRequest) -> Iterator[tuple[str, str]]:
    # The files of a form can't be handed back by a page; the template says so.
    if request.method != "POST":
        return
    try:
        lists = list(request.POST.lists())[:KEPT_MOST]
    except (OSError, ValueError):
        return
    for name, values in lists:
        for value in values:
            yield name, str(value)
