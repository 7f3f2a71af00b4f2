"""Cache table — 缓存表: where rate limits are counted, one for all worker processes; the columns are Django's own."""

from typing import ClassVar

from django.db import migrations

MAKE = """
CREATE TABLE web_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX web_cache_expires ON web_cache (expires);
"""


class Migration(migrations.Migration):
    """Makes the table."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("web", "0001_initial")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(MAKE, "DROP TABLE web_cache")]
