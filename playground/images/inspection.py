"""Inspection of one picture: the classifier's labels, the nearest training pictures, and whether it is a copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import percent
from playground.images.model_menu import image_model_facts
from playground.metrics import memorization

NEAREST_COUNT = 4


@dataclass(frozen=True, eq=False)
class Inspection:
    """Labels and nearest training pictures of one picture.

    labels: attribute -> the classifier's value with its probability, in words.
    nearest: (k, H, W, C) uint8 training pictures, the nearest first; None without a data set.
    distances: (k,) root mean square of the difference, 0 to 255.
    percentile: share of held-out pictures that are as near to a training picture or nearer, 0 to 100; None until it is
    computed.
    missing: why the picture was compared with no training pictures, a sentence; "" if it was, or if there are none.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    nearest: NDArray[np.uint8] | None = None
    distances: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    percentile: float | None = None
    missing: str = ""


def inspect_image(picture: NDArray[np.uint8], model: str) -> Iterator[Inspection]:
    """Yields the inspection without the percentile, then with it, which takes seconds the first time.

    picture: (H, W, C) uint8, of the model's size. Without a classifier or a data set, their fields stay empty.
    """
    facts = image_model_facts(model)
    if not facts.dataset:
        yield Inspection()
        return
    labels = predict_labels(picture, model)
    try:
        near, distances = nearest_training_images(picture, facts.dataset)
    except PlaygroundError:
        yield Inspection(labels, missing=say("images.card.no_data", dataset=facts.dataset))
        return
    yield Inspection(labels, near, distances)
    yield Inspection(labels, near, distances, nearness_percentile(float(distances[0]), facts.dataset))


def nearest_training_images(
    picture: NDArray[np.uint8], dataset: str, count: int = NEAREST_COUNT
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """(count, H, W, C) uint8 nearest training pictures, the nearest first, and their (count,) distances, 0 to 255.

    Raises PlaygroundError if the data set cannot be loaded, or its pictures have another size.
    """
    from playground.data import registry

    data = registry.load(dataset)
    if picture.shape != data.images.shape[1:]:
        expected, shape = (" × ".join(map(str, sides)) for sides in (data.images.shape[1:], picture.shape))
        raise PlaygroundError(say("images.request.other_size", dataset=dataset, expected=expected, shape=shape))
    training = data.images[data.train_rows()]
    if not len(training):
        raise PlaygroundError(say("images.request.no_training_pictures", title=data.title))
    neighbours = memorization.nearest(picture[None], training, count)
    return training[neighbours.indices[0]], neighbours.distances[0]


def nearness_percentile(distance: float, dataset: str) -> float:
    """Percentage of held-out pictures whose nearest training picture is at most that far, 0 to 100."""
    return float(memorization.percentile_among(np.array([distance]), held_out_distances(dataset))[0])


@lru_cache(maxsize=4)
def held_out_distances(dataset: str) -> NDArray[np.float64]:
    """(n,) distances of up to 400 held-out pictures to their nearest training picture, 0 to 255."""
    from playground.data import registry

    data = registry.load(dataset)
    rows = data.held_out_rows()
    rows = rows[:: max(1, len(rows) // memorization.MOST_HELD_OUT)][: memorization.MOST_HELD_OUT]
    training = data.images[data.train_rows()]
    parts = [
        memorization.nearest(data.images[rows[at : at + 100]], training).distances[:, 0]
        for at in range(0, len(rows), 100)
    ]
    return np.concatenate(parts)


def predict_labels(picture: NDArray[np.uint8], model: str) -> dict[str, str]:
    """Attribute -> the likeliest value and its probability, as "tan (93%)"; empty without a classifier."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.image_models import image_model_cards, load_image_model

    facts = image_model_facts(model)
    classifier = f"classifier-{facts.dataset}"
    if classifier not in image_model_cards():
        return {}
    net = load_image_model(classifier).net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        logits = net(to_signed(torch.tensor(picture[None])))
    labels = {}
    for (attribute, values), row in zip(facts.labels.items(), logits, strict=True):
        probability, index = row.softmax(1)[0].max(0)
        labels[attribute] = f"{values[int(index)]} ({percent(float(probability))})"
    return labels
