"""Approvals — 待我审批: ``/desk/approvals/``, applications that wait for me, approved or refused where they stand."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dangui.core.ledger import Actor
from dangui.core.problem import Problem, Refusal
from dangui.web.desk import asked, source


def show(request: HttpRequest, reasons: tuple[Problem, ...] = ()) -> HttpResponse:
    """Everything that waits for my approval, or for me to carry out."""
    page = source.approvals(asked.actor(request), asked.after(request))
    return render(
        request,
        "desk/approvals.html",
        {"here": "approvals", "page": page, "reasons": reasons, "request_key": asked.new_key(), "keep": ""},
        status=422 if reasons else 200,
    )


@require_POST
def approve(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """批准."""
    return _done(request, _("已批准。"), lambda actor, key: source.clerk().approve(actor, proceeding, ref, key=key))


@require_POST
def refuse(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """不批准."""
    reason = request.POST.get("reason", "")
    return _done(
        request,
        _("已不予批准，理由已告知呈请人。"),
        lambda actor, key: source.clerk().turn_down(actor, proceeding, ref, reason, key=key),
    )


@require_POST
def execute(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """执行: enters that what was approved has been carried out, at its own time; its limits are in the case."""
    return _done(
        request,
        _("执行已登记，期限随之起算。"),
        lambda actor, key: source.clerk().execute(
            actor, proceeding, ref, at=asked.moment(request.POST.get("occurred_at", "")), key=key
        ),
        f"/desk/proceedings/{proceeding}/",
    )


def _done(
    request: HttpRequest, says: str, act: Callable[[Actor, str], object], then: str = "/desk/approvals/"
) -> HttpResponse:
    try:
        act(asked.actor(request), asked.key(request))
    except Refusal as refusal:
        return show(request, refusal.reasons)
    source.acted()
    messages.success(request, says)
    return HttpResponseRedirect(then)
