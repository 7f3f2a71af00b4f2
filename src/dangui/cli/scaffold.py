"""Scaffold — 脚手架: the files of a new procedure: small, complete, running; every line is there to be changed."""

from __future__ import annotations

from pathlib import Path

from dangui.core.world import Agency
from dangui.packs import Packs

FILES = {
    "procedure.yaml": """\
title: {{zh: 新流程, en: {title}}}
agency: {kind}
opens_by: [act]                      # somebody opens it at the desk; or names of collaborations
stages: [open, closed]
first: open
closed: [closed]
persons: {{party: {{zh: 当事人, en: Party}}}}
number: {name}
{catalogue}leads: {post}
basis: none                          # replace by `basis:` on every action, and `sources:` here
basis_reason: 尚未写明法律依据
""",
    "stages/open.yaml": """\
title: {{zh: 办理中, en: Open}}
actions:
  open:
    title: {{zh: 受理, en: Open}}
    by: {post}
    asks:
      - {{name: summary, is: text, zh: 事由, en: What it is about, required: true}}
    when_done: [{{remember: [summary]}}, {{start: [handle]}}]
  add_party:
    title: {{zh: 登记当事人, en: Add a party}}
    by: {post}
    asks:
      - {{name: record, is: person, zh: 个人信息, en: Personal record, required: true}}
    when_done: [{{join: party, record: record}}]
  conclude:
    title: {{zh: 办结, en: Conclude}}
    by: {post}
    needs: [has.party]
    asks:
      - {{name: result, is: text, zh: 结果, en: Result, required: true}}
    when_done: [{{meet: [handle]}}, {{stage: closed}}]
""",
    "stages/closed.yaml": "title: {{zh: 已办结, en: Closed}}\nactions: {{}}\n",
    "deadlines.yaml": """\
handle:
  title: {{zh: 办理期限, en: To be handled}}
  length:
    - {{is: 30 days}}
  at_end: act
  warn: [7 days]
""",
    "cases/happy.yaml": """\
says: {{zh: 从受理到办结, en: From opening to conclusion}}
given:
  - {{at: "2026-03-02 09:00", open: {id}, agency: {agency}, by: {post}, with: {{summary: 一件事}}}}
  - {{at: "2026-03-02 10:00", do: add_party, by: {post}, with: {{record: {{name: 某甲}}}}}}
then:
  - {{deadline: handle, ends: "2026-04-01"}}
when: {{at: "2026-03-10 10:00", do: conclude, by: {post}, with: {{result: 已处理}}}}
then_again:
  - {{stage: closed}}
  - {{deadline: handle, status: met}}
""",
    "cases/too_early.yaml": """\
says: {{zh: 没有当事人不能办结, en: Without a party nothing can be concluded}}
given:
  - {{at: "2026-03-02 09:00", open: {id}, agency: {agency}, by: {post}, with: {{summary: 一件事}}}}
when: {{at: "2026-03-10 10:00", do: conclude, by: {post}, with: {{result: 已处理}}}}
then_again: {{refused: [needs.has.party]}}
""",
    "README.md": "# {id}\n\nWhat it covers, the sources, and what the law leaves open.\n",
}


def write(root: Path, procedure: str) -> str:
    """Write procedures/<field>/<name>/ and let the first agency run it; returns that agency's id."""
    world = Packs(root).load()
    agency = next(iter(world.agencies.values()))
    field, _, name = procedure.partition("/")
    catalogue = field if field in world.catalogues else next(iter(world.catalogues), "")
    words = {
        "id": procedure,
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "agency": agency.id,
        "kind": agency.kind,
        "post": next(iter(agency.posts)),
        "catalogue": f"catalogue: {catalogue}\n" if catalogue else "",
    }
    for file, text in FILES.items():
        path = root / "procedures" / procedure / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words), "utf-8")
    _run(root, agency, procedure, name)
    return agency.id


def _run(root: Path, agency: Agency, procedure: str, name: str) -> None:
    """Add the procedure and its numbers to the agency's file, whose comments and order stay as they are."""
    path = next(root.glob(f"agencies/*/{agency.id}.yaml"))
    lines = path.read_text("utf-8").splitlines()
    for index, line in enumerate(lines):
        if line.startswith("runs: [") and line.rstrip().endswith("]"):
            lines[index] = line.rstrip()[:-1] + f", {procedure}]"
        elif line.strip() == "case:":
            lines[index] = f'{line}\n    {name}: "{name}〔{{year}}〕{{serial}}号"'
        elif line.strip().startswith("case: {") and line.rstrip().endswith("}"):
            lines[index] = line.rstrip()[:-1] + f', {name}: "{name}〔{{year}}〕{{serial}}号"}}'
    path.write_text("\n".join(lines) + "\n", "utf-8")
