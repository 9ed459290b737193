"""Configurations of the image models in assets/weights, by name."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from playground.data.dataset import Dataset
from playground.training import classifier, diffusion, gan, vae

AnyConfig = classifier.ClassifierConfig | diffusion.DiffusionConfig | gan.GanConfig | vae.VaeConfig
AnyTrainState = classifier.ClassifierTrainState | diffusion.DiffusionTrainState | gan.GanTrainState | vae.VaeTrainState


def shipped_configs() -> dict[str, AnyConfig]:
    """Name -> config, in the order to train them in: the classifiers evaluate the others."""
    return {
        "classifier-avatars": classifier.ClassifierConfig("avatars", steps=2500),
        "classifier-fashion": classifier.ClassifierConfig("fashion", steps=3000, patch=2, shift=1, flip=True),
        "diffusion-avatars": diffusion.DiffusionConfig("avatars", steps=6000),
        "gan-avatars": gan.GanConfig("avatars", steps=9000, named=0.2),
        "vae-avatars": vae.VaeConfig("avatars", steps=4000, latent_dim=48),
        "vae-fashion": vae.VaeConfig("fashion", steps=3000, widths=(48, 96)),
        "gan-fashion": gan.GanConfig("fashion", steps=1600, widths=(64, 32, 0), spread=0.05),
        "diffusion-fashion": diffusion.DiffusionConfig("fashion", steps=2600, widths=(48, 96), blocks=1),
        # Without labels: they learn from the pictures alone which attributes go together.
        "vae-avatars-skewed": small_vae("avatars-skewed"),
        "vae-avatars-reweighed": small_vae("avatars-reweighed"),
    }


def small_vae(dataset: str, steps: int = 2500) -> vae.VaeConfig:
    """A VAE for pictures of 16 × 16 without conditions, trained in a few minutes."""
    return vae.VaeConfig(
        dataset, steps, widths=(16, 32), latent_dim=16, mixture_pictures=4000, learning_rate=2e-3, forget_all=1.0
    )


def new_state(config: AnyConfig, dataset: Dataset, seed: int) -> AnyTrainState:
    """Everything that a training with this config consists of, at step 0."""
    states: dict[type[AnyConfig], Callable[..., AnyTrainState]] = {
        classifier.ClassifierConfig: classifier.ClassifierTrainState,
        diffusion.DiffusionConfig: diffusion.DiffusionTrainState,
        gan.GanConfig: gan.GanTrainState,
        vae.VaeConfig: vae.VaeTrainState,
    }
    return states[type(config)](config, dataset, seed)


def loop_of(config: AnyConfig) -> ModuleType:
    """The module whose train(state) runs the loop for a config of this kind."""
    return {
        classifier.ClassifierConfig: classifier,
        diffusion.DiffusionConfig: diffusion,
        gan.GanConfig: gan,
        vae.VaeConfig: vae,
    }[type(config)]
