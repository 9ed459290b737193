"""Training the classifiers: cross-entropy on real pictures, mean over the attributes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from playground.data.dataset import Dataset
from playground.models.classifier import Classifier
from playground.training.batches import (
    Pictures,
    Step,
    initialise,
    learning_rate,
    precision,
    set_learning_rate,
    update_average,
)


@dataclass(frozen=True)
class Config:
    """width, patch: of the net.  shift: moves pictures by up to so many pixels.  flip: mirrors half of them."""

    dataset: str
    steps: int
    width: int = 32
    patch: int = 1
    batch: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    decay_share: float = 0.7
    ema_decay: float = 0.995
    shift: int = 0
    flip: bool = False
    bfloat16: bool = False


class Run:
    """Everything that a training of a classifier consists of."""

    def __init__(self, config: Config, dataset: Dataset, seed: int) -> None:
        """At step 0, from the seed."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = Pictures(dataset, dataset.train_rows())
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), weight_decay=config.weight_decay, fused=True)

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
        return {f"classifier.{name}": tensor for name, tensor in self.average.state_dict().items()}


def build(config: Config, dataset: Dataset) -> Classifier:
    """The net that the config describes, for the pictures of the data set."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Classifier(*shape, config.width, config.patch)


def train(run: Run) -> Iterator[Step]:
    """Train until the config's last step. losses: "cross-entropy" in nats, mean over the attributes."""
    config = run.config
    while run.step < config.steps:
        start = time.perf_counter()
        pictures, attributes = run.pictures.draw(config.batch, run.generator)
        pictures = moved(pictures, config.shift, config.flip, run.generator)
        rate = config.learning_rate * learning_rate(run.step, config.steps, config.warm_up, config.decay_share)
        set_learning_rate(run.optimizer, rate)
        with precision(config.bfloat16):
            answers = run.net(pictures)
        losses = [F.cross_entropy(logits.float(), attributes[:, a]) for a, logits in enumerate(answers)]
        loss = torch.stack(losses).mean()
        run.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.optimizer.step()
        update_average(run.average, run.net, config.ema_decay, run.step)
        run.step += 1
        yield Step(
            run.step, run.step * config.batch, {"cross-entropy": float(loss.detach())}, time.perf_counter() - start
        )


def moved(pictures: Tensor, shift: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Each picture moved by up to `shift` pixels, black coming in at the edges, and half of them mirrored."""
    if flip:
        mirrored = torch.rand(len(pictures), 1, 1, 1, generator=generator) < 0.5
        pictures = torch.where(mirrored, pictures.flip(3), pictures)
    if not shift:
        return pictures
    count, channels, height, width = pictures.shape
    padded = F.pad(pictures, (shift,) * 4, value=-1.0)
    down, right = torch.randint(2 * shift + 1, (2, count, 1, 1), generator=generator)
    rows = torch.arange(height)[:, None] + down  # (B, H, 1)
    columns = torch.arange(width) + right  # (B, 1, W)
    each = torch.arange(count)[:, None, None]
    return padded.permute(0, 2, 3, 1)[each, rows, columns].permute(0, 3, 1, 2)
