"""Envelope — 答复格式: whatever goes wrong below ``/api/``, wherever it goes wrong, is answered as problems in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponseBase

from dangui.api.answers import problems
from dangui.core.problem import Problem, Words, words

SAID: Mapping[int, tuple[str, Words]] = {
    400: ("request.unreadable", words("请求无法读取", "the request can't be read")),
    404: ("request.unknown", words("没有这个地址或对象", "there is nothing here")),
    405: ("request.method", words("此地址不支持该方法", "this address does not take that method")),
    413: ("request.too_large", words("请求过大", "the request is too large")),
    503: ("node.unavailable", words("节点暂时无法使用,未写入任何内容", "the node can't work now; nothing was written")),
}
OTHERWISE = ("node.failed", words("节点出现故障,未写入任何内容", "the node failed; nothing was written"))


class Envelope:
    """Turns the error pages of the web into JSON for those who asked the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if response.status_code < 400 or not request.path.startswith("/api/") or kind.startswith("application/json"):
            return response
        code, said = SAID.get(response.status_code, OTHERWISE)
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return problems(response.status_code, [Problem(code, "request", said)], kept)
