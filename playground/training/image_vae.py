"""The image trainer's VAE: the loop of vae.py, its reconstructions, and the KL of each code dimension."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from playground.models.vae import bits_per_dimension
from playground.training import image_settings, vae
from playground.training.image_trainer import GRID, FixedPictures, ImageFamily, ImageTrainer, fixed_noise, to_uint8
from playground.training.settings import hot_names
from playground.training.trainer import Frame

FIELDS = image_settings.FIELDS["vae"]
HOT = hot_names(FIELDS)
_CODE = 16


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """See TrainerModule."""
    return image_settings.read_settings("vae", dataset, settings)


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> ImageTrainer:
    """See TrainerModule."""
    return ImageTrainer(FAMILY, dataset, settings, seed, folder)


def loop_config(settings: Mapping[str, Any]) -> vae.VaeConfig:
    """The loop's config: constant learning rates, no conditions dropped."""
    width = settings["width"]
    return vae.VaeConfig(
        "", settings["steps"], widths=(width // 2, width), latent_dim=_CODE, components=8, mixture_pictures=2000,
        batch=settings["batch"], learning_rate=settings["rate"], warm_up=0, decay_share=0.0, ema_decay=0.98,
        kl_warm_up=0.0, forget_all=0.0, forget_some=0.0, beta=settings["beta"], optimizer=settings["optimizer"],
    )  # fmt: skip


def swap_optimizers(state: vae.VaeTrainState, before: vae.VaeConfig) -> None:
    """A new optimizer if its kind changed."""
    if state.config.optimizer != before.optimizer:
        state.new_optimizer()


def fixed_loss(state: vae.VaeTrainState, pictures: Tensor, condition: Tensor) -> Tensor:
    """() negative ELBO in bits per dimension, for one fixed sample of the codes."""
    likelihood, kl = state.net(pictures, condition, fixed_noise(len(pictures), _CODE))
    return bits_per_dimension((likelihood - kl).mean(), pictures[0].numel())


def family_frame(state: vae.VaeTrainState, fixed: FixedPictures) -> Frame:
    """The VAE's part of a frame.

    pictures: decoded samples of the prior.  real, rebuilt: held-out pictures and their reconstructions.
    kl_each: (16,) float32, KL of each code dimension in nats, mean over training and held-out pictures.
    """
    with torch.no_grad():
        generated, _ = state.average.decode(fixed_noise(GRID, _CODE), fixed.grid_condition)
        mean, _ = state.average.encode(fixed.held_out, fixed.held_out_condition)
        rebuilt, _ = state.average.decode(mean, fixed.held_out_condition)
        both = torch.cat([fixed.train, fixed.held_out])
        mean, log_variance = state.net.encode(both, torch.cat([fixed.train_condition, fixed.held_out_condition]))
        each = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean(0)
    return {
        "family": "vae",
        "pictures": to_uint8(generated),
        "real": to_uint8(fixed.held_out),
        "rebuilt": to_uint8(rebuilt),
        "kl_each": each.numpy(),
        "beta": float(state.config.beta),
    }


FAMILY = ImageFamily(
    FIELDS,
    loop_config,
    vae.VaeTrainState,
    vae.advance,
    lambda state: [state.net],
    swap_optimizers,
    fixed_loss,
    family_frame,
)
