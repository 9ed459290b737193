"""Sentences with a blank: read from a visitor, filled in, and named by the words in which two of them differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text, quoted

BLANK = "_"
LONGEST_SENTENCE, LONGEST_WORD, LONGEST_NAME = 300, 60, 36
MOST_WORDS = 200
_CLOSING = " .!?…\"'”’)"


def read_sentence(value: object, name: str) -> str:
    """A visitor's sentence with its one blank, on one line. Raises PlaygroundError for any other.

    Several underscores in a row are one blank.
    """
    text = " ".join(parse_text(value, name).split())
    if len(text) > LONGEST_SENTENCE:
        raise PlaygroundError(
            f"The {name} has {len(text):,} characters; at most {LONGEST_SENTENCE} can be compared: shorten it."
        )
    text = re.sub(r"_+", BLANK, text)
    if text.count(BLANK) != 1:
        has = "no blank" if BLANK not in text else f"{text.count(BLANK)} blanks"
        raise PlaygroundError(f"The {name} has {has}: write one underscore, _, where the word is missing.")
    if not text.strip(BLANK + _CLOSING):
        raise PlaygroundError(f"The {name} is nothing but its blank: add at least one word.")
    return text


def read_words(value: object, name: str, fewest: int = 1, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Words from a list, or from a text with commas or lines between; each once, in their order.

    Raises PlaygroundError if there are too few, too many, or one is too long or has a blank of its own.
    """
    if isinstance(value, str):
        parts: Sequence[object] = re.split(r"[,\n]", parse_text(value, name, may_be_empty=True))
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        raise PlaygroundError(f"The {name} must be words with commas between; it was {quoted(value)}.")
    if len(parts) > 10 * most:
        raise PlaygroundError(f"The {name} has {len(parts):,} entries; at most {most} can be used: leave some out.")
    words = dict.fromkeys(" ".join(parse_text(part, f"word in {name}", may_be_empty=True).split()) for part in parts)
    words.pop("", None)
    if not fewest <= len(words) <= most:
        count = "1 word" if len(words) == 1 else f"{len(words):,} words"
        need = f"at least {fewest}" if len(words) < fewest else f"at most {most}"
        raise PlaygroundError(f"The {name} has {count}; it needs {need}, with commas between.")
    for word in words:
        if len(word) > LONGEST_WORD:
            raise PlaygroundError(f"A word in {name} has {len(word):,} characters: at most {LONGEST_WORD} are allowed.")
        if BLANK in word or "{}" in word:
            raise PlaygroundError(f"{quoted(word)} in {name} cannot hold a blank: write it without.")
    return tuple(words)


def split_at_blank(sentence: str) -> tuple[str, str]:
    """(text before the blank, text after it)."""
    before, _, after = sentence.partition(BLANK)
    return before, after


def ends_with_blank(sentence: str) -> bool:
    """Whether nothing but the sentence's own end follows the blank."""
    return not split_at_blank(sentence)[1].strip(_CLOSING)


def fill_blank(sentence: str, word: str) -> str:
    """The sentence with the word in its blank, with a capital letter if the sentence begins there."""
    before, after = split_at_blank(sentence)
    return before + (word if before.strip() else capitalize_first(word)) + after


def capitalize_first(text: str) -> str:
    """The text with its first letter as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def changed_words(a: str, b: str) -> tuple[str, str]:
    """The words that one sentence has and the other has not, as names for the two: ("nurse", "engineer").

    A sentence without words of its own is named by what it lacks: "without “old”".
    """
    first, second = a.split(), b.split()
    own: tuple[list[str], list[str]] = ([], [])
    for kind, start, end, other_start, other_end in difflib.SequenceMatcher(None, first, second, False).get_opcodes():
        if kind != "equal":
            own[0].extend(first[start:end])
            own[1].extend(second[other_start:other_end])
    names = [" ".join(part).strip(".,;:!?" + BLANK + " ") for part in own]
    for index in (0, 1):
        if not names[index]:
            names[index] = f"without “{names[1 - index]}”" if names[1 - index] else f"sentence {'AB'[index]}"
    if names[0] == names[1]:
        names = ["sentence A", "sentence B"]
    return _short(names[0]), _short(names[1])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
