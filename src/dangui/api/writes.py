"""Writes — 办理路径: opening, acting, approving, handing over; each counts once under its idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status

from dangui.api import schemas, shown
from dangui.api.answers import checked
from dangui.api.caller import actor, expected_head, idempotency_key
from dangui.api.routes import REFUSED, AnId, reader, router
from dangui.api.uploads import own_files
from dangui.clerk import Clerk, Done
from dangui.core.calendar import CHINA
from dangui.core.decide import Request
from dangui.web.parts import parts

__all__ = ["router"]

APPLICATION = "/proceedings/{proceeding}/applications/{application}"
HANDOVER = "/proceedings/{proceeding}/handovers/{run}"
WRITING: Any = {"response": {200: schemas.Done, **REFUSED}, "tags": ["write"]}


def clerk() -> Clerk:
    """The only writer."""
    return parts().clerk


def _told(done: Done) -> dict[str, Any]:
    """What came of it; the outbox is set going."""
    parts().acted()
    return done.as_json()


def _moment(at: datetime | None) -> datetime | None:
    """A time without a zone is China's."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=CHINA)


def _request(request: HttpRequest, given: schemas.ActIn) -> Request:
    values = own_files(actor(request).user, checked(given.values))
    return Request(given.action, tuple(given.of), values, _moment(given.at))


@router.post("/proceedings", response={201: schemas.Done, **REFUSED}, tags=["write"], summary="受理 / open a case")
def open_case(request: HttpRequest, payload: schemas.OpenIn) -> Any:
    """``case_id`` only where the case has an id from another node."""
    done = clerk().open(
        actor(request),
        payload.procedure,
        own_files(actor(request).user, checked(payload.values)),
        at=_moment(payload.at),
        case_id=payload.case_id or "",
        key=idempotency_key(request),
    )
    return Status(201, _told(done))


@router.post(
    "/proceedings/{proceeding}/preview",
    response={200: schemas.PreviewOut, **REFUSED},
    tags=["write"],
    summary="预览 / what an act would enter",
)
def preview(request: HttpRequest, proceeding: AnId, payload: schemas.ActIn) -> Any:
    """Nothing is written; every reason against it is told."""
    return shown.preview(reader().preview(actor(request), proceeding, _request(request, payload)))


@router.post("/proceedings/{proceeding}/acts", **WRITING, summary="办理 / do an action, or apply for it")
def act(request: HttpRequest, proceeding: AnId, payload: schemas.ActIn) -> Any:
    """With If-Match it is done only if nobody acted since that head was read."""
    return _told(
        clerk().act(
            actor(request),
            proceeding,
            _request(request, payload),
            key=idempotency_key(request),
            head=expected_head(request),
        )
    )


@router.post(
    APPLICATION + "/approve",
    **WRITING,
    summary="批准 / approve",
)
def approve(request: HttpRequest, proceeding: AnId, application: AnId, payload: schemas.ApproveIn) -> Any:
    """By another person than the applicant."""
    return _told(
        clerk().approve(
            actor(request),
            proceeding,
            application,
            at=_moment(payload.at),
            note=payload.note,
            key=idempotency_key(request),
        )
    )


@router.post(
    APPLICATION + "/refuse",
    **WRITING,
    summary="不批准 / refuse",
)
def refuse(request: HttpRequest, proceeding: AnId, application: AnId, payload: schemas.ReasonAtIn) -> Any:
    """With its reason."""
    return _told(
        clerk().turn_down(
            actor(request),
            proceeding,
            application,
            payload.reason,
            at=_moment(payload.at),
            key=idempotency_key(request),
        )
    )


@router.post(
    APPLICATION + "/execute",
    **WRITING,
    summary="执行 / carry out",
)
def execute(request: HttpRequest, proceeding: AnId, application: AnId, payload: schemas.AtIn) -> Any:
    """At the time it really happened."""
    return _told(
        clerk().execute(actor(request), proceeding, application, at=_moment(payload.at), key=idempotency_key(request))
    )


@router.post(
    APPLICATION + "/cancel",
    **WRITING,
    summary="撤回呈请 / take one's own back",
)
def cancel(request: HttpRequest, proceeding: AnId, application: AnId, payload: schemas.ReasonIn) -> Any:
    """Before it is approved."""
    return _told(clerk().cancel(actor(request), proceeding, application, payload.reason, key=idempotency_key(request)))


@router.post(HANDOVER + "/receive", **WRITING, summary="签收 / receive")
def receive(request: HttpRequest, proceeding: AnId, run: AnId, payload: schemas.ReceiveIn) -> Any:
    """Accepted, or accepted with warnings."""
    return _told(
        clerk().receive(
            actor(request),
            proceeding,
            run,
            warnings=payload.warnings,
            at=_moment(payload.at),
            key=idempotency_key(request),
        )
    )


@router.post(HANDOVER + "/reject", **WRITING, summary="退回 / send back")
def reject(request: HttpRequest, proceeding: AnId, run: AnId, payload: schemas.RejectIn) -> Any:
    """With problems of the collaboration's code table."""
    found = [fault.model_dump() for fault in payload.problems]
    return _told(
        clerk().reject(actor(request), proceeding, run, found, at=_moment(payload.at), key=idempotency_key(request))
    )


@router.post(
    HANDOVER + "/withdraw",
    **WRITING,
    summary="撤回移送 / take back before reception",
)
def withdraw(request: HttpRequest, proceeding: AnId, run: AnId, payload: schemas.ReasonAtIn) -> Any:
    """With its reason."""
    return _told(
        clerk().withdraw(
            actor(request), proceeding, run, payload.reason, at=_moment(payload.at), key=idempotency_key(request)
        )
    )
