"""Accounts — 账户: nobody signs up by themselves; an agency enrols its people."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from dangui.web.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in without self-registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are made by the agency."""
        return False


def display_name(user: User) -> str:
    """How a person is named on the account pages."""
    return user.name
