"""Principal components of the activations of a GAN's first layer, regressed onto z: GANSpace.

z is drawn from N(0, I), the same in every direction, so it has no principal components. Härkönen et al. 2020
(arXiv:2004.02546, section 2) take those of an early layer's activations and find by regression which direction of z
goes with each. The layer here: for networks trained here, the code that scales and shifts every block; for DCGANs, the
output of the first convolution and its ReLU. The condition changes that layer too, so pairs of z are drawn under one
condition, and the components are those of their differences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.paths import models_dir
from playground.latent.directions import COMPONENTS, Direction, Numbers
from playground.latent.gan_inputs import GanInputs, load_gan_inputs

if TYPE_CHECKING:
    from torch import Tensor, nn

PAIRS, FIRST_SEED = 2_000, 2_000_000
_BATCH = 100
#: The randomized decomposition's spare columns and power iterations.
_SPARE, _ROUNDS = 16, 8


def layer_components(model: str) -> Iterator[float | list[Direction]]:
    """Yields the fraction done, 0 to 1; then the components, at once if they are cached. Close it to stop.

    Their steps have length 1: one standard deviation of z. Raises PlaygroundError if the model is not a GAN.
    """
    from playground.data import npz_cache

    inputs = load_gan_inputs(model)
    path = _path(inputs)
    cached = npz_cache.load_array(path, COMPONENTS, 2 + inputs.dimensions)
    if cached is None:
        batches = []
        for done in range(0, PAIRS, _BATCH):
            yield done / PAIRS
            batches.append(_differences(inputs, FIRST_SEED + 2 * done))
        z, activations = (np.concatenate(part) for part in zip(*batches, strict=True))
        components = back_project(z, activations)
        no_condition = np.zeros((len(components), inputs.dimensions - inputs.latent))  # the condition does not move
        cached = np.concatenate([components, no_condition], 1).astype(np.float32)
        npz_cache.save_array(path, cached)
    yield [
        Direction(
            f"pc{k}",
            say("latent.directions.component", number=k),
            "component",
            row[2:].astype(float),
            float(row[0]),
            correlation=float(row[1]),
        )
        for k, row in enumerate(cached, 1)
    ]


def back_project(z: Numbers | NDArray[np.float32], activations: NDArray[np.float32]) -> Numbers:
    """Each component's share of the variance, its correlation with z, and its step in z: (COMPONENTS, 2 + D).

    z: (N, D) standard normal, activations: (N, F), both with mean 0. The step is the unit vector in the direction of
    the regression of z on the component's coordinate; its largest coordinate is positive.
    Source: Halko, Martinsson and Tropp 2011, arXiv:0909.4061, algorithm 4.4, for the decomposition.
    """
    columns = min(COMPONENTS + _SPARE, *activations.shape)
    basis = np.random.default_rng(0).standard_normal((activations.shape[1], columns)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(activations.T @ (activations @ basis))[0]
    left, lengths, _ = np.linalg.svd((activations @ basis).astype(np.float64), full_matrices=False)
    shares = lengths**2 / np.square(activations, dtype=np.float64).sum()
    rows = []
    for coordinate, share in zip(left.T[:COMPONENTS], shares, strict=False):
        step = z.T.astype(np.float64) @ coordinate
        step *= np.sign(step[np.argmax(np.abs(step))]) / np.linalg.norm(step)
        rows.append([share, abs(np.corrcoef(z @ step, coordinate)[0, 1]), *step])
    return np.array(rows)


def _differences(inputs: GanInputs, first: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Differences of pairs under one condition, (_BATCH, D) of z and (_BATCH, F) of activations, over sqrt(2)."""
    import torch

    net, device = _generator(inputs.facts.name)
    rows = torch.tensor(inputs.draws(first, 2 * _BATCH), device=device)
    z, shares = rows[:, : inputs.latent], rows[:_BATCH, inputs.latent :]
    with torch.inference_mode():
        one, other = (_activations(net, part, shares) for part in (z[:_BATCH], z[_BATCH:]))
    difference = (z[:_BATCH] - z[_BATCH:]) / 2**0.5, (one - other) / 2**0.5
    return difference[0].cpu().numpy(), difference[1].cpu().numpy()


def _activations(net: nn.Module, z: Tensor, shares: Tensor) -> Tensor:
    """Activations of the early layer, (N, F). shares: (N, S), of the condition's values."""
    import torch
    from torch.nn import functional

    from playground.models.dcgan import DCGAN
    from playground.models.gan import Generator

    if isinstance(net, Generator):
        code: Tensor = net.code(functional.silu(net.noise(z) + net.condition(shares)))
        return code
    assert isinstance(net, DCGAN)
    inputs = torch.cat([z, shares[:, : net.classes]], 1)[:, :, None, None]
    first: Tensor = net.main[:3](inputs)
    return first.flatten(1)


def _generator(model: str) -> tuple[nn.Module, str]:
    """The network and the name of its device."""
    from playground.zoo.image_models import load_image_model
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    if model in pretrained_names():
        loaded = load_pretrained(model)
        return loaded.net, loaded.device
    net = load_image_model(model).net
    return net, str(next(net.parameters()).device)


def _path(inputs: GanInputs) -> Path:
    words = f"{inputs.facts.weights_sha256} {FIRST_SEED} {2 * PAIRS} seeds {COMPONENTS}"
    return models_dir() / "codes" / f"{inputs.facts.name}-layer-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
