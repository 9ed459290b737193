"""Sentence pair: the probability of each word in the blank of two sentences."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.cloze import changed_words, ends_with_blank, fill_blank, read_sentence, read_words, split_at_blank
from playground.bias.session_log import CANNOT_TELL, Bar, Measurement
from playground.bias.token_logprob import next_log_probabilities, start_token, token_log_probabilities
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import number
from playground.core.recipe import Recipe
from playground.core.validation import parse_int
from playground.core.verification import likely_cause
from playground.language.generation import load, tokenize
from playground.language.text_request import DEFAULT_MODEL
from playground.language.token_display import vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

NAME = "sentence_pair"
#: How many words are put into a blank in mid-sentence: those most probable there, given the text before.
CANDIDATES = 200
#: Only words that one of the two sentences makes at least this probable are named.
LIKELY = 1e-3
FEWEST_LIKELY = 30
MOST_COUNT = 1000
GUESSES, GUESSED_FROM = 3, 10
#: How the words were scored.
NEXT, PROPOSALS, LISTED = "next", "proposals", "listed"
LogProbabilities = NDArray[np.float32]


@dataclass(frozen=True)
class SentencePair:
    """What to compare. words: a list, or () for the model's vocabulary.  count: of words that the API returns."""

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
        """Names for A and B: the words that differ."""
        return changed_words(self.a, self.b)


@dataclass(frozen=True, eq=False)
class SentencePairComparison:
    """Every word's log-probabilities in A and in B, the most probable first.

    words: N words for display; one that continues the word before begins with "…".
    log_a, log_b: (N,) float32, natural: within the whole vocabulary (NEXT), or among the words put into the blank.
    """

    pair: SentencePair
    words: tuple[str, ...]
    log_a: LogProbabilities
    log_b: LogProbabilities
    decoder: str
    weights_sha256: str

    @property
    def total_variation(self) -> float:
        """Total variation distance, 0 to 1: the share of the probability that moves to other words from A to B."""
        return float(np.abs(np.exp(self.log_a.astype(float)) - np.exp(self.log_b.astype(float))).sum() / 2)

    def likely_words(self) -> NDArray[np.intp]:
        """Indices of the words to name, the most probable first: LIKELY in A or B, at least FEWEST_LIKELY."""
        if self.pair.scoring == LISTED:
            return np.arange(len(self.words))
        enough = int(np.count_nonzero(np.maximum(self.log_a, self.log_b) >= math.log(LIKELY)))
        return np.arange(min(len(self.words), max(enough, FEWEST_LIKELY)))

    def largest_shifts(self, count: int) -> tuple[list[int], list[int]]:
        """Indices of the named words that move most towards A, and towards B."""
        named = self.likely_words()
        change = (self.log_a - self.log_b)[named]
        order = np.argsort(-change, kind="stable")
        towards_a = [int(named[at]) for at in order[:count] if change[at] > 0]
        return towards_a, [int(named[at]) for at in order[::-1][:count] if change[at] < 0]

    def guess_words(self) -> list[int]:
        """Indices of a short shuffled list to guess from, with the GUESSES that moved most; [] if words are too few."""
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
        """Whether to offer the word as a guess: short tokens of the vocabulary are mostly parts of words."""
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
        count = len(self.words)
        if self.pair.scoring == NEXT:
            return say("bias.sentence_pair.measurement.method_next", count=count)
        if self.pair.scoring == LISTED:
            words = say("bias.sentence_pair.measurement.method_list", count=count)
        else:
            words = say("bias.sentence_pair.measurement.method_candidates", count=count)
        return f"{words} {say('bias.sentence_pair.measurement.method_scores')}"

    def measurement(self) -> Measurement:
        """The comparison as a measurement; one wording of one pair supports no general statement: "cannot tell"."""
        towards = self.largest_shifts(5)
        words = [
            ", ".join(self.words[at] for at in side) or say("bias.sentence_pair.measurement.no_words")
            for side in towards
        ]
        names = self.pair.names
        return Measurement(
            panel=NAME,
            title=say("bias.sentence_pair.measurement.title", a=self.pair.a, b=self.pair.b),
            summary=say(
                "bias.sentence_pair.measurement.summary", share=self.total_variation, a=names[0], words_a=words[0],
                b=names[1], words_b=words[1],
            ),
            verdict=CANNOT_TELL,
            n=1,
            unit=say("bias.sentence_pair.measurement.unit", count=len(self.words)),
            method=self.method(),
            no_interval=say("bias.sentence_pair.measurement.no_interval"),
            recipe=self.recipe(),
            caveats=("wording", "rules"),
            rows=self._rows(),
            chart=self._chart(),
        )  # fmt: skip

    def _chart(self) -> tuple[Bar, ...]:
        """The words that move most to either side: ln p(A) − ln p(B)."""
        moved = [at for side in self.largest_shifts(5) for at in side]
        return tuple(Bar(self.words[at], float(self.log_a[at] - self.log_b[at])) for at in moved)

    def _rows(self) -> tuple[tuple[str, ...], ...]:
        """The table of the report: the named words that move most."""
        columns = ("word", "a", "b", "difference")
        rows = [tuple(say(f"bias.sentence_pair.measurement.column_{name}") for name in columns)]
        for at in sum(self.largest_shifts(25), []):
            a, b = float(self.log_a[at]), float(self.log_b[at])
            rows.append((self.words[at], number(math.exp(a)), number(math.exp(b)), f"{a - b:+.3f}"))
        return tuple(rows)


@dataclass(frozen=True)
class GuessScore:
    """A guess, scored. movers: the listed words that moved most.  expected: how many luck alone gets right."""

    picks: tuple[str, ...]
    movers: tuple[str, ...]
    right: int
    expected: float


def score_guess(comparison: SentencePairComparison, picks: Sequence[object]) -> GuessScore | None:
    """Scores the guess that these of the listed words move most; None without a valid pick."""
    listed = comparison.guess_words()
    words = [comparison.words[at] for at in listed]
    chosen = tuple(dict.fromkeys(str(pick) for pick in picks if pick in words))[:GUESSES]
    if not chosen:
        return None
    order = sorted(listed, key=lambda at: -abs(float(comparison.log_a[at] - comparison.log_b[at])))
    movers = tuple(comparison.words[at] for at in order[:GUESSES])
    return GuessScore(chosen, movers, len({*chosen} & {*movers}), len(chosen) * GUESSES / len(listed))


def read_pair(values: Mapping[str, Any]) -> SentencePair:
    """The pair of {"a", "b", "words", "model", "count"}. Raises PlaygroundError for values that cannot be compared."""
    a = read_sentence(values.get("a"), say("bias.cloze.sentence_a"))
    b = read_sentence(values.get("b"), say("bias.cloze.sentence_b"))
    if a == b:
        raise PlaygroundError(say("bias.sentence_pair.same_sentences"))
    words = values.get("words")
    has_list = words is not None and words != "" and words != []
    listed = read_words(words, say("bias.cloze.word_list"), fewest=2) if has_list else ()
    rule = say("bias.sentence_pair.count", most=MOST_COUNT)
    count = parse_int(values.get("count", 50), 1, MOST_COUNT, rule)
    return SentencePair(a, b, listed, str(values.get("model") or DEFAULT_MODEL), count)


def compare_sentences(pair: SentencePair) -> Iterator[tuple[float, SentencePairComparison | None]]:
    """Yields (share done, None) while sentences are scored, and (1.0, the comparison) at the end.

    Raises PlaygroundError for an unknown model and for sentences longer than its context.
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
    """(token, label) of all tokens that fit the blank; "…" begins the label of one that does not start a word."""
    before = split_at_blank(sentence)[0]
    space = " " if before.strip() and before != before.rstrip() else ""
    pieces = vocabulary(loaded.tokenizer)
    labels: list[tuple[int, str]] = []
    for token in range(loaded.decoder.vocabulary):
        piece = pieces.piece(token)
        if piece and not pieces.is_special(token):
            own = piece.startswith(space) and piece != space
            labels.append((token, piece[len(space) :] if own else "…" + piece))
    return labels


def _next_words(loaded: TextModel, pair: SentencePair) -> tuple[Sequence[str], LogProbabilities, LogProbabilities]:
    labels = _labels(loaded, pair.a)
    tokens = [token for token, _ in labels]
    return (
        [label for _, label in labels],
        _blank_log_probabilities(loaded, pair.a)[tokens],
        _blank_log_probabilities(loaded, pair.b)[tokens],
    )


def _candidates(loaded: TextModel, pair: SentencePair) -> tuple[str, ...]:
    """The single-token words with the largest summed probability at the blanks of A and B."""
    both = np.logaddexp(_blank_log_probabilities(loaded, pair.a), _blank_log_probabilities(loaded, pair.b))
    labels = [(token, label) for token, label in _labels(loaded, pair.a) if _is_word(label)]
    labels.sort(key=lambda one: -float(both[one[0]]))
    words = tuple(dict.fromkeys(label for _, label in labels))[:CANDIDATES]
    if len(words) < 2:
        raise PlaygroundError(say("bias.sentence_pair.no_words", model=loaded.card.title))
    return words


def _is_word(label: str) -> bool:
    return label.replace("-", "").replace("'", "").isalpha()


def _normalize(totals: NDArray[np.float64]) -> LogProbabilities:
    highest = float(totals.max())
    result: LogProbabilities = (totals - (math.log(float(np.exp(totals - highest).sum())) + highest)).astype(np.float32)
    return result


def describe_difference(recipe: Recipe, comparison: SentencePairComparison) -> str:
    """The difference between a comparison's total variation and its link's, in words; "" below 0.005."""
    try:
        before = float(recipe.result)
    except ValueError:
        return ""
    if abs(before - comparison.total_variation) < 0.005:
        return ""
    why = likely_cause(recipe, comparison.recipe())
    return say("bias.sentence_pair.differs", here=comparison.total_variation, link=before, why=why)
