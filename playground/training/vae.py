"""Training the VAEs: the evidence lower bound, its KL term weighted from 0 to 1 over the first steps (warm-up).

Kingma and Welling 2014, arXiv:1312.6114; warm-up: Sønderby et al. 2016, arXiv:1602.02282. Afterwards a mixture of
Gaussians is fitted to where the encoder puts the training pictures (mixture.py), as a second prior.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from playground.data.dataset import Dataset
from playground.models.pixels import to_signed
from playground.models.vae import VAE, MixturePrior, bits_per_dimension
from playground.training.batches import (
    Pictures,
    Step,
    forget_some,
    initialise,
    learning_rate,
    precision,
    set_learning_rate,
    update_average,
)
from playground.training.gmm import fit_mixture
from playground.training.optimizers import optimizer_of


@dataclass(frozen=True)
class Config:
    """widths, latent_dim: of the net.  kl_warm_up: share of the steps over which the KL term gains its weight of 1.

    beta: what that weight ends at (Higgins et al. 2017, "beta-VAE").  optimizer: of swapping.OPTIMIZERS.
    components: of the mixture prior, which is fitted to so many mixture_pictures.
    """

    dataset: str
    steps: int
    widths: tuple[int, int] = (64, 128)
    latent_dim: int = 32
    components: int = 40
    mixture_pictures: int = 10_000
    batch: int = 64
    learning_rate: float = 1e-3
    warm_up: int = 100
    decay_share: float = 0.4
    ema_decay: float = 0.998
    kl_warm_up: float = 0.2
    forget_all: float = 0.1
    forget_some: float = 0.2
    bfloat16: bool = False
    beta: float = 1.0
    optimizer: str = "adam"


class Run:
    """Everything that a training of a VAE consists of."""

    def __init__(self, config: Config, dataset: Dataset, seed: int) -> None:
        """At step 0, from the seed."""
        self.config, self.step, self.seed = config, 0, seed
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = Pictures(dataset, dataset.train_rows())
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()

    def new_optimizer(self) -> None:
        """Of the config's kind, as at the start."""
        self.optimizer = optimizer_of(self.config.optimizer, self.net.parameters())

    def state_dict(self) -> dict[str, Any]:
        """All that changes."""
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimizer")}
        return {**parts, "generator": self.generator.get_state(), "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        for name in ("net", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.step = state["step"]

    def weights(self) -> dict[str, Tensor]:
        """What is shipped, by name: the averaged net, and the mixture that is fitted to it now."""
        mixture = self.fitted_mixture()
        shipped = {f"vae.{name}": tensor for name, tensor in self.average.state_dict().items()}
        return shipped | {f"mixture.{name}": tensor for name, tensor in mixture.state_dict().items()}

    def fitted_mixture(self) -> MixturePrior:
        """The mixture for one draw from the posterior of each of the first training pictures, given its condition.

        A net that was never told a condition is told none here either: its answer to one is noise.
        """
        generator = torch.Generator().manual_seed(self.seed)
        draws, count = [], self.config.mixture_pictures
        pixels, attributes = self.pictures.pixels[:count], self.pictures.attributes[:count]
        sizes = self.pictures.sizes
        told = torch.tensor(sizes).expand_as(attributes) if self.config.forget_all >= 1 else attributes
        with torch.no_grad():
            for some, theirs in zip(torch.split(pixels, 500), torch.split(told, 500), strict=True):
                mean, log_variance = self.average.encode(to_signed(some), theirs)
                draws.append(mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator))
        components = min(self.config.components, len(pixels))
        return fit_mixture(torch.cat(draws), attributes, sizes, components, generator)


def build(config: Config, dataset: Dataset) -> VAE:
    """The net that the config describes, for the pictures of the data set."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return VAE(*shape, config.widths, config.latent_dim)


def train(run: Run) -> Iterator[Step]:
    """Train until the config's last step: see advance."""
    while run.step < run.config.steps:
        yield advance(run)


def advance(run: Run) -> Step:
    """One step.

    losses: "reconstruction" and "kl" in nats a picture, "bits" per dimension of the whole bound (KL weighted by 1);
    "gradient", its length before it is cut to 1.
    """
    config, given, start = run.config, run.pictures, time.perf_counter()
    dimensions = given.channels * given.side**2
    pictures, attributes = given.draw(config.batch, run.generator)
    condition = forget_some(attributes, given.sizes, config.forget_all, config.forget_some, run.generator)
    eps = torch.randn(config.batch, config.latent_dim, generator=run.generator)
    rate = config.learning_rate * learning_rate(run.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(run.optimizer, rate)
    with precision(config.bfloat16):
        likelihood, kl = run.net(pictures, condition, eps)
    weight = config.beta * min(1.0, run.step / max(1.0, config.kl_warm_up * config.steps))
    run.optimizer.zero_grad()
    ((weight * kl - likelihood).mean() / dimensions).backward()
    gradient = torch.nn.utils.clip_grad_norm_(run.net.parameters(), 1.0)
    run.optimizer.step()
    update_average(run.average, run.net, config.ema_decay, run.step)
    run.step += 1
    likelihood, kl = likelihood.detach().mean(), kl.detach().mean()
    bits = bits_per_dimension(likelihood - kl, dimensions)
    losses = {"reconstruction": -likelihood, "kl": kl, "bits": bits, "gradient": gradient}
    numbers = {name: float(loss) for name, loss in losses.items()}
    return Step(run.step, run.step * config.batch, numbers, time.perf_counter() - start)
