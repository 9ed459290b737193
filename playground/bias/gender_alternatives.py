"""Words of a translation that could have had the other gender, and the probability of both forms in their place.

Words are found by spelling, not by grammar: Portuguese words in -o or -a, -or or -ora, -ão or -ã, and a list of
articles and pronouns. A pair that only looks like one ("caso", "casa") is listed if the model gives both a chance. A
noun with one form ("dentista") shows its gender only in the article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.language.translation import Translation, load
from playground.language.translation_batch import encode_sentences, forced_logprobs

_PORTUGUESE = (
    "o a,os as,um uma,ele ela,eles elas,dele dela,deles delas,do da,dos das,no na,nos nas,pelo pela,seu sua,meu minha,"
    "nosso nossa,esse essa,este esta,aquele aquela,juiz juíza,homem mulher"
)
_ENGLISH = "he she,his her,him her,himself herself,man woman,men women"
#: (masculine ending, feminine ending, least letters of the word); the first that fits counts.
_ENDINGS = (
    ("ores", "oras", 5), ("or", "ora", 4), ("ão", "ã", 4), ("os", "as", 4), ("o", "a", 4),
)  # fmt: skip
#: Always listed; other words only if the rarer form has at least this share.
_PRONOUNS = {"ele", "ela", "eles", "elas", "he", "she", "his", "her", "him", "himself", "herself"}
_LEAST_SHARE = 0.001


@dataclass(frozen=True)
class GenderAlternative:
    """A word that could have had the other gender.

    first, last: its pieces in the translation.  other: the word in the other gender.
    feminine: share of the feminine form among the two, 0 to 1.  covered: probability of both together.
    """

    first: int
    last: int
    word: str
    other: str
    is_feminine: bool
    feminine: float
    covered: float


def gender_alternatives(translation: Translation) -> tuple[GenderAlternative, ...]:
    """The words of a finished translation that could have had the other gender, in order."""
    net = load(translation.request.direction)
    ids = [piece.id for piece in translation.pieces]
    pairs = []
    for first, last in _words([piece.text for piece in translation.pieces]):
        word = "".join(piece.text for piece in translation.pieces[first : last + 1]).strip()
        other, is_feminine = counterpart(word, translation.request.direction)
        if other:
            pairs.append((first, last, word, other, is_feminine))
    if not pairs:
        return ()
    source = encode_sentences(net, [translation.request.text])
    written = [(0, ids[: last + 1]) for _, last, *_ in pairs]
    swapped = [(0, [*ids[:first], *net.tokenizer.encode(other).ids]) for first, _, _, other, _ in pairs]
    before = [(0, ids[:first] or [net.end]) for first, *_ in pairs]
    own, others, prefix = forced_logprobs(net, source, [*written, *swapped, *before]).reshape(3, -1)
    prefix = np.where([first == 0 for first, *_ in pairs], 0.0, prefix)
    shares = np.exp(np.stack([own - prefix, others - prefix], axis=1))
    for row, (_, own_ids), (_, other_ids) in zip(shares, written, swapped, strict=True):
        _subtract_prefix(row, own_ids, other_ids)
    choices = [_choice(*pair, float(own), float(other)) for pair, (own, other) in zip(pairs, shares, strict=True)]
    return tuple(choice for choice in choices if _is_listed(choice))


def _subtract_prefix(shares: NDArray[np.float64], own: Sequence[int], other: Sequence[int]) -> None:
    """If one form is the beginning of the other (escritor, escritora), its probability includes the other's."""
    if list(other[: len(own)]) == list(own):
        shares[0] = max(0.0, shares[0] - shares[1])
    elif list(own[: len(other)]) == list(other):
        shares[1] = max(0.0, shares[1] - shares[0])


def _choice(
    first: int, last: int, word: str, other: str, is_feminine: bool, kept: float, swapped: float
) -> GenderAlternative:
    share = kept / max(kept + swapped, 1e-45)
    return GenderAlternative(first, last, word, other, is_feminine, share if is_feminine else 1 - share, kept + swapped)


def _is_listed(choice: GenderAlternative) -> bool:
    rarer = min(choice.feminine, 1 - choice.feminine)
    return choice.first == 0 or choice.word.lower() in _PRONOUNS or rarer >= _LEAST_SHARE


def _words(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """(first, last) piece of each word: it starts with a space and ends before a punctuation mark or the next word."""
    words: list[tuple[int, int]] = []
    for place, text in enumerate(pieces):
        if text.startswith(" ") and text.strip():
            words.append((place, place))
        elif text.isalpha() and words and words[-1][1] == place - 1:
            words[-1] = (words[-1][0], place)
    return words


def counterpart(word: str, direction: str) -> tuple[str, bool]:
    """(the word in the other gender, whether the word itself is feminine); ("", False) if the rule finds none."""
    lower = word.lower()
    pairs = [pair.split() for pair in (_PORTUGUESE if direction == "en-pt" else _ENGLISH).split(",")]
    for masculine, feminine in pairs:
        if lower in (masculine, feminine):
            is_feminine = lower == feminine
            return _with_case_of(word, masculine if is_feminine else feminine), is_feminine
    if direction == "en-pt":
        for masculine, feminine, fewest in _ENDINGS:
            for old, new, is_feminine in ((feminine, masculine, True), (masculine, feminine, False)):
                if lower.endswith(old) and len(lower) >= fewest:
                    return word[: len(word) - len(old)] + new, is_feminine
    return "", False


def _with_case_of(model: str, word: str) -> str:
    return word.capitalize() if model[:1].isupper() else word
