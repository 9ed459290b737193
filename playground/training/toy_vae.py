"""A variational autoencoder on points in the plane, with a 2-D code: everything can be plotted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.data import toy_2d
from playground.models.toy_nets import ToyVae, initialise_layers
from playground.training import toy_frames, toy_settings
from playground.training.settings import apply_changes, hot_names
from playground.training.toy_frames import common_frame, fixed_normal, vae_frame
from playground.training.toy_losses import elbo_terms
from playground.training.toy_metrics import COUNT, ToyMetrics, is_due
from playground.training.toy_optimizers import Optimizer, flatten
from playground.training.trainer import Frame

FIELDS = toy_settings.FIELDS["vae"]
HOT = hot_names(FIELDS)
POINTS, MEASURE_EVERY = 10_000, 100


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See trainer.TrainerModule."""
    return toy_settings.read_settings("vae", dataset, settings)


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ToyVaeTrainer:
    """See trainer.TrainerModule."""
    return ToyVaeTrainer(dataset, settings, seed)


class ToyVaeTrainer:
    """See training/trainer.py. beta: the weight of the code's KL."""

    def __init__(self, dataset: str, settings: dict[str, Any], seed: int) -> None:
        """At step 0. seed: of data and randomness, weights included."""
        self.settings, self.step, self.seen = dict(settings), 0, 0
        self.points = torch.from_numpy(toy_2d.points(dataset, POINTS, seed, "train", settings["brush"]))
        self.metrics = ToyMetrics(dataset, seed, settings["brush"])
        self.generator = torch.Generator().manual_seed(seed)
        self.net = ToyVae(settings["width"])
        initialise_layers(self.net, self.generator)
        self.parameters, self.flat = list(self.net.parameters()), flatten(self.net)
        self.optimizer = self._optimizer()
        self.measured = self.metrics.measure(self.sample())

    def advance(self) -> dict[str, float]:
        """One update. loss, distortion, code_kl: nats a point; sigma: standard deviation of the decoder's Gaussians."""
        batch = self.settings["batch"]
        points = self.points[torch.randint(len(self.points), (batch,), generator=self.generator)]
        mean, log_variance = self.net.encode(points)
        noise = torch.randn(batch, 2, generator=self.generator)
        middles = self.net.decode(mean + (log_variance / 2).exp() * noise)
        distortion, code_kl = elbo_terms(points, middles, self.net.log_sigma, mean, log_variance)
        loss = distortion + self.settings["beta"] * code_kl
        self.optimizer.step(torch.autograd.grad(loss, self.parameters))
        self.step += 1
        self.seen += batch
        if is_due(self.step, MEASURE_EVERY):
            self.measured = self.metrics.measure(self.sample())
        numbers = {"loss": loss, "distortion": distortion, "code_kl": code_kl, "sigma": self.net.log_sigma.exp()}
        return {**{name: float(value.detach()) for name, value in numbers.items()}, **self.measured}

    @torch.no_grad()
    def sample(self) -> toy_2d.Points:
        """(COUNT, 2) float32: samples of the model, from fixed codes and fixed noise around their decodings."""
        codes, around = fixed_normal(2 * COUNT).chunk(2)
        return np.asarray(self.net.decode(codes) + self.net.log_sigma.exp() * around)

    def _optimizer(self) -> Optimizer:
        return Optimizer(self.settings["optimizer"], self.flat, self.settings["rate"])

    def change(self, settings: Mapping[str, Any]) -> None:
        """See Trainer.change. A new kind of optimizer starts without moments."""
        before, self.settings = self.settings, apply_changes(FIELDS, self.settings, settings)
        if before["optimizer"] != self.settings["optimizer"]:
            self.optimizer = self._optimizer()
        self.optimizer.rate = self.settings["rate"]

    def frame(self) -> Frame:
        """See toy_frames.py."""
        real = torch.from_numpy(self.metrics.held_out[: toy_frames.POINTS])
        return {
            **common_frame(self.metrics, self.measured, self.settings),
            "fake": self.sample()[: toy_frames.POINTS],
            **vae_frame(self.net, real),
        }

    def state_dict(self) -> dict[str, Any]:
        """See Trainer.state_dict."""
        return {
            "net": self.net.state_dict(), "optimizer": self.optimizer.state_dict(), "settings": self.settings,
            "step": self.step, "seen": self.seen, "generator": self.generator.get_state(),
            "measured": dict(self.measured),
        }  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""
        self.settings = dict(state["settings"])
        self.net.load_state_dict(state["net"])
        self.optimizer = self._optimizer()
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.step, self.seen, self.measured = state["step"], state["seen"], dict(state["measured"])

    def weights(self) -> dict[str, Tensor]:
        """Weights of the net."""
        return dict(self.net.state_dict())
