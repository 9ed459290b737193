"""A training on pictures as a course: one of the loops that also made the shipped weights, with small nets.

What the families have of their own is in picture_gan, picture_vae and picture_diffusion. The learning rates stay as
they are set: nothing falls towards the end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.data.dataset import Dataset
from playground.models.pixels import to_pixels, to_signed
from playground.runs.protocol import Frame
from playground.training import picture_data
from playground.training.batches import Step
from playground.training.optimizers import weight_size
from playground.training.picture_data import flat, squared_distances
from playground.training.settings import Fields, changed

GRID, SHOWN = 24, 8
#: Every so many steps the loss on fixed training pictures is laid beside that on held-out ones, so many of each.
COMPARED_EVERY, COMPARED = 25, 48
_COPIES = 300


class Run(Protocol):
    """What the three loops' runs have in common."""

    step: int
    config: Any

    def state_dict(self) -> dict[str, Any]:
        """All that changes."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""

    def weights(self) -> dict[str, Tensor]:
        """What is exported."""


@dataclasses.dataclass(frozen=True)
class Family:
    """fields: its settings.  configure: settings → the loop's config.  open: config, data, seed → a run at step 0.

    nets: those that an optimizer moves.  swap: put new optimizers where the config names others than before.
    compared: (run, pictures, condition) → the loss on them, always with the same noise.  show: the family's own part of
    a frame; "pictures" is among it, of fixed noise.
    """

    fields: Fields
    configure: Callable[[Mapping[str, Any]], Any]
    open: Callable[[Any, Dataset, int], Any]
    advance: Callable[[Any], Step]
    nets: Callable[[Any], list[nn.Module]]
    swap: Callable[[Any, Any], None]
    compared: Callable[[Any, Tensor, Tensor], Tensor]
    show: Callable[[Any, Fixed], Frame]


@dataclasses.dataclass(frozen=True)
class Fixed:
    """What is always looked at: (SHOWN or fewer) training and held-out pictures with their conditions, and the

    conditions (GRID, 1) of the grid. Pictures are (B, C, H, W) in [-1, 1].
    """

    train: Tensor
    train_condition: Tensor
    held_out: Tensor
    held_out_condition: Tensor
    grid_condition: Tensor


class PictureCourse:
    """A course. See playground/runs/protocol.py."""

    def __init__(self, family: Family, dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> None:
        """At step 0. Raises PlaygroundError if the pictures cannot be had."""
        self.family, self.settings = family, dict(settings)
        self.data = picture_data.load(dataset, settings, seed, folder)
        self.run: Run = family.open(family.configure(settings), self.data, seed)
        self.audit = picture_data.audit(self.data)
        self.differing = {"train": 0.0, "held_out": 0.0}
        train, held_out = self.data.train_rows(), self.data.held_out_rows()
        self._train, self._held_out = self._fixed(train), self._fixed(held_out)
        fair = min(len(train), len(held_out), _COPIES)
        looked_at = [rows[:: len(rows) // fair][:fair] for rows in (train, held_out)]
        self._copied_from = self.data.images[looked_at[0]]
        self._copies = [flat(self.data.images[rows]) for rows in looked_at]
        self._diversity = _diversity(self.data.images[train[:: max(1, len(train) // 200)][:200]])

    def _fixed(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        some = rows[:: max(1, len(rows) // COMPARED)][:COMPARED]
        return to_signed(torch.tensor(self.data.images[some])), torch.tensor(self.data.attribute_table()[some])

    @property
    def step(self) -> int:
        """How many are done."""
        return self.run.step

    @property
    def seen(self) -> int:
        """Pictures shown to the nets so far."""
        return self.run.step * int(self.settings["batch"])

    def advance(self) -> dict[str, float]:
        """One step: the loop's numbers, and these.

        weights: root mean square of all weights.  train, held_out: the loss, or a GAN's mean score, on COMPARED fixed
        pictures of either kind, measured every COMPARED_EVERY steps.
        """
        numbers = dict(self.family.advance(self.run).losses)
        with torch.no_grad():
            moved = [parameter for net in self.family.nets(self.run) for parameter in net.parameters()]
            numbers["weights"] = float(weight_size(moved))
            if self.run.step % COMPARED_EVERY == 0 or self.run.step == 1:
                pairs = (("train", self._train), ("held_out", self._held_out))
                self.differing = {name: float(self.family.compared(self.run, *fixed)) for name, fixed in pairs}
        return numbers | self.differing

    def change(self, settings: Mapping[str, Any]) -> None:
        """Hot swap: the weights stay, and so do optimizers whose kind stays. Raises PlaygroundError."""
        self._set(changed(self.family.fields, self.settings, settings))

    def _set(self, settings: dict[str, Any]) -> None:
        before, self.settings = self.run.config, settings
        self.run.config = self.family.configure(settings)
        self.family.swap(self.run, before)

    @torch.no_grad()
    def frame(self) -> Frame:
        """The family's pictures, how they differ, whether they are copies, and what the audit found of the data.

        diversity, diversity_data: mean distance of two pictures, root mean square over pixels, 0 to 1.  copy_train,
        copy_held_out: median distance of generated pictures to the nearest of equally many training or held-out ones.
        See _copy_frame for each picture's own.
        """
        count = min(SHOWN, len(self._train[0]), len(self._held_out[0]))
        sizes = self.data.sizes()[0]
        grid = (torch.arange(GRID) % sizes)[:, None]
        train, train_condition, held_out, held_out_condition = (
            part[:count] for fixed in (self._train, self._held_out) for part in fixed
        )
        shown = self.family.show(self.run, Fixed(train, train_condition, held_out, held_out_condition, grid))
        made = shown["pictures"]
        assert isinstance(made, np.ndarray)
        apart = [_distances(made, known) for known in self._copies]
        near = [float(np.median(one.min(1))) for one in apart]
        words = next(iter(self.data.values.values()))
        facts: Frame = {f"audit_{name}": value for name, value in dataclasses.asdict(self.audit).items()}
        facts |= {
            "diversity": _diversity(made), "diversity_data": self._diversity,
            "copy_train": near[0], "copy_held_out": near[1],
            "copies_of": len(self._copies[0]), "training_pictures": len(self.data.train_rows()),
            "words": "\n".join(words) if sizes > 1 else "",
        }  # fmt: skip
        return facts | self._copy_frame(apart[0][:SHOWN], apart[1][:SHOWN]) | shown

    def _copy_frame(self, to_train: NDArray[np.float32], to_held_out: NDArray[np.float32]) -> Frame:
        """nearest: (8, H, W, C) uint8, of each of the first generated pictures the training picture most like it.

        near, far: (8,) float32, its distance and that to the nearest held-out one.  copied: (8,) uint8, 1 where the
        first is under COPY of the second.  to_train, to_held_out: (8, N) distances.
        """
        near, far = to_train.min(1), to_held_out.min(1)
        copied = (near < picture_data.COPY * far).astype(np.uint8)
        return {"nearest": self._copied_from[to_train.argmin(1)], "near": near, "far": far, "copied": copied}

    def state_dict(self) -> dict[str, Any]:
        """All that changes."""
        return {"run": self.run.state_dict(), "settings": dict(self.settings), "differing": dict(self.differing)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there; only how many steps it is to be stays as it was asked for."""
        self._set({**state["settings"], "steps": self.settings["steps"]})
        self.run.load_state_dict(state["run"])
        self.differing = dict(state["differing"])

    def weights(self) -> dict[str, Tensor]:
        """What is exported, by name, as the shipped weights are."""
        return self.run.weights()


def pixels(pictures: Tensor) -> NDArray[np.uint8]:
    """(B, C, H, W) in [-1, 1] → (B, H, W, C) uint8; what is no number becomes black."""
    found: NDArray[np.uint8] = to_pixels(torch.nan_to_num(pictures, -1.0, 1.0, -1.0)).numpy()
    return found


def fixed_noise(*shape: int) -> Tensor:
    """Standard normal numbers that are always the same."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(20_170_801))


def _diversity(images: NDArray[np.uint8]) -> float:
    """Mean distance of two different ones."""
    rows = flat(images)
    distance = np.sqrt(squared_distances(rows, rows) / rows.shape[1])
    count = len(rows)
    return float((distance.sum() - np.trace(distance)) / max(1, count * (count - 1)))


def _distances(some: NDArray[np.uint8], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, M) distances, root mean square over pixels."""
    found: NDArray[np.float32] = np.sqrt(squared_distances(flat(some), known) / known.shape[1])
    return found
