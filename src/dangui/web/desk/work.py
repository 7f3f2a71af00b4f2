"""My work — 我的工作: ``/desk/``, what waits for me, the nearest deadline first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dangui.web.desk import asked, source

KINDS = ("deadline", "approval", "execution", "reception", "request")


def show(request: HttpRequest) -> HttpResponse:
    """Tasks, or the open cases of the post; one kind of task if the address says so."""
    actor = asked.actor(request)
    view, kind = request.GET.get("view", ""), request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    view = view if view in ("cases", "post") else ""
    page = (
        source.cases(actor, asked.after(request), of_post=view == "post")
        if view
        else source.tasks(actor, kind, asked.after(request))
    )
    keep = f"view={view}&" if view else f"kind={kind}&" if kind else ""
    counts = source.waiting(actor) if view else page.counts  # what the frame shows as well
    # Somebody for whom nothing waits (counsel, say) comes to look at their cases.
    beside = source.cases(actor, "") if not view and not kind and not page.lines else None
    return render(
        request,
        "desk/work.html",
        {
            "here": "work",
            "page": page,
            "beside": beside,
            "view": view,
            "keep": keep,
            "waiting": counts,
            "chips": _chips(counts, kind, view),
        },
    )


def _chips(counts: Any, kind: str, view: str) -> list[dict[str, Any]]:
    titles = {
        "deadline": _("期限"),
        "approval": _("审批"),
        "execution": _("执行"),
        "reception": _("待签收"),
        "request": _("申请"),
    }
    chips = [
        {"title": _("全部待办"), "address": "/desk/", "active": not kind and not view, "count": sum(counts.values())}
    ]
    chips += [
        {"title": titles[each], "address": f"/desk/?kind={each}", "active": kind == each, "count": counts[each]}
        for each in KINDS
        if counts.get(each)
    ]
    return [
        *chips,
        {"title": _("我的案件"), "address": "/desk/?view=cases", "active": view == "cases", "count": None},
        {"title": _("本岗位的案件"), "address": "/desk/?view=post", "active": view == "post", "count": None},
    ]
