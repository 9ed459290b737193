"""Training the VAEs: the evidence lower bound, its KL term weighted from 0 to 1 over the first steps (warm-up).

Kingma and Welling 2014, arXiv:1312.6114; warm-up: Sønderby et al. 2016, arXiv:1602.02282. Afterwards a mixture of
Gaussians is fitted to the codes of training pictures (gmm.py), as a second prior.
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
    ImageSampler,
    TrainStep,
    autocast,
    drop_conditions,
    initialise_weights,
    schedule_factor,
    set_learning_rate,
    update_ema,
)
from playground.training.gmm import fit_mixture
from playground.training.optimizers import open_optimizer


@dataclass(frozen=True)
class VaeConfig:
    """widths, latent_dim: of the net.  kl_warm_up: fraction of the steps in which the KL term's weight rises to beta.

    beta: that weight (Higgins et al. 2017, "beta-VAE").  optimizer: of settings.OPTIMIZERS.
    components: of the mixture prior, which is fitted to the codes of so many mixture_pictures.
    forget_all, forget_some: fractions of conditions that become "any": see batches.drop_conditions.
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


class VaeTrainState:
    """The state of a VAE's training: nets, their EMA, optimizer, data, generator and step."""

    def __init__(self, config: VaeConfig, dataset: Dataset, seed: int) -> None:
        """At step 0. seed: of all randomness, weights included."""
        self.config, self.step, self.seed = config, 0, seed
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = ImageSampler(dataset, dataset.train_rows())
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise_weights(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()

    def new_optimizer(self) -> None:
        """A new optimizer of the config's kind."""
        self.optimizer = open_optimizer(self.config.optimizer, self.net.parameters())

    def state_dict(self) -> dict[str, Any]:
        """All that changes during training."""
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimizer")}
        return {**parts, "generator": self.generator.get_state(), "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""
        for name in ("net", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.step = state["step"]

    def weights(self) -> dict[str, Tensor]:
        """Weights for the published file: the net's EMA, and the mixture prior fitted to its codes."""
        mixture = self.fitted_mixture()
        shipped = {f"vae.{name}": tensor for name, tensor in self.average.state_dict().items()}
        return shipped | {f"mixture.{name}": tensor for name, tensor in mixture.state_dict().items()}

    def fitted_mixture(self) -> MixturePrior:
        """The mixture prior, fitted to one sample from the posterior of each of the first training pictures.

        A net trained without conditions gets "any" here too: it never learned other values.
        """
        generator = torch.Generator().manual_seed(self.seed)
        draws, count = [], self.config.mixture_pictures
        pixels, attributes = self.pictures.pixels[:count], self.pictures.attributes[:count]
        sizes = self.pictures.sizes
        conditions = torch.tensor(sizes).expand_as(attributes) if self.config.forget_all >= 1 else attributes
        with torch.no_grad():
            for some, theirs in zip(torch.split(pixels, 500), torch.split(conditions, 500), strict=True):
                mean, log_variance = self.average.encode(to_signed(some), theirs)
                draws.append(mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator))
        components = min(self.config.components, len(pixels))
        return fit_mixture(torch.cat(draws), attributes, sizes, components, generator)


def build(config: VaeConfig, dataset: Dataset) -> VAE:
    """The net of a config, for the data set's picture size and attributes; weights not yet initialised."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return VAE(*shape, config.widths, config.latent_dim)


def train(state: VaeTrainState) -> Iterator[TrainStep]:
    """Train until the config's last step: see advance."""
    while state.step < state.config.steps:
        yield advance(state)


def advance(state: VaeTrainState) -> TrainStep:
    """One step.

    losses: "reconstruction" and "kl" in nats a picture; "bits", the negative ELBO (KL weighted by 1) per dimension;
    "gradient", its norm before clipping to 1.
    """
    config, sampler, start = state.config, state.pictures, time.perf_counter()
    dimensions = sampler.channels * sampler.side**2
    pictures, attributes = sampler.draw(config.batch, state.generator)
    condition = drop_conditions(attributes, sampler.sizes, config.forget_all, config.forget_some, state.generator)
    eps = torch.randn(config.batch, config.latent_dim, generator=state.generator)
    rate = config.learning_rate * schedule_factor(state.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(state.optimizer, rate)
    with autocast(config.bfloat16):
        likelihood, kl = state.net(pictures, condition, eps)
    weight = config.beta * min(1.0, state.step / max(1.0, config.kl_warm_up * config.steps))
    state.optimizer.zero_grad()
    ((weight * kl - likelihood).mean() / dimensions).backward()
    gradient = torch.nn.utils.clip_grad_norm_(state.net.parameters(), 1.0)
    state.optimizer.step()
    update_ema(state.average, state.net, config.ema_decay, state.step)
    state.step += 1
    likelihood, kl = likelihood.detach().mean(), kl.detach().mean()
    bits = bits_per_dimension(likelihood - kl, dimensions)
    losses = {"reconstruction": -likelihood, "kl": kl, "bits": bits, "gradient": gradient}
    numbers = {name: float(loss) for name, loss in losses.items()}
    return TrainStep(state.step, state.step * config.batch, numbers, time.perf_counter() - start)
