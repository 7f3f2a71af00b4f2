"""Open — 受理新案: ``/desk/open/``, the procedures this post may open, each with its first form."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from dangui.core.problem import Problem, Refusal
from dangui.web.desk import asked, source
from dangui.web.desk.act import uploaded
from dangui.web.desk.draw.fields import bound, values_from
from dangui.web.desk.sheet import FormSheet


def show(request: HttpRequest) -> HttpResponse:
    """The list."""
    return render(request, "desk/open.html", {"here": "open", "openings": source.openings(asked.actor(request))})


def _self(sheet: FormSheet, user: str) -> dict[str, str]:
    """Whoever opens a case and may handle it is proposed to handle it."""
    return {
        field.name: user
        for field in sheet.fields
        if field.kind == "user" and any(choice.value == user for choice in sheet.choices.get(field.name, ()))
    }


def form(request: HttpRequest, procedure: str) -> HttpResponse:
    """The first form of a procedure, or on POST the new proceeding."""
    actor = asked.actor(request)
    opening = next((each for each in source.openings(actor) if each.procedure == procedure), None)
    if opening is None:
        raise Http404
    sheet = source.opening_form(actor, procedure)
    sent = request.method == "POST"
    values = values_from(sheet.fields, request.POST) if sent else {**_self(sheet, actor.user), **sheet.values}
    reasons: tuple[Problem, ...] = ()
    if sent:
        try:
            at = asked.moment(request.POST.get("_occurred_at", ""))
            done = source.clerk().open(
                actor, procedure, values | uploaded(request, sheet.fields), at=at, key=asked.key(request)
            )
        except Refusal as refusal:
            reasons = refusal.reasons
        else:
            source.acted()
            messages.success(request, _("已受理并登记。"))
            return HttpResponseRedirect(f"/desk/proceedings/{done.proceeding}/")
    return render(
        request,
        "desk/open_form.html",
        {
            "here": "open",
            "opening": opening,
            "form": source.with_reasons(sheet, reasons),
            "fields": bound(sheet.fields, values, sheet.choices, reasons),
            "back": "/desk/open/",
            "request_key": asked.new_key(),
            "occurred_at": request.POST.get("_occurred_at", ""),
        },
        status=422 if reasons else 200,
    )
