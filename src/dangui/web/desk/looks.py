"""Looks — 阅卷记录: ``/desk/looks/``, who looked at my cases, and when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dangui.web.desk import asked, source


def show(request: HttpRequest) -> HttpResponse:
    """Who looked at the proceeding that the address names; without one, the cases to choose from."""
    of = request.GET.get("of", "")[:80]
    actor = asked.actor(request)
    page = source.looks(actor, of) if of else source.cases(actor, asked.after(request), of_post=True)
    return render(
        request, "desk/looks.html", {"here": "looks", "page": page, "of": of, "keep": f"of={of}&" if of else ""}
    )
