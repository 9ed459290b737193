"""Where a VAE's encoder puts pictures, and which pictures there are to be put: the real ones behind a model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.data.dataset import Dataset
from playground.images.model_menu import condition_rows, image_model_facts

Points = NDArray[np.float32]
Pictures = NDArray[np.uint8]
_BATCH = 100


def real_pictures(dataset: str) -> Dataset:
    """The data set or, where it is not to be had, its sample. Raises PlaygroundError if there is neither."""
    from playground.data import registry

    if not dataset:
        raise PlaygroundError("This model comes without its data set: there are no real pictures to choose from.")
    try:
        return registry.load(dataset)
    except PlaygroundError:
        sample = f"{dataset}-sample"
        if sample not in registry.datasets():
            raise
        return registry.load(sample)


def encode(pictures: Pictures, model: str, condition: Mapping[str, str] | None = None) -> tuple[Points, Points]:
    """(N, D) float32 means and log variances of the Gaussians of pictures, (N, H, W, C) uint8.

    Raises PlaygroundError if the model has no encoder.
    """
    import torch

    from playground.models.pixels import to_signed
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_pictures

    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(
            f"{facts.title} has no encoder: it makes a picture of a point, but cannot find the point of a picture. "
            "Put seeds in, or choose a VAE."
        )
    net = load_pictures(model).net
    assert isinstance(net, VAE)
    row = torch.from_numpy(condition_rows(facts, condition or {}, 1))
    parts = []
    with torch.inference_mode():
        for first in range(0, len(pictures), _BATCH):
            some = to_signed(torch.tensor(pictures[first : first + _BATCH]))
            parts.append(net.encode(some, row.expand(len(some), -1)))
    mean, log_variance = (torch.cat(part).float().numpy() for part in zip(*parts, strict=True))
    return mean, log_variance


def classify_pictures(pictures: Pictures, model: str) -> NDArray[np.int64] | None:
    """(N, A) int64: the word that the data set's classifier reads for each attribute; None without a classifier."""
    from playground.images.evaluation import classify_images

    return classify_images(pictures, image_model_facts(model).dataset)
