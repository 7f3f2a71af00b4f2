"""Demo sign-in — 演示登录: one click per made-up person; the address exists only in a demo on the embedded database."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dangui.web import parts
from dangui.web.middleware.acting import POST_KEY
from dangui.web.models import Holder

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as that person, in that post."""
    wanted = request.POST.get("holder", "")
    if not wanted.isdecimal():
        raise Http404
    holder = get_object_or_404(Holder.objects.select_related("user"), pk=int(wanted), user__is_active=True)
    login(request, holder.user, backend=BACKEND)
    request.session[POST_KEY] = holder.pk
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe and target else "/desk/")


def people() -> list[dict[str, Any]]:
    """The made-up people by agency, in the order of the agencies."""
    found: dict[str, dict[str, Any]] = {}
    for holder in Holder.objects.select_related("user").order_by("agency", "pk"):
        agency = found.setdefault(
            holder.agency, {"id": holder.agency, "title": parts.agency_title(holder.agency), "people": []}
        )
        agency["people"].append(
            {"id": holder.pk, "name": holder.user.name, "post": parts.post_title(holder.agency, holder.post)}
        )
    return sorted(found.values(), key=lambda agency: (parts.agency_order(str(agency["id"])), -len(agency["people"])))
