"""Texts to learn a language from: what each is, whose it is, and which part of it no training sees.

A corpus is one or more works. The last 5 % of every work, from the start of a paragraph on, are held out: a model is
measured on them and never trained on them. Texts that come along lie in assets/data as NAME.txt.xz with NAME.json.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.data import ngrams

FOLDER = DATA
NAMES = ("austen", "shakespeare")
USER_TEXT = "pasted"
#: Name -> what it is called. Here, so that a page can name them without reading them.
TITLES = {
    "austen": "Jane Austen, the six novels",
    "shakespeare": "William Shakespeare, the plays",
    USER_TEXT: "My own text",
}
HELD_OUT = 0.05
#: Fewer characters teach nothing: the held-out part alone should be some sentences.
LEAST, MOST = 2_000, 5_000_000
#: The name under which a pasted text travels with a run.
OWN_FILE = "own-text.txt"
#: Between the works of a stored file.
_BETWEEN = "\f"


@dataclass(frozen=True)
class Corpus:
    """Works to learn from. licence: of the texts.  sha256: of the whole as UTF-8.  works: (title, text).

    baselines: bits per character of n-grams of order 1 to 5 on the held-out part, if they are known (see ngrams.py).
    """

    name: str
    title: str
    licence: str
    origin: str
    works: tuple[tuple[str, str], ...]
    sha256: str
    baselines: tuple[float, ...] = ()

    def train(self) -> str:
        """What is trained on: every work without its end."""
        return "\n".join(text[: held_out_start(text)] for _, text in self.works)

    def held_out(self) -> str:
        """What no training sees: the end of every work."""
        return "\n".join(text[held_out_start(text) :].lstrip("\n") for _, text in self.works)

    def characters(self) -> int:
        """Of all works together."""
        return sum(len(text) for _, text in self.works)


def held_out_start(text: str) -> int:
    """Where the held-out end of a work begins: at the paragraph's, line's or word's start nearest before 95 %."""
    at = int(len(text) * (1 - HELD_OUT))
    nearest = max(text.rfind(mark, int(at * 0.9), at) + 1 for mark in ("\n",))
    return nearest or text.rfind(" ", 0, at) + 1 or at


@cache
def load(name: str) -> Corpus:
    """A corpus that comes along. Raises PlaygroundError if there is none of that name, or its file is damaged."""
    if name not in NAMES:
        raise PlaygroundError(f'There is no corpus "{str(name)[:40]}": choose {", ".join(NAMES)}, or paste a text.')
    try:
        facts = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        data = lzma.decompress((FOLDER / f"{name}.txt.xz").read_bytes())
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise PlaygroundError(f"assets/data/{name}.txt.xz cannot be read: install the playground anew.") from error
    if hashlib.sha256(data).hexdigest() != facts["sha256"]:
        raise PlaygroundError(
            f"assets/data/{name}.txt.xz is damaged (its sha256 differs): install the playground anew."
        )
    works = zip([work["title"] for work in facts["works"]], data.decode("utf-8").split(_BETWEEN), strict=True)
    told = (facts["title"], facts["licence"], facts["origin"])
    return Corpus(name, *told, tuple(works), facts["sha256"], tuple(facts["baselines"]))


def user_corpus(text: str) -> Corpus:
    """A visitor's own text as a corpus of one work. Raises PlaygroundError if it is too short, too long or no text."""
    found = clean_text(text)
    check_length(found)
    if len(set(found)) < 10:
        raise PlaygroundError(
            f"This text has only {len(set(found))} different characters: nothing about a language can be learned from "
            "it. Paste sentences."
        )
    sha256 = hashlib.sha256(found.encode()).hexdigest()
    return Corpus(USER_TEXT, TITLES[USER_TEXT], "its owner's", "pasted", (("pasted", found),), sha256)


def check_length(text: str) -> None:
    """Raises PlaygroundError if a text is too short or too long to be learned from."""
    if len(text) < LEAST:
        raise PlaygroundError(
            f"This text has {len(text):,} characters after cleaning: paste at least {LEAST:,}, some pages. "
            "With less there is nothing to learn, and nothing left to test on."
        )
    if len(text) > MOST:
        raise PlaygroundError(f"This text has {len(text):,} characters: at most {MOST:,} can be used. Paste a part.")


def clean_text(text: str) -> str:
    """Composed characters, Unix line ends, no control characters, no more than one empty line in a row."""
    if not isinstance(text, str):
        raise PlaygroundError("A corpus is text.")
    if len(text) > 20 * MOST:
        raise PlaygroundError(f"This text has {len(text):,} characters: at most {MOST:,} can be used. Paste a part.")
    found = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    found = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", found)
    return re.sub(r"\n[ \t\n]*\n", "\n\n", found).strip()


def parse_corpus(name: str, text: str = "") -> Corpus:
    """A corpus by name, or the pasted text. Raises PlaygroundError."""
    return user_corpus(text) if name == USER_TEXT else load(name)


def write_corpus(name: str, title: str, works: Sequence[tuple[str, str]], licence: str, origin: str) -> None:
    """Put works into assets/data as NAME.txt.xz and NAME.json."""
    texts = [(work, clean_text(text)) for work, text in works]
    data = _BETWEEN.join(text for _, text in texts).encode()
    facts: dict[str, Any] = {
        "name": name,
        "title": title,
        "licence": licence,
        "origin": origin,
        "works": [{"title": work, "characters": len(text)} for work, text in texts],
        "characters": sum(len(text) for _, text in texts),
        "held_out": "the last 5 % of each work, from the start of a paragraph on",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    whole = Corpus(name, title, licence, origin, tuple(texts), facts["sha256"])
    facts["baselines"] = ngrams.bits_per_character(whole.train(), whole.held_out())
    packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    (FOLDER / f"{name}.txt.xz").write_bytes(packed)
    (FOLDER / f"{name}.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
