"""Routes — 路径: reading: lists, proceedings, actions, the dossier, verification."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from dangui.api import shown
from dangui.api.caller import actor
from dangui.api.schemas import (
    ActionOut,
    Actions,
    Openable,
    OpenableOut,
    Problems,
    ProceedingOut,
    Ref,
    Rows,
    Tasks,
    Verified,
    Volume,
)
from dangui.core.problem import Problem, words
from dangui.reader import Reader
from dangui.store.verify import blobs_of
from dangui.web.parts import parts

router = Router(tags=["read"])
REFUSED = dict.fromkeys((401, 403, 404, 409, 413, 415, 422, 429, 503), Problems)
"""What any request may be answered instead."""
AnId = Path[Ref]
After = Annotated[str, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]
Digest = Path[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]]


def reader() -> Reader:
    """The only reader."""
    return parts().reader


@router.get("/work", response={200: Tasks, **REFUSED}, summary="我的待办 / what waits for me, nearest deadline first")
def work(
    request: HttpRequest, kind: Annotated[str, Query(max_length=20)] = "", after: After = "", limit: Limit = 50
) -> Any:
    """Tasks of the caller's person and post; ``kind``: deadline, approval, execution, reception, request."""
    return shown.tasks(reader().my_work(actor(request), kind, after, limit))


@router.get("/inbox", response={200: Tasks, **REFUSED}, summary="待签收 / hand-overs that wait to be received")
def inbox(request: HttpRequest, after: After = "", limit: Limit = 20) -> Any:
    """Delivered, not yet received."""
    return shown.tasks(reader().inbox(actor(request), after, limit))


@router.get("/approvals", response={200: Tasks, **REFUSED}, summary="待审批 / what waits for my approval")
def approvals(request: HttpRequest, after: After = "", limit: Limit = 20) -> Any:
    """Applications whose turn it is."""
    return shown.tasks(reader().approvals(actor(request), after, limit))


@router.get("/proceedings", response={200: Rows, **REFUSED}, summary="我承办的案件 / open proceedings assigned to me")
def proceedings(request: HttpRequest, after: After = "", limit: Limit = 50) -> Any:
    """Nearest deadline first."""
    return shown.rows(reader().my_cases(actor(request), after, limit))


@router.get("/find", response={200: Rows, **REFUSED}, summary="查找案件 / find by number or by a person's whole name")
def find(
    request: HttpRequest, text: Annotated[str, Query(min_length=1, max_length=80)], after: After = "", limit: Limit = 50
) -> Any:
    """Only what the caller may see; the look is recorded."""
    return shown.rows(reader().find(actor(request), text, after, limit))


@router.get("/openable", response={200: Openable, **REFUSED}, summary="可受理的案件类型 / what the caller may open")
def openable(request: HttpRequest) -> Any:
    """Procedures with the form that opens a case."""
    items = []
    for procedure, view in reader().openable(actor(request)):
        form = shown.action(view).form if view else {"type": "object", "additionalProperties": False}
        items.append(OpenableOut.model_validate({"procedure": procedure.id, "title": procedure.title, "form": form}))
    return Openable(items=items)


@router.get("/proceedings/{proceeding}", response={200: ProceedingOut, **REFUSED}, summary="案件 / a proceeding")
def proceeding(request: HttpRequest, response: HttpResponse, proceeding: AnId) -> Any:
    """Everything the caller may see. The ETag goes into If-Match of an act."""
    view = reader().proceeding(actor(request), proceeding)
    response["ETag"] = f'"{view.head}"'
    return shown.proceeding(view)


@router.get(
    "/proceedings/{proceeding}/actions", response={200: Actions, **REFUSED}, summary="可办事项 / what can be done here"
)
def actions(request: HttpRequest, proceeding: AnId) -> Any:
    """Actions of the present stage for the caller, each with its form."""
    return shown.actions(reader().proceeding(actor(request), proceeding))


@router.get(
    "/proceedings/{proceeding}/actions/{action}",
    response={200: ActionOut, **REFUSED},
    summary="一个办理动作 / one action",
)
def action(request: HttpRequest, proceeding: AnId, action: AnId) -> Any:
    """Its form, what is filled in, and every reason against it."""
    return shown.action(reader().form(actor(request), proceeding, action))


@router.get(
    "/proceedings/{proceeding}/materials", response={200: list[Volume], **REFUSED}, summary="卷宗目录 / the dossier"
)
def materials(request: HttpRequest, proceeding: AnId) -> Any:
    """By volume, in binding order."""
    return shown.dossier(reader().proceeding(actor(request), proceeding))


@router.get(
    "/proceedings/{proceeding}/materials/{digest}",
    response={200: None, **REFUSED},
    summary="材料原件 / the bytes of a material",
)
def download(request: HttpRequest, proceeding: AnId, digest: Digest) -> Any:
    """As it was bound."""
    stream, media_type, name = reader().blob(actor(request), proceeding, digest)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=media_type)


@router.get(
    "/proceedings/{proceeding}/verify", response={200: Verified, **REFUSED}, summary="核验 / is this ledger whole"
)
def verify(request: HttpRequest, proceeding: AnId) -> Any:
    """The chain of its entries, and the bytes of every material they name."""
    entries, found = reader().verified(actor(request), proceeding)
    blobs = reader().clerk.blobs
    named = {digest: entry.seq for entry in reversed(entries) for digest in blobs_of(entry.body)}
    for digest, seq in named.items():
        if not blobs.is_whole(digest):
            said = words("材料文件缺失或已被改动", "the file is missing or altered")
            found.append(Problem("blob.altered", f"{proceeding}#{seq}", said))
    head = entries[-1].digest if entries else ""
    return Verified(ok=not found, entries=len(entries), head=head, problems=shown.reasons(found))
