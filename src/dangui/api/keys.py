"""Keys — 凭证: issuing, revoking and recognising the credentials of agencies' systems."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from dangui.api.models import AgencyKey
from dangui.core.ledger import Actor
from dangui.web.models import Holder

_FORM = re.compile(r"dg_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)


class Stranger(LookupError):  # noqa: N818 - says who it is
    """Nobody of that name holds that post."""


def issue(user: str, agency: str, post: str, title: str, good_for: timedelta) -> str:
    """A new key for somebody who holds the post. Raises Stranger."""
    if not _holds(user, agency, post):
        raise Stranger(user)
    name, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    AgencyKey.objects.create(
        id=name,
        digest=_digest(secret),
        user=user,
        agency=agency,
        post=post,
        title=title,
        expires_at=timezone.now() + good_for,
    )
    return f"dg_{name}_{secret}"


def revoke(name: str) -> bool:
    """End a key at once; False if there is none of that id."""
    return bool(AgencyKey.objects.filter(id=name).update(revoked_at=timezone.now()))


def recognise(text: str) -> AgencyKey | None:
    """The key that is meant, if it is good today. A wrong secret takes as long as a right one."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    key = AgencyKey.objects.filter(id=found[1]).first()
    same = hmac.compare_digest(_digest(found[2]), key.digest if key else _digest(""))
    return key if key and same and key.revoked_at is None and key.expires_at > timezone.now() else None


def actor_of(key: AgencyKey) -> Actor | None:
    """Who acts with this key; None once the person no longer holds the post."""
    return Actor(key.user, key.agency, key.post) if _holds(key.user, key.agency, key.post) else None


def _holds(user: str, agency: str, post: str) -> bool:
    still = Q(until=None) | Q(until__gte=timezone.localdate())
    return Holder.objects.filter(still, user__username=user, user__is_active=True, agency=agency, post=post).exists()


def _digest(secret: str) -> str:
    # The secret has 256 bits of its own, so one hash is enough; a slow one would only slow the node down.
    return hashlib.sha256(secret.encode()).hexdigest()
