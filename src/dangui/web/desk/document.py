"""Document — 文书和材料: ``/desk/proceedings/<id>/documents/<id>/``, a document or material, page by page."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from dangui.render import preview
from dangui.web.desk import asked, source

PAGES_SHOWN = 60
IMAGES = ("image/png", "image/jpeg")
INLINE = (*IMAGES, "application/pdf")


def show(request: HttpRequest, proceeding: str, kind: str, ref: str) -> HttpResponse:
    """The pages as images, and the original to download."""
    paper = source.paper(asked.actor(request), proceeding, kind, ref)
    here = f"/desk/proceedings/{proceeding}/{kind}/{ref}/"
    count = _count(source.read(asked.actor(request), paper)) if paper.media_type == "application/pdf" else 0
    pages = range(1, min(count, PAGES_SHOWN) + 1)
    return render(
        request,
        "desk/document.html",
        {
            "title": paper.title,
            "number": paper.number,
            "person": paper.person,
            "made": paper.made_at,
            "digest": paper.digest,
            "back": f"/desk/proceedings/{proceeding}/",
            "download": f"{here}pdf/",
            "pages": pages,
            "images": f"{here}pages/",
            "image": paper.media_type in IMAGES,
        },
    )


def _count(pdf: bytes) -> int:
    """How many pages; none where it can't be read, and then it can still be downloaded."""
    try:
        return preview.pages(pdf)
    except (ValueError, RuntimeError):
        return 0


def page(request: HttpRequest, proceeding: str, kind: str, ref: str, number: int) -> HttpResponse:
    """One page as an image."""
    paper = source.paper(asked.actor(request), proceeding, kind, ref)
    data = source.read(asked.actor(request), paper)
    if paper.media_type != "application/pdf" or not 1 <= number <= _count(data):
        raise Http404
    return HttpResponse(preview.png(data, number), content_type="image/png")


def original(request: HttpRequest, proceeding: str, kind: str, ref: str) -> HttpResponseBase:
    """The bytes as they were bound; only pictures and PDF are ever shown by the browser itself."""
    paper = source.paper(asked.actor(request), proceeding, kind, ref)
    shown = paper.media_type in INLINE
    response = FileResponse(
        source.open_blob(asked.actor(request), paper),
        content_type=paper.media_type if shown else "application/octet-stream",
    )
    response["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(paper.filename)}"
    return response
