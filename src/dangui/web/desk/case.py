"""Case — 案件: ``/desk/cases/<id>/``, the rail of a case and the custody chain of each person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dangui.web.desk import asked, source
from dangui.web.desk.draw.custody import chains


def show(request: HttpRequest, case_id: str) -> HttpResponse:
    """The page, as far as this post may see the case."""
    case = source.case(asked.actor(request), case_id)
    since = min((spell.since for train in case.trains for spell in train.spells), default=None)
    return render(
        request,
        "desk/case.html",
        {"case": case, "custody": chains(case, timezone.now()), "since": since, "request_key": asked.new_key()},
    )
