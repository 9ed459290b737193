"""The panels of the Bias tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.panels.bias.benchmarks import panel as benchmarks
from playground.panels.bias.group_generation import panel as group_generation
from playground.panels.bias.image_bias import panel as image_bias
from playground.panels.bias.prompt_debiasing import panel as prompt_debiasing
from playground.panels.bias.sentence_pair import panel as sentence_pair
from playground.panels.bias.template_sweep import panel as template_sweep
from playground.panels.bias.translation import panel as translation
from playground.panels.bias.weat import panel as weat

ROOMS: tuple[Any, ...] = (
    sentence_pair,
    template_sweep,
    weat,
    benchmarks,
    group_generation,
    prompt_debiasing,
    translation,
    image_bias,
)
