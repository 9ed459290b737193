"""A GAN on points in the plane, with steps that can be taken apart: five parts of D's update, then five of G's.

Each update is: generate, classify, loss, gradients, update. Parameters change in the last one only. The parts are those
of GAN Lab (Kahng et al. 2019, arXiv:1809.01587). A step is a round: D's updates, then G's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data import toy_2d
from playground.models.toy_nets import ToyDiscriminator, ToyGenerator, initialise_layers
from playground.training import toy_settings
from playground.training.losses import discriminator_loss, generator_loss, gradient_penalty
from playground.training.settings import apply_changes, hot_names
from playground.training.toy_frames import common_frame, describe_part, fixed_noise, gan_frame, part_frame
from playground.training.toy_metrics import COUNT, ToyMetrics, is_due
from playground.training.toy_optimizers import Optimizer, flatten
from playground.training.trainer import Frame

FIELDS = toy_settings.FIELDS["gan"]
HOT = hot_names(FIELDS)
PARTS = ("generate", "classify", "loss", "gradients", "update")
POINTS, MEASURE_EVERY = 10_000, 100
CURVE_NAMES = ("d_loss", "g_loss", "score_real", "score_fake")


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See trainer.TrainerModule."""
    return _require_updates(toy_settings.read_settings("gan", dataset, settings))


def _require_updates(settings: dict[str, Any]) -> dict[str, Any]:
    if not settings["d_updates"] and not settings["g_updates"]:
        raise PlaygroundError(say("train.settings.no_updates"))
    return settings


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ToyGanTrainer:
    """See trainer.TrainerModule."""
    return ToyGanTrainer(dataset, settings, seed)


class ToyGanTrainer:
    """The toy GAN: see trainer.Trainer. The setting penalty weighs wgan-gp's gradient penalty.

    parts_done: of the current round.  part_number, part_words: of the latest single part, -1 and "" for none.
    """

    def __init__(self, dataset: str, settings: dict[str, Any], seed: int) -> None:
        """At step 0. seed: of data and randomness, weights included."""
        self.settings, self.step, self.seen, self.parts_done = dict(settings), 0, 0, 0
        self.points = torch.from_numpy(toy_2d.points(dataset, POINTS, seed, "train", settings["brush"]))
        self.metrics = ToyMetrics(dataset, seed, settings["brush"])
        self.generator = torch.Generator().manual_seed(seed)
        self.net, self.discriminator = ToyGenerator(settings["width"]), ToyDiscriminator(settings["width"])
        for net in (self.net, self.discriminator):
            initialise_layers(net, self.generator)
        nets = {"d": self.discriminator, "g": self.net}
        self.parameters = {side: list(net.parameters()) for side, net in nets.items()}
        self.flat = {side: flatten(net) for side, net in nets.items()}
        self.gradients: dict[str, tuple[Tensor, ...]] = {}
        self.optimizers = {side: self._optimizer(side) for side in "dg"}
        self.last: dict[str, Tensor] = {name: torch.zeros(()) for name in CURVE_NAMES}
        self.measured = self.metrics.measure(self.sample())
        self.work: dict[str, Tensor] = {}
        self.part_words, self.part_number = "", -1  # of the latest single part
        self._generator_before = self.generator.get_state()  # at the start of the current update
        self.plan = self._plan()

    def advance(self) -> dict[str, float]:
        """The rest of the round: see trainer.Trainer."""
        step = self.step
        self.part_words, self.part_number = "", -1
        while self.step == step:
            self._next_part()
        return self._numbers()

    def part(self) -> dict[str, float]:
        """The next part of the round, which the frame then describes. Returns numbers after the last part."""
        (side, part), update = self.plan[self.parts_done], self.parts_done // len(PARTS)
        before = self.flat[side].clone()
        self._next_part()
        moved = float((self.flat[side] - before).norm())
        self.part_number = "dg".index(side) * len(PARTS) + PARTS.index(part)
        self.part_words = describe_part(
            self.settings, self.work, self.gradients.get(side, ()), side, part, update, moved
        )
        return {} if self.parts_done else self._numbers()

    def _numbers(self) -> dict[str, float]:
        return {**{name: float(value) for name, value in self.last.items()}, **self.measured}

    def _next_part(self) -> None:
        if self.parts_done % len(PARTS) == 0:
            self._generator_before = self.generator.get_state()
        side, part = self.plan[self.parts_done]
        getattr(self, f"_{part}")(side)
        self.parts_done += 1
        if self.parts_done == len(self.plan):
            self.parts_done = 0
            self.step += 1
            if is_due(self.step, MEASURE_EVERY):
                self.measured = self.metrics.measure(self.sample())
            self.plan = self._plan()

    def _plan(self) -> list[tuple[str, str]]:
        """(side, part) of a round in order; side is "d" or "g"."""
        sides = "d" * self.settings["d_updates"] + "g" * self.settings["g_updates"]
        return [(side, part) for side in sides for part in PARTS]

    def _generate(self, side: str) -> None:
        """Draw noise and generate fakes; for D's update also draw as many real points."""
        batch = self.settings["batch"]
        noise = torch.rand(batch, 2, generator=self.generator) * 2 - 1
        self.work = {"noise": noise}
        if side == "d":
            rows = torch.randint(len(self.points), (batch,), generator=self.generator)
            self.work["real"] = self.points[rows]
            with torch.no_grad():
                self.work["fake"] = self.net(noise)
        else:
            self.work["fake"] = self.net(noise)

    def _classify(self, side: str) -> None:
        """Score the batch with D."""
        if side == "d":
            scores = self.discriminator(torch.cat([self.work["real"], self.work["fake"]]))
            self.work["score_real"], self.work["score_fake"] = scores.chunk(2)
        else:
            self.work["score_fake"] = self.discriminator(self.work["fake"])

    def _loss(self, side: str) -> None:
        """Compute the loss of that side."""
        name = self.settings["loss"]
        if side == "g":
            loss = generator_loss(name, self.work["score_fake"])
        else:
            loss = discriminator_loss(name, self.work["score_real"], self.work["score_fake"])
            if name == "wgan-gp":
                real, fake = self.work["real"], self.work["fake"]
                share = torch.rand(len(real), generator=self.generator)
                loss = loss + self.settings["penalty"] * gradient_penalty(self.discriminator, real, fake, share)
            self.last["score_real"] = self.work["score_real"].detach().mean()
            self.last["score_fake"] = self.work["score_fake"].detach().mean()
        self.work["loss"] = loss
        self.last[f"{side}_loss"] = loss.detach()

    def _gradients(self, side: str) -> None:
        """The gradient of the loss by the parameters of that side only."""
        self.gradients[side] = torch.autograd.grad(self.work["loss"], self.parameters[side])

    def _update(self, side: str) -> None:
        """One optimizer step: the only part that changes parameters."""
        self.optimizers[side].step(self.gradients[side])
        if side == "d":
            self.seen += self.settings["batch"]

    def _optimizer(self, side: str) -> Optimizer:
        return Optimizer(self.settings[f"{side}_optimizer"], self.flat[side], self.settings[f"{side}_rate"])

    def change(self, settings: Mapping[str, Any]) -> None:
        """See Trainer.change. The current round starts again.

        A new kind of optimizer starts without moments; a new rate keeps them.
        """
        before, self.settings = self.settings, _require_updates(apply_changes(FIELDS, self.settings, settings))
        for side in "dg":
            if before[f"{side}_optimizer"] != self.settings[f"{side}_optimizer"]:
                self.optimizers[side] = self._optimizer(side)
            self.optimizers[side].rate = self.settings[f"{side}_rate"]
        self._restart_round()

    def _restart_round(self) -> None:
        """Start the round again: finished updates stay, a half-done one is dropped and its noise drawn again."""
        if self.parts_done % len(PARTS):
            self.generator.set_state(self._generator_before)
        self.parts_done, self.plan, self.work, self.part_words, self.part_number = 0, self._plan(), {}, "", -1

    @torch.no_grad()
    def sample(self) -> toy_2d.Points:
        """(COUNT, 2) float32: fakes of the fixed noise."""
        return np.asarray(self.net(fixed_noise(COUNT)))

    def frame(self) -> Frame:
        """See toy_frames.py."""
        return {
            **common_frame(self.metrics, self.measured, self.settings),
            **gan_frame(self.net, self.discriminator, self.settings["loss"]),
            **part_frame(self.work, self.part_number, self.part_words),
        }

    def state_dict(self) -> dict[str, Any]:
        """See Trainer.state_dict. Loading repeats a half-done update, from the generator's state at its start."""
        half = self.parts_done % len(PARTS)
        return {
            "net": self.net.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "optimizers": {side: optimizer.state_dict() for side, optimizer in self.optimizers.items()},
            "settings": self.settings,
            "step": self.step,
            "seen": self.seen,
            "place": self.parts_done,
            "generator": self._generator_before if half else self.generator.get_state(),
            "told": self.part_words,
            "lit": self.part_number,
            "last": {name: value.clone() for name, value in self.last.items()},
            "measured": dict(self.measured),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""
        self.settings = dict(state["settings"])
        self.net.load_state_dict(state["net"])
        self.discriminator.load_state_dict(state["discriminator"])
        for side in "dg":
            self.optimizers[side] = self._optimizer(side)
            self.optimizers[side].load_state_dict(state["optimizers"][side])
        self.step, self.seen, self.plan, self.work = state["step"], state["seen"], self._plan(), {}
        self.generator.set_state(state["generator"])
        self.last = {name: value.clone() for name, value in state["last"].items()}
        self.measured, self.part_words, self.part_number = dict(state["measured"]), state["told"], state["lit"]
        self.parts_done = state["place"] - state["place"] % len(PARTS)
        while self.parts_done < state["place"]:
            self._next_part()

    def weights(self) -> dict[str, Tensor]:
        """Weights of both nets, by "generator." and "discriminator."."""
        nets = {"generator": self.net, "discriminator": self.discriminator}
        return {f"{name}.{key}": value for name, net in nets.items() for key, value in net.state_dict().items()}
