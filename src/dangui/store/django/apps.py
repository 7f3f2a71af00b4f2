"""Django app — the store's place in INSTALLED_APPS: ``dangui.store.django``."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Holds migrations only; there are no models, the ledgers are written with SQL."""

    name = "dangui.store.django"
    label = "dangui_store"
    verbose_name = "单轨存储"
