"""Enrol — 登记人员: gives the people who look at the desk their accounts, in the node that the environment names."""

from __future__ import annotations

from bench.mywork import PEOPLE
from dangui.cli.node import open_node


def main() -> None:
    """Enrol everybody."""
    open_node()
    from dangui.web.people import enrol

    for user, name, post in PEOPLE:
        enrol(user, name, "qinghe_police", post)


if __name__ == "__main__":
    main()
