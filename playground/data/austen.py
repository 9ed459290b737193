"""Builds the Austen corpus from Debian's r-cran-janeaustenr: python -m playground.data.austen FOLDER.

FOLDER: janeaustenr/data of the unpacked package (apt-get download r-cran-janeaustenr; dpkg -x …). Its output is in
assets/data, so users of the playground need not run it. It needs the package rdata.
"""

from __future__ import annotations

import re
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

from playground.data.corpora import write_corpus

#: The package's names -> titles, in order of publication.
NOVELS = {
    "sensesensibility": "Sense and Sensibility",
    "prideprejudice": "Pride and Prejudice",
    "mansfieldpark": "Mansfield Park",
    "emma": "Emma",
    "northangerabbey": "Northanger Abbey",
    "persuasion": "Persuasion",
}
ORIGIN = (
    "The texts of Project Gutenberg as Julia Silge's R package janeaustenr 1.0.0 has them, from Debian's "
    "r-cran-janeaustenr; each paragraph's lines joined into one."
)


def main(folder: Path) -> None:
    """Write assets/data/austen.txt.xz and austen.json from the package's data."""
    lines = lines_of(folder / "Rdata")
    write_corpus(
        "austen",
        "Jane Austen, the six novels",
        [(title, join_paragraphs(lines[name])) for name, title in NOVELS.items()],
        licence="public domain",
        origin=ORIGIN,
    )


def lines_of(base: Path) -> dict[str, list[str]]:
    """Every novel's lines from R's lazy-load database: base.rdx holds their positions in base.rdb, zlib-compressed."""
    import rdata  # type: ignore[import-not-found]

    index: dict[str, Any] = rdata.read_rds(base.with_suffix(".rdx"))["variables"]
    packed = base.with_suffix(".rdb").read_bytes()
    novels = {}
    for name, (start, length) in index.items():
        piece = packed[start : start + length]
        unpacked = zlib.decompress(piece[4:])
        if len(unpacked) != struct.unpack(">I", piece[:4])[0]:
            raise ValueError(f"{name} is damaged")
        novels[str(name)] = [str(line) for line in rdata.conversion.convert(rdata.parser.parse_data(unpacked))]
    return novels


def join_paragraphs(lines: list[str]) -> str:
    """Joins the lines of each paragraph; blank lines separate paragraphs."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines))
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
