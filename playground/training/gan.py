"""Training the GANs: the losses of losses.py, a lazy R1 penalty, and attributes that are to be recognised.

What is shipped has the non-saturating logistic loss and a round of one update of each net.
Goodfellow et al. 2014, arXiv:1406.2661; R1: Mescheder et al. 2018, arXiv:1801.04406, every few steps as in Karras et
al. 2020, arXiv:1912.04958; attributes: the discriminator learns them on real pictures only, the generator is to have
them recognised (Odena et al. 2017, arXiv:1610.09585).
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
    Pictures,
    Step,
    forget_some,
    initialise,
    learning_rate,
    precision,
    set_learning_rate,
    update_average,
)
from playground.training.optimizers import gradient_norm, optimizer_of

_PARTS = ("net", "average", "discriminator", "optimizer", "discriminator_optimizer")
BETAS = (0.0, 0.99)


@dataclass(frozen=True)
class Config:
    """widths: of the generator, coarse to fine; the discriminator has the same the other way round.

    r1: weight of the gradient penalty, every `r1_every` steps.  named, named_real: weights of the attributes in the
    generator's and in the discriminator's loss: more would drown what the pictures look like.
    shift: both nets' pictures are moved by up to so many pixels before they are judged (Zhao et al. 2020,
    arXiv:2006.10738), which keeps the discriminator from learning the pictures by heart.
    spread: weight of a term that wants two noises to give two pictures, for pictures of which one would do.
    forget_all, forget_some: shares of conditions that become "any". None by default: a GAN that may answer "any" with
    any picture learns to answer with a few. Whoever asks for "any" settles it first (zoo/conditions.py).
    loss: of losses.LOSSES; with "wgan-gp", `gradient_penalty` is the weight of its penalty, and R1 is left out.
    optimizer, discriminator_optimizer: of swapping.OPTIMIZERS.  updates, discriminator_updates: of each net in a round.
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


class Run:
    """Everything that a training of a GAN consists of."""

    def __init__(self, config: Config, dataset: Dataset, seed: int) -> None:
        """At step 0, from the seed."""
        self.config, self.step = config, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.pictures = Pictures(dataset, dataset.train_rows())
        nets = [net.to(memory_format=torch.channels_last) for net in build(config, dataset)]  # type: ignore[call-overload]
        self.net, self.discriminator = nets
        for net in nets:
            initialise(net, self.generator)
        self.average = deepcopy(self.net).requires_grad_(False)
        self.new_optimizer()
        self.new_discriminator_optimizer()

    def new_optimizer(self) -> None:
        """The generator's, of the config's kind, as at the start."""
        self.optimizer = optimizer_of(self.config.optimizer, self.net.parameters(), BETAS)

    def new_discriminator_optimizer(self) -> None:
        """The same for the discriminator."""
        kind = self.config.discriminator_optimizer
        self.discriminator_optimizer = optimizer_of(kind, self.discriminator.parameters(), BETAS)

    def state_dict(self) -> dict[str, Any]:
        """All that changes."""
        parts = {name: getattr(self, name).state_dict() for name in _PARTS}
        return {**parts, "generator": self.generator.get_state(), "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.step = state["step"]

    def weights(self) -> dict[str, Tensor]:
        """What is shipped, by name: the averaged generator, and the discriminator for its scores."""
        shipped = {f"generator.{name}": tensor for name, tensor in self.average.state_dict().items()}
        return shipped | {f"discriminator.{name}": tensor for name, tensor in self.discriminator.state_dict().items()}


def build(config: Config, dataset: Dataset) -> tuple[Generator, Discriminator]:
    """The nets that the config describes, for the pictures of the data set."""
    shape = (dataset.sizes(), dataset.images.shape[3], dataset.images.shape[1])
    return Generator(*shape, config.widths, config.latent_dim), Discriminator(*shape, config.widths[::-1])


def train(run: Run) -> Iterator[Step]:
    """Train until the config's last step: see advance."""
    while run.step < run.config.steps:
        yield advance(run)


def advance(run: Run) -> Step:
    """One round. losses: "discriminator", "generator", each without the extras, in nats if logistic;

    "named", of the attributes of generated pictures, in nats; "real" and "generated", the mean scores; "told_apart",
    the share of pairs that the discriminator ranks rightly; "gradient", the length of the generator's.
    """
    config, start = run.config, time.perf_counter()
    factor = learning_rate(run.step, config.steps, config.warm_up, config.decay_share)
    set_learning_rate(run.optimizer, factor * config.learning_rate)
    set_learning_rate(run.discriminator_optimizer, factor * config.discriminator_learning_rate)
    found: dict[str, Tensor] = {}
    for _ in range(config.discriminator_updates):
        found |= _improve_discriminator(run)
    for _ in range(config.updates):
        found |= _improve_generator(run)
    update_average(run.average, run.net, config.ema_decay, run.step)
    run.step += 1
    numbers = {name: float(loss.detach()) for name, loss in found.items()}
    return Step(run.step, run.step * config.batch, numbers, time.perf_counter() - start)


def _improve_discriminator(run: Run) -> dict[str, Tensor]:
    """Raise the scores of real pictures, lower those of generated ones for the same conditions."""
    config = run.config
    pictures, attributes = run.pictures.draw(config.batch, run.generator)
    condition = _forget_some(run, attributes)
    with torch.no_grad(), precision(config.bfloat16):
        generated = run.net(_noise(run), condition).float()
    with_slope = config.loss == "wgan-gp"
    penalised = run.step % config.r1_every == 0 and config.r1 > 0 and not with_slope
    pictures = _moved(run, pictures).requires_grad_(penalised)
    generated = _moved(run, generated)
    with precision(config.bfloat16):
        real, answers = run.discriminator(pictures, condition)
        fake, _ = run.discriminator(generated, condition)
    adversarial = losses.discriminator_loss(config.loss, real.float(), fake.float())
    loss = adversarial + config.named_real * _named(answers, attributes)
    if penalised:
        loss = loss + config.r1_every * config.r1 * losses.r1_penalty(real, pictures)
    if with_slope:
        share = torch.rand(len(pictures), generator=run.generator)
        slope = losses.gradient_penalty(lambda x: run.discriminator(x, condition)[0], pictures, generated, share)
        loss = loss + config.gradient_penalty * slope
    run.discriminator_optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    run.discriminator_optimizer.step()
    apart = losses.told_apart(real.detach(), fake.detach())
    return {"discriminator": adversarial, "real": real.mean(), "generated": fake.mean(), "told_apart": apart}


def _improve_generator(run: Run) -> dict[str, Tensor]:
    """Raise the scores of generated pictures, and have their attributes recognised."""
    config = run.config
    _, attributes = run.pictures.draw(config.batch, run.generator)
    condition = _forget_some(run, attributes)
    run.discriminator.requires_grad_(False)
    z = _noise(run)
    with precision(config.bfloat16):
        made = run.net(z, condition)
        score, answers = run.discriminator(_moved(run, made), condition)
    adversarial, named = losses.generator_loss(config.loss, score.float()), _named(answers, condition)
    loss = adversarial + config.named * named
    if config.spread:
        loss = loss + config.spread * _sameness(run, z, made, condition)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    run.optimizer.step()
    run.discriminator.requires_grad_(True)
    return {"generator": adversarial, "named": named, "gradient": gradient_norm(run.net.parameters())}


def _sameness(run: Run, z: Tensor, made: Tensor, condition: Tensor) -> Tensor:
    """How far two noises lie apart, over how far their pictures for one condition do; of the batch's first half.

    Source: Mao et al. 2019, arXiv:1903.05628, section 3.2, its ratio turned over.
    """
    half = len(z) // 2
    other_z = _noise(run)[:half]
    with precision(run.config.bfloat16):
        other = run.net(other_z, condition[:half])
    pictures = (made[:half] - other).float().abs().mean()
    ratio: Tensor = (z[:half] - other_z).abs().mean() / (pictures + 1e-5)
    return ratio


def _named(answers: tuple[Tensor, ...], condition: Tensor) -> Tensor:
    """Cross-entropy of the attributes in nats, summed over them; those that may be "any" do not count."""
    total = torch.zeros(())
    for a, logits in enumerate(answers):
        asked = condition[:, a] < logits.shape[1]
        values = condition[:, a].clamp(max=logits.shape[1] - 1)
        total = total + (F.cross_entropy(logits.float(), values, reduction="none") * asked).mean()
    return total


def _forget_some(run: Run, attributes: Tensor) -> Tensor:
    return forget_some(attributes, run.pictures.sizes, run.config.forget_all, run.config.forget_some, run.generator)


def _noise(run: Run) -> Tensor:
    return torch.randn(run.config.batch, run.config.latent_dim, generator=run.generator)


def _moved(run: Run, pictures: Tensor) -> Tensor:
    """Each picture moved by up to `shift` pixels, its edge repeated."""
    shift = run.config.shift
    if not shift:
        return pictures
    count, _, height, width = pictures.shape
    down, right = torch.randint(-shift, shift + 1, (2, count, 1, 1), generator=run.generator)
    rows = (torch.arange(height)[:, None] + down).clamp(0, height - 1)  # (B, H, 1)
    columns = (torch.arange(width) + right).clamp(0, width - 1)  # (B, 1, W)
    each = torch.arange(count)[:, None, None]
    return pictures.permute(0, 2, 3, 1)[each, rows, columns].permute(0, 3, 1, 2)
