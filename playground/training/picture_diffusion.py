"""The denoiser's course on pictures: the loss of diffusion.py, what it takes noisy pictures for, and a quick sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from playground.runs.protocol import Frame
from playground.training import diffusion, picture_settings
from playground.training.optimizers import OPTIMIZERS
from playground.training.picture_course import GRID, Family, Fixed, PictureCourse, fixed_noise, pixels
from playground.training.settings import Choice, hot, rate

FIELDS = picture_settings.common(3000, 32) | {
    "optimizer": Choice(OPTIMIZERS, "adamw", hot=True),
    "rate": rate(2e-3),
}
HOT = hot(FIELDS)
#: A sheet in so few steps is coarse, and drawn often enough to be watched.
SHEET_STEPS = 8
NOISY_AT = (150, 300, 450, 550, 650, 750, 850, 950)


def read(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole. Raises PlaygroundError."""
    return picture_settings.read(FIELDS, dataset, settings)


def open_course(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> PictureCourse:
    """The course at step 0. Raises PlaygroundError if the pictures cannot be had."""
    return PictureCourse(FAMILY, dataset, settings, seed, folder)


def configure(settings: Mapping[str, Any]) -> diffusion.Config:
    """The loop's config."""
    width = settings["width"]
    return diffusion.Config(
        "", settings["steps"], widths=(width // 2, width), blocks=1, batch=settings["batch"],
        learning_rate=settings["rate"], warm_up=0, decay_share=0.0, ema_decay=0.99, forget_all=0.0, forget_some=0.0,
        optimizer=settings["optimizer"],
    )  # fmt: skip


def swap(run: diffusion.Run, before: diffusion.Config) -> None:
    """A new optimizer, if it is of another kind."""
    if run.config.optimizer != before.optimizer:
        run.new_optimizer()


def compared(run: diffusion.Run, pictures: Tensor, condition: Tensor) -> Tensor:
    """The mean squared error of v, for one fixed draw of the noise."""
    generator = torch.Generator().manual_seed(1)
    noisy, timestep, target = diffusion.noised(pictures, run.alpha_bar, generator)
    loss: Tensor = (run.net(noisy, timestep, condition) - target).square().mean()
    return loss


def show(run: diffusion.Run, fixed: Fixed) -> Frame:
    """pictures: from fixed noise in SHEET_STEPS steps.  real, noisy, guessed: held-out pictures, the same in more and

    more noise, and what the net takes them for. noise: (8,) float32, the share of the variance that is noise.
    """
    count = len(fixed.held_out)
    timestep = torch.tensor(NOISY_AT)[:count]
    share = run.alpha_bar[timestep][:, None, None, None]
    noisy = share.sqrt() * fixed.held_out + (1 - share).sqrt() * fixed_noise(*fixed.held_out.shape)
    with torch.no_grad():
        v = run.average(noisy, timestep, fixed.held_out_condition)
        guessed = share.sqrt() * noisy - (1 - share).sqrt() * v
        sheet = sample(run, fixed_noise(GRID, *fixed.held_out.shape[1:]), fixed.grid_condition)
    return {
        "family": "diffusion",
        "pictures": pixels(sheet),
        "real": pixels(fixed.held_out),
        "noisy": pixels(noisy),
        "guessed": pixels(guessed),
        "noise": (1 - share).flatten().numpy(),
    }


def sample(run: diffusion.Run, noise: Tensor, condition: Tensor, steps: int = SHEET_STEPS) -> Tensor:
    """(B, C, H, W) pictures from noise by DDIM without fresh noise, the guess of x0 kept in [-1, 1].

    Song et al. 2021, arXiv:2010.02502, equation 12 with sigma = 0; x0 and eps from v: arXiv:2202.00512.
    """
    times = torch.linspace(len(run.alpha_bar) - 1, 0, steps + 1).long()
    x = noise
    for now, then in zip(times, times[1:], strict=False):
        a, b = run.alpha_bar[now], run.alpha_bar[then]
        v = run.average(x, now.expand(len(x)), condition)
        x0 = (a.sqrt() * x - (1 - a).sqrt() * v).clamp(-1, 1)
        eps = (x - a.sqrt() * x0) / (1 - a).sqrt()
        x = b.sqrt() * x0 + (1 - b).sqrt() * eps
    return x


FAMILY = Family(FIELDS, configure, diffusion.Run, diffusion.advance, lambda run: [run.net], swap, compared, show)
