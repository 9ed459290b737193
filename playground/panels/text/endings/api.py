"""The endpoint /endings."""

from __future__ import annotations

from typing import Any

from playground.language.endings import write_endings
from playground.language.text_request import DEFAULT_MODEL, check_system, read_request
from playground.panels.text.sampler_parameters import takes_sampler_settings
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("endings")
@takes_sampler_settings(before="max_new_tokens")
def api_endings(
    prompt: str,
    count: int = 8,
    mode: str = "completion",
    model: str = DEFAULT_MODEL,
    max_new_tokens: int = 24,
    seed: int = 0,
    system: str = "",
    decoder: str = "auto",
    **sampler: Any,
) -> dict[str, Any]:
    """Several texts from one prompt, each with its own seed: seed, seed + 1, …

    count: 2 to 16.
    {"texts": [{"seed", "text", "finish_reason"}], "first_tokens": [{"id", "text", "count", "probability",
    "sampled_probability"}], "tree": [{"text", "count", "probability", "sampled_probability", "seeds", "children"}]}
    """
    values = {
        "prompt": prompt, "mode": mode, "model": model, "max_new_tokens": max_new_tokens, "seed": seed,
        "system": system, "decoder": decoder,
    }  # fmt: skip
    check_system(mode, system)
    endings = last_step(write_endings(read_request(values, sampler), count))
    return endings.to_json()
