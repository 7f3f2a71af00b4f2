"""People — 人员名册: who holds which post, read from the demonstration's list or from the accounts of a node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dangui.core.problem import Problem, words
from dangui.packs_yaml import read_file


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in a post — 任职."""

    user: str
    zh: str
    en: str
    agency: str
    post: str


class Directory:
    """Names and posts by user id."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self.holders = tuple(holders)

    def name(self, user: str) -> str:
        """The person's name, or the id of somebody who is not listed any more."""
        return next((holder.zh for holder in self.holders if holder.user == user), user)

    def with_post(self, agency: str, post: str) -> tuple[str, ...]:
        """Users who hold the post in that agency; in any, where ``agency`` is "" (a lawyer, a mediator)."""
        return tuple(holder.user for holder in self.holders if agency in ("", holder.agency) and holder.post == post)

    def office(self, user: str) -> tuple[str, str]:
        """(agency, post) of a user. Raises KeyError for a stranger."""
        for holder in self.holders:
            if holder.user == user:
                return holder.agency, holder.post
        raise KeyError(user)

    def post(self, user: str, agency: str) -> str:
        """The post a user holds in an agency, or "" if none."""
        return next((holder.post for holder in self.holders if holder.user == user and holder.agency == agency), "")


def read_people(path: Path) -> Directory:
    """The people.yaml of a city. Raises ValueError with every problem."""
    sheet = read_file(path, path.parent)
    problems = list(sheet.problems)
    holders = []
    for number, item in enumerate((sheet.value or {}).get("people", [])):
        if set(item) != {"id", "zh", "en", "agency", "post"}:
            problems.append(Problem("people.keys", sheet.at("people", number), words(
                "须有 id、zh、en、agency、post", "needs id, zh, en, agency, post")))
            continue
        holders.append(Holder(item["id"], item["zh"], item["en"], item["agency"], item["post"]))
    if problems:
        raise ValueError("; ".join(f"{problem.place}: {problem.says['en']}" for problem in problems))
    return Directory(holders)
