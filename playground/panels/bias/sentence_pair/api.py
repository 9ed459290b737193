"""The endpoint /compare_sentences."""

from __future__ import annotations

from typing import Any

from playground.bias.sentence_pair import compare_sentences, read_pair
from playground.language.text_request import DEFAULT_MODEL
from playground.panels.bias.shared import fine_print_facts
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("compare_sentences")
def api_compare_sentences(
    a: str = "In winter, people like to eat _",
    b: str = "In summer, people like to eat _",
    model: str = DEFAULT_MODEL,
    words: Any = None,
    count: int = 50,
) -> dict[str, Any]:
    """Compares the blanks of two sentences: {"candidates", "size", "moved", "names", "fine_print", "recipe"}.

    a, b: each with one blank, "_".  words: a list, or null for all words of the model.  count: 1 to 1,000.
    candidates: [{"word", "log_a", "log_b", "difference"}], natural logarithms, those that move most first; of the whole
    vocabulary only words with at least 0.1 % in A or B.
    size: how many words were compared.  moved: the share of the probability that moves to other words.
    """
    pair = read_pair({"a": a, "b": b, "model": model, "words": words, "count": count})
    _, comparison = last_step(compare_sentences(pair))
    assert comparison is not None
    log_a, log_b = comparison.log_a, comparison.log_b
    order = sorted(comparison.likely_words(), key=lambda at: -abs(float(log_a[at] - log_b[at])))[: pair.count]
    candidates = [
        {
            "word": comparison.words[at],
            "log_a": float(log_a[at]),
            "log_b": float(log_b[at]),
            "difference": float(log_a[at]) - float(log_b[at]),
        }
        for at in order
    ]
    measurement = comparison.measurement()
    return {
        "candidates": candidates,
        "size": len(comparison.words),
        "moved": comparison.total_variation,
        "names": list(pair.names),
        "fine_print": fine_print_facts(measurement, (measurement,)),
        "recipe": comparison.recipe().to_json(),
    }
