"""The bound on the likelihood of held-out pictures, for each prior of a VAE, and how well it reconstructs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.metrics import likelihood
from playground.metrics.intervals import Interval, mean_interval

if TYPE_CHECKING:
    import torch

    from playground.data.dataset import Dataset
    from playground.zoo.image_models import ImageModel

_BATCH_SIZE, _BOUND_IMAGES = 100, 1000


def vae_bound(loaded: ImageModel, data: Dataset, seed: int, prior: str = "") -> dict[str, Interval]:
    """{"elbo", "bits", "psnr"} of a VAE on held-out pictures with their conditions, one sample of z each.

    prior: "mixture" for the bound under the mixture; else that under N(0, I), whose KL term has a closed form.
    """
    rows = np.random.default_rng(seed).permutation(data.held_out_rows())[:_BOUND_IMAGES]
    elbo, ratio = _bounds_and_decibels(loaded, data, rows, seed, prior)
    size = int(np.prod(data.images.shape[1:]))
    bits = np.array([likelihood.bits_per_dimension(-float(one), size) for one in elbo])
    values = {"elbo": elbo, "bits": bits, "psnr": ratio}
    return {name: mean_interval(one, "pictures") for name, one in values.items()}


def _bounds_and_decibels(
    loaded: ImageModel, data: Dataset, rows: NDArray[np.int64], seed: int, prior: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((N,) nats, (N,) PSNR in decibels) of the pictures in `rows`."""
    import torch

    from playground.models.pixels import to_pixels, to_signed
    from playground.models.vae import VAE, log_weights

    net, mixture = loaded.net, loaded.mixture if prior == "mixture" else None
    assert isinstance(net, VAE)
    generator = torch.Generator().manual_seed(seed)
    nats: list[torch.Tensor] = []
    reconstructions: list[torch.Tensor] = []
    with torch.inference_mode():
        for some in np.array_split(rows, max(1, len(rows) // _BATCH_SIZE)):
            real, condition = to_signed(torch.tensor(data.images[some])), torch.tensor(data.attribute_table()[some])
            eps = torch.randn(len(some), net.latent_dim, generator=generator)
            if mixture is None:
                terms = net(real, condition, eps)
                nats.append(terms[0] - terms[1])
            else:
                nats.append(log_weights(net, real, condition, eps, mixture))
            reconstructions.append(to_pixels(net.decode(net.encode(real, condition)[0], condition)[0]))
    elbo: NDArray[np.float64] = torch.cat(nats).double().numpy()
    return elbo, likelihood.psnr(data.images[rows], torch.cat(reconstructions).numpy())
