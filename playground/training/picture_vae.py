"""The VAE's course on pictures: the bound of vae.py, its reconstructions, and what each number of the code tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from playground.models.vae import bits_per_dimension
from playground.runs.protocol import Frame
from playground.training import picture_settings, vae
from playground.training.optimizers import OPTIMIZERS
from playground.training.picture_course import GRID, Family, Fixed, PictureCourse, fixed_noise, pixels
from playground.training.settings import Choice, Number, hot, rate

FIELDS = picture_settings.common(2000, 32) | {
    "beta": Number(0, 1000, 1.0, hot=True),
    "optimizer": Choice(OPTIMIZERS, "adam", hot=True),
    "rate": rate(2e-3),
}
HOT = hot(FIELDS)
_CODE = 16


def read(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole. Raises PlaygroundError."""
    return picture_settings.read(FIELDS, dataset, settings)


def open_course(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> PictureCourse:
    """The course at step 0. Raises PlaygroundError if the pictures cannot be had."""
    return PictureCourse(FAMILY, dataset, settings, seed, folder)


def configure(settings: Mapping[str, Any]) -> vae.Config:
    """The loop's config."""
    width = settings["width"]
    return vae.Config(
        "", settings["steps"], widths=(width // 2, width), latent_dim=_CODE, components=8, mixture_pictures=2000,
        batch=settings["batch"], learning_rate=settings["rate"], warm_up=0, decay_share=0.0, ema_decay=0.98,
        kl_warm_up=0.0, forget_all=0.0, forget_some=0.0, beta=settings["beta"], optimizer=settings["optimizer"],
    )  # fmt: skip


def swap(run: vae.Run, before: vae.Config) -> None:
    """A new optimizer, if it is of another kind."""
    if run.config.optimizer != before.optimizer:
        run.new_optimizer()


def compared(run: vae.Run, pictures: Tensor, condition: Tensor) -> Tensor:
    """The bound in bits a pixel and channel, for one fixed draw of the codes."""
    likelihood, kl = run.net(pictures, condition, fixed_noise(len(pictures), _CODE))
    return bits_per_dimension((likelihood - kl).mean(), pictures[0].numel())


def show(run: vae.Run, fixed: Fixed) -> Frame:
    """pictures: of codes from the prior.  real, rebuilt: held-out pictures and what the net makes of their codes.

    kl_each: (16,) float32, nats that each number of the code tells of a picture, over train and held-out ones.
    """
    with torch.no_grad():
        made, _ = run.average.decode(fixed_noise(GRID, _CODE), fixed.grid_condition)
        mean, _ = run.average.encode(fixed.held_out, fixed.held_out_condition)
        rebuilt, _ = run.average.decode(mean, fixed.held_out_condition)
        both = torch.cat([fixed.train, fixed.held_out])
        mean, log_variance = run.net.encode(both, torch.cat([fixed.train_condition, fixed.held_out_condition]))
        each = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean(0)
    return {
        "family": "vae",
        "pictures": pixels(made),
        "real": pixels(fixed.held_out),
        "rebuilt": pixels(rebuilt),
        "kl_each": each.numpy(),
        "beta": float(run.config.beta),
    }


FAMILY = Family(FIELDS, configure, vae.Run, vae.advance, lambda run: [run.net], swap, compared, show)
