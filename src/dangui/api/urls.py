"""API — 接口地址: everything below ``/api/v1/``; ``/api/v1/openapi.json`` describes it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from django.urls import path
from ninja import NinjaAPI, Status

from dangui.api import answers, uploads, writes
from dangui.api.caller import Bearer
from dangui.api.schemas import HealthOut
from dangui.store.blobs import DirectoryBlobs
from dangui.store.health import health as ask
from dangui.store.postgres import PostgresStore
from dangui.web.parts import parts

api = NinjaAPI(
    title="单轨 Dangui",
    version="1",
    description="One case, one dossier, one track. Every refusal gives all its reasons, in Chinese and English.",
    docs_url=None,
    auth=Bearer(),
    urls_namespace="api-v1",
)
answers.install(api)
# Reading and writing share one router, because some of their addresses are the same.
api.add_router("", writes.router)
api.add_router("", uploads.router)


@api.get("/health", response={200: HealthOut, 503: HealthOut}, auth=None, tags=["node"], summary="运行状况 / health")
def health(request: HttpRequest) -> Any:
    """Says nothing about cases or people."""
    found = _found()
    return Status(200 if found["ok"] else 503, found)


def plain_health(request: HttpRequest) -> JsonResponse:
    """The same for a load balancer, at ``/health``."""
    found = _found()
    return JsonResponse({"ok": found["ok"]}, status=200 if found["ok"] else 503)


def _found() -> dict[str, Any]:
    clerk = parts().clerk
    return ask(cast("PostgresStore", clerk.store), cast("DirectoryBlobs", clerk.blobs)).as_json()


urlpatterns = [path("api/v1/", api.urls), path("health", plain_health)]
