"""Flow matching on points in the plane: a net learns the velocity that carries noise to data along straight lines.

Sources: Lipman et al. 2023, arXiv:2210.02747; Liu et al. 2023, arXiv:2209.03003.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.data import toy_2d
from playground.models.toy_nets import ToyFlow, initialise_layers, integrate_flow
from playground.training import toy_frames, toy_settings
from playground.training.settings import apply_changes, hot_names
from playground.training.toy_frames import common_frame, fixed_normal, flow_frame
from playground.training.toy_losses import flow_loss
from playground.training.toy_metrics import COUNT, ToyMetrics, is_due
from playground.training.toy_optimizers import Optimizer, flatten
from playground.training.trainer import Frame

FIELDS = toy_settings.FIELDS["diffusion"]
HOT = hot_names(FIELDS)
POINTS, MEASURE_EVERY = 10_000, 200
#: Standard deviation of the noise, of the size of the data so that both fit one plot.
NOISE_WIDTH = 0.6
#: Steps of Heun's method when the model is measured.
STEPS = 12


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See trainer.TrainerModule."""
    return toy_settings.read_settings("diffusion", dataset, settings)


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ToyFlowTrainer:
    """See trainer.TrainerModule."""
    return ToyFlowTrainer(dataset, settings, seed)


class ToyFlowTrainer:
    """See training/trainer.py."""

    def __init__(self, dataset: str, settings: dict[str, Any], seed: int) -> None:
        """At step 0. seed: of data and randomness, weights included."""
        self.settings, self.step, self.seen = dict(settings), 0, 0
        self.points = torch.from_numpy(toy_2d.points(dataset, POINTS, seed, "train", settings["brush"]))
        self.metrics = ToyMetrics(dataset, seed, settings["brush"])
        self.generator = torch.Generator().manual_seed(seed)
        self.net = ToyFlow(settings["width"])
        initialise_layers(self.net, self.generator)
        self.parameters, self.flat = list(self.net.parameters()), flatten(self.net)
        self.optimizer = self._optimizer()
        self.measured = self.metrics.measure(self.sample())

    def advance(self) -> dict[str, float]:
        """One update. loss: squared error of the velocity."""
        batch = self.settings["batch"]
        data = self.points[torch.randint(len(self.points), (batch,), generator=self.generator)]
        noise = NOISE_WIDTH * torch.randn(batch, 2, generator=self.generator)
        loss = flow_loss(self.net, noise, data, torch.rand(batch, 1, generator=self.generator))
        self.optimizer.step(torch.autograd.grad(loss, self.parameters))
        self.step += 1
        self.seen += batch
        if is_due(self.step, MEASURE_EVERY):
            self.measured = self.metrics.measure(self.sample())
        return {"loss": float(loss.detach()), **self.measured}

    def noise(self, count: int) -> Tensor:
        """(count, 2): fixed noise."""
        return NOISE_WIDTH * fixed_normal(count)

    def sample(self) -> toy_2d.Points:
        """(COUNT, 2) float32: samples of the model, from fixed noise."""
        return np.asarray(integrate_flow(self.net, self.noise(COUNT), STEPS)[-1])

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
        return {
            **common_frame(self.metrics, self.measured, self.settings),
            **flow_frame(self.net, self.noise(toy_frames.POINTS)),
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
