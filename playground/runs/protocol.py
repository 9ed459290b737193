"""What a worker drives: a training that can be advanced, changed, looked at, put down and taken up again.

One module of playground.training for each kind; courses.py knows which. It knows nothing of processes and pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

#: What is shown of a training at one step: arrays, numbers and sentences by name, as its view knows them.
Frame = dict[str, NDArray[Any] | np.generic | float | int | str]


class Course(Protocol):
    """A training. It owns its nets, its optimizers, its data and the one generator that it draws from.

    step: how many are done.  seen: pictures, points or tokens shown so far, repeats counted.
    """

    step: int
    seen: int

    def advance(self) -> dict[str, float]:
        """One step. Its numbers by name, always the same names in the same order; they may be no longer finite."""

    def change(self, settings: Mapping[str, Any]) -> None:
        """Other settings from the next step on; weights, step and generator stay.

        Raises PlaygroundError, and changes nothing, if one of them is unknown, out of range, or fixed at the start.
        """

    def frame(self) -> Frame:
        """What the page shows now, always for the same noise. The training goes on as if nobody had looked."""

    def state_dict(self) -> dict[str, Any]:
        """All that changes, the settings and the generator among it: nested dictionaries and lists of tensors, numbers

        and strings, which torch.load(weights_only=True) reads.
        """

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there, to the last bit."""

    def weights(self) -> dict[str, Tensor]:
        """What is exported, by name."""
