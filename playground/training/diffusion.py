"""Training the denoisers: the mean squared error of v at random noise levels.

Some conditions are forgotten, wholly or in part, so that one net serves guidance and every "any"
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
    Pictures,
    Step,
    forget_some,
    initialise,
    learning_rate,
    precision,
    set_learning_rate,
    update_average,
)
from playground.training.optimizers import optimizer_of

#: What any of diffusers' schedulers is made with to drive these nets.
SCHEDULE = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}


@dataclass(frozen=True)
class Config:
    """widths, blocks, patch: of the net.  forget_all, forget_some: shares of conditions that are forgotten.

    optimizer: of swapping.OPTIMIZERS.
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


class Run:
    """Everything that a training of a denoiser consists of."""

    def __init__(self, config: Config, dataset: Dataset, seed: int) -> None:
        """At step 0, from the seed."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = Pictures(dataset, dataset.train_rows())
        self.alpha_bar = alpha_bars()
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()

    def new_optimizer(self) -> None:
        """Of the config's kind, as at the start."""
        self.optimizer = optimizer_of(self.config.optimizer, self.net.parameters(), (0.9, 0.99))

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
        """What is shipped, by name."""
        return {f"denoiser.{name}": tensor for name, tensor in self.average.state_dict().items()}


def build(config: Config, dataset: Dataset) -> Denoiser:
    """The net that the config describes, for the pictures of the data set."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Denoiser(*shape, config.patch, config.widths, config.blocks)


def alpha_bars(count: int = 1000) -> Tensor:
    """(count,) float32: the share of the picture's variance left at each timestep, as diffusers computes it.

    Equation 17 of arXiv:2102.09672, the betas cut off at 0.999.
    """

    def remaining(time: float) -> float:
        return math.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - remaining((t + 1) / count) / remaining(t / count), 0.999) for t in range(count)]
    return (1 - torch.tensor(betas, dtype=torch.float32)).cumprod(0)


def train(run: Run) -> Iterator[Step]:
    """Train until the config's last step: see advance."""
    while run.step < run.config.steps:
        yield advance(run)


def advance(run: Run) -> Step:
    """One step.

    losses: "v", the mean squared error (v has variance near 1); "gradient", its length before it is cut to 1.
    """
    config, start = run.config, time.perf_counter()
    pictures, attributes = run.pictures.draw(config.batch, run.generator)
    condition = forget_some(attributes, run.pictures.sizes, config.forget_all, config.forget_some, run.generator)
    noisy, timestep, target = noised(pictures, run.alpha_bar, run.generator)
    rate = config.learning_rate * learning_rate(run.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(run.optimizer, rate)
    with precision(config.bfloat16):
        predicted = run.net(noisy, timestep, condition)
    loss = (predicted.float() - target).square().mean()
    run.optimizer.zero_grad()
    loss.backward()
    gradient = torch.nn.utils.clip_grad_norm_(run.net.parameters(), 1.0)
    run.optimizer.step()
    update_average(run.average, run.net, config.ema_decay, run.step)
    run.step += 1
    numbers = {"v": float(loss.detach()), "gradient": float(gradient)}
    return Step(run.step, run.step * config.batch, numbers, time.perf_counter() - start)


def noised(pictures: Tensor, alpha_bar: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
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
