"""Users, holders, drafts — 用户、任岗、草稿: the first tables."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models

_ID: models.BigAutoField[int, int] = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


class Migration(migrations.Migration):
    """Makes the tables."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.CreateModel]] = [
        migrations.CreateModel(
            "User",
            [
                ("id", _ID),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=64, unique=True, verbose_name="用户名")),
                ("name", models.CharField(max_length=64, verbose_name="姓名")),
                ("is_active", models.BooleanField(default=True, verbose_name="可登录")),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            "Draft",
            [
                ("id", _ID.clone()),
                ("place", models.CharField(max_length=200)),
                ("values", models.JSONField()),
                ("saved_at", models.DateTimeField(auto_now=True)),
                ("user", models.ForeignKey(on_delete=models.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "place"), name="draft_once")]},
        ),
        migrations.CreateModel(
            "Holder",
            [
                ("id", _ID.clone()),
                ("agency", models.CharField(max_length=64, verbose_name="机关")),
                ("post", models.CharField(max_length=64, verbose_name="岗位")),
                ("until", models.DateField(blank=True, null=True, verbose_name="任期止")),
                (
                    "user",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="holds", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["agency", "post"],
                "indexes": [models.Index(fields=["agency", "post"], name="holder_of_post")],
                "constraints": [models.UniqueConstraint(fields=("user", "agency", "post"), name="holder_once")],
            },
        ),
    ]
