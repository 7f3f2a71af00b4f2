"""The store's first tables."""

from django.db import migrations

from dangui.store.django.operations import RunFile


class Migration(migrations.Migration):
    """See store/migrations/0001_store.sql."""

    operations = [RunFile("0001_store.sql")]  # noqa: RUF012 - Django's own shape
