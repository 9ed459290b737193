"""Stages beyond a fixed cut: XTC, which acts by chance, and Mirostat, which steers by what was drawn before."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.core.settings import Setting
from playground.language.sampling.distribution import Logits, cut, log_normalizer, probabilities
from playground.language.sampling.stage import SamplerStage, SamplingContext


def xtc(logits: Logits, threshold: float, probability: float, coin: float) -> Logits:
    """Removes all tokens of at least the threshold's probability but the least likely of them, if coin < probability.

    Source: p-e-w's "Exclude Top Choices (XTC)" in text-generation-webui, pull request 6335.
    """
    if coin >= probability:
        return logits
    high = np.flatnonzero(probabilities(logits) >= threshold)
    if high.size < 2:
        return logits
    # Among equals the highest id stays: they are ranked by falling logit, then rising id.
    last = high[np.lexsort((high, -logits[high]))[-1]]
    keep = np.ones(logits.shape, dtype=np.bool_)
    keep[high] = False
    keep[last] = True
    return cut(logits, keep)


def mirostat(logits: Logits, mu: float) -> Logits:
    """Cuts tokens with a surprisal above mu bits; the most likely stays.

    Source: Basu et al. 2021, arXiv:2007.14966, Algorithm 2.
    """
    keep = logits >= log_normalizer(logits) - mu * math.log(2)
    return cut(logits, keep | (logits == logits.max()))


def next_mu(logits: Logits, token: int, mu: float, settings: Any) -> float:
    """Mirostat's mu after a token: mu - eta * (surprisal - tau), with the surprisal in bits before the cut.

    A forced token that an earlier stage had cut leaves mu as it is: its surprisal is infinite.
    """
    surprisal = (log_normalizer(logits) - float(logits[token])) / math.log(2)
    return mu - settings.mirostat_eta * (surprisal - settings.mirostat_tau) if math.isfinite(surprisal) else mu


def first_mu(settings: Any) -> float:
    """Mirostat's mu at the beginning of a text: 2 tau."""
    return float(2 * settings.mirostat_tau)


def _mu(at: SamplingContext) -> float:
    return at.states.get("mirostat", first_mu(at.settings))


STAGES = (
    SamplerStage(
        "xtc",
        "cutoffs",
        (
            Setting("xtc_probability", 0.0, off=0.0, slider=(0, 1, 0.01)),
            Setting("xtc_threshold", 0.1, slider=(0, 0.5, 0.01)),
        ),
        lambda logits, at: xtc(logits, at.settings.xtc_threshold, at.settings.xtc_probability, at.coin),
        "p-e-w 2024, text-generation-webui, pull request 6335",
        numbers=lambda logits, at: {"coin": at.coin},
        truncates=True,
    ),
    SamplerStage(
        "mirostat",
        "rare",
        (
            Setting("mirostat_tau", 0.0, off=0.0, highest=100, slider=(0, 10, 0.1)),
            Setting("mirostat_eta", 0.1, slider=(0, 1, 0.01)),
        ),
        lambda logits, at: logits if at.settings.mirostat_tau == 0.0 else mirostat(logits, _mu(at)),
        "Basu et al. 2021, arXiv:2007.14966, Algorithm 2",
        numbers=lambda logits, at: {"mu": _mu(at)},
        replaces_truncation=True,
        first_state=first_mu,
        next_state=next_mu,
    ),
)
