"""The GAN's course on pictures: the game of gan.py, its scores, and what the generator's gradient asks of a pixel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.runs.protocol import Frame
from playground.training import gan, losses, picture_settings
from playground.training.optimizers import OPTIMIZERS
from playground.training.picture_course import GRID, Family, Fixed, PictureCourse, fixed_noise, pixels
from playground.training.settings import Choice, Number, hot, rate

#: penalty: 1 is the usual strength of the loss's penalty on the discriminator's slope, R1 or wgan-gp's own.
#: spread: weight of the term that wants two noises to give two pictures (Mao et al. 2019, arXiv:1903.05628).
R1, SLOPE = 0.005, 10.0
FIELDS = picture_settings.common(3000, 32) | {
    "loss": Choice(losses.LOSSES, "non-saturating", hot=True),
    "penalty": Number(0, 1000, 1.0, hot=True),
    "spread": Number(0, 10, 0.05, hot=True),
    "d_updates": Number(1, 20, 1, whole=True, hot=True),
    "g_updates": Number(1, 20, 1, whole=True, hot=True),
    "d_optimizer": Choice(OPTIMIZERS, "adam", hot=True),
    "d_rate": rate(1e-3),
    "g_optimizer": Choice(OPTIMIZERS, "adam", hot=True),
    "g_rate": rate(1e-3),
}
HOT = hot(FIELDS)
_WISH = 0.5


def read(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole. Raises PlaygroundError."""
    return picture_settings.read(FIELDS, dataset, settings)


def open_course(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> PictureCourse:
    """The course at step 0. Raises PlaygroundError if the pictures cannot be had."""
    return PictureCourse(FAMILY, dataset, settings, seed, folder)


def configure(settings: Mapping[str, Any]) -> gan.Config:
    """The loop's config."""
    width, named = settings["width"], 1.0 if settings["labels"] else 0.0
    return gan.Config(
        "", settings["steps"], widths=(width, max(8, width // 2), 0), batch=settings["batch"],
        learning_rate=settings["g_rate"], discriminator_learning_rate=settings["d_rate"],
        warm_up=0, decay_share=0.0, ema_decay=0.98, named=0.1 * named, named_real=0.2 * named,
        r1=R1 * settings["penalty"], gradient_penalty=SLOPE * settings["penalty"], loss=settings["loss"],
        spread=settings["spread"], optimizer=settings["g_optimizer"], discriminator_optimizer=settings["d_optimizer"],
        updates=settings["g_updates"], discriminator_updates=settings["d_updates"],
    )  # fmt: skip


def swap(run: gan.Run, before: gan.Config) -> None:
    """New optimizers where they are of another kind."""
    if run.config.optimizer != before.optimizer:
        run.new_optimizer()
    if run.config.discriminator_optimizer != before.discriminator_optimizer:
        run.new_discriminator_optimizer()


def compared(run: gan.Run, pictures: Tensor, condition: Tensor) -> Tensor:
    """The mean score of real pictures."""
    scores: Tensor = run.discriminator(pictures, condition)[0].mean()
    return scores


def show(run: gan.Run, fixed: Fixed) -> Frame:
    """pictures: of the averaged generator.  real, fake: (8, H, W, C) uint8 with *_scores (8,), of both nets now.

    wish: (8, H, W, C) uint8, 128 + 127 × the change of each pixel that the generator's gradient asks for, over the
    largest of its picture.  asked, asked_scores: the fakes after that change, at most a quarter of the range a pixel.
    """
    z = fixed_noise(GRID, run.config.latent_dim)
    count = len(fixed.train)
    with torch.no_grad():
        grid = run.average(z, fixed.grid_condition)
        fake = run.net(z[:count], fixed.grid_condition[:count])
    condition = fixed.grid_condition[:count]
    wish, fake_scores = _wished(run, fake, condition)
    asked = (fake + _WISH * wish).clamp(-1, 1)
    with torch.no_grad():
        real_scores = run.discriminator(fixed.train, fixed.train_condition)[0]
        asked_scores = run.discriminator(asked, condition)[0]
    return {
        "family": "gan",
        "pictures": pixels(grid),
        "real": pixels(fixed.train), "real_scores": _numbers(real_scores),
        "fake": pixels(fake), "fake_scores": _numbers(fake_scores),
        "wish": (wish * 127 + 128).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy(),
        "asked": pixels(asked), "asked_scores": _numbers(asked_scores),
        "scale": "probability" if run.config.loss in ("non-saturating", "saturating") else "score",
    }  # fmt: skip


def _wished(run: gan.Run, fake: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
    """−dLoss_G/dpixels, each picture's over its largest; and the scores. It leaves no gradient in the nets."""
    with torch.enable_grad():
        pictures = fake.detach().requires_grad_(True)
        scores = run.discriminator(pictures, condition)[0]
        (slope,) = torch.autograd.grad(losses.generator_loss(run.config.loss, scores), pictures)
    largest = slope.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-20)
    return torch.nan_to_num(-slope / largest), scores.detach()


def _numbers(scores: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return torch.nan_to_num(scores).float().numpy()


FAMILY = Family(FIELDS, configure, gan.Run, gan.advance, lambda run: [run.net, run.discriminator], swap, compared, show)
