"""Reconstructions of a picture by the shipped models of each family."""

from __future__ import annotations

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import held_out_image
from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts, model_names
from playground.metrics import likelihood

pytestmark = pytest.mark.weights
TRAINED_HERE = [name for name in model_names() if image_model_facts(name).dataset]


@pytest.mark.parametrize("model", TRAINED_HERE)
@pytest.mark.slow
def test_a_held_out_picture_is_reconstructed(model: str) -> None:
    """Diffusion's inversion is all but exact; the VAE and the GAN are limited to what they have learned."""
    picture = held_out_image(image_model_facts(model).dataset, 3)
    steps = list(reconstruct(picture, model))
    last = steps[-1]
    assert last.step == last.steps and last.picture.shape == picture.shape
    psnr = float(likelihood.psnr(last.picture[None].astype(float), picture[None].astype(float), 255)[0])
    assert last.psnr == pytest.approx(psnr, abs=1e-6)
    least = {"vae": 14, "gan": 12, "diffusion": 28}[last.kind]
    assert last.psnr > least
    if last.kind == "gan":
        assert last.error < steps[0].error, "the search gets nearer"
    if last.kind == "vae":
        assert last.mean is not None and last.deviation is not None and (last.deviation > 0).all()
        assert last.percentile is not None and 0 <= last.percentile <= 100


def test_a_picture_of_another_size_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="takes pictures of 16 × 16"):
        next(reconstruct(np.zeros((28, 28, 1), np.uint8), "gan-avatars"))
