"""What pictures are drawn for, row by row: the condition that was asked, and "any" settled for nets that need it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.images.image_request import ImageRequest
from playground.images.model_menu import condition_rows, image_model_facts
from playground.images.noise import seeded_generators, uniform

#: A seed's condition is drawn apart from its z: the same z whatever was asked for.
_CONDITION_SALT = 0x5E771E


def sample_conditions(request: ImageRequest) -> NDArray[np.int64]:
    """(N, A): the condition of each picture of a request, as the net is given it."""
    facts = image_model_facts(request.model)
    rows = condition_rows(facts, request.condition, request.count)
    return resolve_any(request, rows) if facts.settles else rows


def resolve_any(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, A): what each picture's own seed puts in the place of "any", as often as the data has it."""
    import torch

    from playground.models.conditions import settle
    from playground.zoo.image_models import load_pictures
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    if request.model in pretrained_names():
        classes = load_pretrained(request.model).classes
        shares = [[1.0] * len(classes)] if classes else []
    else:
        shares = load_pictures(request.model).card.shares()
    sources = seeded_generators(request)
    for source in sources:
        source.manual_seed(source.initial_seed() ^ _CONDITION_SALT)
    made: NDArray[np.int64] = settle(torch.from_numpy(condition), shares, uniform(sources, len(shares))).numpy()
    return made
