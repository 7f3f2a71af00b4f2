"""Environment — 运行环境: reads what the settings need from environment variables, and refuses what would be unsafe."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict


def demo(env: Mapping[str, str]) -> bool:
    """Whether demo accounts exist. Raises ImproperlyConfigured for a demo on any database but the embedded one."""
    if env.get("DANGUI_DEMO", "0") != "1":
        return False
    if env.get("DANGUI_EMBEDDED", "0") != "1":
        raise ImproperlyConfigured(
            "DANGUI_DEMO=1 只能用于内置数据库 — the demo switch is refused for any database but the embedded one."
        )
    return True


def secret(env: Mapping[str, str]) -> str:
    """The signing key; without one a key of this process alone, so that nothing signed outlives it."""
    return env.get("DANGUI_SECRET_KEY") or secrets.token_urlsafe(50)


def database(env: Mapping[str, str]) -> dict[str, Any]:
    """Django's description of ``DANGUI_DATABASE_URL``; the dummy engine if there is none (checks, static files)."""
    url = env.get("DANGUI_DATABASE_URL", "")
    if not url:
        return {"ENGINE": "django.db.backends.dummy"}
    parts = conninfo_to_dict(url)
    options = {key: value for key, value in parts.items() if key not in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
    }
