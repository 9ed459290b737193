"""Cloze sentences: validating, filling in, and naming two of them by the words in which they differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text, quoted

BLANK = "_"
LONGEST_SENTENCE, LONGEST_WORD, LONGEST_NAME = 300, 60, 36
MOST_WORDS = 200
_CLOSING = " .!?…\"'”’)"


def read_sentence(value: object, name: str) -> str:
    """A visitor's sentence on one line. Several underscores in a row are one blank.

    name: of the sentence, in errors. Raises PlaygroundError unless it has exactly one blank and some other text.
    """
    text = " ".join(parse_text(value, say("bias.cloze.text_of", name=name)).split())
    if len(text) > LONGEST_SENTENCE:
        raise PlaygroundError(say("bias.cloze.sentence_long", name=name, count=len(text), most=LONGEST_SENTENCE))
    text = re.sub(r"_+", BLANK, text)
    if BLANK not in text:
        raise PlaygroundError(say("bias.cloze.no_blank", name=name))
    if text.count(BLANK) > 1:
        raise PlaygroundError(say("bias.cloze.many_blanks", name=name, count=text.count(BLANK)))
    if not text.strip(BLANK + _CLOSING):
        raise PlaygroundError(say("bias.cloze.only_blank", name=name))
    return text


def read_words(value: object, name: str, fewest: int = 1, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Words from a list, or from a text separated by commas or lines; without duplicates, in their order.

    name: of the list, in errors. Raises PlaygroundError for too few or too many words, and for a word that is too long
    or contains a blank.
    """
    if isinstance(value, str):
        text = parse_text(value, say("bias.cloze.text_of", name=name), may_be_empty=True)
        parts: Sequence[object] = re.split(r"[,\n]", text)
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        raise PlaygroundError(say("bias.cloze.not_words", name=name, value=quoted(value)))
    if len(parts) > 10 * most:
        raise PlaygroundError(say("bias.cloze.many_entries", name=name, count=len(parts), most=most))
    word_name = say("bias.cloze.word_of", name=name)
    words = dict.fromkeys(" ".join(parse_text(part, word_name, may_be_empty=True).split()) for part in parts)
    words.pop("", None)
    if len(words) < fewest:
        raise PlaygroundError(say("bias.cloze.few_words", name=name, count=len(words), fewest=fewest))
    if len(words) > most:
        raise PlaygroundError(say("bias.cloze.many_words", name=name, count=len(words), most=most))
    for word in words:
        if len(word) > LONGEST_WORD:
            raise PlaygroundError(say("bias.cloze.long_word", name=name, count=len(word), most=LONGEST_WORD))
        if BLANK in word or "{}" in word:
            raise PlaygroundError(say("bias.cloze.word_with_blank", name=name, word=quoted(word)))
    return tuple(words)


def split_at_blank(sentence: str) -> tuple[str, str]:
    """(text before the blank, text after it)."""
    before, _, after = sentence.partition(BLANK)
    return before, after


def ends_with_blank(sentence: str) -> bool:
    """Whether only closing punctuation follows the blank."""
    return not split_at_blank(sentence)[1].strip(_CLOSING)


def fill_blank(sentence: str, word: str) -> str:
    """The sentence with the word in its blank, with a capital letter if the sentence begins there."""
    before, after = split_at_blank(sentence)
    return before + (word if before.strip() else capitalize_first(word)) + after


def capitalize_first(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def changed_words(a: str, b: str) -> tuple[str, str]:
    """The words that only one of two sentences has, as names for the two: ("nurse", "engineer").

    A sentence that has only words of the other is named by what it lacks: "without “old”".
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
            other = names[1 - index]
            names[index] = say("bias.cloze.without", name=other) if other else ""
    if names[0] == names[1]:
        names = [say("bias.cloze.sentence_a"), say("bias.cloze.sentence_b")]
    return _short(names[0]), _short(names[1])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
