"""Trainings that are broken on purpose, and their cures.

Each is started like any run. Its cure is a change of settings during the run if that suffices, else a new run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.errors import PlaygroundError
from playground.training import trainer_registry


@dataclass(frozen=True)
class Failure:
    """A broken training. name: in links.  finding: its TrainingFinding.  family, dataset, settings: of the run.

    broken: a sentence on what is wrong with them.  cure: settings to change; fresh: in a new run, not in this one.
    cured: a sentence on what the cure does.
    """

    name: str
    title: str
    finding: str
    family: str
    dataset: str
    settings: Mapping[str, Any]
    broken: str
    cure: Mapping[str, Any]
    cured: str
    fresh: bool = False

    def is_toy_2d(self) -> bool:
        """Whether it trains on points of the plane, not on pictures."""
        return self.dataset in trainer_registry.SHAPES


def failures() -> tuple[Failure, ...]:
    """All failures, in the panel's order."""
    return (
        Failure(
            "collapse", "Mode collapse", "mode collapse", "gan", "avatars",
            {"batch": 16, "g_updates": 3, "g_rate": 0.01, "d_rate": 0.0001, "penalty": 0, "spread": 0},
            "The generator takes three long steps for each tiny one of the discriminator, and nothing asks for "
            "variety: all its pictures rush to what scores best now.",
            {"g_updates": 1, "g_rate": 0.001, "d_rate": 0.001, "penalty": 200, "spread": 0.1},
            "One move each, at equal rates, a very strong penalty, which makes the discriminator less sure, and a term "
            "that rewards two pictures for two noises.",
        ),
        Failure(
            "plane", "Mode collapse in the plane", "mode collapse", "gan", "gaussians25",
            {"g_updates": 5, "g_rate": 0.01, "d_rate": 0.0005},
            "25 heaps of points are to be learnt, and the generator takes five long steps for each short one of the "
            "discriminator: it runs from heap to heap and never holds more than a few.",
            {"g_updates": 1, "g_rate": 0.001, "d_rate": 0.002},
            "One step each, and the discriminator's twice as long: it marks each heap that is made too often, and the "
            "points spread to the others.",
        ),
        Failure(
            "overpowering", "Overpowering discriminator", "overpowering", "gan", "avatars",
            {"batch": 16, "d_updates": 2, "d_rate": 0.004, "penalty": 0, "g_rate": 0.00003},
            "The discriminator moves twice, in long steps, for each short step of the generator, without a penalty.",
            {"d_updates": 1, "d_rate": 0.001, "penalty": 200, "g_rate": 0.001},
            "Equal moves and rates, and a very strong penalty on the discriminator's slope, which makes it less sure.",
        ),
        Failure(
            "vanishing", "Vanishing gradients", "vanishing", "gan", "avatars",
            {
                "batch": 16, "loss": "saturating", "d_updates": 2, "d_rate": 0.003, "penalty": 0,
                "spread": 0, "g_optimizer": "sgd", "g_rate": 0.01,
            },
            "The first form of the loss, log(1 − D), is flat where a discriminator is sure, and this one soon is; "
            "plain SGD moves only as far as the slope says.",
            {
                "loss": "non-saturating", "d_updates": 1, "d_rate": 0.001, "penalty": 200,
                "spread": 0.05, "g_optimizer": "adam", "g_rate": 0.001,
            },
            "The non-saturating loss, −log D, is steep just there, Adam makes something of small slopes, and a very "
            "strong penalty makes the discriminator less sure.",
        ),
        Failure(
            "posterior", "Posterior collapse", "posterior collapse", "vae", "avatars", {"beta": 200},
            "The code's cost is weighted 200 times: a code that says nothing is the cheapest.",
            {"beta": 1}, "A weight of 1, as in the bound itself: after some 200 steps the code begins to speak.",
        ),
        Failure(
            "exploding", "Exploding learning rate", "exploding", "vae", "avatars", {"rate": 3.0},
            "A learning rate of 3, a thousand times too large.",
            {"rate": 0.002}, "A fresh start at a rate of 0.002: what the huge steps left of the weights is of no use.",
            fresh=True,
        ),
        Failure(
            "overfitting", "Overfitting on 50 pictures", "overfitting", "diffusion", "avatars",
            {"pictures": 50, "batch": 16, "rate": 0.004},
            "Only 50 pictures, seen over and over: after some 500 steps it knows them better than new ones, after some "
            "1,200 it begins to copy them.",
            {"pictures": 0, "rate": 0.002}, "A fresh start with all pictures: too many to learn by heart.", fresh=True,
        ),
        Failure(
            "labels", "Garbage in: wrong labels", "wrong labels", "vae", "fashion",
            {"labels": True, "wrong_labels": 0.6},
            "Six labels of ten are drawn by lot.",
            {"wrong_labels": 0.0}, "A fresh start with the true labels.", fresh=True,
        ),
        Failure(
            "noise", "Garbage in: grey noise", "grey noise", "diffusion", "avatars", {"grey_noise": 0.3},
            "Three pictures of ten are replaced by grey noise.",
            {"grey_noise": 0.0}, "A fresh start without the noise.", fresh=True,
        ),
        Failure(
            "missing", "Garbage in: half a class missing", "missing class", "vae", "fashion",
            {"labels": True, "missing": 0.5},
            "Half of the pictures of one class are left out.",
            {"missing": 0.0}, "A fresh start with the whole class.", fresh=True,
        ),
    )  # fmt: skip


def failure(name: str) -> Failure:
    """The failure of a name. Raises PlaygroundError for an unknown one."""
    for one in failures():
        if one.name == name:
            return one
    raise PlaygroundError(f"“{str(name)[:40]}” is no failure here: choose one of the buttons.")


def cured_settings(one: Failure) -> dict[str, Any]:
    """Settings of a new run with the cure."""
    return {**one.settings, **one.cure}
