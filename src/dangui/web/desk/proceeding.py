"""Proceeding — 程序: ``/desk/proceedings/<id>/``, everything on one page, with what may be done next beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dangui.core.ledger import Actor
from dangui.core.problem import Refusal
from dangui.web.desk import asked, source
from dangui.web.desk.sheet import ProceedingSheet

LIVE = ("running", "paused", "past")


def show(request: HttpRequest, proceeding: str) -> HttpResponse:
    """The page."""
    sheet = source.proceeding(asked.actor(request), proceeding)
    return render(request, "desk/proceeding.html", context(sheet))


@require_POST
def withdraw(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """撤回移送, before it is received."""
    actor: Actor = asked.actor(request)
    try:
        source.clerk().withdraw(actor, proceeding, ref, key=asked.key(request))
    except Refusal as refusal:
        sheet = source.proceeding(actor, proceeding)
        return render(request, "desk/proceeding.html", {**context(sheet), "refused": refusal.reasons}, status=422)
    source.acted()
    messages.success(request, _("移送已撤回。"))
    return HttpResponseRedirect(f"/desk/proceedings/{proceeding}/#couplings")


def context(sheet: ProceedingSheet) -> dict[str, Any]:
    """What the proceeding's template needs, with or without a form open beside it."""
    bind = next((action.id for action in sheet.actions if action.id in source.BINDING and not action.reasons), None)
    return {
        "sheet": sheet,
        "running": [clock for clock in sheet.clocks if clock.status in LIVE],
        "ended": [clock for clock in sheet.clocks if clock.status not in LIVE],
        "ready": [action for action in sheet.actions if not action.reasons],
        "blocked": [action for action in sheet.actions if action.reasons],
        "applied": {each.title["zh"] for each in sheet.pending if each.status != "refused"},
        "bind": f"/desk/proceedings/{sheet.id}/act/{bind}/" if bind else "",
        "request_key": asked.new_key(),
        "upload_most": settings.UPLOAD_MOST,
    }
