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
    ImageSampler,
    TrainStep,
    autocast,
    initialise_weights,
    schedule_factor,
    set_learning_rate,
    update_ema,
)


@dataclass(frozen=True)
class ClassifierConfig:
    """width, patch: of the net.  shift: pictures are translated by up to so many pixels.  flip: half are mirrored."""

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


class ClassifierTrainState:
    """The state of a classifier's training: nets, their EMA, optimizer, data, generator and step."""

    def __init__(self, config: ClassifierConfig, dataset: Dataset, seed: int) -> None:
        """At step 0. seed: of all randomness, weights included."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = ImageSampler(dataset, dataset.train_rows())
        self.net = build(config, dataset).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        initialise_weights(self.net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), weight_decay=config.weight_decay, fused=True)

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
        return {f"classifier.{name}": tensor for name, tensor in self.average.state_dict().items()}


def build(config: ClassifierConfig, dataset: Dataset) -> Classifier:
    """The net of a config, for the data set's picture size and attributes; weights not yet initialised."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Classifier(*shape, config.width, config.patch)


def train(state: ClassifierTrainState) -> Iterator[TrainStep]:
    """Train until the config's last step. losses: "cross-entropy" in nats, mean over the attributes."""
    config = state.config
    while state.step < config.steps:
        start = time.perf_counter()
        pictures, attributes = state.pictures.draw(config.batch, state.generator)
        pictures = augment(pictures, config.shift, config.flip, state.generator)
        rate = config.learning_rate * schedule_factor(state.step, config.steps, config.warm_up, config.decay_share)
        set_learning_rate(state.optimizer, rate)
        with autocast(config.bfloat16):
            answers = state.net(pictures)
        losses = [F.cross_entropy(logits.float(), attributes[:, a]) for a, logits in enumerate(answers)]
        loss = torch.stack(losses).mean()
        state.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        update_ema(state.average, state.net, config.ema_decay, state.step)
        state.step += 1
        yield TrainStep(
            state.step, state.step * config.batch, {"cross-entropy": float(loss.detach())}, time.perf_counter() - start
        )


def augment(pictures: Tensor, shift: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Each picture translated by up to `shift` pixels, black at the edges, and half of them mirrored if flip."""
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
