"""The sampler as stages: pure functions on one position's logits, in the order in which they act.

raw -> repetition penalty -> temperature -> top-k -> top-p -> min-p -> typical. A cut token's logit is -inf.
Each stage does what the LogitsProcessor of the same name in transformers does (a test compares them); in
NumPy, for one decoder works without torch. It knows nothing of models, tokens' texts or pages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_number, quoted

Logits = NDArray[np.float32]

#: Stage name -> what it is called on the page, in the order of application.
STAGES = {
    "raw": "Raw model output",
    "repetition_penalty": "Repetition penalty",
    "temperature": "Temperature",
    "top_k": "Top-k",
    "top_p": "Top-p",
    "min_p": "Min-p",
    "typical": "Typical",
}


@dataclass(frozen=True)
class SamplerSettings:
    """What the sampler does to a distribution before it draws.

    temperature: divides the logits (unitless, 0 to 100); 0 is greedy.  top_k: tokens kept (0 is off).
    top_p: probability mass kept (0 to 1; 1 is off).  min_p: least share of the best token's probability (0 to 1; 0 is
    off).
    typical_p: mass kept of the tokens whose surprisal is nearest the entropy (1 is off).
    repetition_penalty: divides positive and multiplies negative logits of tokens already in the text (1 is off).
    """

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 0.95
    min_p: float = 0.0
    typical_p: float = 1.0
    repetition_penalty: float = 1.0


#: How many of the likeliest tokens are sorted before all of them are: enough, nearly always.
_FIRST_LOOK = 512

#: Setting -> (lowest, lowest allowed itself?, highest, what the word means when it is wrong).
_RANGES = {
    "temperature": (0.0, True, 100.0, "Temperature must be between 0 (greedy) and 100"),
    "top_k": (0.0, True, 1e7, "top_k must be a whole number, 0 (off) or more"),
    "top_p": (0.0, False, 1.0, "top_p must be above 0 and at most 1 (off)"),
    "min_p": (0.0, True, 1.0, "min_p must be between 0 (off) and 1"),
    "typical_p": (0.0, False, 1.0, "typical_p must be above 0 and at most 1 (off)"),
    "repetition_penalty": (0.0, False, 100.0, "repetition_penalty must be above 0 (1 is off) and at most 100"),
}


def validate_settings(settings: SamplerSettings) -> SamplerSettings:
    """The same settings as plain numbers of the right kind.

    Raises PlaygroundError, naming the setting, the range and what was given, for anything else (text, NaN, inf, None).
    """
    values: dict[str, float | int] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        lowest, inclusive, highest, sentence = _RANGES[field.name]
        number = parse_number(value, sentence)
        if not (number > lowest or (inclusive and number == lowest)) or number > highest:
            raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
        if field.name == "top_k":
            if number != int(number):
                raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
            values[field.name] = int(number)
        else:
            values[field.name] = number
    return SamplerSettings(**values)  # type: ignore[arg-type]


def log_normalizer(logits: Logits) -> float:
    """Natural logarithm of the sum of exp(logits). logits: (vocabulary,), -inf where cut."""
    highest = float(logits.max())
    return highest + math.log(float(np.exp(logits - np.float32(highest)).sum(dtype=np.float64)))


def probabilities(logits: Logits) -> NDArray[np.float64]:
    """Softmax. logits: (vocabulary,) float32, -inf where cut. Returns (vocabulary,) float64, sum 1."""
    weights = np.exp(logits.astype(np.float64) - float(logits.max()))
    return np.asarray(weights / weights.sum())


def entropy_bits(distribution: NDArray[np.float64]) -> float:
    """Shannon entropy in bits. distribution: (n,) probabilities, sum 1."""
    positive = distribution[distribution > 0]
    return max(0.0, float(-(positive * np.log2(positive)).sum()))


def top_indices(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Indices of the count largest values, largest first, the lower index first among equals; -inf is left out.

    values: (n,). The count-th largest of the maxima of blocks bounds the count-th largest value from below,
    so only a handful of values are ever sorted: 30 microseconds for 49,152 where a full sort takes 2,000.
    """
    block = 64
    bound = np.float32(-np.inf)
    if values.size % block == 0 and count <= values.size // block:
        maxima = values.reshape(-1, block).max(axis=1)
        bound = np.partition(maxima, maxima.size - count)[maxima.size - count]
    candidates = np.flatnonzero(values > bound if bound == -np.inf else values >= bound)
    return candidates[np.lexsort((candidates, -values[candidates]))][:count]


def _cut(logits: Logits, keep: NDArray[np.bool_]) -> Logits:
    return np.where(keep, logits, np.float32(-np.inf))


def repetition_penalty(logits: Logits, previous: Sequence[int], penalty: float) -> Logits:
    """Makes tokens that are already in the text less likely (penalty > 1).

    Source: Keskar et al. 2019, arXiv:1909.05858, 4.1.
    """
    if penalty == 1.0 or not len(previous):
        return logits
    seen = np.unique(np.asarray(previous, dtype=np.int64))
    result = logits.copy()
    old = logits[seen]
    result[seen] = np.where(old < 0, old * np.float32(penalty), old / np.float32(penalty))
    return result


def temperature(logits: Logits, value: float) -> Logits:
    """Divides by the temperature. At 0 only the most likely token stays (the lowest id among equals): greedy."""
    if value == 0.0:
        keep = np.zeros(logits.shape, dtype=np.bool_)
        keep[int(logits.argmax())] = True
        return _cut(logits, keep)
    # Below this a division would overflow float32; the limit is greedy to the last bit already.
    return logits / np.float32(max(value, 1e-30))


def top_k(logits: Logits, count: int) -> Logits:
    """Keeps the count most likely tokens, and any equal to the last of them; 0 keeps all.

    Source: Fan et al. 2018, arXiv:1805.04833.
    """
    if count == 0 or count >= logits.size:
        return logits
    return _cut(logits, logits >= logits[top_indices(logits, count)[-1]])


def top_p(logits: Logits, mass: float) -> Logits:
    """Keeps the fewest most likely tokens that hold the mass. Source: Holtzman et al. 2020, arXiv:1904.09751, 3.1."""
    if mass >= 1.0:
        return logits
    log_z = log_normalizer(logits)
    keep = np.zeros(logits.shape, dtype=np.bool_)
    for count in (_FIRST_LOOK, logits.size):
        falling = top_indices(logits, count)
        shares = np.exp(logits[falling].astype(np.float64) - log_z)
        before = np.cumsum(shares) - shares
        if before[-1] >= mass or falling.size < count:
            break
    before[0] = 0.0
    keep[falling[before < mass]] = True
    return _cut(logits, keep)


def min_p(logits: Logits, share: float) -> Logits:
    """Keeps tokens with at least this share of the best token's probability.

    Source: Nguyen et al. 2024, arXiv:2407.01082.
    """
    if share == 0.0:
        return logits
    # p_i / p_best = exp(l_i - l_best): the normalizer cancels.
    keep = np.exp(logits.astype(np.float64) - float(logits.max())) >= share
    return _cut(logits, keep)


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
    return _cut(logits, keep)


def apply_stages(logits: Logits, previous: Sequence[int], settings: SamplerSettings) -> list[tuple[str, Logits]]:
    """Every stage's name and logits after it. logits: (vocabulary,) raw; previous: ids already in the text."""
    stages = [("raw", logits)]

    def add(name: str, result: Logits) -> None:
        stages.append((name, result))

    add("repetition_penalty", repetition_penalty(stages[-1][1], previous, settings.repetition_penalty))
    add("temperature", temperature(stages[-1][1], settings.temperature))
    # A single token is left at temperature 0: no later stage could cut more.
    greedy = settings.temperature == 0.0
    add("top_k", stages[-1][1] if greedy else top_k(stages[-1][1], settings.top_k))
    add("top_p", stages[-1][1] if greedy else top_p(stages[-1][1], settings.top_p))
    add("min_p", stages[-1][1] if greedy else min_p(stages[-1][1], settings.min_p))
    add("typical", stages[-1][1] if greedy else typical(stages[-1][1], settings.typical_p))
    return stages


def is_active(name: str, settings: SamplerSettings) -> bool:
    """Whether the stage of this name can change anything under these settings."""
    off = {"repetition_penalty": settings.repetition_penalty == 1.0, "temperature": settings.temperature == 1.0}
    if settings.temperature == 0.0 and name not in ("raw", "repetition_penalty", "temperature"):
        return False
    off |= {"top_k": settings.top_k == 0, "top_p": settings.top_p >= 1.0}
    off |= {"min_p": settings.min_p == 0.0, "typical": settings.typical_p >= 1.0}
    return not off.get(name, False)


@dataclass(frozen=True)
class SamplingDistribution:
    """The distribution after all stages. logits: (vocabulary,), -inf where cut; log_normalizer: of them, in nats."""

    logits: Logits
    log_normalizer: float

    def ranked(self, count: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The count likeliest ids (all if None), lower id first among equals, and their probabilities."""
        ids = top_indices(self.logits, self.logits.size if count is None else count)
        return ids, np.exp(self.logits[ids].astype(np.float64) - self.log_normalizer)

    def draw(self, uniform: float) -> int:
        """The id at which the running total passes uniform (0 <= uniform < 1): inverse-transform sampling.

        The running total goes from the likeliest id down, so that the first few nearly always suffice.
        """
        for count in (_FIRST_LOOK, None):
            ids, shares = self.ranked(count)
            index = int(np.searchsorted(np.cumsum(shares), uniform, side="right"))
            if index < ids.size:
                return int(ids[index])
        return int(ids[-1])

    def probability(self, token: int) -> float:
        """Probability of a token id; 0 if it was cut."""
        return math.exp(float(self.logits[token]) - self.log_normalizer)


def sampling_distribution(logits: Logits, previous: Sequence[int], settings: SamplerSettings) -> SamplingDistribution:
    """The distribution after all stages. logits: (vocabulary,) raw; previous: ids already in the text."""
    final = apply_stages(logits, previous, settings)[-1][1]
    return SamplingDistribution(final, log_normalizer(final))


def uniform_stream(seed: int) -> np.random.Generator:
    """The seed's own stream of uniform numbers: one is taken at each position, forced or drawn.

    So position n always meets the same number: two settings compared from one seed differ by their settings alone.
    Philox: Salmon et al. 2011, doi:10.1145/2063384.2063405.
    """
    return np.random.Generator(np.random.Philox(seed))
