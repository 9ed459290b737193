"""The named endpoint of the panel about wordings, for programs."""

from __future__ import annotations

from collections import deque
from typing import Any

from playground.bias.template_sweep import fan, read_fan
from playground.language.text_request import DEFAULT_MODEL
from playground.panels.bias.panels import fine_print
from playground.panels.bias.presets import WORDINGS
from playground.ui.api_errors import telling
from playground.ui.events import MODEL_QUEUE


@telling
def api_template_fan(
    templates: Any = WORDINGS[1].templates,
    a: str = WORDINGS[1].a,
    b: str = WORDINGS[1].b,
    words_1: Any = WORDINGS[1].words_1,
    words_2: Any = WORDINGS[1].words_2,
    model: str = DEFAULT_MODEL,
    controls: Any = WORDINGS[1].controls,
) -> dict[str, Any]:
    """One contrast through many wordings: {"values", "mean", "interval", "controls", "band", "verdict", …}.

    templates: a list, or text with one a line: each with {} where A or B goes and one blank, "_".  words_1, words_2:
    groups of words, lists or with commas.  controls: people, names, animals, places, or at least 20 pairs.
    values: [{"template", "contrast"}] in nats, ln of the ratio of odds.  band: 95 % of the control pairs lie inside.
    holds: how many wordings have the mean's sign.  p: before any correction for what else was tried.
    """
    asked = {"templates": templates, "a": a, "b": b, "words_1": words_1, "words_2": words_2, "controls": controls}
    (made,) = deque(fan(read_fan({**asked, "model": model})), maxlen=1)
    assert made.band is not None
    trial, mean = made.trial(), made.mean
    return {
        "values": [
            {"template": template, "contrast": value}
            for template, value in zip(made.request.templates, made.values, strict=True)
        ],
        "mean": mean.value,
        "interval": [mean.low, mean.high],
        "holds": made.holds,
        "controls": [
            {"pair": list(pair), "contrast": value}
            for pair, value in zip(made.request.controls, made.controls, strict=True)
        ],
        "band": list(made.band),
        "p": trial.p,
        "verdict": made.verdict,
        "says": made.found(),
        "fine_print": fine_print(trial, (trial,)),
        "recipe": made.recipe().to_json(),
    }


def build_api() -> None:
    """Names the endpoint."""
    from gradio.events import api

    api(api_template_fan, api_name="template_fan", **MODEL_QUEUE)
