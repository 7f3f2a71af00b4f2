"""Application — 应用: the API's place among Django's applications; it keeps one table, the credentials."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """``dangui.api`` in INSTALLED_APPS."""

    name = "dangui.api"
    label = "api"
    verbose_name = "单轨接口"
    default_auto_field = "django.db.models.BigAutoField"
