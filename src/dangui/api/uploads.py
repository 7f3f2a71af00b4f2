"""Uploads — 上传: bytes on their way into the dossier: streamed, counted, and looked at for what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from dangui.api.answers import Rejected
from dangui.api.caller import actor
from dangui.api.models import Upload
from dangui.api.routes import REFUSED
from dangui.api.schemas import BlobOut
from dangui.core.problem import Problem, Refusal, words
from dangui.web.parts import parts

router = Router(tags=["write"])

KINDS: dict[str, Callable[[bytes], bool]] = {
    "application/pdf": lambda head: head.startswith(b"%PDF-"),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/tiff": lambda head: head[:4] in (b"II*\x00", b"MM\x00*"),
    "audio/wav": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE",
    "audio/mpeg": lambda head: head.startswith(b"ID3") or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "video/mp4": lambda head: head[4:8] == b"ftyp",
    "video/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3"),
    "application/zip": lambda head: head.startswith(b"PK\x03\x04"),
    "text/plain": lambda head: b"\x00" not in head,
}
"""Media types that are taken, each with how its bytes begin."""
HEAD = 16


class Counted:
    """The body of a request as a stream that ends where the limit is passed — 计量读取."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        self._request, self._most = request, most
        self._seen = 0
        self._ahead = b""

    def head(self) -> bytes:
        """The first bytes, without taking them away."""
        while len(self._ahead) < HEAD and (piece := self._request.read(HEAD - len(self._ahead))):
            self._ahead += piece
        return self._ahead

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises Rejected once there are too many."""
        found, self._ahead = (self._ahead, b"") if self._ahead else (self._request.read(size), b"")
        self._seen += len(found)
        if self._seen > self._most:
            raise too_large(self._most)
        return found


def too_large(most: int) -> Rejected:
    """The answer to more bytes than one request may bring."""
    return Rejected(
        413,
        Problem(
            "file.too_large",
            "body",
            words(f"文件超过{most}字节", f"more than {most} bytes"),
            words("较大的录音录像请分段", "bring larger recordings in parts"),
        ),
    )


def own_files(user: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """``values`` if every file among them was brought by this user. Raises Refusal: a digest alone opens nothing."""
    files = {name: value["blob"] for name, value in values.items() if isinstance(value, Mapping) and "blob" in value}
    own = (
        set(
            Upload.objects.filter(user=user, digest__in=[str(each) for each in files.values()]).values_list(
                "digest", flat=True
            )
        )
        if files
        else set()
    )
    foreign = [name for name, digest in files.items() if digest not in own]
    if foreign:
        raise Refusal(
            [
                Problem("file.not_here", f"with.{name}", words("请先上传文件", "upload the file first"))
                for name in foreign
            ]
        )
    return values


@router.post(
    "/blobs",
    response={201: BlobOut, **REFUSED},
    summary="上传文件 / upload bytes, to be bound by an act",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
        }
    },
)
def upload(request: HttpRequest) -> Any:
    """The body is the file itself; ``X-File-Name`` (percent-encoded) names it. The digest (SHA-256) is answered."""
    uploader = actor(request).user
    most = settings.UPLOAD_MOST
    declared = (request.content_type or "").lower()
    if declared not in KINDS:
        raise Rejected(
            415,
            Problem(
                "file.type",
                "Content-Type",
                words(f"不接受“{declared}”", f"'{declared}' is not taken"),
                words("、".join(KINDS), ", ".join(KINDS)),
            ),
        )
    if int(request.headers.get("Content-Length") or 0) > most:
        raise too_large(most)
    body = Counted(request, most)
    if not KINDS[declared](body.head()):
        raise Rejected(
            415, Problem("file.mistyped", "body", words(f"内容不是{declared}", f"the bytes are not {declared}"))
        )
    if not body.head():
        raise Rejected(422, Problem("file.empty", "body", words("文件没有内容", "the file is empty")))
    blob = parts().clerk.blobs.put(body)  # type: ignore[arg-type]  # all that is read of it is read()
    Upload.objects.update_or_create(user=uploader, digest=blob.digest)
    name = "".join(sign for sign in unquote(request.headers.get("X-File-Name", "")) if sign.isprintable())[:200]
    return Status(
        201, {"blob": blob.digest, "size": blob.size, "name": name or blob.digest[:12], "media_type": declared}
    )
