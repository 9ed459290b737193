"""The words of a translation that could have had the other gender, and how probable either was where it was chosen.

Found by a rule of spelling, not by grammar: Portuguese words that end in o or a, or, ora, ão, ã, and a list of articles
and pronouns. So a word that merely looks like one ("caso", "casa") may be among them, when the model gives it a chance;
and a noun that is both ("dentista") shows its gender only in its article.
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
#: (masculine ending, feminine ending, the fewest letters of a word), the first that fits.
_ENDINGS = (
    ("ores", "oras", 5), ("or", "ora", 4), ("ão", "ã", 4), ("os", "as", 4), ("o", "a", 4),
)  # fmt: skip
#: Listed whatever the other form's share is; other words only from _SEEN_FROM on.
_PRONOUNS = {"ele", "ela", "eles", "elas", "he", "she", "his", "her", "him", "himself", "herself"}
_SEEN_FROM = 0.001


@dataclass(frozen=True)
class GenderAlternative:
    """A word that could have had the other gender. first, last: of its pieces in the translation.

    feminine: the share of the feminine form among the two, 0 to 1.  covered: the probability of both together.
    """

    first: int
    last: int
    word: str
    other: str
    is_feminine: bool
    feminine: float
    covered: float


def gender_alternatives(made: Translation) -> tuple[GenderAlternative, ...]:
    """Those words of a finished translation, in their order."""
    net = load(made.request.direction)
    ids = [piece.id for piece in made.pieces]
    found = []
    for first, last in _words([piece.text for piece in made.pieces]):
        word = "".join(piece.text for piece in made.pieces[first : last + 1]).strip()
        other, is_feminine = counterpart(word, made.request.direction)
        if other:
            found.append((first, last, word, other, is_feminine))
    if not found:
        return ()
    read = encode_sentences(net, [made.request.text])
    written = [(0, ids[: last + 1]) for _, last, *_ in found]
    swapped = [(0, [*ids[:first], *net.tokenizer.encode(other).ids]) for first, _, _, other, _ in found]
    before = [(0, ids[:first] or [net.end]) for first, *_ in found]
    own, others, given = forced_logprobs(net, read, [*written, *swapped, *before]).reshape(3, -1)
    given = np.where([first == 0 for first, *_ in found], 0.0, given)
    shares = np.exp(np.stack([own - given, others - given], axis=1))
    for row, (_, mine), (_, its) in zip(shares, written, swapped, strict=True):
        _take_apart(row, mine, its)
    all_choices = [_choice(*one, float(mine), float(its)) for one, (mine, its) in zip(found, shares, strict=True)]
    return tuple(choice for choice in all_choices if _is_told(choice))


def _take_apart(shares: NDArray[np.float64], own: Sequence[int], other: Sequence[int]) -> None:
    """Where one form begins the other (escritor, escritora), the probability of its pieces holds the other's too."""
    if list(other[: len(own)]) == list(own):
        shares[0] = max(0.0, shares[0] - shares[1])
    elif list(own[: len(other)]) == list(other):
        shares[1] = max(0.0, shares[1] - shares[0])


def _choice(
    first: int, last: int, word: str, other: str, is_feminine: bool, kept: float, swapped: float
) -> GenderAlternative:
    share = kept / max(kept + swapped, 1e-45)
    return GenderAlternative(first, last, word, other, is_feminine, share if is_feminine else 1 - share, kept + swapped)


def _is_told(choice: GenderAlternative) -> bool:
    rarer = min(choice.feminine, 1 - choice.feminine)
    return choice.first == 0 or choice.word.lower() in _PRONOUNS or rarer >= _SEEN_FROM


def _words(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """(first, last) of the pieces of each word: one begins with a space, and ends before a mark or the next word."""
    words: list[tuple[int, int]] = []
    for place, text in enumerate(pieces):
        if text.startswith(" ") and text.strip():
            words.append((place, place))
        elif text.isalpha() and words and words[-1][1] == place - 1:
            words[-1] = (words[-1][0], place)
    return words


def counterpart(word: str, direction: str) -> tuple[str, bool]:
    """(the word in the other gender, whether the word itself is feminine); ("", False) if it has none by our rule."""
    lower = word.lower()
    pairs = [pair.split() for pair in (_PORTUGUESE if direction == "en-pt" else _ENGLISH).split(",")]
    for masculine, feminine in pairs:
        if lower in (masculine, feminine):
            is_feminine = lower == feminine
            return _as(word, masculine if is_feminine else feminine), is_feminine
    if direction == "en-pt":
        for masculine, feminine, fewest in _ENDINGS:
            for old, new, is_feminine in ((feminine, masculine, True), (masculine, feminine, False)):
                if lower.endswith(old) and len(lower) >= fewest:
                    return word[: len(word) - len(old)] + new, is_feminine
    return "", False


def _as(model: str, word: str) -> str:
    return word.capitalize() if model[:1].isupper() else word
