"""The endpoints of the API by tab. The pages register them, and docs/api.md and README list them, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from playground.panels.bias.benchmarks import api as benchmarks
from playground.panels.bias.image_bias import api as image_bias
from playground.panels.bias.sentence_pair import api as sentence_pair
from playground.panels.bias.template_sweep import api as template_sweep
from playground.panels.bias.translation import api as translation
from playground.panels.bias.weat import api as weat
from playground.panels.images.denoising import api as denoising
from playground.panels.images.draw import api as draw
from playground.panels.images.inversion import api as inversion
from playground.panels.latent.arithmetic import api as arithmetic
from playground.panels.latent.directions import api as directions
from playground.panels.latent.map import api as map
from playground.panels.latent.traversal import api as traversal
from playground.panels.latent.walk import api as walk
from playground.panels.latent.words import api as words
from playground.panels.text import api as text
from playground.panels.text.chat import api as chat
from playground.panels.text.endings import api as endings
from playground.panels.text.generate import api as generate
from playground.panels.text.score import api as score
from playground.panels.train import api as train
from playground.panels.train.runs import api as runs
from playground.ui.endpoint import Endpoint, endpoints_in

_MODULES: Mapping[str, tuple[ModuleType, ...]] = {
    "text": (generate, chat, endings, score, text),
    "images": (draw, denoising, inversion),
    "latent": (walk, map, directions, arithmetic, traversal, words),
    "bias": (sentence_pair, template_sweep, weat, benchmarks, translation, image_bias),
    "train": (train, runs),
}


def endpoints(tab: str) -> list[Endpoint]:
    """The endpoints of a tab. tab: its name."""
    return [one for module in _MODULES[tab] for one in endpoints_in(module)]
