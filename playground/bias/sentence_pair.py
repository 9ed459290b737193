"""A sentence pair with one blank: every word's probability in the one against that in the other."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.cloze import changed_words, ends_with_blank, fill_blank, read_sentence, read_words, split_at_blank
from playground.bias.session_log import CANNOT_TELL, Measurement
from playground.bias.token_logprob import next_log_probabilities, start_token, token_log_probabilities
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_int
from playground.language.generation import load, tokenize
from playground.language.text_request import DEFAULT_MODEL
from playground.language.token_display import vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

NAME = "sentence_pair"
#: So many words are put into a blank that something follows: those that the model finds most probable there.
CANDIDATES = 200
#: A word moves noticeably only if one of the two sentences makes it this probable; rarer ones are not named.
LIKELY = 1e-3
FEWEST_LIKELY = 30
MOST_COUNT = 1000
GUESSES, GUESSED_FROM = 3, 10
#: How the words were scored.
NEXT, PROPOSALS, LISTED = "next", "proposals", "listed"
LogProbabilities = NDArray[np.float32]


@dataclass(frozen=True)
class SentencePair:
    """What is compared. words: the list, or () for the model's own vocabulary.  count: of words for programs."""

    a: str
    b: str
    words: tuple[str, ...] = ()
    model: str = DEFAULT_MODEL
    count: int = 50

    @property
    def scoring(self) -> str:
        """NEXT, PROPOSALS or LISTED."""
        if self.words:
            return LISTED
        return NEXT if ends_with_blank(self.a) and ends_with_blank(self.b) else PROPOSALS

    @property
    def names(self) -> tuple[str, str]:
        """What A and B are called: the words that differ."""
        return changed_words(self.a, self.b)


@dataclass(frozen=True, eq=False)
class SentencePairComparison:
    """Every word's log-probabilities, the most probable first.

    words: (N,) as they are shown; one that goes on from the word before begins with "…".
    log_a, log_b: (N,) natural, float32: in the whole vocabulary (NEXT), otherwise among the words put in.
    """

    pair: SentencePair
    words: tuple[str, ...]
    log_a: LogProbabilities
    log_b: LogProbabilities
    decoder: str
    weights_sha256: str

    @property
    def total_variation(self) -> float:
        """The share of the probability that goes to other words between A and B: their total variation, 0 to 1."""
        return float(np.abs(np.exp(self.log_a.astype(float)) - np.exp(self.log_b.astype(float))).sum() / 2)

    def likely_words(self) -> NDArray[np.intp]:
        """Indices of the words that are named, the most probable first: LIKELY in A or in B, or the first few."""
        if self.pair.scoring == LISTED:
            return np.arange(len(self.words))
        enough = int(np.count_nonzero(np.maximum(self.log_a, self.log_b) >= math.log(LIKELY)))
        return np.arange(min(len(self.words), max(enough, FEWEST_LIKELY)))

    def largest_shifts(self, count: int) -> tuple[list[int], list[int]]:
        """Indices of the named words that move most: towards A, and towards B."""
        named = self.likely_words()
        change = (self.log_a - self.log_b)[named]
        order = np.argsort(-change, kind="stable")
        towards_a = [int(named[at]) for at in order[:count] if change[at] > 0]
        return towards_a, [int(named[at]) for at in order[::-1][:count] if change[at] < 0]

    def guess_words(self) -> list[int]:
        """Indices of a short list to guess from, mixed: those that moved most are GUESSES of them; [] if too few."""
        named = [int(at) for at in self.likely_words() if self._can_be_guessed(self.words[at])]
        order = sorted(named, key=lambda at: -abs(float(self.log_a[at] - self.log_b[at])))
        if len(order) < GUESSES + 3:
            return []
        rest = order[max(GUESSES, len(order) // 4) :] if len(order) >= 2 * GUESSED_FROM else order[GUESSES:]
        spread = np.linspace(0, len(rest) - 1, min(GUESSED_FROM - GUESSES, len(rest))).round().astype(int)
        chosen = order[:GUESSES] + [rest[at] for at in spread]
        seed = zlib.crc32("\n".join((self.pair.a, self.pair.b, self.weights_sha256)).encode())
        return [chosen[at] for at in np.random.default_rng(seed).permutation(len(chosen))]

    def _can_be_guessed(self, word: str) -> bool:
        """Shorter tokens of the vocabulary are mostly parts of words."""
        return self.pair.scoring == LISTED or (_is_word(word) and len(word) > 3)

    def recipe(self) -> Recipe:
        """The recipe of this comparison; its result is `total_variation`."""
        pair = self.pair
        settings: dict[str, Any] = {"panel": NAME, "a": pair.a, "b": pair.b}
        if pair.words:
            settings["words"] = ", ".join(pair.words)
        return Recipe("bias", pair.model, self.weights_sha256, 0, settings, f"{self.total_variation:.4f}")

    def method(self) -> str:
        """How the words were scored, in a line."""
        after = "after the end-of-text token"
        if self.pair.scoring == NEXT:
            return (
                f"The model reads each sentence up to the blank, {after}, and gives every one of its "
                f"{len(self.words):,} tokens a probability there (control tokens are left out). A token is a word or "
                "the beginning of one; what follows the blank is not read."
            )
        which = (
            f"The {len(self.words)} words of the list are"
            if self.pair.scoring == LISTED
            else f"The {len(self.words)} single-token words that the model finds most probable at the blank, before it "
            "sees the rest, are"
        )
        return (
            f"{which} put into the blank; each whole sentence is scored {after}, all its tokens, and the scores are "
            "normalised over these words alone: p is a word's share among them."
        )

    def measurement(self) -> Measurement:
        """The comparison as a measurement. One template of one pair supports no general statement, and says so."""
        towards = self.largest_shifts(5)
        texts = [", ".join(self.words[at] for at in side) or "none" for side in towards]
        found = (
            f"Between A and B, {self.total_variation:.0%} of the probability moves to other words. Most towards “"
            f"{self.pair.names[0]}”: {texts[0]}. Most towards “{self.pair.names[1]}”: {texts[1]}."
        )
        named = sum(self.largest_shifts(25), [])
        rows = [("word", "p in A", "p in B", "ln p(A) − ln p(B)")]
        for at in named:
            a, b = float(self.log_a[at]), float(self.log_b[at])
            rows.append((self.words[at], f"{math.exp(a):.3g}", f"{math.exp(b):.3g}", f"{a - b:+.3f}"))
        return Measurement(
            panel=NAME,
            title=f"“{self.pair.a}” against “{self.pair.b}”",
            summary=found,
            verdict=CANNOT_TELL,
            n=1,
            unit=f"pair of sentences: one wording, {len(self.words):,} words looked at",
            method=self.method(),
            no_interval="none: one wording, computed and not drawn",
            recipe=self.recipe(),
            caveats=("wording", "rules"),
            rows=tuple(rows),
        )


@dataclass(frozen=True)
class GuessScore:
    """A guess, scored. movers: the words of the short list that moved most.  expected: right ones by luck alone."""

    picks: tuple[str, ...]
    movers: tuple[str, ...]
    right: int
    expected: float


def score_guess(made: SentencePairComparison, picks: Sequence[object]) -> GuessScore | None:
    """The guess that these words of the quiz move most; None if none of it was guessed."""
    listed = made.guess_words()
    words = [made.words[at] for at in listed]
    chosen = tuple(dict.fromkeys(str(pick) for pick in picks if pick in words))[:GUESSES]
    if not chosen:
        return None
    order = sorted(listed, key=lambda at: -abs(float(made.log_a[at] - made.log_b[at])))
    movers = tuple(made.words[at] for at in order[:GUESSES])
    return GuessScore(chosen, movers, len({*chosen} & {*movers}), len(chosen) * GUESSES / len(listed))


def read_pair(given: Mapping[str, Any]) -> SentencePair:
    """The checked pair of {"a", "b", "words", "model", "count"}. Raises PlaygroundError."""
    a, b = read_sentence(given.get("a"), "sentence A"), read_sentence(given.get("b"), "sentence B")
    if a == b:
        raise PlaygroundError("Both sentences are the same: change at least one word in one of them.")
    words = given.get("words")
    listed = () if words is None or words == "" or words == [] else read_words(words, "word list", fewest=2)
    count = parse_int(given.get("count", 50), 1, MOST_COUNT, f"count must be a whole number from 1 to {MOST_COUNT:,}")
    return SentencePair(a, b, listed, str(given.get("model") or DEFAULT_MODEL), count)


def compare_sentences(pair: SentencePair) -> Iterator[tuple[float, SentencePairComparison | None]]:
    """Yields (share done, None) while sentences are scored, and (1.0, the comparison) at the end.

    Raises PlaygroundError for a model that cannot be had and for sentences past its context.
    """
    yield 0.0, None
    loaded = load(pair.model)
    if pair.scoring == NEXT:
        words, log_a, log_b = _next_words(loaded, pair)
    else:
        words = pair.words or _candidates(loaded, pair)
        texts = [fill_blank(sentence, word) for sentence in (pair.a, pair.b) for word in words]
        start = start_token(loaded)
        totals = np.zeros(len(texts))
        sequences = [[start, *tokenize(loaded, text, bare=True)] for text in texts]
        for done, (index, scored) in enumerate(token_log_probabilities(loaded, sequences), 1):
            totals[index] = float(scored.astype(np.float64).sum())
            yield done / len(texts), None
        log_a, log_b = (_normalize(totals[: len(words)]), _normalize(totals[len(words) :]))
    order = np.argsort(-np.maximum(log_a, log_b), kind="stable")
    yield 1.0, SentencePairComparison(
        pair, tuple(words[at] for at in order), log_a[order].astype(np.float32), log_b[order].astype(np.float32),
        loaded.decoder.name, loaded.weights_sha256,
    )  # fmt: skip


def _blank_log_probabilities(loaded: TextModel, sentence: str) -> LogProbabilities:
    """(vocabulary,) log-probability of each token in the blank, given the text before it."""
    before = split_at_blank(sentence)[0].rstrip()
    return next_log_probabilities(
        loaded, [start_token(loaded), *(tokenize(loaded, before, bare=True) if before else [])]
    )


def _labels(loaded: TextModel, sentence: str) -> list[tuple[int, str]]:
    """(token, as it is shown) of all that can stand in the blank: one that begins no word begins with "…"."""
    before = split_at_blank(sentence)[0]
    space = " " if before.strip() and before != before.rstrip() else ""
    pieces = vocabulary(loaded.tokenizer)
    found: list[tuple[int, str]] = []
    for token in range(loaded.decoder.vocabulary):
        piece = pieces.piece(token)
        if piece and not pieces.is_special(token):
            own = piece.startswith(space) and piece != space
            found.append((token, piece[len(space) :] if own else "…" + piece))
    return found


def _next_words(loaded: TextModel, pair: SentencePair) -> tuple[Sequence[str], LogProbabilities, LogProbabilities]:
    labels = _labels(loaded, pair.a)
    tokens = [token for token, _ in labels]
    return (
        [label for _, label in labels],
        _blank_log_probabilities(loaded, pair.a)[tokens],
        _blank_log_probabilities(loaded, pair.b)[tokens],
    )


def _candidates(loaded: TextModel, pair: SentencePair) -> tuple[str, ...]:
    """The words of one token that A and B together make most probable at their blanks."""
    both = np.logaddexp(_blank_log_probabilities(loaded, pair.a), _blank_log_probabilities(loaded, pair.b))
    labels = [(token, label) for token, label in _labels(loaded, pair.a) if _is_word(label)]
    labels.sort(key=lambda one: -float(both[one[0]]))
    found = tuple(dict.fromkeys(label for _, label in labels))[:CANDIDATES]
    if len(found) < 2:
        raise PlaygroundError(f"{loaded.card.title} proposes no words for this blank: write a list of words.")
    return found


def _is_word(label: str) -> bool:
    return label.replace("-", "").replace("'", "").isalpha()


def _normalize(totals: NDArray[np.float64]) -> LogProbabilities:
    highest = float(totals.max())
    result: LogProbabilities = (totals - (math.log(float(np.exp(totals - highest).sum())) + highest)).astype(np.float32)
    return result


def describe_difference(recipe: Recipe, made: SentencePairComparison) -> str:
    """What differs between a comparison and the result of its link; "" if nothing does."""
    try:
        before = float(recipe.result)
    except ValueError:
        return ""
    if abs(before - made.total_variation) < 0.005:
        return ""
    why = "the weights differ" if recipe.weights_sha256 not in ("", made.weights_sha256) else "another decoder rounds"
    return f"{made.total_variation:.1%} of the probability moves here, {before:.1%} in the link: {why}"
