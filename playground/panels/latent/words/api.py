"""The named endpoint of the panel Words, for programs."""

from __future__ import annotations

from typing import Any

from playground.latent.word_analogy import WordNeighbour, read_analogy, solve_analogy
from playground.ui.api_errors import with_api_errors
from playground.ui.events import MODEL_QUEUE


def _listed(found: tuple[WordNeighbour, ...]) -> list[dict[str, Any]]:
    return [{"word": near.label, "cosine": near.cosine, "is_input": near.is_input} for near in found]


@with_api_errors
def api_word_arithmetic(
    plus: Any = "king, woman", minus: Any = "man", count: int = 10, model: str = "glove", candidates: Any = None
) -> dict[str, Any]:
    """Adds words up, in both forms: {"usual", "honest", "inputs", "size", "says", "recipe"}.

    plus, minus: "king, woman" or ["king", "woman"]; of sentences one a line, or a list.  count: 1 to 50.
    model: glove (words) or minilm (sentences).  candidates: the sentences among which answers are looked for.
    usual: inputs left out, honest: nothing left out: [{"word", "cosine", "is_input"}], nearest first.
    inputs: [{"word", "sign", "cosine", "rank"}], the rank being that of the honest form.
    """
    made = solve_analogy(read_analogy(model, {"plus": plus, "minus": minus, "count": count, "candidates": candidates}))
    return {
        "usual": _listed(made.usual),
        "honest": _listed(made.honest),
        "inputs": [
            {"word": one.label, "sign": one.sign, "cosine": one.cosine, "rank": one.rank} for one in made.inputs
        ],
        "size": made.size,
        "says": made.words(),
        "recipe": made.recipe().to_json(),
    }


def build_api() -> None:
    """Names the endpoint."""
    from gradio.events import api

    api(api_word_arithmetic, api_name="word_arithmetic", **MODEL_QUEUE)
