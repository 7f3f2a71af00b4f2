"""Hand-overs — 在途移送: ``/desk/handovers/``, those without a receipt, the longest waiting first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dangui.web.desk import asked, source


def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    page = source.handovers(asked.actor(request))
    return render(request, "desk/handovers.html", {"here": "handovers", "page": page, "keep": ""})
