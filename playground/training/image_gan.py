"""The image trainer's GAN: the loop of gan.py, D's scores, and the generator's gradient at each pixel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.training import gan, image_settings, losses
from playground.training.image_trainer import GRID, FixedPictures, ImageFamily, ImageTrainer, fixed_noise, to_uint8
from playground.training.settings import hot_names
from playground.training.trainer import Frame

#: Gradient penalties at the setting penalty = 1: R1's weight, and wgan-gp's.
#: The setting spread: weight of the mode-seeking term (Mao et al. 2019, arXiv:1903.05628).
R1, SLOPE = 0.005, 10.0
FIELDS = image_settings.FIELDS["gan"]
HOT = hot_names(FIELDS)
_GRADIENT_PEAK = 0.5


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See TrainerModule."""
    return image_settings.read_settings("gan", dataset, settings)


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ImageTrainer:
    """See TrainerModule."""
    return ImageTrainer(FAMILY, dataset, settings, seed, folder)


def loop_config(settings: Mapping[str, Any]) -> gan.GanConfig:
    """The loop's config: constant learning rates, no conditions dropped."""
    width, named = settings["width"], 1.0 if settings["labels"] else 0.0
    return gan.GanConfig(
        "", settings["steps"], widths=(width, max(8, width // 2), 0), batch=settings["batch"],
        learning_rate=settings["g_rate"], discriminator_learning_rate=settings["d_rate"],
        warm_up=0, decay_share=0.0, ema_decay=0.98, named=0.1 * named, named_real=0.2 * named,
        r1=R1 * settings["penalty"], gradient_penalty=SLOPE * settings["penalty"], loss=settings["loss"],
        spread=settings["spread"], optimizer=settings["g_optimizer"], discriminator_optimizer=settings["d_optimizer"],
        updates=settings["g_updates"], discriminator_updates=settings["d_updates"],
    )  # fmt: skip


def swap_optimizers(state: gan.GanTrainState, before: gan.GanConfig) -> None:
    """New optimizers where their kind changed."""
    if state.config.optimizer != before.optimizer:
        state.new_optimizer()
    if state.config.discriminator_optimizer != before.discriminator_optimizer:
        state.new_discriminator_optimizer()


def fixed_loss(state: gan.GanTrainState, pictures: Tensor, condition: Tensor) -> Tensor:
    """() mean score of real pictures."""
    scores: Tensor = state.discriminator(pictures, condition)[0].mean()
    return scores


def family_frame(state: gan.GanTrainState, fixed: FixedPictures) -> Frame:
    """The GAN's part of a frame.

    pictures: of the averaged generator.  real, fake: (8, H, W, C) uint8, with their scores (8,) by the current nets.
    wish: (8, H, W, C) uint8, 128 + 127 × minus the gradient of G's loss at each pixel, over the largest of its picture.
    asked, asked_scores: the fakes after a step along it, by at most a quarter of the range a pixel.
    """
    z = fixed_noise(GRID, state.config.latent_dim)
    count = len(fixed.train)
    with torch.no_grad():
        grid = state.average(z, fixed.grid_condition)
        fake = state.net(z[:count], fixed.grid_condition[:count])
    condition = fixed.grid_condition[:count]
    wish, fake_scores = _gradient_display(state, fake, condition)
    after_step = (fake + _GRADIENT_PEAK * wish).clamp(-1, 1)
    with torch.no_grad():
        real_scores = state.discriminator(fixed.train, fixed.train_condition)[0]
        after_step_scores = state.discriminator(after_step, condition)[0]
    return {
        "family": "gan",
        "pictures": to_uint8(grid),
        "real": to_uint8(fixed.train), "real_scores": _numbers(real_scores),
        "fake": to_uint8(fake), "fake_scores": _numbers(fake_scores),
        "wish": (wish * 127 + 128).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy(),
        "asked": to_uint8(after_step), "asked_scores": _numbers(after_step_scores),
        "scale": "probability" if state.config.loss in ("non-saturating", "saturating") else "score",
    }  # fmt: skip


def _gradient_display(state: gan.GanTrainState, fake: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
    """(−dLoss_G/dpixels over the largest of each picture, (B, C, H, W); scores, (B,)). The nets keep no gradient."""
    with torch.enable_grad():
        pictures = fake.detach().requires_grad_(True)
        scores = state.discriminator(pictures, condition)[0]
        (slope,) = torch.autograd.grad(losses.generator_loss(state.config.loss, scores), pictures)
    largest = slope.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-20)
    return torch.nan_to_num(-slope / largest), scores.detach()


def _numbers(scores: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return torch.nan_to_num(scores).float().numpy()


FAMILY = ImageFamily(
    FIELDS,
    loop_config,
    gan.GanTrainState,
    gan.advance,
    lambda state: [state.net, state.discriminator],
    swap_optimizers,
    fixed_loss,
    family_frame,
)
