"""The picture models that are shipped: for each name, which loop trains it and with which numbers."""

from __future__ import annotations

from types import ModuleType

from playground.training import classifier, diffusion, gan, vae

Config = classifier.Config | diffusion.Config | gan.Config | vae.Config
Run = classifier.Run | diffusion.Run | gan.Run | vae.Run


def recipes() -> dict[str, Config]:
    """Name -> config, in the order in which they are best trained: the classifiers judge the others."""
    return {
        "classifier-avatars": classifier.Config("avatars", steps=2500),
        "classifier-fashion": classifier.Config("fashion", steps=3000, patch=2, shift=1, flip=True),
        "diffusion-avatars": diffusion.Config("avatars", steps=6000),
        "gan-avatars": gan.Config("avatars", steps=9000, named=0.2),
        "vae-avatars": vae.Config("avatars", steps=4000, latent_dim=48),
        "vae-fashion": vae.Config("fashion", steps=3000, widths=(48, 96)),
        "gan-fashion": gan.Config("fashion", steps=1600, widths=(64, 32, 0), spread=0.05),
        "diffusion-fashion": diffusion.Config("fashion", steps=2600, widths=(48, 96), blocks=1),
        # Told no label: what goes with what, they learn from the pictures alone.
        "vae-avatars-skewed": small_vae("avatars-skewed"),
        "vae-avatars-reweighed": small_vae("avatars-reweighed"),
    }


def small_vae(dataset: str, steps: int = 2500) -> vae.Config:
    """A VAE that a minute or a few teach enough, for pictures of 16 × 16 and no condition."""
    return vae.Config(
        dataset, steps, widths=(16, 32), latent_dim=16, mixture_pictures=4000, learning_rate=2e-3, forget_all=1.0
    )


def loop_of(config: Config) -> ModuleType:
    """The module with the Run and the train of a config's kind."""
    return {
        classifier.Config: classifier,
        diffusion.Config: diffusion,
        gan.Config: gan,
        vae.Config: vae,
    }[type(config)]
