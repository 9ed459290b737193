"""The endpoint /weat."""

from __future__ import annotations

from typing import Any

from playground.bias.weat_request import LISTS, WeatResult, read_weat, run_weat
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("weat")
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

    test: 1 to 10 of WEAT; or the four lists: "rose, tulip" or ["rose", "tulip"], at least two words each, read in lower
    case.  embedding: glove-6b-50d or minilm-l6-v2.  alternative: greater, two-sided or less.
    d: (mean s over X - mean s over Y) / sample standard deviation of both; s: mean cosine to A minus mean cosine to B.
    p: over all partitions that keep |X| if exact, else over 100,000 drawn ones.  interval: [low, high] of d, 95 %.
    """
    values = dict(zip(LISTS, (targets_x, targets_y, attributes_a, attributes_b), strict=True))
    settings = {**values, "test": test, "embedding": embedding, "alternative": alternative}
    result = last_step(run_weat(read_weat(settings)))
    assert isinstance(result, WeatResult)
    return _to_json(result)


def _to_json(result: WeatResult) -> dict[str, Any]:
    association = result.association
    interval = association.interval
    return {
        "title": result.request.title,
        "d": association.d,
        "p": result.p,
        "p_by_alternative": association.p,
        "alternative": result.request.alternative,
        "interval": [interval.low, interval.high],
        "missing": [word.lower() for words in result.missing for word in words],
        "n": result.n,
        "sizes": dict(zip(LISTS, map(len, result.kept), strict=True)),
        "exact": association.exact,
        "partitions": association.partitions,
        "method": result.method(),
        "difference": association.difference,
        "scores": [
            {"word": word, "list": name, "s": float(s)}
            for name, words, scores in zip(LISTS, result.kept, (association.x, association.y), strict=False)
            for word, s in zip(words, scores, strict=True)
        ],
        "by_template": [{"template": template, "d": d} for template, d in result.by_template],
        "by_sentence": dict(zip(("d", "p"), result.by_sentence, strict=True)) if result.by_sentence else None,
        "verdict": result.verdict(),
        "says": result.summary(),
        "recipe": result.recipe().to_json(),
    }
