"""Training the denoisers: the mean squared error of v at random noise levels.

Conditions are dropped at random, all or some of their values: one net then serves guidance and every "any"
(Ho and Salimans 2022, arXiv:2207.12598; v: Salimans and Ho 2022, arXiv:2202.00512; the schedule: Nichol and Dhariwal
2021, arXiv:2102.09672, as diffusers' "squaredcos_cap_v2").
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from playground.data.dataset import Dataset
from playground.models.diffusion import Denoiser
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
from playground.training.optimizers import open_optimizer

#: Arguments for any of diffusers' schedulers that samples from these nets.
SCHEDULE = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}


@dataclass(frozen=True)
class DiffusionConfig:
    """widths, blocks, patch: of the net.  forget_all, forget_some: see batches.drop_conditions.

    optimizer: of settings.OPTIMIZERS.
    """

    dataset: str
    steps: int
    widths: tuple[int, ...] = (64, 128)
    blocks: int = 2
    patch: int = 2
    batch: int = 32
    learning_rate: float = 7e-4
    warm_up: int = 100
    decay_share: float = 0.4
    ema_decay: float = 0.998
    forget_all: float = 0.12
    forget_some: float = 0.25
    bfloat16: bool = False
    optimizer: str = "adamw"


class DiffusionTrainState:
    """The state of a denoiser's training: nets, their EMA, optimizer, data, generator and step."""

    def __init__(self, config: DiffusionConfig, dataset: Dataset, seed: int) -> None:
        """At step 0. seed: of all randomness, weights included."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = ImageSampler(dataset, dataset.train_rows())
        self.alpha_bar = alpha_bars()
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise_weights(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()

    def new_optimizer(self) -> None:
        """A new optimizer of the config's kind."""
        self.optimizer = open_optimizer(self.config.optimizer, self.net.parameters(), (0.9, 0.99))

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
        """Weights for the published file, by name."""
        return {f"denoiser.{name}": tensor for name, tensor in self.average.state_dict().items()}


def build(config: DiffusionConfig, dataset: Dataset) -> Denoiser:
    """The net of a config, for the data set's picture size and attributes; weights not yet initialised."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Denoiser(*shape, config.patch, config.widths, config.blocks)


def alpha_bars(count: int = 1000) -> Tensor:
    """(count,) float32: the fraction of variance that is signal at each timestep, as diffusers computes it.

    Equation 17 of arXiv:2102.09672, betas clipped to 0.999.
    """

    def remaining(time: float) -> float:
        return math.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - remaining((t + 1) / count) / remaining(t / count), 0.999) for t in range(count)]
    return (1 - torch.tensor(betas, dtype=torch.float32)).cumprod(0)


def train(state: DiffusionTrainState) -> Iterator[TrainStep]:
    """Train until the config's last step: see advance."""
    while state.step < state.config.steps:
        yield advance(state)


def advance(state: DiffusionTrainState) -> TrainStep:
    """One step.

    losses: "v", the mean squared error (v has variance near 1); "gradient", its norm before clipping to 1.
    """
    config, start = state.config, time.perf_counter()
    pictures, attributes = state.pictures.draw(config.batch, state.generator)
    condition = drop_conditions(
        attributes, state.pictures.sizes, config.forget_all, config.forget_some, state.generator
    )
    noisy, timestep, target = add_noise(pictures, state.alpha_bar, state.generator)
    rate = config.learning_rate * schedule_factor(state.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(state.optimizer, rate)
    with autocast(config.bfloat16):
        predicted = state.net(noisy, timestep, condition)
    loss = (predicted.float() - target).square().mean()
    state.optimizer.zero_grad()
    loss.backward()
    gradient = torch.nn.utils.clip_grad_norm_(state.net.parameters(), 1.0)
    state.optimizer.step()
    update_ema(state.average, state.net, config.ema_decay, state.step)
    state.step += 1
    numbers = {"v": float(loss.detach()), "gradient": float(gradient)}
    return TrainStep(state.step, state.step * config.batch, numbers, time.perf_counter() - start)


def add_noise(pictures: Tensor, alpha_bar: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Noisy pictures, their timesteps (B,) and their v; the timesteps are spread evenly over the batch.

    pictures: (B, C, H, W) in [-1, 1].  alpha_bar: (T,).
    """
    count = len(pictures)
    evenly = (torch.arange(count) + torch.rand(1, generator=generator)) / count
    timestep = (evenly * len(alpha_bar)).long().clamp(max=len(alpha_bar) - 1)
    eps = torch.randn(pictures.shape, generator=generator)
    signal = alpha_bar[timestep].sqrt()[:, None, None, None]
    noise = (1 - alpha_bar[timestep]).sqrt()[:, None, None, None]
    return signal * pictures + noise * eps, timestep, signal * eps - noise * pictures
