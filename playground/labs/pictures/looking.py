"""One picture looked at: what a classifier sees in it, and the training pictures that are nearest to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.errors import PlaygroundError
from playground.labs.measures import copies
from playground.labs.pictures.models import picture_facts

NEAREST = 4
_HELD_OUT = 1000


@dataclass(frozen=True, eq=False)
class Look:
    """What can be told of a picture.

    seen: attribute -> the classifier's word, and how sure it is.  nearest: (k, H, W, C) uint8 training pictures, the
    nearest first; None where there is no data set.  distances: (k,) root mean square of the difference, 0 to 255.
    percentile: of held-out pictures, so many lie as near to a training picture or nearer, 0 to 100.
    """

    seen: Mapping[str, str] = field(default_factory=dict)
    nearest: NDArray[np.uint8] | None = None
    distances: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    percentile: float = 100.0


def look(picture: NDArray[np.uint8], model: str) -> Look:
    """picture: (H, W, C) uint8, of the model's size. What the data set and its classifier cannot tell is left out."""
    facts = picture_facts(model)
    if not facts.dataset:
        return Look()
    try:
        near, percentile = nearest(picture, facts.dataset)
    except PlaygroundError:
        # The data set is not on this machine: the picture can be looked at all the same.
        return Look(seen=seen(picture, model))
    return Look(seen(picture, model), near[0], near[1], percentile)


def nearest(
    picture: NDArray[np.uint8], dataset: str, count: int = NEAREST
) -> tuple[tuple[NDArray[np.uint8], NDArray[np.float64]], float]:
    """((count, H, W, C) nearest training pictures, their (count,) distances), and the percentile among held-out ones.

    Raises PlaygroundError if the data set is not to be had.
    """
    from playground.data import shelf

    data = shelf.load(dataset)
    if picture.shape != data.images.shape[1:]:
        raise PlaygroundError(
            f"Pictures of {dataset} have {' × '.join(map(str, data.images.shape[1:]))} pixels and channels; "
            f"this has {' × '.join(map(str, picture.shape))}."
        )
    training = data.images[data.train_rows()]
    found = copies.nearest(picture[None], training, count)
    percentile = float(copies.percentile_among(found.distances[0, :1], held_out_distances(dataset))[0])
    return (training[found.indices[0]], found.distances[0]), percentile


@lru_cache(maxsize=4)
def held_out_distances(dataset: str) -> NDArray[np.float64]:
    """(n,) distances of up to 1,000 held-out pictures to their nearest training picture, 0 to 255."""
    from playground.data import shelf

    data = shelf.load(dataset)
    rows = data.held_out_rows()
    rows = rows[:: max(1, len(rows) // _HELD_OUT)][:_HELD_OUT]
    training = data.images[data.train_rows()]
    parts = [
        copies.nearest(data.images[rows[at : at + 100]], training).distances[:, 0] for at in range(0, len(rows), 100)
    ]
    return np.concatenate(parts)


def seen(picture: NDArray[np.uint8], model: str) -> dict[str, str]:
    """Attribute -> the likeliest word and its probability, by the data set's classifier; empty without one."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.pictures import load_pictures, picture_models

    facts = picture_facts(model)
    judge = f"classifier-{facts.dataset}"
    if judge not in picture_models():
        return {}
    net = load_pictures(judge).net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        logits = net(to_signed(torch.from_numpy(np.ascontiguousarray(picture)[None])))
    answers = {}
    for (attribute, words), one in zip(facts.attributes.items(), logits, strict=True):
        share, place = one.softmax(1)[0].max(0)
        answers[attribute] = f"{words[int(place)]} ({float(share):.0%})"
    return answers
