"""A VAE's encoder, and the real pictures of its data set to encode."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data.dataset import Dataset
from playground.images.model_menu import condition_rows, image_model_facts

Points = NDArray[np.float32]
Pictures = NDArray[np.uint8]
_BATCH = 100


def real_pictures(dataset: str) -> Dataset:
    """The data set, or its sample if it cannot be loaded. Raises PlaygroundError if neither can."""
    from playground.data import registry

    if not dataset:
        raise PlaygroundError(say("latent.points.errors.no_dataset"))
    try:
        return registry.load(dataset)
    except PlaygroundError:
        sample = f"{dataset}-sample"
        if sample not in registry.datasets():
            raise
        return registry.load(sample)


def encode(pictures: Pictures, model: str, condition: Mapping[str, str] | None = None) -> tuple[Points, Points]:
    """Encodes pictures, (N, H, W, C) uint8: means and log variances of their Gaussians, (N, D) float32 each.

    Raises PlaygroundError if the model has no encoder.
    """
    import torch

    from playground.models.pixels import to_signed
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_image_model

    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(say("latent.points.errors.no_encoder", model=facts.title))
    net = load_image_model(model).net
    assert isinstance(net, VAE)
    row = torch.from_numpy(condition_rows(facts, condition or {}, 1))
    parts = []
    with torch.inference_mode():
        for first in range(0, len(pictures), _BATCH):
            batch = to_signed(torch.tensor(pictures[first : first + _BATCH]))
            parts.append(net.encode(batch, row.expand(len(batch), -1)))
    mean, log_variance = (torch.cat(part).float().numpy() for part in zip(*parts, strict=True))
    return mean, log_variance


def classify_pictures(pictures: Pictures, model: str) -> NDArray[np.int64] | None:
    """The data set's classifier's word for each attribute, as indices: (N, A) int64; None without a classifier."""
    from playground.images.evaluation import classify_images

    return classify_images(pictures, image_model_facts(model).dataset)
