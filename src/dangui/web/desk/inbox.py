"""Inbox — 收案: ``/desk/inbox/``, delivered hand-overs: received with one click, with warnings, or sent back."""

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
    """Everything that waits for somebody of this post to take it up."""
    page = source.inbox(asked.actor(request), asked.after(request))
    return render(
        request,
        "desk/inbox.html",
        {"here": "inbox", "page": page, "reasons": reasons, "request_key": asked.new_key(), "keep": ""},
        status=422 if reasons else 200,
    )


@require_POST
def receive(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """签收; a warning goes to the sender with the receipt."""
    warning = request.POST.get("warning", "").strip()
    says = _("已签收，提示已告知对方。") if warning else _("已签收。")
    return _done(
        request,
        says,
        f"/desk/proceedings/{proceeding}/",
        lambda actor, key: source.clerk().receive(
            actor, proceeding, ref, warnings=(warning,) if warning else (), key=key
        ),
    )


@require_POST
def reject(request: HttpRequest, proceeding: str, ref: str) -> HttpResponse:
    """退回, with a coded problem and what to mend."""
    problem = {"code": request.POST.get("code", ""), "place": "", "note": request.POST.get("note", "").strip()}
    return _done(
        request,
        _("已退回，问题已告知对方。"),
        "/desk/inbox/",
        lambda actor, key: source.clerk().reject(actor, proceeding, ref, [problem], key=key),
    )


def _done(request: HttpRequest, says: str, then: str, act: Callable[[Actor, str], object]) -> HttpResponse:
    try:
        act(asked.actor(request), asked.key(request))
    except Refusal as refusal:
        return show(request, refusal.reasons)
    source.acted()
    messages.success(request, says)
    return HttpResponseRedirect(then)
