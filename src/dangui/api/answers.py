"""Answers — 答复: every answer that is not a success lists problems in both languages, under the right status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from dangui.core.ports import Unavailable
from dangui.core.problem import Problem, Refusal, words

NOT_FOUND = ("access.denied", "proceeding.none", "material.none", "procedure.not_here")
CONFLICT = ("ledger.moved", "ledger.busy", "request.key_reused")
NOT_YOURS = ("action.wrong_post", "action.recused", "approval.same_person")
RETRY_AFTER = 5
"""Seconds after which a client may try again when the database is away."""


class Rejected(Exception):  # noqa: N818 - an answer, not a fault
    """An answer other than success, given from inside a view."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.says["en"])
        self.status, self.problem, self.headers = status, problem, headers or {}


def problems(status: int, found: Iterable[Problem], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A response that lists problems."""
    body = {"problems": [problem.as_json() for problem in found]}
    return JsonResponse(body, status=status, headers=dict(headers or {}), json_dumps_params={"ensure_ascii": False})


def status_of(refusal: Refusal) -> int:
    """404 for what is not there, 409 for what moved, 403 for what is another's, 422 for the rest."""
    codes = [reason.code for reason in refusal.reasons]
    for status, known in ((404, NOT_FOUND), (409, CONFLICT)):
        if any(code in known for code in codes):
            return status
    return 403 if codes and all(code in NOT_YOURS for code in codes) else 422


def install(api: NinjaAPI) -> None:
    """Answer every exception that may reach the API."""

    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(Rejected, _rejected)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown)
    api.add_exception_handler(AuthorizationError, _unknown)
    api.add_exception_handler(
        Http404, lambda request, error: _one(404, "request.unknown", "没有这个地址或对象", "there is nothing here")
    )
    api.add_exception_handler(
        FileNotFoundError,
        lambda request, error: _one(
            404, "material.none", "卷内没有这份材料,或您无权查看", "no such material here, or you may not see it"
        ),
    )
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(
        RequestDataTooBig, lambda request, error: _one(413, "request.too_large", "请求过大", "the request is too large")
    )
    for gone in (Unavailable, OperationalError, InterfaceError):
        api.add_exception_handler(gone, _unavailable)


def _one(status: int, code: str, zh: str, en: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return problems(status, [Problem(code, "request", words(zh, en))], headers)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problems(status_of(error), error.reasons)


def _rejected(request: HttpRequest, error: Any) -> HttpResponse:
    return problems(error.status, [error.problem], error.headers)


def _unavailable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return _one(
        503,
        "node.unavailable",
        "数据库暂时无法使用,未写入任何内容,请稍后以同一请求编号重试",
        "the database can't be reached; nothing was written, try again with the same key",
        {"Retry-After": str(RETRY_AFTER)},
    )


def _unknown(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return _one(
        401,
        "key.unknown",
        "缺少凭证,或凭证无效、已到期、已吊销",
        "there is no key, or it is unknown, expired or revoked",
        {"WWW-Authenticate": 'Bearer realm="dangui"'},
    )


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    return _one(
        error.status_code, "request.unreadable", "请求内容不是有效的 JSON", "the request is not JSON that can be read"
    )


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """What the schema found, each with its place."""
    found = []
    for each in error.errors:
        place = ".".join(str(part) for part in each["loc"] if part not in ("body", "payload"))
        found.append(
            Problem(
                f"request.{each['type']}",
                place or "request",
                words(f"请求内容不符合规定:{each['msg']}", str(each["msg"])),
            )
        )
    return problems(422, found)


DEEPEST = 6
LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785)."""


def checked(value: Any, place: str = "values") -> Any:
    """``value`` if it can stand in a ledger. Raises Refusal with all that can't: fractions, odd characters, depth."""
    found = list(_odd(value, place, 0))
    if found:
        raise Refusal(found)
    return value


def _odd(value: Any, place: str, depth: int) -> Iterable[Problem]:
    if isinstance(value, list | dict):
        yield from _odd_group(value, place, depth)
    elif isinstance(value, float):
        yield Problem("request.number", place, words("小数请写作文本", 'a fraction is written as text, as in "12.50"'))
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield Problem("request.number", place, words("整数过大", "the number is too large"))
    elif isinstance(value, str) and not _is_clean(value):
        yield Problem("request.text", place, words("含有无法登记的字符", "it holds characters that can't be recorded"))


def _odd_group(group: list[Any] | dict[str, Any], place: str, depth: int) -> Iterable[Problem]:
    if depth >= DEEPEST:
        yield Problem("request.depth", place, words("嵌套过深", "nested too deeply"))
        return
    for key, item in group.items() if isinstance(group, dict) else enumerate(group):
        yield from _odd(key, place, depth)
        yield from _odd(item, f"{place}.{key}"[:80] if _is_clean(str(key)) else place, depth + 1)


def _is_clean(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
