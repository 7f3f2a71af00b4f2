"""Components — 部件: ``/desk/_components``, every part of the look in every state, with made-up values."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dangui.web.desk import samples
from dangui.web.desk.draw.custody import chains
from dangui.web.desk.draw.fields import bound
from dangui.web.desk.sheet import ActionLine, Choice, FormSheet


def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    now = timezone.now()
    listed, choices = samples.fields()
    reasons = samples.reasons()
    form = FormSheet(
        ActionLine("detain", samples.pending(now).title, "apply"),
        (),
        tuple(listed),
        {},
        choices,
        samples.will(),
        reasons,
    )
    case = samples.case(now)
    return render(
        request,
        "desk/_components.html",
        {
            "now": now,
            "clocks": samples.clocks(now),
            "stations": samples.stations(),
            "case": case,
            "custody": chains(case, now),
            "reasons": reasons,
            "fields": bound(listed, {"few": "identified", "several": ["flight"], "integer": "3"}, choices, reasons),
            "form": form,
            "each": samples.pending(now),
            "records": samples.records(now),
            "will": samples.will(),
            "couplings": case.couplings,
            "choices": (Choice("a", samples.pending(now).title),),
            "request_key": "sample",
        },
    )
