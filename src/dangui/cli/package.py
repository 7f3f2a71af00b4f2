"""Package — 密封案卷包: verification of a sealed package, with its file and public keys only."""

from __future__ import annotations

import argparse
from pathlib import Path

from dangui.cli import says
from dangui.exchange.verify import Verified, verify_package
from dangui.signing.key import BadKey, PublicKey, read_public


def verify(options: argparse.Namespace) -> int:
    """Say what holds of the package, what was not checked, and what is wrong."""
    if not options.package or not options.key or options.what:
        raise says.Trouble(
            "核验密封案卷包需要且只需要 --package 与 --key", "to verify a sealed package give --package and --key only"
        )
    found = verify_package(options.package, [_key(path) for path in options.key])
    if options.json:
        says.as_json({
            "ok": not found.problems, "holds": [dict(each) for each in found.holds],
            "unchecked": [dict(each) for each in found.unchecked],
            "problems": [each.as_json() for each in found.problems],
        })
    else:
        _say(found)
    return says.FOUND if found.problems else says.OK


def _say(found: Verified) -> None:
    for holds in found.holds:
        says.line(f"✓ {holds['zh']}", holds["en"])
    for unchecked in found.unchecked:
        says.line(f"? 未核验:{unchecked['zh']}", f"not checked: {unchecked['en']}")
    says.problems(found.problems)
    if found.problems:
        says.line(f"核验不通过:{len(found.problems)} 处问题", f"not verified: {len(found.problems)} problems")
    else:
        says.line("核验通过", "verified")


def _key(path: Path) -> PublicKey:
    try:
        return read_public(path.read_text("ascii"))
    except (BadKey, UnicodeDecodeError) as error:
        raise says.Trouble(f"{path} 不是公钥文件", f"{path} is no public key: {error}") from None
