"""How long the codes are that a VAE's decoder got in training: draws from the Gaussians of training pictures.

Random points of the prior need not have these lengths. Length alone says nothing about a picture's quality.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.model_menu import image_model_facts
from playground.latent.encoder_means import training_posteriors
from playground.latent.interpolation import chi_norm_range

Lengths = NDArray[np.float64]
PICTURES, DRAWS_EACH, SEED = 1_000, 4, 21
#: The share of codes between the ends that sentences name.
MIDDLE = 0.95


def training_lengths(model: str) -> Lengths | None:
    """(4,000,) lengths of codes, four of each of 1,000 training pictures; None without an encoder or the pictures."""
    facts = image_model_facts(model)
    if facts.kind != "vae":
        return None
    try:
        return _training_lengths(model, facts.weights_sha256)
    except PlaygroundError:  # the data set is not on this machine
        return None


@lru_cache(maxsize=4)
def _training_lengths(model: str, weights_sha256: str) -> Lengths | None:
    codes = training_posteriors(model, PICTURES)
    if not len(codes.means):
        return None
    eps = np.random.default_rng(SEED).standard_normal((DRAWS_EACH, *codes.means.shape))
    lengths: Lengths = np.linalg.norm(codes.means + eps * np.exp(codes.log_variances / 2), axis=2).ravel()
    lengths.setflags(write=False)
    return lengths


def describe_training_lengths(model: str, dimensions: int) -> str:
    """Where the codes of training pictures are, and how many of them are as long as random points; "" if unknown."""
    lengths = training_lengths(model)
    if lengths is None:
        return ""
    low, high = np.quantile(lengths, [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2]).tolist()
    first, last = chi_norm_range(dimensions)
    share = float(((first <= lengths) & (lengths <= last)).mean())
    return say("latent.points.training_lengths", low=low, high=high, share=share)
