"""The endpoint /translate."""

from __future__ import annotations

from typing import Any

from playground.bias.gender_alternatives import gender_alternatives
from playground.bias.translation_gender import sentence_recipe
from playground.language.translation import read_translation_request, translate
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("translate")
def api_translate(text: str = "", direction: str = "en-pt", beams: int = 1) -> dict[str, Any]:
    """Translates a sentence: {"text", "source", "tokens", "gendered", "beams", "recipe"}.

    text: up to 300 characters.  direction: en-pt or pt-en.  beams: 1 (greedy) to 8.
    source: the sentence's pieces.  tokens: [{"id", "text", "probability", "alternatives": [{"id", "text",
    "probability"}], "looked_at"}], the end as the last, with text ""; looked_at: the share of attention on each of the
    source's pieces, the mean of all heads of the last layer.
    gendered: [{"word", "other", "is_feminine", "feminine", "covered"}], words that could have had the other gender.
    """
    translation = last_step(translate(read_translation_request(text, direction, beams)))
    return {
        "text": translation.text,
        "source": list(translation.source),
        "tokens": [
            {
                "id": piece.id,
                "text": piece.text,
                "probability": piece.probability,
                "alternatives": [vars(other) for other in piece.alternatives],
                "looked_at": [round(float(share), 5) for share in piece.attention[-1].mean(0)],
            }
            for piece in translation.pieces
        ],
        "gendered": [vars(choice) for choice in gender_alternatives(translation)],
        "beams": [{"text": beam.text, "logarithm": beam.logprob, "score": beam.score} for beam in translation.beams],
        "recipe": sentence_recipe(translation).to_json(),
    }
