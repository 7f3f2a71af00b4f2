"""Size limit — 大小限制: a request larger than the node takes is answered before its bytes are read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from dangui.web import errors


class SizeLimit:
    """Answers 413 with a page that says how much may be sent, and how to send more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _length(request) > settings.UPLOAD_MOST and not request.path.startswith("/api/"):  # the API answers itself
            return errors.too_large(request)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0
