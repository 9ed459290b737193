"""Trainings broken on purpose, and their cures.

Each starts like any run. Its cure changes settings during the run if that suffices, or else starts a new run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.training import trainer_registry


@dataclass(frozen=True)
class Failure:
    """A broken training. name: in links and in the catalogue.  finding: its TrainingFinding.

    family, dataset, settings: of the run.  cure: settings to change; fresh: in a new run instead of this one.
    """

    name: str
    finding: str
    family: str
    dataset: str
    settings: Mapping[str, Any]
    cure: Mapping[str, Any]
    fresh: bool = False

    @property
    def title(self) -> str:
        """Its name on the page."""
        return say(f"train.failure_lab.{self.name}.title")

    @property
    def broken(self) -> str:
        """What is wrong with the settings, in a sentence."""
        return say(f"train.failure_lab.{self.name}.broken")

    @property
    def cured(self) -> str:
        """What the cure does, in a sentence."""
        return say(f"train.failure_lab.{self.name}.cured")

    def is_toy_2d(self) -> bool:
        """Whether it trains on points of the plane, not on pictures."""
        return self.dataset in trainer_registry.SHAPES


def failures() -> tuple[Failure, ...]:
    """All failures, in the panel's order."""
    return (
        Failure(
            "collapse", "mode collapse", "gan", "avatars",
            # At a D rate of 0.0001 and three updates, one seed of two did not stay collapsed: benchmarks/RESULTS.md.
            {"batch": 16, "g_updates": 5, "g_rate": 0.01, "d_rate": 0.000001, "penalty": 0, "spread": 0},
            {"g_updates": 1, "g_rate": 0.001, "d_rate": 0.001, "penalty": 200, "spread": 0.1},
        ),
        Failure(
            "plane", "mode collapse", "gan", "gaussians25",
            {"g_updates": 5, "g_rate": 0.01, "d_rate": 0.0005},
            {"g_updates": 1, "g_rate": 0.001, "d_rate": 0.002},
        ),
        Failure(
            "overpowering", "overpowering", "gan", "avatars",
            {"batch": 16, "d_updates": 2, "d_rate": 0.004, "penalty": 0, "g_rate": 0.00003},
            {"d_updates": 1, "d_rate": 0.001, "penalty": 200, "g_rate": 0.001},
        ),
        Failure(
            "vanishing", "vanishing", "gan", "avatars",
            {
                "batch": 16, "loss": "saturating", "d_updates": 2, "d_rate": 0.003, "penalty": 0,
                "spread": 0, "g_optimizer": "sgd", "g_rate": 0.01,
            },
            {
                "loss": "non-saturating", "d_updates": 1, "d_rate": 0.001, "penalty": 200,
                "spread": 0.05, "g_optimizer": "adam", "g_rate": 0.001,
            },
        ),
        Failure("posterior", "posterior collapse", "vae", "avatars", {"beta": 200}, {"beta": 1}),
        Failure("exploding", "exploding", "vae", "avatars", {"rate": 3.0}, {"rate": 0.002}, fresh=True),
        Failure(
            "overfitting", "overfitting", "diffusion", "avatars",
            {"pictures": 50, "batch": 16, "rate": 0.004}, {"pictures": 0, "rate": 0.002}, fresh=True,
        ),
        Failure(
            "labels", "wrong labels", "vae", "fashion",
            {"labels": True, "wrong_labels": 0.6}, {"wrong_labels": 0.0}, fresh=True,
        ),
        Failure(
            "noise", "grey noise", "diffusion", "avatars", {"grey_noise": 0.3}, {"grey_noise": 0.0}, fresh=True
        ),
        Failure(
            "missing", "missing class", "vae", "fashion",
            {"labels": True, "missing": 0.5}, {"missing": 0.0}, fresh=True,
        ),
    )  # fmt: skip


def failure(name: str) -> Failure:
    """The failure of a name. Raises PlaygroundError for an unknown one."""
    for one in failures():
        if one.name == name:
            return one
    raise PlaygroundError(say("train.failure_lab.unknown", name=str(name)[:40]))


def cured_settings(one: Failure) -> dict[str, Any]:
    """Settings of a new run with the cure."""
    return {**one.settings, **one.cure}
