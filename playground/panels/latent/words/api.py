"""The named endpoint of the panel Words, for programs."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.word_embeddings import GLOVE
from playground.latent.word_analogy import WordNeighbour, read_analogy, solve_analogy
from playground.ui.endpoint import endpoint


def _list(neighbours: tuple[WordNeighbour, ...]) -> list[dict[str, Any]]:
    return [{"word": near.label, "cosine": near.cosine, "is_input": near.is_input} for near in neighbours]


@endpoint("word_arithmetic")
def api_word_arithmetic(
    plus: Any = "king, woman", minus: Any = "man", count: int = 10, model: str = "glove", candidates: Any = None
) -> dict[str, Any]:
    """Adds and subtracts words, in both forms: {"usual", "honest", "inputs", "size", "says", "recipe"}.

    plus, minus: "king, woman" or ["king", "woman"]; sentences one per line, or a list.  count: 1 to 50.
    model: glove (words) or minilm (sentences).  candidates: the sentences to choose answers from.
    usual: without the inputs, honest: nothing left out: [{"word", "cosine", "is_input"}], nearest first.
    inputs: [{"word", "sign", "cosine", "rank"}], ranked in the honest form.
    """
    if model == GLOVE and candidates not in (None, "", []):
        raise PlaygroundError(say("latent.words.no_candidates"))
    analogy = solve_analogy(
        read_analogy(model, {"plus": plus, "minus": minus, "count": count, "candidates": candidates})
    )
    return {
        "usual": _list(analogy.usual),
        "honest": _list(analogy.honest),
        "inputs": [
            {"word": one.label, "sign": one.sign, "cosine": one.cosine, "rank": one.rank} for one in analogy.inputs
        ],
        "size": analogy.size,
        "says": analogy.words(),
        "recipe": analogy.recipe().to_json(),
    }
