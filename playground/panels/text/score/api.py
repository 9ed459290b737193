"""The endpoint /score_text."""

from __future__ import annotations

from typing import Any

from gradio.events import api

from playground.language.perplexity import score_text
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.api_errors import with_api_errors
from playground.ui.events import MODEL_QUEUE


@with_api_errors
def api_score_text(text: str, model: str = DEFAULT_MODEL, decoder: str = "auto") -> dict[str, Any]:
    """How surprising each token of a text is to a model."""
    *_, score = score_text(text, model, decoder)
    return score.to_json()


def build_api() -> None:
    """Adds the endpoint to the surrounding Blocks."""
    api(api_score_text, api_name="score_text", **MODEL_QUEUE)
