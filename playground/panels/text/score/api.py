"""The endpoint /score_text."""

from __future__ import annotations

from typing import Any

from playground.language.perplexity import score_text
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("score_text")
def api_score_text(text: str, model: str = DEFAULT_MODEL, decoder: str = "auto") -> dict[str, Any]:
    """How surprising a text is to a model: {"tokens": [{"surprisal_bits", …}], "perplexity", …}."""
    score = last_step(score_text(text, model, decoder))
    return score.to_json()
