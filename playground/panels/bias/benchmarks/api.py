"""The endpoint /crows_pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.bias.benchmark import read_benchmark, run_benchmark
from playground.bias.benchmark_report import to_json
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.endpoint import endpoint


@endpoint("crows_pairs")
def api_crows_pairs(
    model: Any = DEFAULT_MODEL, rule: Any = "sum", category: Any = "all", limit: Any = 0, decoder: Any = "auto"
) -> Iterator[dict[str, Any]]:
    """CrowS-Pairs on a causal model: yields the result so far, last the whole.

    rule: sum, mean or shared.  category: all, or one as the data names it.  limit: how many pairs to read, 0 for all.
    overall and each category: {"n", "share", "interval", "p", "adjusted_p", "ties"}; share: of the pairs whose more
    stereotypical sentence scores strictly higher.
    """
    settings = {"model": model, "rule": rule, "category": category, "first": limit, "decoder": decoder}
    for result in run_benchmark(read_benchmark(settings)):
        yield to_json(result)
