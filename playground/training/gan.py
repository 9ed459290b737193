"""Training the GANs: the losses of losses.py, lazy R1 regularisation, and an auxiliary classifier of the attributes.

The bundled GANs have the non-saturating logistic loss and one update of each net a round.
Goodfellow et al. 2014, arXiv:1406.2661; R1: Mescheder et al. 2018, arXiv:1801.04406, every few steps as in Karras et
al. 2020, arXiv:1912.04958; the discriminator learns the attributes on real pictures only, and the generator is trained
to have them recognised (AC-GAN, Odena et al. 2017, arXiv:1610.09585).
"""

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
from playground.models.gan import Discriminator, Generator
from playground.training import losses
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
from playground.training.optimizers import gradient_norm, open_optimizer

_PARTS = ("net", "average", "discriminator", "optimizer", "discriminator_optimizer")
BETAS = (0.0, 0.99)


@dataclass(frozen=True)
class GanConfig:
    """widths: of the generator, coarse to fine; the discriminator has the same the other way round.

    r1: weight of the gradient penalty, every `r1_every` steps.  named, named_real: weights of the attribute loss of the
    generator and of the discriminator; larger ones drown the adversarial loss.
    shift: real and generated pictures are translated by up to so many pixels before the discriminator sees them
    (DiffAugment, Zhao et al. 2020, arXiv:2006.10738), which keeps it from memorising.
    spread: weight of the mode-seeking term: different noises are to give different pictures.
    forget_all, forget_some: fractions of conditions that become "any". 0 by default: a GAN that may answer "any" with
    any picture learns to answer with a few. Callers replace "any" by a value first (models/conditions.py).
    loss: of settings.LOSSES; with "wgan-gp", `gradient_penalty` is the weight of its penalty, and R1 is left out.
    optimizer, discriminator_optimizer: of settings.OPTIMIZERS.  updates, discriminator_updates: in a round.
    """

    dataset: str
    steps: int
    widths: tuple[int, ...] = (96, 48, 0)
    latent_dim: int = 64
    batch: int = 32
    learning_rate: float = 4e-4
    discriminator_learning_rate: float = 8e-4
    warm_up: int = 100
    decay_share: float = 0.3
    ema_decay: float = 0.998
    r1: float = 0.005
    r1_every: int = 8
    named: float = 0.1
    named_real: float = 0.2
    shift: int = 0
    spread: float = 0.0
    forget_all: float = 0.0
    forget_some: float = 0.0
    bfloat16: bool = False
    loss: str = "non-saturating"
    gradient_penalty: float = 10.0
    optimizer: str = "adam"
    discriminator_optimizer: str = "adam"
    updates: int = 1
    discriminator_updates: int = 1


class GanTrainState:
    """The state of a GAN's training: nets, their EMA, optimizers, data, generator and step."""

    def __init__(self, config: GanConfig, dataset: Dataset, seed: int) -> None:
        """At step 0. seed: of all randomness, weights included."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = ImageSampler(dataset, dataset.train_rows())
        nets = [net.to(memory_format=torch.channels_last) for net in build(config, dataset)]  # type: ignore[call-overload]
        self.net, self.discriminator = nets
        for net in nets:
            initialise_weights(net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()
        self.new_discriminator_optimizer()

    def new_optimizer(self) -> None:
        """A new optimizer of the generator, of the config's kind."""
        self.optimizer = open_optimizer(self.config.optimizer, self.net.parameters(), BETAS)

    def new_discriminator_optimizer(self) -> None:
        """A new optimizer of the discriminator, of the config's kind."""
        kind = self.config.discriminator_optimizer
        self.discriminator_optimizer = open_optimizer(kind, self.discriminator.parameters(), BETAS)

    def state_dict(self) -> dict[str, Any]:
        """All that changes during training."""
        parts = {name: getattr(self, name).state_dict() for name in _PARTS}
        return {**parts, "generator": self.generator.get_state(), "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.step = state["step"]

    def weights(self) -> dict[str, Tensor]:
        """Weights for the published file: the generator's EMA, and the discriminator for its scores."""
        shipped = {f"generator.{name}": tensor for name, tensor in self.average.state_dict().items()}
        return shipped | {f"discriminator.{name}": tensor for name, tensor in self.discriminator.state_dict().items()}


def build(config: GanConfig, dataset: Dataset) -> tuple[Generator, Discriminator]:
    """(generator, discriminator) of a config, for the data set's picture size and attributes."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Generator(*shape, config.widths, config.latent_dim), Discriminator(*shape, config.widths[::-1])


def train(state: GanTrainState) -> Iterator[TrainStep]:
    """Train until the config's last step: see advance."""
    while state.step < state.config.steps:
        yield advance(state)


def advance(state: GanTrainState) -> TrainStep:
    """One round: discriminator_updates of D, then updates of G.

    losses: "discriminator" and "generator", the adversarial losses alone, in nats if logistic; "named", the attribute
    loss of generated pictures in nats; "real" and "generated", mean scores; "told_apart", the AUC of the
    discriminator; "gradient", the norm of the generator's gradient. These are the names in curve.csv.
    """
    config, start = state.config, time.perf_counter()
    factor = schedule_factor(state.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(state.optimizer, factor * config.learning_rate)
    set_learning_rate(state.discriminator_optimizer, factor * config.discriminator_learning_rate)
    round_losses: dict[str, Tensor] = {}
    for _ in range(config.discriminator_updates):
        round_losses |= _update_discriminator(state)
    for _ in range(config.updates):
        round_losses |= _update_generator(state)
    update_ema(state.average, state.net, config.ema_decay, state.step)
    state.step += 1
    numbers = {name: float(loss.detach()) for name, loss in round_losses.items()}
    return TrainStep(state.step, state.step * config.batch, numbers, time.perf_counter() - start)


def _update_discriminator(state: GanTrainState) -> dict[str, Tensor]:
    """Raise the scores of real pictures, lower those of generated ones for the same conditions."""
    config = state.config
    pictures, attributes = state.pictures.draw(config.batch, state.generator)
    condition = _drop_conditions(state, attributes)
    with torch.no_grad(), autocast(config.bfloat16):
        generated = state.net(_noise(state), condition).float()
    with_slope = config.loss == "wgan-gp"
    penalised = state.step % config.r1_every == 0 and config.r1 > 0 and not with_slope
    pictures = _translate(state, pictures).requires_grad_(penalised)
    generated = _translate(state, generated)
    with autocast(config.bfloat16):
        real, answers = state.discriminator(pictures, condition)
        fake, _ = state.discriminator(generated, condition)
    adversarial = losses.discriminator_loss(config.loss, real.float(), fake.float())
    loss = adversarial + config.named_real * _attribute_loss(answers, attributes)
    if penalised:
        loss = loss + config.r1_every * config.r1 * losses.r1_penalty(real, pictures)
    if with_slope:
        share = torch.rand(len(pictures), generator=state.generator)
        slope = losses.gradient_penalty(lambda x: state.discriminator(x, condition)[0], pictures, generated, share)
        loss = loss + config.gradient_penalty * slope
    state.discriminator_optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.discriminator_optimizer.step()
    apart = losses.ranking_auc(real.detach(), fake.detach())
    return {"discriminator": adversarial, "real": real.mean(), "generated": fake.mean(), "told_apart": apart}


def _update_generator(state: GanTrainState) -> dict[str, Tensor]:
    """Raise the scores of generated pictures, and have their attributes recognised."""
    config = state.config
    _, attributes = state.pictures.draw(config.batch, state.generator)
    condition = _drop_conditions(state, attributes)
    state.discriminator.requires_grad_(False)
    z = _noise(state)
    with autocast(config.bfloat16):
        generated = state.net(z, condition)
        score, answers = state.discriminator(_translate(state, generated), condition)
    adversarial, named = losses.generator_loss(config.loss, score.float()), _attribute_loss(answers, condition)
    loss = adversarial + config.named * named
    if config.spread:
        loss = loss + config.spread * _mode_seeking_ratio(state, z, generated, condition)
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.optimizer.step()
    state.discriminator.requires_grad_(True)
    return {"generator": adversarial, "named": named, "gradient": gradient_norm(state.net.parameters())}


def _mode_seeking_ratio(state: GanTrainState, z: Tensor, generated: Tensor, condition: Tensor) -> Tensor:
    """Distance of two noises over the distance of their pictures for one condition, on the batch's first half.

    Source: Mao et al. 2019, arXiv:1903.05628, section 3.2, the inverse of its ratio.
    """
    half = len(z) // 2
    other_z = _noise(state)[:half]
    with autocast(state.config.bfloat16):
        other = state.net(other_z, condition[:half])
    pictures = (generated[:half] - other).float().abs().mean()
    ratio: Tensor = (z[:half] - other_z).abs().mean() / (pictures + 1e-5)
    return ratio


def _attribute_loss(answers: tuple[Tensor, ...], condition: Tensor) -> Tensor:
    """Cross-entropy of the attributes in nats, summed over them; "any" does not count."""
    total = torch.zeros(())
    for a, logits in enumerate(answers):
        labelled = condition[:, a] < logits.shape[1]
        values = condition[:, a].clamp(max=logits.shape[1] - 1)
        total = total + (F.cross_entropy(logits.float(), values, reduction="none") * labelled).mean()
    return total


def _drop_conditions(state: GanTrainState, attributes: Tensor) -> Tensor:
    return drop_conditions(
        attributes, state.pictures.sizes, state.config.forget_all, state.config.forget_some, state.generator
    )


def _noise(state: GanTrainState) -> Tensor:
    return torch.randn(state.config.batch, state.config.latent_dim, generator=state.generator)


def _translate(state: GanTrainState, pictures: Tensor) -> Tensor:
    """Each picture translated by up to `shift` pixels, its edge repeated."""
    shift = state.config.shift
    if not shift:
        return pictures
    count, _, height, width = pictures.shape
    down, right = torch.randint(-shift, shift + 1, (2, count, 1, 1), generator=state.generator)
    rows = (torch.arange(height)[:, None] + down).clamp(0, height - 1)  # (B, H, 1)
    columns = (torch.arange(width) + right).clamp(0, width - 1)  # (B, 1, W)
    each = torch.arange(count)[:, None, None]
    return pictures.permute(0, 2, 3, 1)[each, rows, columns].permute(0, 3, 1, 2)
