"""Law — 法条: ``/desk/law/?of=<citation>``, the words of an article, the cited paragraph marked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dangui.web import law


def show(request: HttpRequest) -> HttpResponse:
    """The article, or that this node does not hold it."""
    citation = request.GET.get("of", "")[:120]
    return render(
        request, "desk/law.html", {"citation": citation, "article": law.article(citation), "title": law.title(citation)}
    )
