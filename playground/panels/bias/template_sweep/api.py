"""The endpoint /template_fan, a template sweep under the name that programs know."""

from __future__ import annotations

from typing import Any

from playground.bias.template_sweep import sweep_templates
from playground.bias.template_sweep_request import read_template_sweep
from playground.bias.verdict import smallest_p_value
from playground.language.text_request import DEFAULT_MODEL
from playground.panels.bias.presets import TEMPLATE_SWEEPS
from playground.panels.bias.shared import fine_print_facts
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("template_fan")
def api_template_fan(
    templates: Any = TEMPLATE_SWEEPS[1].templates,
    a: str = TEMPLATE_SWEEPS[1].a,
    b: str = TEMPLATE_SWEEPS[1].b,
    words_1: Any = TEMPLATE_SWEEPS[1].words_1,
    words_2: Any = TEMPLATE_SWEEPS[1].words_2,
    model: str = DEFAULT_MODEL,
    controls: Any = TEMPLATE_SWEEPS[1].controls,
) -> dict[str, Any]:
    """One contrast in many wordings: {"values", "mean", "interval", "controls", "band", "verdict", …}.

    templates: a list, or text with one per line: each with {} for A or B and one blank, "_".  words_1, words_2: groups
    of words, as lists or separated by commas.  controls: people, names, animals, places, or at least 20 pairs.
    values: [{"template", "contrast"}] in nats, ln of the odds ratio.  band: holds 95 % of the differences
    between any two control phrases.
    holds: how many wordings have the mean's sign.  p: not corrected for other measurements, at least smallest_p.
    """
    settings = {"templates": templates, "a": a, "b": b, "words_1": words_1, "words_2": words_2, "controls": controls}
    sweep = last_step(sweep_templates(read_template_sweep({**settings, "model": model})))
    assert sweep.band is not None
    measurement, mean = sweep.measurement(), sweep.mean
    return {
        "values": [
            {"template": template, "contrast": value}
            for template, value in zip(sweep.request.templates, sweep.values, strict=True)
        ],
        "mean": mean.value,
        "interval": [mean.low, mean.high],
        "holds": sweep.agreeing,
        "controls": [
            {"pair": list(pair), "contrast": value}
            for pair, value in zip(sweep.request.controls, sweep.controls, strict=True)
        ],
        "band": list(sweep.band),
        "p": measurement.p,
        "smallest_p": smallest_p_value(len(sweep.phrases)),
        "verdict": sweep.verdict,
        "says": sweep.summary(),
        "fine_print": fine_print_facts(measurement, (measurement,)),
        "recipe": sweep.recipe().to_json(),
    }
