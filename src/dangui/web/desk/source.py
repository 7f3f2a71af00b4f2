"""Source — 取数: asks the reader for what a page shows; nothing else of the web touches the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from dangui.clerk import Clerk
from dangui.core.ledger import Actor
from dangui.core.problem import Problem, Refusal, Words, words
from dangui.core.procedure import Procedure
from dangui.reader import Line, Work
from dangui.reader import Page as ReaderPage
from dangui.render import preview
from dangui.web import parts, people
from dangui.web.desk import shown, track
from dangui.web.desk.lists import CaseLine, LookLine, Opening, Page, TaskLine
from dangui.web.desk.sheet import (
    ActionLine,
    Bytes,
    CaseSheet,
    Coupling,
    FormSheet,
    Pending,
    ProceedingSheet,
    Station,
)

BINDING = ("bind_material", "bind")
"""What the actions are called that bind a file in the dossier."""


def clerk() -> Clerk:
    """The only writer."""
    return parts.parts().clerk


def acted() -> None:
    """Something was written: what it sends may go out."""
    parts.parts().acted()


def waiting(actor: Actor) -> Mapping[str, int]:
    """How much waits, per kind."""
    return parts.waiting(actor)


# -- lists -----------------------------------------------------------------------------------------------


def tasks(actor: Actor, kind: str, after: str) -> Page:
    """My work, the nearest deadline first."""
    page = _listed(lambda: _reader().my_work(actor, kind, after))
    return Page([_task(work) for work in page.items], page.next, page.counts)


def cases(actor: Actor, after: str, *, of_post: bool = False) -> Page:
    """Open proceedings of the user, or of the post."""
    return _case_page(_listed(lambda: _reader().my_cases(actor, after, principal=actor.principal if of_post else "")))


def find(actor: Actor, text: str, after: str) -> Page:
    """Proceedings by number or name."""
    return _case_page(_listed(lambda: _reader().find(actor, text, after)))


def approvals(actor: Actor, after: str) -> Page:
    """Applications that wait for this actor, to be approved or to be carried out."""
    page = _listed(lambda: _reader().approvals(actor, after))
    carried_out = () if after else _reader().executions(actor).items
    return Page([_pending(work) for work in (*page.items, *carried_out) if work.pending], page.next, page.counts)


def inbox(actor: Actor, after: str) -> Page:
    """Delivered hand-overs that nobody has taken up yet."""
    page = _listed(lambda: _reader().inbox(actor, after))
    return Page([_ticket(work) for work in page.items if work.run], page.next, page.counts)


def handovers(actor: Actor) -> Page:
    """Hand-overs under way, the oldest first."""
    return Page(
        [
            replace(shown.coupling(run, line.row.proceeding, line.row.number), case=line.title)
            for line, run in _reader().handovers(actor)
        ]
    )


def looks(actor: Actor, proceeding: str) -> Page:
    """Who looked at a proceeding, the latest first. Raises Http404 for one the actor may not see."""
    found = _allowed(lambda: _reader().looks(actor, proceeding))
    names = people.names_of(look.actor.user for look in found)
    return Page(
        [
            LookLine(
                look.at,
                names.get(look.actor.user, look.actor.user),
                _office(look.actor),
                _looked(look.what),
                proceeding,
                "",
                look.allowed,
            )
            for look in found
        ]
    )


# -- one proceeding --------------------------------------------------------------------------------------


def proceeding(actor: Actor, proceeding: str) -> ProceedingSheet:
    """Everything on the page of a proceeding. Raises Http404 for one the actor may not see."""
    view = _allowed(lambda: _reader().proceeding(actor, proceeding))
    case = _allowed(lambda: _reader().case(actor, view.row.case_id))
    state = dict(case.views)[proceeding]
    names = {person.id: person.name for person in view.persons}
    defended = {person.id: names.get(person.defends, "") for person in state.persons.values() if person.defends}
    line = next(line for line in case.lines if line.row.proceeding == proceeding)
    return shown.proceeding(view, parts.world(), _case_line(line), track.small(case, proceeding), defended)


def form(actor: Actor, proceeding: str, action: str, persons: tuple[str, ...]) -> FormSheet:
    """An action as a form. Raises Http404 for an unknown one."""
    return shown.form(_allowed(lambda: _reader().form(actor, proceeding, action)), persons)


def with_reasons(sheet: FormSheet, reasons: tuple[Problem, ...]) -> FormSheet:
    """The form with the refusal of what was handed in, if there was one."""
    return replace(sheet, reasons=reasons) if reasons else sheet


def openings(actor: Actor) -> list[Opening]:
    """Procedures that this post may open."""
    return [
        Opening(
            procedure.id, procedure.title, view.title if view else words("受理", "Open"), view.basis if view else ()
        )
        for procedure, view in _reader().openable(actor)
    ]


def opening_form(actor: Actor, procedure: str) -> FormSheet:
    """The first form of a procedure."""
    found = next((pair for pair in _reader().openable(actor) if pair[0].id == procedure), None)
    if found is None:
        raise Http404
    return replace(shown.form(found[1], ()), reasons=()) if found[1] else _blank(found[0])


def _blank(procedure: Procedure) -> FormSheet:
    return FormSheet(ActionLine("open", procedure.title, "do"), (), (), {}, {})


# -- a case ----------------------------------------------------------------------------------------------


def case(actor: Actor, case_id: str) -> CaseSheet:
    """The rail of a case, as far as the actor may see it. Raises Http404 if that is nothing."""
    view = _allowed(lambda: _reader().case(actor, case_id))
    if not view.lines:
        raise Http404
    return track.case_sheet(view)


# -- bytes -----------------------------------------------------------------------------------------------


def paper(actor: Actor, proceeding: str, kind: str, ref: str) -> Bytes:
    """An issued document or a bound material. Raises Http404 if there is none that the actor may see."""
    view = _allowed(lambda: _reader().proceeding(actor, proceeding))
    items = view.documents if kind == "documents" else [item for _, _, items in view.materials for item in items]
    item = next((item for item in items if item["id"] == ref and item.get("blob")), None)
    if item is None:
        raise Http404
    names = {person.id: person.name for person in view.persons}
    return Bytes(
        item["title"],
        view.row.number,
        "、".join(names[each] for each in item.get("of", ()) if names.get(each)),
        datetime.fromisoformat(item["at"]),
        str(item["blob"]),
        str(item.get("media_type") or "application/octet-stream"),
        str(item.get("name") or f"{item['title']['zh']}.pdf"),
        proceeding,
    )


def open_blob(actor: Actor, paper: Bytes) -> BinaryIO:
    """The bytes; the look is recorded."""
    stream: BinaryIO = _allowed(lambda: _reader().blob(actor, paper.proceeding, paper.digest))[0]
    return stream


def read(actor: Actor, paper: Bytes) -> bytes:
    """All of the bytes."""
    with open_blob(actor, paper) as stream:
        return stream.read()


def store_file(file: UploadedFile[bytes]) -> dict[str, Any]:
    """Put an uploaded file and say what it is, as a ``file`` field takes it. What it is, is read from its bytes."""
    stream: Any = file.file
    head = stream.read(16)
    stream.seek(0)
    media_type = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    media_type = media_type or ("video/mp4" if head[4:8] == b"ftyp" else "")
    named = _NAMED.get((file.name or "").rpartition(".")[2].lower(), media_type)
    if not media_type or named != media_type:
        raise _mistyped(file.name or "")
    blob = clerk().blobs.put(stream)
    found = {"blob": blob.digest, "size": blob.size, "name": (file.name or "")[-200:], "media_type": media_type}
    if media_type == "application/pdf":
        stream.seek(0)
        found["pages"] = _pages(stream.read())
    return found


_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", "application/zip"),
    (b"RIFF", "audio/x-wav"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
)
"""What a dossier takes, by how its bytes begin; nothing among it that a browser would run."""

_NAMED = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
"""What a file's name promises, where its bytes must keep the promise."""


def _mistyped(name: str) -> Refusal:
    return Refusal([Problem("file.type", "with.file", words(
        f"“{name[-60:]}”的内容与名称不符，或不是可以入卷的种类",
        f"'{name[-60:]}' is not what its name says, or of no kind that a dossier takes"),
        words("可用 PDF、JPEG、PNG、TIFF、Word、ZIP、WAV、MP3、MP4、WebM",
              "taken are PDF, JPEG, PNG, TIFF, Word, ZIP, WAV, MP3, MP4, WebM"))])


def _pages(data: bytes) -> int:
    try:
        return preview.pages(data)
    except (ValueError, RuntimeError):
        raise Refusal(
            [
                Problem(
                    "file.broken",
                    "with.file",
                    words("这份 PDF 已损坏，打不开；请重新扫描后再传", "this PDF is damaged; scan it again"),
                )
            ]
        ) from None


# -- lines -----------------------------------------------------------------------------------------------


def _reader() -> Any:
    return parts.parts().reader


def _listed(look: Callable[[], ReaderPage]) -> ReaderPage:
    """A part of a list; Http404 where it should go on at a place that no list ever named."""
    try:
        return look()
    except Refusal:
        raise Http404 from None


def _allowed(look: Any) -> Any:
    """What the reader gives, or Http404 where it refuses: that a case exists is told only to those who may see it."""
    try:
        return look()
    except (Refusal, FileNotFoundError, LookupError):
        raise Http404 from None


def _task(work: Work) -> TaskLine:
    task, line = work.task, work.line
    return TaskLine(
        task.id,
        task.kind,
        task.title,
        task.proceeding,
        task.ref,
        line.row.number,
        work.person,
        line.title,
        line.row.procedure_title,
        line.row.stage_title,
        task.since,
        task.due_at,
        task.liberty,
        _rail(line),
    )


def _case_page(page: ReaderPage) -> Page:
    return Page([_case_line(line) for line in page.items], page.next, page.counts)


def _case_line(line: Line) -> CaseLine:
    row = line.row
    return CaseLine(
        row.proceeding,
        row.case_id,
        row.number,
        line.title,
        row.procedure_title,
        row.stage_title,
        line.agency_title,
        row.opened_at,
        row.closed,
        row.due_at,
        row.due_title,
        row.due_liberty,
        tuple(clerk().people.name(user) for user in row.assigned),
        _rail(line),
    )


def _rail(line: Line) -> tuple[Station, ...]:
    """The stages of the procedure, as the small rail of a list."""
    procedure = parts.world().procedures.get(line.row.procedure)
    every = [(stage.id, stage.title) for stage in procedure.stages.values()] if procedure else []
    return shown.stages(every, line.row.stage)


def _pending(work: Work) -> Pending:
    found = shown.pending(work.pending, _case_line(work.line))  # type: ignore[arg-type]
    return replace(found, due_at=work.task.due_at, liberty=work.task.liberty)


def _ticket(work: Work) -> Coupling:
    """A hand-over by what began it (提请批准逮捕, 移送起诉), whatever was sent after it."""
    run: Any = work.run
    found = shown.coupling(run, work.task.proceeding, work.line.row.number)
    nodes = parts.world().collaborations[run.collaboration].nodes
    began = next((node for node in (nodes[run.node], *nodes.values()) if node.verb == "initiate"), nodes[run.node])
    return replace(found, title=began.title, case=work.line.title, due_at=work.task.due_at, liberty=work.task.liberty)


def _office(actor: Actor) -> Words:
    agency, post = parts.agency_title(actor.agency), parts.post_title(actor.agency, actor.post)
    return words(f"{agency['zh']}{post['zh']}", f"{agency['en']}, {post['en']}")


_LOOKED: Mapping[str, Words] = {
    "proceeding": words("案件全貌", "the proceeding"),
    "form": words("办理表单", "a form"),
    "preview": words("办理预览", "a preview"),
    "case": words("案件轨道", "the rail"),
    "looks": words("阅卷记录", "the record of looks"),
    "find": words("查找结果", "a search that found it"),
    "execution": words("待执行的呈请", "an application to carry out"),
    "verify": words("核验", "a verification"),
    "approval": words("呈请", "an application"),
    "reception": words("移送", "a hand-over"),
    "blob": words("文书或材料原件", "an original"),
}


def _looked(what: str) -> Words:
    key = what.partition(" ")[0]
    return _LOOKED.get(key, words(what, what))
