"""The sampler as a table of stages: pure functions on one position's logits, applied one after another.

raw -> penalties -> temperature -> cuts, in the order of table.STAGES or in the visitor's. A cut token's logit is -inf.
In NumPy, because one decoder works without torch. It knows nothing of models or pages.
"""

from playground.language.sampling.distribution import (
    SamplingDistribution,
    entropy_bits,
    log_normalizer,
    probabilities,
    top_indices,
    uniform_stream,
)
from playground.language.sampling.penalties import repetition_penalty
from playground.language.sampling.sampler import (
    TextSampler,
    apply_stages,
    distribution_at,
    is_active,
    sampling_distribution,
)
from playground.language.sampling.stage import SamplerStage, SamplingContext, TokenTexts
from playground.language.sampling.table import SETTINGS, STAGES, SamplerSettings, validate_settings

__all__ = [
    "SETTINGS",
    "STAGES",
    "SamplerSettings",
    "SamplerStage",
    "SamplingContext",
    "SamplingDistribution",
    "TextSampler",
    "TokenTexts",
    "apply_stages",
    "distribution_at",
    "entropy_bits",
    "is_active",
    "log_normalizer",
    "probabilities",
    "repetition_penalty",
    "sampling_distribution",
    "top_indices",
    "uniform_stream",
    "validate_settings",
]
