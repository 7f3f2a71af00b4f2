"""Agency key — 接口凭证: an agency's own system speaks with it for one person in one post."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AgencyKey(models.Model):
    """A credential. The key itself is ``dg_<id>_<secret>``; whoever reads this table can't make one of it."""

    id = models.CharField(primary_key=True, max_length=16)
    digest = models.CharField(max_length=64)
    user = models.CharField(max_length=64)
    agency = models.CharField(max_length=64)
    post = models.CharField(max_length=64)
    title = models.CharField(max_length=100, blank=True)
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.user} {self.agency}/{self.post}"


class Upload(models.Model):
    """Who brought which bytes — 上传登记: only he may bind them, so that no digest is a key to another's file."""

    user = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="upload_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.digest[:12]}"
