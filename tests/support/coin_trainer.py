"""A trainer so small that its numbers can be checked: each step adds a random number to a weight."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from playground.core.errors import PlaygroundError
from playground.training.trainer import Frame

HOT = ("rate",)


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(settings) - {"steps", "rate", "wait", "breaks", "heavy"}:
        raise PlaygroundError(f"There is no setting {sorted(unknown)[0]!r}: choose among steps, rate and wait.")
    found = {"steps": 100, "rate": 0.1, "wait": 0.0, "breaks": 0, "heavy": 0, **settings}
    if not 0 <= found["rate"] <= 10:
        raise PlaygroundError("The rate must be a number from 0 to 10.")
    return found


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> CoinTrainer:
    return CoinTrainer(settings, seed)


class CoinTrainer:
    def __init__(self, settings: dict[str, Any], seed: int) -> None:
        self.settings, self.step, self.seen = dict(settings), 0, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.weight = torch.zeros(1 + settings["heavy"])
        self.drawn: torch.Tensor | None = None

    def advance(self) -> dict[str, float]:
        time.sleep(self.settings["wait"])
        return self.part() or self.part()

    def part(self) -> dict[str, float]:
        if self.drawn is None:
            self.drawn = torch.randn(1, generator=self.generator)
            return {}
        self.weight += self.settings["rate"] * self.drawn
        self.drawn = None
        self.step += 1
        self.seen += 2
        broken = self.step == self.settings["breaks"]
        return {"weight": float("nan") if broken else float(self.weight[0]), "rate": self.settings["rate"]}

    def change(self, settings: Mapping[str, Any]) -> None:
        if set(settings) != {"rate"}:
            raise PlaygroundError("Only the rate can be changed.")
        self.settings["rate"] = settings["rate"]

    def frame(self) -> Frame:
        return {
            "weight": self.weight[:1].numpy().copy(), "odd": float("nan"), "words": f"step {self.step}",
            "threads": torch.get_num_threads(),
        }  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        return {
            "weight": self.weight, "generator": self.generator.get_state(), "step": self.step, "seen": self.seen,
            "settings": self.settings, "drawn": self.drawn,
        }  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.weight, self.drawn = state["weight"].clone(), state["drawn"]
        self.generator.set_state(state["generator"])
        self.step, self.seen, self.settings = state["step"], state["seen"], dict(state["settings"])

    def weights(self) -> dict[str, torch.Tensor]:
        return {"weight": self.weight, "sign": np.sign(1.0) * self.weight}


def trainers() -> dict[str, dict[str, Any]]:
    """In place of trainer_registry.trainers."""
    return {"coin": {"coins": sys.modules[__name__]}}


class Clock:
    """In place of an energy meter: an hour takes a kilowatt-hour."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def kwh(self) -> float:
        return (time.monotonic() - self.began) / 3600

    def stop(self) -> None:
        pass
