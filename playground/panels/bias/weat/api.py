"""The endpoint /weat."""

from __future__ import annotations

from typing import Any

from playground.bias.weat_request import LISTS, WeatResult, measure_weat, read_weat
from playground.ui.api_errors import with_api_errors
from playground.ui.events import MODEL_QUEUE


@with_api_errors
def api_weat(
    test: Any = None,
    targets_x: Any = None,
    targets_y: Any = None,
    attributes_a: Any = None,
    attributes_b: Any = None,
    embedding: str = "glove-6b-50d",
    alternative: str = "greater",
) -> dict[str, Any]:
    """Tests an association: {"d", "p", "interval", "missing", "title", "n", "method", "exact", "recipe", …}.

    test: 1 to 10 of WEAT; or the four lists: "rose, tulip" or ["rose", "tulip"], two words or more each; words are
    read in lower case.  embedding: glove-6b-50d or minilm-l6-v2.  alternative: greater, two-sided or less.
    d: mean s over X minus that over Y, by the sample standard deviation of both; s: mean cosine to A minus that to B.
    p: over all partitions that keep |X| where exact, else over 100,000 drawn ones.  interval: [low, high] of d, 95 %.
    """
    values = dict(zip(LISTS, (targets_x, targets_y, attributes_a, attributes_b), strict=True))
    asked = {**values, "test": test, "embedding": embedding, "alternative": alternative}
    return _to_json(measure_weat(read_weat(asked)))


def _to_json(made: WeatResult) -> dict[str, Any]:
    found = made.association
    interval = found.interval
    return {
        "title": made.request.title,
        "d": found.d,
        "p": made.p,
        "p_by_alternative": found.p,
        "alternative": made.request.alternative,
        "interval": [interval.low, interval.high],
        "missing": [word.lower() for words in made.missing for word in words],
        "n": made.n,
        "sizes": dict(zip(LISTS, map(len, made.kept), strict=True)),
        "exact": found.exact,
        "partitions": found.partitions,
        "method": made.method(),
        "difference": found.difference,
        "scores": [
            {"word": word, "list": name, "s": float(s)}
            for name, words, scores in zip(LISTS, made.kept, (found.x, found.y), strict=False)
            for word, s in zip(words, scores, strict=True)
        ],
        "by_template": [{"template": template, "d": d} for template, d in made.by_template],
        "verdict": made.verdict(),
        "says": made.summary(),
        "recipe": made.recipe().to_json(),
    }


def build_api() -> None:
    """Registers the endpoint, inside the surrounding Blocks."""
    from gradio.events import api

    api(api_weat, api_name="weat", **MODEL_QUEUE)
