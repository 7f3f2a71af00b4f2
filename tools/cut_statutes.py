"""Cut statutes — 摘录法条: copies every article the packs cite from a collection of laws into statutes/.

    python tools/cut_statutes.py DATA_DIR

``DATA_DIR`` holds ``laws/articles.jsonl`` and ``laws/index.csv``. All YAML and Python of the repository is searched
for citations; ``statutes/<key>/<year>.yaml`` then holds exactly the cited articles, in their order, the same bytes for
the same packs.
Every citation that does not resolve is listed with the files that make it, and the exit code is 1.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from dangui.citation import Article, Statute, item_number, parse, resolve
from dangui.core.problem import Problem

ROOT = Path(__file__).resolve().parent.parent
# Anything that looks like a citation is looked at, so that a slip of the pen is reported and not passed over.
MENTION = re.compile(r"(?<![\w/.-])\w+/\d{4}#[\w.()-]*", re.ASCII)
SOURCES = {
    "just-laws": "ImCa0/just-laws @5c000d2",
    "LawRefBook": "LawRefBook/Laws @2f4c5c2",
}
_ITEM = re.compile(r"（([一二三四五六七八九十]{1,3})）")
_SUBITEM = re.compile(r"[0-9]{1,2}[.．、]|[⒈-⒛]")  # 1. … under an item
_LOST_ARTICLE = re.compile(r"第([一二三四五六七八九十百]+)\s+条")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_IN_FORCE = re.compile(r"本(?:法|规定|解释|规则|条例)自(\d{4})年(\d{1,2})月(\d{1,2})日起施行")
_SUFFIX = {f"之{numeral}": number for number, numeral in enumerate("一二三四五六七八九十", 1)}


@dataclass(frozen=True, slots=True)
class Law:
    """One version of one law in the collection, whole."""

    statute: Statute
    source: str
    note: str


def main(data: Path) -> int:
    """Cut and report; 0 if every citation resolves, else 1."""
    cited = mentions(ROOT)
    dates = yaml.safe_load((ROOT / "statutes" / "dates.yaml").read_text(encoding="utf-8"))
    laws = read_laws(data / "laws", dates["versions"])
    held = {version: law.statute for version, law in laws.items()}
    problems = [
        (answer, files) for text, files in sorted(cited.items())
        if isinstance(answer := resolve(text, held, text), Problem)
    ]
    wanted = articles_wanted(cited, held)
    written = {write(laws[version], articles, dates["checked_at"]) for version, articles in sorted(wanted.items())}
    for stale in set((ROOT / "statutes").glob("*/*.yaml")) - written:
        stale.unlink()
    for problem, files in problems:
        print(f"{problem.code} · {problem.says['en']} · {', '.join(sorted(files))}")
    print(f"{len(cited)} citations, {sum(map(len, wanted.values()))} articles of {len(wanted)} laws, "
          f"{len(problems)} do not resolve")
    return 1 if problems else 0


def mentions(root: Path) -> dict[str, set[str]]:
    """Every citation written in the repository, with the files (relative to the root) that make it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in citing_files(root):
        for mention in MENTION.findall(path.read_text(encoding="utf-8")):
            found[_bare(mention)].add(str(path.relative_to(root)))
    return found


def _bare(mention: str) -> str:
    """The mention without the full stop or the closing bracket of the sentence around it."""
    mention = mention.rstrip(".")
    return mention[:-1] if mention.count(")") > mention.count("(") else mention


def citing_files(root: Path) -> Iterator[Path]:
    """YAML and Python files except what is generated, built, hidden or written to be wrong (tests)."""
    skipped = {"statutes", "tests", "build", "var", "node_modules"}
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if folder.name not in skipped:
            yield from sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".py"})


def articles_wanted(cited: Iterable[str], held: Mapping[str, Statute]) -> dict[str, set[str]]:
    """Per version, the articles that are cited and exist."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for text in cited:
        try:
            citation = parse(text)
        except ValueError:
            continue
        if citation.law in held and citation.article in held[citation.law].articles:
            wanted[citation.law].add(citation.article)
    return wanted


def read_laws(folder: Path, known: Mapping[str, Mapping[str, str]]) -> dict[str, Law]:
    """The whole collection by ``key/year``."""
    articles: dict[str, dict[str, Article]] = defaultdict(dict)
    with (folder / "articles.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            number = str(row["article"]) + (f"-{_SUFFIX[row['suffix']]}" if row["suffix"] else "")
            for name, paras in split_lost_articles(number, row["paras"]):
                articles[row["law"]][name] = Article(row["heading"], tuple(group(paras)))
    with (folder / "index.csv").open(encoding="utf-8") as rows:
        laws = [law_of(row, articles[row["key"]], known) for row in csv.DictReader(rows)]
    return {f"{law.statute.key}/{law.statute.year}": law for law in laws}


def split_lost_articles(number: str, paras: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The article, and any that hides in it: the collection missed headings with a space (第三百七十二 条)."""
    current: list[str] = []
    for para in paras:
        lost = _LOST_ARTICLE.match(para)
        if lost:
            yield number, current
            number, current, para = str(int(number) + 1), [], para[lost.end():]
        current.append(para.strip())
    yield number, current


def group(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs (款) from lines: the items of a list belong to the paragraph that opens it."""
    paras: list[list[str]] = []
    for line in lines:
        item = _ITEM.match(line)
        if not paras or not (item or _SUBITEM.match(line)):
            paras.append([line])
            continue
        if item and len(paras) > 1 and _continues(item_number(item[1]), paras):
            # A plain line between two items belongs to the earlier item (本项规定的案件 …), not to a new paragraph.
            paras[-2:] = [[*paras[-2], *paras[-1]]]
        paras[-1].append(line)
    return ("\n".join(para) for para in paras)


def _continues(number: int, paras: list[list[str]]) -> bool:
    last = [item_number(found[1]) for line in paras[-2] if (found := _ITEM.match(line))]
    return number > 1 and len(paras[-1]) == 1 and bool(last) and last[-1] == number - 1


def law_of(row: Mapping[str, str], articles: Mapping[str, Article], known: Mapping[str, Mapping[str, str]]) -> Law:
    """The law of one row of the index, with its dates where they are stated."""
    stated = [date(int(y), int(m), int(d)) for y, m, d in _DATE.findall(row["version"])]
    adopted = stated[0] if stated else None
    in_text = _last_date(articles)
    year = int(row["version"][:4]) if row["version"][:4].isdigit() else (adopted or in_text or date.min).year
    entry = known.get(f"{row['key']}/{year}")
    if entry:
        first_day, note = date.fromisoformat(entry["in_force_from"]), entry["stated_in"]
    elif len(stated) > 1:
        first_day, note = stated[1], ""
    elif in_text and (adopted is None or in_text >= adopted):
        first_day, note = in_text, ""
    else:
        first_day, note = None, "施行日期未见于所收文本"
    statute = Statute(row["key"], year, row["name"], adopted, first_day, None, articles)
    return Law(statute, SOURCES[row["source"]], note)


def _last_date(articles: Mapping[str, Article]) -> date | None:
    """The date of entry into force that the text itself states, if it does; of an old version, if it was amended."""
    for article in reversed(list(articles.values())):
        for para in article.paras:
            found = _IN_FORCE.search(para)
            if found:
                return date(*map(int, found.groups()))
    return None


def write(law: Law, wanted: set[str], checked_at: str) -> Path:
    """Write the wanted articles of one law and return the path."""
    statute = law.statute
    path = ROOT / "statutes" / statute.key / f"{statute.year}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines_of(law, wanted, checked_at)) + "\n", encoding="utf-8")
    return path


def lines_of(law: Law, wanted: set[str], checked_at: str) -> Iterator[str]:
    """The file, line by line: people read and compare it, so texts are blocks, one item to a line."""
    statute = law.statute
    yield f"title: {statute.title}"
    yield f"adopted: {_quoted(statute.adopted)}"
    yield f"in_force_from: {_quoted(statute.in_force_from)}"
    yield f"in_force_to: {_quoted(statute.in_force_to)}"
    if law.note:
        yield f"note: {law.note}"
    yield f'source: "{law.source}"'
    yield f'checked_at: "{checked_at}"'
    yield "articles:"
    for number in sorted(wanted, key=lambda name: [int(part) for part in name.split("-")]):
        article = statute.articles[number]
        yield f'  "{number}":'
        yield f"    heading: {json.dumps(article.heading, ensure_ascii=False)}"
        yield "    paras:"
        for para in article.paras:
            yield "      - |-"
            yield from (f"        {line}" for line in para.split("\n"))


def _quoted(day: date | None) -> str:
    return f'"{day.isoformat()}"' if day else "null"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
