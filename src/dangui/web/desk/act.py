"""Act — 办理: ``/desk/proceedings/<id>/act/<action>/``, an action of the pack as a form beside the proceeding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dangui.core.decide import Request
from dangui.core.form import Field
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, Refusal
from dangui.web.desk import asked, proceeding, source
from dangui.web.desk.drafts import forget, keep, kept
from dangui.web.desk.draw.fields import bound, values_from
from dangui.web.desk.sheet import FormSheet


def show(request: HttpRequest, proceeding: str, action: str) -> HttpResponse:
    """The form, or on POST what came of it."""
    if request.method == "POST":
        return _act(request, proceeding, action)
    actor = asked.actor(request)
    form = source.form(actor, proceeding, action, tuple(request.GET.getlist("of")))
    return _page(request, actor, proceeding, form, kept(request, _place(proceeding, action)))


@require_POST
def draft(request: HttpRequest, proceeding: str, action: str) -> HttpResponse:
    """Keep what has been typed so far; answers with the words to show."""
    form = source.form(asked.actor(request), proceeding, action, tuple(request.POST.getlist("_persons")))
    keep(request, _place(proceeding, action), values_from(form.fields, request.POST))
    return HttpResponse(_("草稿已存"), content_type="text/plain; charset=utf-8")


def _act(request: HttpRequest, proceeding: str, action: str) -> HttpResponse:
    actor = asked.actor(request)
    persons = tuple(request.POST.getlist("_persons"))
    form = source.form(actor, proceeding, action, persons)
    values = values_from(form.fields, request.POST)
    try:
        at = asked.moment(request.POST.get("_occurred_at", ""))
        wanted = Request(action, persons, values | uploaded(request, form.fields), at)
        source.clerk().act(actor, proceeding, wanted, key=asked.key(request), head=request.POST.get("head") or None)
    except Refusal as refusal:
        keep(request, _place(proceeding, action), values)
        return _page(request, actor, proceeding, form, values, refusal.reasons)
    forget(request, _place(proceeding, action))
    source.acted()
    messages.success(request, _("已呈请，等待审批。") if form.action.step == "apply" else _("已办理并登记。"))
    return HttpResponseRedirect(f"/desk/proceedings/{proceeding}/")


def uploaded(request: HttpRequest, fields: tuple[Field, ...]) -> dict[str, Any]:
    """The files of the form, stored by their digest, as the clerk takes them."""
    found = {}
    for field in fields:
        file = request.FILES.get(field.name) if field.kind == "file" else None
        if isinstance(file, UploadedFile):
            found[field.name] = source.store_file(file)
    return found


def _place(proceeding: str, action: str) -> str:
    return f"{proceeding}/{action}"


def _page(
    request: HttpRequest,
    actor: Actor,
    proceeding_id: str,
    form: FormSheet,
    values: Any,
    reasons: tuple[Problem, ...] = (),
) -> HttpResponse:
    sheet = source.proceeding(actor, proceeding_id)
    place = f"/desk/proceedings/{proceeding_id}/"
    return render(
        request,
        "desk/act.html",
        {
            **proceeding.context(sheet),
            "form": source.with_reasons(form, reasons),
            "fields": bound(form.fields, {**form.values, **values}, form.choices, reasons),
            "back": place,
            "draft_address": f"{place}act/{form.action.id}/draft/",
            "occurred_at": request.POST.get("_occurred_at", ""),
        },
        status=422 if reasons else 200,
    )
