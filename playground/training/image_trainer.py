"""The trainer of image models: the loops that trained the bundled weights, step by step and with small nets.

What is particular to a family is in image_gan.py, image_vae.py and image_diffusion.py. Learning rates are constant: no
warm-up and no decay.
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
from playground.training import image_data
from playground.training.batches import TrainStep
from playground.training.copies import CopyJudge, CopyVerdicts
from playground.training.image_data import flatten_pixels, squared_distances
from playground.training.optimizers import weight_rms
from playground.training.settings import Fields, apply_changes
from playground.training.trainer import Frame

GRID, SHOWN = 24, 8
#: Every so many steps the loss is measured on fixed training and held-out pictures, so many of each.
EVALUATE_EVERY, EVALUATED = 25, 48


class TrainState(Protocol):
    """What the train states of the three loops have in common."""

    step: int
    config: Any

    def state_dict(self) -> dict[str, Any]:
        """All that changes during training."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from state_dict(), bit for bit."""

    def weights(self) -> dict[str, Tensor]:
        """Weights for export, by the names of the bundled files."""


@dataclasses.dataclass(frozen=True)
class ImageFamily:
    """What differs between GAN, VAE and diffusion.

    fields: the settings.  loop_config: settings → the loop's config.  new_state: (config, data, seed) → at step 0.
    advance: one step.  nets: those that an optimizer updates.  swap_optimizers: (state, config before), new optimizers
    where their kind changed.  fixed_loss: (state, pictures, condition) → the loss on them, always for the same noise.
    frame: the family's part of a frame, with "pictures" of fixed noise.
    """

    fields: Fields
    loop_config: Callable[[Mapping[str, Any]], Any]
    new_state: Callable[[Any, Dataset, int], Any]
    advance: Callable[[Any], TrainStep]
    nets: Callable[[Any], list[nn.Module]]
    swap_optimizers: Callable[[Any, Any], None]
    fixed_loss: Callable[[Any, Tensor, Tensor], Tensor]
    frame: Callable[[Any, FixedPictures], Frame]


@dataclasses.dataclass(frozen=True)
class FixedPictures:
    """The pictures of every frame: at most SHOWN training and held-out ones, (B, C, H, W) in [-1, 1].

    *_condition: (B, 1) int64, theirs.  grid_condition: (GRID, 1) int64, of the generated pictures.
    """

    train: Tensor
    train_condition: Tensor
    held_out: Tensor
    held_out_condition: Tensor
    grid_condition: Tensor


class ImageTrainer:
    """A trainer. See playground/training/trainer.py."""

    def __init__(self, family: ImageFamily, dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> None:
        """At step 0. folder: of the run, with the user's images. Raises PlaygroundError if there is no data."""
        self.family, self.settings = family, dict(settings)
        self.data = image_data.load_training_data(dataset, settings, seed, folder)
        self.state: TrainState = family.new_state(family.loop_config(settings), self.data, seed)
        self.audit = image_data.audit(self.data)
        self.evaluated = {"train": 0.0, "held_out": 0.0}
        train, held_out = self.data.train_rows(), self.data.held_out_rows()
        self._train, self._held_out = self._fixed(train), self._fixed(held_out)
        self._copies = CopyJudge(self.data.images[train], self.data.images[held_out])
        self._diversity = _mean_distance(self.data.images[train[:: max(1, len(train) // 200)][:200]])

    def _fixed(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        some = rows[:: max(1, len(rows) // EVALUATED)][:EVALUATED]
        return to_signed(torch.tensor(self.data.images[some])), torch.tensor(self.data.attribute_table()[some])

    @property
    def step(self) -> int:
        """Steps done."""
        return self.state.step

    @property
    def seen(self) -> int:
        """Pictures shown to the nets so far, repeats counted."""
        return self.state.step * int(self.settings["batch"])

    def advance(self) -> dict[str, float]:
        """One step. Returns the loop's losses, and these:

        weights: root mean square of all weights.  train, held_out: the loss, or a GAN's mean score, on EVALUATED fixed
        pictures of each kind, measured every EVALUATE_EVERY steps.
        """
        numbers = dict(self.family.advance(self.state).losses)
        with torch.no_grad():
            moved = [parameter for net in self.family.nets(self.state) for parameter in net.parameters()]
            numbers["weights"] = float(weight_rms(moved))
            if self.state.step % EVALUATE_EVERY == 0 or self.state.step == 1:
                pairs = (("train", self._train), ("held_out", self._held_out))
                self.evaluated = {name: float(self.family.fixed_loss(self.state, *fixed)) for name, fixed in pairs}
        return numbers | self.evaluated

    def change(self, settings: Mapping[str, Any]) -> None:
        """See Trainer.change. Optimizers are new only where their kind changed."""
        self._set(apply_changes(self.family.fields, self.settings, settings))

    def _set(self, settings: dict[str, Any]) -> None:
        before, self.settings = self.state.config, settings
        self.state.config = self.family.loop_config(settings)
        self.family.swap_optimizers(self.state, before)

    @torch.no_grad()
    def frame(self) -> Frame:
        """The family's pictures, their diversity, their distances from training pictures, and the audit of the data.

        diversity, diversity_data: mean distance of two generated or two real pictures, root mean square over pixels, 0
        to 1.  copy_train, copy_held_out: median distance of generated pictures to the nearest of all training or all
        held-out ones; copy_limit: below so many times the second, the first is that of a copy: see copies.py.
        copies_of: the number of held-out pictures. Each picture's own: see _copy_frame.
        """
        count = min(SHOWN, len(self._train[0]), len(self._held_out[0]))
        sizes = self.data.sizes()[0]
        grid = (torch.arange(GRID) % sizes)[:, None]
        train, train_condition, held_out, held_out_condition = (
            part[:count] for fixed in (self._train, self._held_out) for part in fixed
        )
        family_frame = self.family.frame(
            self.state, FixedPictures(train, train_condition, held_out, held_out_condition, grid)
        )
        generated = family_frame["pictures"]
        assert isinstance(generated, np.ndarray)
        verdicts = self._copies.judge(generated)
        words = next(iter(self.data.values.values()))
        facts: Frame = {f"audit_{name}": value for name, value in dataclasses.asdict(self.audit).items()}
        facts |= {
            "diversity": _mean_distance(generated), "diversity_data": self._diversity,
            "copy_train": float(np.median(verdicts.near)), "copy_held_out": float(np.median(verdicts.far)),
            "copy_limit": self._copies.limit,
            "copies_of": len(self.data.held_out_rows()), "training_pictures": len(self.data.train_rows()),
            "words": "\n".join(words) if sizes > 1 else "",
        }  # fmt: skip
        return facts | self._copy_frame(verdicts) | family_frame

    def _copy_frame(self, verdicts: CopyVerdicts) -> Frame:
        """Of the first 8 generated pictures. nearest: (8, H, W, C) uint8, the training pictures they are most like.

        near, far, copied: (8,) each, see CopyVerdicts.
        """
        rows = self.data.train_rows()[verdicts.nearest[:SHOWN]]
        near, far, copied = (part[:SHOWN] for part in (verdicts.near, verdicts.far, verdicts.copied))
        return {"nearest": self.data.images[rows], "near": near, "far": far, "copied": copied}

    def state_dict(self) -> dict[str, Any]:
        """All that changes during training."""
        return {"run": self.state.state_dict(), "settings": dict(self.settings), "differing": dict(self.evaluated)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume, with the number of steps that this run was started with: a fork may have more than its parent."""
        self._set({**state["settings"], "steps": self.settings["steps"]})
        self.state.load_state_dict(state["run"])
        self.evaluated = dict(state["differing"])

    def weights(self) -> dict[str, Tensor]:
        """Weights for export, by the names of the bundled files."""
        return self.state.weights()


def to_uint8(pictures: Tensor) -> NDArray[np.uint8]:
    """(B, C, H, W) in [-1, 1] → (B, H, W, C) uint8; NaN becomes black."""
    pixels: NDArray[np.uint8] = to_pixels(torch.nan_to_num(pictures, -1.0, 1.0, -1.0)).numpy()
    return pixels


def fixed_noise(*shape: int) -> Tensor:
    """Standard normal, always the same for a shape."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(20_170_801))


def _mean_distance(images: NDArray[np.uint8]) -> float:
    """Mean distance of two different images, root mean square over pixels, 0 to 1."""
    rows = flatten_pixels(images)
    distance = np.sqrt(squared_distances(rows, rows) / rows.shape[1])
    count = len(rows)
    return float((distance.sum() - np.trace(distance)) / max(1, count * (count - 1)))
