"""The condition of each picture in a batch; "any" is sampled from the data's frequencies for nets that need a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.images.image_request import ImageRequest
from playground.images.model_menu import condition_rows, image_model_facts
from playground.images.noise import seeded_generators, uniform

#: Keeps a seed's condition independent of its z: the same z for every condition.
_CONDITION_SALT = 0x5E771E


def sample_conditions(request: ImageRequest) -> NDArray[np.int64]:
    """(N, A) int64: the condition of each picture of a request, as the net takes it."""
    facts = image_model_facts(request.model)
    rows = condition_rows(facts, request.condition, request.count)
    return resolve_any(request, rows) if facts.samples_any else rows


def resolve_any(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, A) int64: each "any" replaced by a value sampled from the picture's own seed, as often as the data has it."""
    import torch

    from playground.models.conditions import resolve_any
    from playground.zoo.image_models import load_image_model
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    if request.model in pretrained_names():
        classes = load_pretrained(request.model).classes
        shares = [[1.0] * len(classes)] if classes else []
    else:
        shares = load_image_model(request.model).card.shares()
    generators = seeded_generators(request)
    for source in generators:
        source.manual_seed(source.initial_seed() ^ _CONDITION_SALT)
    resolved: NDArray[np.int64] = resolve_any(
        torch.from_numpy(condition), shares, uniform(generators, len(shares))
    ).numpy()
    return resolved
