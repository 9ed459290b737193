"""Temperature, and the stages that cut unlikely tokens."""

from __future__ import annotations

import math

import numpy as np

from playground.core.settings import Setting
from playground.language.sampling.distribution import (
    FIRST_LOOK,
    Logits,
    cut,
    entropy_bits,
    log_normalizer,
    probabilities,
    top_indices,
)
from playground.language.sampling.stage import SamplerStage


def temperature(logits: Logits, value: float) -> Logits:
    """Divides by the temperature. At 0 only the most likely token stays (the lowest id among equals): greedy."""
    if value == 0.0:
        keep = np.zeros(logits.shape, dtype=np.bool_)
        keep[int(logits.argmax())] = True
        return cut(logits, keep)
    # Below this a division would overflow float32; the limit is greedy to the last bit already.
    return logits / np.float32(max(value, 1e-30))


def top_k(logits: Logits, count: int) -> Logits:
    """Keeps the count most likely tokens, and any equal to the last of them; 0 keeps all.

    Source: Fan et al. 2018, arXiv:1805.04833.
    """
    if count == 0 or count >= logits.size:
        return logits
    return cut(logits, logits >= logits[top_indices(logits, count)[-1]])


def top_p(logits: Logits, mass: float) -> Logits:
    """Keeps the fewest most likely tokens that hold the mass. Source: Holtzman et al. 2020, arXiv:1904.09751, 3.1."""
    if mass >= 1.0:
        return logits
    log_z = log_normalizer(logits)
    keep = np.zeros(logits.shape, dtype=np.bool_)
    for count in (FIRST_LOOK, logits.size):
        falling = top_indices(logits, count)
        shares = np.exp(logits[falling].astype(np.float64) - log_z)
        before = np.cumsum(shares) - shares
        if before[-1] >= mass or falling.size < count:
            break
    before[0] = 0.0
    keep[falling[before < mass]] = True
    return cut(logits, keep)


def min_p(logits: Logits, share: float) -> Logits:
    """Keeps tokens with at least this share of the best token's probability.

    Source: Nguyen et al. 2024, arXiv:2407.01082.
    """
    if share == 0.0:
        return logits
    # p_i / p_best = exp(l_i - l_best): the normalizer cancels.
    keep = np.exp(logits.astype(np.float64) - float(logits.max())) >= share
    return cut(logits, keep)


def typical(logits: Logits, mass: float) -> Logits:
    """Keeps the mass of tokens whose surprisal is nearest the entropy.

    Source: Meister et al. 2023, arXiv:2202.00666, eq. 5.
    """
    if mass >= 1.0:
        return logits
    alive = np.flatnonzero(logits > -np.inf)
    distribution = probabilities(logits[alive])
    positive = distribution > 0
    surprisal = np.full(alive.shape, np.inf)
    surprisal[positive] = -np.log(distribution[positive])
    entropy = float((distribution[positive] * surprisal[positive]).sum())
    distance = np.abs(surprisal - entropy)
    order = np.argsort(distance, kind="stable")
    last = min(int((np.cumsum(distribution[order]) < mass).sum()), alive.size - 1)
    keep = np.zeros(logits.shape, dtype=np.bool_)
    keep[alive[distance <= distance[order[last]]]] = True
    return cut(logits, keep)


def top_n_sigma(logits: Logits, n: float) -> Logits:
    """Keeps tokens whose logit is at most n standard deviations (of all uncut logits) below the highest; 0 keeps all.

    Source: Tang et al. 2024, arXiv:2411.07641, Algorithm 1.
    """
    if n == 0.0:
        return logits
    return cut(logits, logits >= float(logits.max()) - n * standard_deviation(logits))


def standard_deviation(logits: Logits) -> float:
    """Of the logits that are not cut, over their number."""
    return float(logits[logits > -np.inf].astype(np.float64).std())


def top_a(logits: Logits, factor: float) -> Logits:
    """Keeps tokens with at least factor times the square of the best token's probability; 0 keeps all.

    Source: BlinkDL's RWKV-LM, "top-a sampling".
    """
    if factor == 0.0:
        return logits
    shares = probabilities(logits)
    return _at_least(logits, shares, factor * float(shares.max()) ** 2)


def epsilon_cutoff(logits: Logits, epsilon: float) -> Logits:
    """Keeps tokens of at least this probability, and the best; 0 keeps all.

    Source: Hewitt et al. 2022, arXiv:2210.15191, 4.1.
    """
    return logits if epsilon == 0.0 else _at_least(logits, probabilities(logits), epsilon)


def eta_cutoff(logits: Logits, epsilon: float) -> Logits:
    """Keeps tokens of at least the probability eta_threshold, and the best; 0 keeps all.

    Source: Hewitt et al. 2022, arXiv:2210.15191, 4.2.
    """
    return logits if epsilon == 0.0 else _at_least(logits, probabilities(logits), eta_threshold(logits, epsilon))


def eta_threshold(logits: Logits, epsilon: float) -> float:
    """The smaller of epsilon and sqrt(epsilon) * exp(-entropy in nats): low where the model is unsure."""
    entropy = entropy_bits(probabilities(logits)) * math.log(2)
    return min(epsilon, math.sqrt(epsilon) * math.exp(-entropy))


def top_h(logits: Logits, share: float) -> Logits:
    """Keeps the likeliest tokens while their terms of the entropy sum to at most this share of it; 1 keeps all.

    Entropy is that of the 100 likeliest tokens, as in transformers. Source: Potraghloo et al. 2025, arXiv:2509.02510.
    """
    if share >= 1.0:
        return logits
    likeliest = top_indices(logits, 100)
    chances = probabilities(logits[likeliest])
    terms = -chances * np.log(np.maximum(chances, 1e-300))
    chosen = np.cumsum(terms) <= share * terms.sum()
    chosen[0] = True
    keep = np.zeros(logits.shape, dtype=np.bool_)
    keep[likeliest[chosen]] = True
    return cut(logits, keep)


def _at_least(logits: Logits, shares: np.ndarray, bound: float) -> Logits:
    """Keeps tokens of at least this probability, and those equal to the best."""
    return cut(logits, (shares >= bound) | (logits == logits.max()))


STAGES = (
    SamplerStage(
        "temperature",
        "main",
        (Setting("temperature", 0.8, off=1.0, highest=100, slider=(0, 3, 0.01)),),
        lambda logits, at: logits if at.settings.temperature == 1.0 else temperature(logits, at.settings.temperature),
        "Ackley et al. 1985, doi:10.1207/s15516709cog0901_7",
    ),
    SamplerStage(
        "top_k",
        "main",
        (Setting("top_k", 50, off=0, highest=10_000_000, slider=(0, 200, 1)),),
        lambda logits, at: top_k(logits, at.settings.top_k),
        "Fan et al. 2018, arXiv:1805.04833",
        truncates=True,
    ),
    SamplerStage(
        "top_p",
        "main",
        (Setting("top_p", 0.95, off=1.0, above_lowest=True, slider=(0.01, 1, 0.01)),),
        lambda logits, at: top_p(logits, at.settings.top_p),
        "Holtzman et al. 2020, arXiv:1904.09751",
        truncates=True,
    ),
    SamplerStage(
        "min_p",
        "cutoffs",
        (Setting("min_p", 0.0, off=0.0, slider=(0, 1, 0.01)),),
        lambda logits, at: min_p(logits, at.settings.min_p),
        "Nguyen et al. 2024, arXiv:2407.01082",
        truncates=True,
    ),
    SamplerStage(
        "typical",
        "cutoffs",
        (Setting("typical_p", 1.0, off=1.0, above_lowest=True, slider=(0.01, 1, 0.01)),),
        lambda logits, at: typical(logits, at.settings.typical_p),
        "Meister et al. 2023, arXiv:2202.00666",
        truncates=True,
    ),
    SamplerStage(
        "top_n_sigma",
        "cutoffs",
        (Setting("top_n_sigma", 0.0, off=0.0, highest=100, slider=(0, 5, 0.05)),),
        lambda logits, at: top_n_sigma(logits, at.settings.top_n_sigma),
        "Tang et al. 2024, arXiv:2411.07641",
        numbers=lambda logits, at: {"highest": float(logits.max()), "sigma": standard_deviation(logits)},
        truncates=True,
    ),
    SamplerStage(
        "top_a",
        "rare",
        (Setting("top_a", 0.0, off=0.0, slider=(0, 1, 0.01)),),
        lambda logits, at: top_a(logits, at.settings.top_a),
        "BlinkDL, RWKV-LM, top-a sampling",
        numbers=lambda logits, at: {"bound": at.settings.top_a * float(probabilities(logits).max()) ** 2},
        truncates=True,
    ),
    SamplerStage(
        "epsilon_cutoff",
        "rare",
        (Setting("epsilon_cutoff", 0.0, off=0.0, slider=(0, 0.05, 0.0005)),),
        lambda logits, at: epsilon_cutoff(logits, at.settings.epsilon_cutoff),
        "Hewitt et al. 2022, arXiv:2210.15191",
        truncates=True,
    ),
    SamplerStage(
        "eta_cutoff",
        "rare",
        (Setting("eta_cutoff", 0.0, off=0.0, slider=(0, 0.05, 0.0005)),),
        lambda logits, at: eta_cutoff(logits, at.settings.eta_cutoff),
        "Hewitt et al. 2022, arXiv:2210.15191",
        numbers=lambda logits, at: {"eta": eta_threshold(logits, at.settings.eta_cutoff)},
        truncates=True,
    ),
    SamplerStage(
        "top_h",
        "rare",
        (Setting("top_h", 1.0, off=1.0, above_lowest=True, slider=(0.01, 1, 0.01)),),
        lambda logits, at: top_h(logits, at.settings.top_h),
        "Potraghloo et al. 2025, arXiv:2509.02510",
        truncates=True,
    ),
)
