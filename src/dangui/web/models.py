"""User, Holder, Draft — 用户、任岗、草稿: who signs in, which posts they hold, and what they have not yet handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Users(BaseUserManager["User"]):
    """The users — 用户."""

    def create_user(self, username: str, password: str | None = None, *, name: str = "") -> User:
        """Add a user; without a password nobody can sign in as them except through the demo."""
        user = self.model(username=username, name=name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in — 用户. ``username`` is the ``user`` of every ledger entry they make."""

    username: models.CharField[str, str] = models.CharField(_("用户名"), max_length=64, unique=True)
    name: models.CharField[str, str] = models.CharField(_("姓名"), max_length=64)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(_("可登录"), default=True)
    joined_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Users] = Users()

    def __str__(self) -> str:
        return self.name


class Holder(models.Model):
    """A user in a post of an agency — 任岗. A user may hold several; one of them is active at a time."""

    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE, related_name="holds")
    agency: models.CharField[str, str] = models.CharField(_("机关"), max_length=64)
    post: models.CharField[str, str] = models.CharField(_("岗位"), max_length=64)
    until: models.DateField[date | None, date | None] = models.DateField(_("任期止"), null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "agency", "post"], name="holder_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["agency", "post"], name="holder_of_post")]
        ordering: ClassVar[list[str]] = ["agency", "post"]

    def __str__(self) -> str:
        return f"{self.user}: {self.agency}/{self.post}"


class Draft(models.Model):
    """A form begun and not handed in — 草稿. Private to its user, outside the clerk; gone when the act is done."""

    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE)
    place: models.CharField[str, str] = models.CharField(max_length=200)
    values: models.JSONField[Any, Any] = models.JSONField()
    saved_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "place"], name="draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.place}"
