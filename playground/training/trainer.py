"""The interface of trainers: they advance step by step, take new settings between steps, and can be resumed.

There is a module for each family and kind of data, listed in trainer_registry.py. They know no processes or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

#: A trainer's state at one step for its view: arrays, numbers and strings by name. Stored in a run's .npz files, so the
#: names must not change.
Frame = dict[str, NDArray[Any] | np.generic | float | int | str]


class Trainer(Protocol):
    """A training in progress. It owns its nets, its optimizers, its data and its only random generator.

    step: steps done.  seen: pictures, points or tokens shown so far, repeats counted.

    A trainer may also have `part() -> dict[str, float]`, which does the next part of a step and returns the step's
    numbers after the last part, and `finished: str`, a sentence that ends the run early ("" to continue).
    """

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def seen(self) -> int:
        """Pictures, points or tokens shown so far, repeats counted."""

    def advance(self) -> dict[str, float]:
        """One step. Returns its numbers, the same names in the same order every time; they may be NaN or infinite."""

    def change(self, settings: Mapping[str, Any]) -> None:
        """Other settings from the next step; weights, step and generator stay.

        Raises PlaygroundError, and changes nothing, if a setting is unknown, out of range, or fixed at the start.
        """

    def frame(self) -> Frame:
        """The data of the view, always for the same noise. Has no effect on the training."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes, with the settings and the generator.

        Nested dictionaries and lists of tensors, numbers and strings, which torch.load(weights_only=True) reads.
        """

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""

    def weights(self) -> dict[str, Tensor]:
        """The trained weights for export, by name."""


class TrainerModule(Protocol):
    """A module that trains one family on one kind of data. HOT: settings that may change during a run."""

    @property
    def HOT(self) -> tuple[str, ...]:  # noqa: N802
        """Names of settings that may change during a run."""

    def read_settings(self, dataset: str, settings: Mapping[str, Any], /) -> dict[str, Any]:
        """The settings, checked, with defaults for those left out. Raises PlaygroundError."""

    def open_trainer(self, dataset: str, settings: dict[str, Any], seed: int, folder: Path, /) -> Trainer:
        """A trainer at step 0. Raises PlaygroundError if its data cannot be read."""
