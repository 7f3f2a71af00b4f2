"""Find — 查找: ``/desk/find/``, a case by the beginning of its number or a person's whole name."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dangui.web.desk import asked, source
from dangui.web.desk.lists import Page

LONGEST = 100


def show(request: HttpRequest) -> HttpResponse:
    """What was found, nearest deadline first."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    page = source.find(asked.actor(request), text, asked.after(request)) if text else Page(())
    return render(request, "desk/find.html", {"page": page, "q": text, "keep": urlencode({"q": text}) + "&"})
