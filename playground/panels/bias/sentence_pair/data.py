"""A comparison as values of the panel's views."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from playground.bias.sentence_pair import GUESSES, LISTED, NEXT, LogProbabilities, SentencePairComparison, score_guess
from playground.core.catalogue import say
from playground.ui.view import new_run


def guess_value(comparison: SentencePairComparison) -> dict[str, Any]:
    """The question which words move most, for the guess view."""
    one, other = comparison.pair.names
    return {
        "run": new_run(),
        "question": say("bias.sentence_pair.guess.question", most=GUESSES, a=one, b=other),
        "words": [comparison.words[at] for at in comparison.guess_words()],
        "most": GUESSES,
    }


def answer_value(
    comparison: SentencePairComparison, question: Mapping[str, Any], picks: Sequence[object]
) -> dict[str, Any] | None:
    """The question with its answer; None without a valid pick."""
    score = score_guess(comparison, picks)
    if score is None:
        return None
    return {
        **question,
        "picks": list(score.picks),
        "movers": list(score.movers),
        "answer": say(
            "bias.sentence_pair.guess.answer", right=score.right, picks=len(score.picks), expected=score.expected,
            count=len(score.movers), movers=", ".join(score.movers),
        ),
    }  # fmt: skip


def comparison_value(comparison: SentencePairComparison) -> dict[str, Any]:
    """A comparison, for the scatter plot."""
    likely, count = len(comparison.likely_words()), len(comparison.words)
    if comparison.pair.scoring == NEXT:
        scale = say("bias.sentence_pair.chart.scale_next", likely=likely, count=count)
    elif comparison.pair.scoring == LISTED:
        scale = say("bias.sentence_pair.chart.scale_list")
    else:
        scale = say("bias.sentence_pair.chart.scale_candidates", count=count)
    return {
        "run": new_run(),
        "names": list(comparison.pair.names),
        "sentences": [comparison.pair.a, comparison.pair.b],
        "words": list(comparison.words),
        "a": _encode(comparison.log_a),
        "b": _encode(comparison.log_b),
        "likely": likely,
        "edges": [list(side) for side in comparison.largest_shifts(15)],
        "scale": f"{scale} {say('bias.sentence_pair.chart.scale_end')}",
    }


def _encode(logs: LogProbabilities) -> str:
    """base64 of little-endian uint16, −2,000 ln p: a precision of 0.0005, down to p = e^-32.7."""
    return base64.b64encode(np.clip(np.round(-2000 * logs), 0, 65535).astype("<u2").tobytes()).decode()
