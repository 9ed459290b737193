"""The endpoint /crows_pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.bias.benchmark import read_benchmark, run_benchmark
from playground.bias.benchmark_report import to_json
from playground.core.errors import PlaygroundError
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.api_errors import to_gradio_error
from playground.ui.events import MODEL_QUEUE


def api_crows_pairs(
    model: Any = DEFAULT_MODEL, rule: Any = "sum", category: Any = "all", limit: Any = 0, decoder: Any = "auto"
) -> Iterator[dict[str, Any]]:
    """CrowS-Pairs on a causal model: yields the result so far, last the whole.

    rule: sum, mean or shared.  category: all, or one as the data names it.  limit: how many pairs to read, 0 for all.
    overall and each category: {"n", "share", "interval", "p", "adjusted_p", "ties"}; share: of the pairs whose more
    stereotypical sentence scores strictly higher.
    """
    try:
        settings = {"model": model, "rule": rule, "category": category, "first": limit, "decoder": decoder}
        for result in run_benchmark(read_benchmark(settings)):
            yield to_json(result)
    except PlaygroundError as error:
        raise to_gradio_error(error) from None


def build_api() -> None:
    """Registers the endpoint, inside the surrounding Blocks."""
    from gradio.events import api

    api(api_crows_pairs, api_name="crows_pairs", **MODEL_QUEUE)
