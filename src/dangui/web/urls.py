"""Addresses — 地址: the address of a page is its module, its template and its test."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, register_converter
from django.views.i18n import set_language

from dangui.web import demo, errors
from dangui.web.desk import (
    act,
    approvals,
    case,
    components,
    document,
    find,
    handovers,
    inbox,
    law,
    looks,
    proceeding,
    seat,
    work,
)
from dangui.web.desk import open as opening
from dangui.web.public import landing


class Ref:
    """An id of the engine in an address."""

    regex = "[A-Za-z0-9_:.-]{1,80}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


class Paper(Ref):
    """A document or a material."""

    regex = "documents|materials"


register_converter(Ref, "ref")
register_converter(Paper, "paper")

DESK = [
    path("", work.show),
    path("seat/", seat.change),
    path("approvals/", approvals.show),
    path("approvals/<ref:proceeding>/<ref:ref>/approve/", approvals.approve),
    path("approvals/<ref:proceeding>/<ref:ref>/refuse/", approvals.refuse),
    path("approvals/<ref:proceeding>/<ref:ref>/execute/", approvals.execute),
    path("inbox/", inbox.show),
    path("inbox/<ref:proceeding>/<ref:ref>/receive/", inbox.receive),
    path("inbox/<ref:proceeding>/<ref:ref>/reject/", inbox.reject),
    path("find/", find.show),
    path("handovers/", handovers.show),
    path("looks/", looks.show),
    path("law/", law.show),
    path("open/", opening.show),
    path("open/<path:procedure>/", opening.form),
    path("cases/<ref:case_id>/", case.show),
    path("proceedings/<ref:proceeding>/", proceeding.show),
    path("proceedings/<ref:proceeding>/withdraw/<ref:ref>/", proceeding.withdraw),
    path("proceedings/<ref:proceeding>/act/<ref:action>/", act.show),
    path("proceedings/<ref:proceeding>/act/<ref:action>/draft/", act.draft),
    path("proceedings/<ref:proceeding>/<paper:kind>/<ref:ref>/", document.show),
    path("proceedings/<ref:proceeding>/<paper:kind>/<ref:ref>/pdf/", document.original),
    path("proceedings/<ref:proceeding>/<paper:kind>/<ref:ref>/pages/<int:number>/", document.page),
    path("_components/", components.show),
]

urlpatterns = [
    path("", landing.show),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("desk/", include(DESK)),
    path("", include("dangui.api.urls")),
    *([path("demo/sign-in/", demo.sign_in)] if settings.DEMO else []),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
