"""Find — 查找: ``/desk/find/``, a case by the beginning of its number or a person's whole name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dangui.web.desk import asked, source
from dangui.web.desk.lists import Page

LONGEST = 100


def show(request: HttpRequest) -> HttpResponse:
    """What was found, nearest deadline first."""
    # The form posts: a name in an address would stand in the logs of every proxy and in the browser's history.
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("q", "").strip()[:LONGEST]
    page = source.find(asked.actor(request), text, given.get("after", "")[:500]) if text else Page(())
    return render(request, "desk/find.html", {"page": page, "q": text, "again": text})
