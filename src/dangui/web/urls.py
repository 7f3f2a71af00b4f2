"""Addresses — 地址: the address of a page is its module, its template and its test."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from dangui.web import demo, errors
from dangui.web.desk import components, seat
from dangui.web.public import landing

urlpatterns = [
    path("", landing.show),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("desk/seat/", seat.change),
    path("desk/_components/", components.show),
    *([path("demo/sign-in/", demo.sign_in)] if settings.DEMO else []),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
