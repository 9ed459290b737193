"""The image trainer's diffusion model: the loop of diffusion.py, its predictions of x0, and quick samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from playground.training import diffusion, image_settings
from playground.training.image_trainer import GRID, FixedPictures, ImageFamily, ImageTrainer, fixed_noise, to_uint8
from playground.training.settings import hot_names
from playground.training.trainer import Frame

FIELDS = image_settings.FIELDS["diffusion"]
HOT = hot_names(FIELDS)
#: So few sampling steps are coarse, and quick enough for every frame.
SHEET_STEPS = 8
NOISY_AT = (150, 300, 450, 550, 650, 750, 850, 950)


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See TrainerModule."""
    return image_settings.read_settings("diffusion", dataset, settings)


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ImageTrainer:
    """See TrainerModule."""
    return ImageTrainer(FAMILY, dataset, settings, seed, folder)


def loop_config(settings: Mapping[str, Any]) -> diffusion.DiffusionConfig:
    """The loop's config: constant learning rates, no conditions dropped."""
    width = settings["width"]
    return diffusion.DiffusionConfig(
        "", settings["steps"], widths=(width // 2, width), blocks=1, batch=settings["batch"],
        learning_rate=settings["rate"], warm_up=0, decay_share=0.0, ema_decay=0.99, forget_all=0.0, forget_some=0.0,
        optimizer=settings["optimizer"],
    )  # fmt: skip


def swap_optimizers(state: diffusion.DiffusionTrainState, before: diffusion.DiffusionConfig) -> None:
    """A new optimizer if its kind changed."""
    if state.config.optimizer != before.optimizer:
        state.new_optimizer()


def fixed_loss(state: diffusion.DiffusionTrainState, pictures: Tensor, condition: Tensor) -> Tensor:
    """() mean squared error of v, for fixed noise and timesteps."""
    generator = torch.Generator().manual_seed(1)
    noisy, timestep, target = diffusion.add_noise(pictures, state.alpha_bar, generator)
    loss: Tensor = (state.net(noisy, timestep, condition) - target).square().mean()
    return loss


def family_frame(state: diffusion.DiffusionTrainState, fixed: FixedPictures) -> Frame:
    """The diffusion model's part of a frame.

    pictures: from fixed noise in SHEET_STEPS steps.  real, noisy, guessed: held-out pictures, the same with more and
    more noise, and the predicted x0.  noise: (8,) float32, the fraction of the variance that is noise.
    """
    count = len(fixed.held_out)
    timestep = torch.tensor(NOISY_AT)[:count]
    share = state.alpha_bar[timestep][:, None, None, None]
    noisy = share.sqrt() * fixed.held_out + (1 - share).sqrt() * fixed_noise(*fixed.held_out.shape)
    with torch.no_grad():
        v = state.average(noisy, timestep, fixed.held_out_condition)
        guessed = share.sqrt() * noisy - (1 - share).sqrt() * v
        sheet = sample(state, fixed_noise(GRID, *fixed.held_out.shape[1:]), fixed.grid_condition)
    return {
        "family": "diffusion",
        "pictures": to_uint8(sheet),
        "real": to_uint8(fixed.held_out),
        "noisy": to_uint8(noisy),
        "guessed": to_uint8(guessed),
        "noise": (1 - share).flatten().numpy(),
    }


def sample(state: diffusion.DiffusionTrainState, noise: Tensor, condition: Tensor, steps: int = SHEET_STEPS) -> Tensor:
    """(B, C, H, W) pictures from noise by deterministic DDIM, the predicted x0 clipped to [-1, 1].

    Song et al. 2021, arXiv:2010.02502, equation 12 with sigma = 0; x0 and eps from v: arXiv:2202.00512.
    """
    times = torch.linspace(len(state.alpha_bar) - 1, 0, steps + 1).long()
    x = noise
    for now, then in zip(times, times[1:], strict=False):
        a, b = state.alpha_bar[now], state.alpha_bar[then]
        v = state.average(x, now.expand(len(x)), condition)
        x0 = (a.sqrt() * x - (1 - a).sqrt() * v).clamp(-1, 1)
        eps = (x - a.sqrt() * x0) / (1 - a).sqrt()
        x = b.sqrt() * x0 + (1 - b).sqrt() * eps
    return x


FAMILY = ImageFamily(
    FIELDS,
    loop_config,
    diffusion.DiffusionTrainState,
    diffusion.advance,
    lambda state: [state.net],
    swap_optimizers,
    fixed_loss,
    family_frame,
)
