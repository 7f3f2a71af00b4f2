"""Landing — 首页: what this is, and where to sign in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return render(request, "public/landing.html")
