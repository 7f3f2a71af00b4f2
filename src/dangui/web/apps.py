"""The web application — 网页应用."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """Accounts, posts and pages of one node — 网页."""

    name = "dangui.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
