"""Corpora to train language models on: their texts, licences, and held-out parts.

A corpus is one or more works. The last 5 % of every work, from the start of a paragraph, are held out: models are
measured on them and never trained on them. Bundled corpora are in assets/data as NAME.txt.xz with NAME.json.
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

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.data import ngrams

FOLDER = DATA
NAMES = ("austen", "shakespeare")
USER_TEXT = "pasted"
HELD_OUT = 0.05
#: Limits in characters; below LEAST the held-out part would be less than some sentences.
LEAST, MOST = 2_000, 5_000_000
#: The file of a visitor's text in a run's folder.
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
        """The training text: every work without its held-out end."""
        return "\n".join(text[: held_out_start(text)] for _, text in self.works)

    def held_out(self) -> str:
        """The held-out text: the end of every work."""
        return "\n".join(text[held_out_start(text) :].lstrip("\n") for _, text in self.works)

    def characters(self) -> int:
        """Characters of all works together."""
        return sum(len(text) for _, text in self.works)


def corpus_titles() -> dict[str, str]:
    """Name of each corpus, and of a visitor's text -> its title. Reads no corpus."""
    return {name: say(f"data.corpora.{name}") for name in (*NAMES, USER_TEXT)}


def held_out_start(text: str) -> int:
    """Where a work's held-out end begins: the start of a line, or else of a word, nearest before 95 %."""
    at = int(len(text) * (1 - HELD_OUT))
    nearest = max(text.rfind(mark, int(at * 0.9), at) + 1 for mark in ("\n",))
    return nearest or text.rfind(" ", 0, at) + 1 or at


@cache
def load(name: str) -> Corpus:
    """A bundled corpus. Raises PlaygroundError for an unknown name or a damaged file."""
    if name not in NAMES:
        raise PlaygroundError(say("data.corpora.unknown", name=str(name)[:40], names=", ".join(NAMES)))
    file = f"assets/data/{name}.txt.xz"
    try:
        facts = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        data = lzma.decompress((FOLDER / f"{name}.txt.xz").read_bytes())
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise PlaygroundError(say("models.file.bundled_unreadable", file=file)) from error
    if hashlib.sha256(data).hexdigest() != facts["sha256"]:
        raise PlaygroundError(say("data.corpora.damaged", file=file))
    works = zip([work["title"] for work in facts["works"]], data.decode("utf-8").split(_BETWEEN), strict=True)
    description = (facts["title"], facts["licence"], facts["origin"])
    return Corpus(name, *description, tuple(works), facts["sha256"], tuple(facts["baselines"]))


def user_corpus(text: str) -> Corpus:
    """A visitor's text as a corpus of one work. Raises PlaygroundError if it is too short, too long or not text."""
    text = clean_text(text)
    check_length(text)
    if len(set(text)) < 10:
        raise PlaygroundError(say("data.corpora.few_characters", count=len(set(text))))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    title, owner = say(f"data.corpora.{USER_TEXT}"), say("data.corpora.owner")
    return Corpus(USER_TEXT, title, owner, "pasted", (("pasted", text),), sha256)


def check_length(text: str) -> None:
    """Raises PlaygroundError if a text is too short or too long to train on."""
    if len(text) < LEAST:
        raise PlaygroundError(say("data.corpora.too_short", characters=len(text), least=LEAST))
    if len(text) > MOST:
        raise PlaygroundError(say("data.corpora.too_long", characters=len(text), most=MOST))


def clean_text(text: str) -> str:
    """The text in NFC, with Unix line ends, without control characters and repeated empty lines."""
    if not isinstance(text, str):
        raise PlaygroundError(say("data.corpora.not_text"))
    if len(text) > 20 * MOST:
        raise PlaygroundError(say("data.corpora.too_long", characters=len(text), most=MOST))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text)
    return re.sub(r"\n[ \t\n]*\n", "\n\n", text).strip()


def parse_corpus(name: str, text: str = "") -> Corpus:
    """A bundled corpus by name, or a visitor's text. Raises PlaygroundError as `load` and `user_corpus` do."""
    return user_corpus(text) if name == USER_TEXT else load(name)


def write_corpus(name: str, title: str, works: Sequence[tuple[str, str]], licence: str, origin: str) -> None:
    """Writes works to assets/data as NAME.txt.xz and NAME.json."""
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
