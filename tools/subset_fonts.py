"""Subset — 字体裁剪: makes the fonts of src/dangui/render/fonts from the full Noto CJK collections (OFL 1.1).

Needs Debian's ``fonts-noto-cjk`` (or the same TTC files elsewhere) and fonttools; about a minute per font:

    python tools/subset_fonts.py [--from /usr/share/fonts/opentype/noto]

The output depends on the input only: no time stamps, so a second run gives the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

FONTS: Final = Path(__file__).parents[1] / "src/dangui/render/fonts"
SOURCE: Final = Path("/usr/share/fonts/opentype/noto")
RARE: Final = Path(__file__).with_name("rare_characters.txt")

JOBS: Final = (
    # collection, face, codec that names the characters, file
    ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", "gbk", "NotoSerifSC-Regular.otf"),
    ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", "gb2312", "NotoSerifSC-Bold.otf"),
    ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", "gb2312", "NotoSansSC-Regular.otf"),
)


def characters(codec: str) -> set[str]:
    """ASCII, Latin-1 signs, every two-byte character of the codec and the rare characters of names."""
    found = {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)]} | set("—…‘’“”·㈠〇〔〕￥–•")
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            found |= set(bytes((lead, trail)).decode(codec, "ignore"))
    return found | rare()


def rare() -> set[str]:
    """Characters of the official character table (通用规范汉字表) that lie outside of GBK and occur in names."""
    lines = RARE.read_text("utf-8").splitlines()
    return {char for line in lines if not line.startswith("#") for char in line.strip()}


def face(collection: Path, family: str) -> TTFont:
    """The face of that family in a collection. Raises LookupError if there is none."""
    for font in TTCollection(collection).fonts:
        if font["name"].getDebugName(1) == family:
            return font
    raise LookupError(f"{collection} has no face {family}")


def cut(font: TTFont, keep: Iterable[str]) -> TTFont:
    """The font with only these characters, horizontal, unhinted, with the time of the original."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13])
    options.layout_features = ["kern", "locl", "ccmp", "mark", "mkmk", "halt", "palt"]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    tool = subset.Subsetter(options)
    tool.populate(text="".join(sorted(keep)))
    tool.subset(font)
    font.recalcTimestamp = False
    return font


def main() -> None:
    """Make every font of JOBS and say how large it is."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--from", dest="source", type=Path, default=SOURCE, help="folder of the TTC files")
    source = arguments.parse_args().source
    for collection, family, codec, name in JOBS:
        font = cut(face(source / collection, family), characters(codec))
        font.save(FONTS / name)
        print(f"{name}: {len(font.getBestCmap())} characters, {(FONTS / name).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
