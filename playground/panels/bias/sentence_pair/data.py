"""What the panel shows of a comparison, as values of its views."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from playground.bias.sentence_pair import GUESSES, LISTED, NEXT, LogProbabilities, SentencePairComparison, score_guess
from playground.ui.view import new_run


def guess_value(comparison: SentencePairComparison) -> dict[str, Any]:
    """The question which words move most, for the guess's view."""
    one, other = comparison.pair.names
    return {
        "run": new_run(),
        "question": (
            f"The model has read both sentences. Which {GUESSES} of these words change most in probability between "
            f"“{one}” and “{other}”?"
        ),
        "words": [comparison.words[at] for at in comparison.guess_words()],
        "most": GUESSES,
    }


def answer_value(
    comparison: SentencePairComparison, question: Mapping[str, Any], picks: Sequence[object]
) -> dict[str, Any] | None:
    """The question with its answer; None if nothing was guessed."""
    score = score_guess(comparison, picks)
    if score is None:
        return None
    return {
        **question,
        "picks": list(score.picks),
        "movers": list(score.movers),
        "answer": (
            f"{score.right} of your {len(score.picks)} right; blind guessing gets {score.expected:.1f} on average. "
            f"Marked ↔, the {len(score.movers)} that moved most: {', '.join(score.movers)}."
        ),
    }


def comparison_value(comparison: SentencePairComparison) -> dict[str, Any]:
    """A comparison, for the scatter plot."""
    likely = len(comparison.likely_words())
    scale = {
        NEXT: "Each dot is one of the model's own tokens: a word, or the beginning of one; “…” marks one that goes on "
        "from the word before. Named are those with at least 0.1 % in A or B: "
        f"{likely:,} of {len(comparison.words):,}.",
        LISTED: "p is a word's share among the words of your list.",
    }.get(
        comparison.pair.scoring,
        f"p is a word's share among the {len(comparison.words)} words that were put into the blank.",
    )
    return {
        "run": new_run(),
        "names": list(comparison.pair.names),
        "sentences": [comparison.pair.a, comparison.pair.b],
        "words": list(comparison.words),
        "a": _encode(comparison.log_a),
        "b": _encode(comparison.log_b),
        "likely": likely,
        "edges": [list(side) for side in comparison.largest_shifts(15)],
        "scale": scale + " Same height and breadth: equally likely in both. Click a word to follow it.",
    }


def _encode(logs: LogProbabilities) -> str:
    """base64 of little-endian uint16, −2,000 ln p: to 0.0005, and down to p = e^-32.7."""
    return base64.b64encode(np.clip(np.round(-2000 * logs), 0, 65535).astype("<u2").tobytes()).decode()
