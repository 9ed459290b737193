"""Stages that raise or lower the logits of chosen tokens: logit bias and the penalties for repetition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting
from playground.language.sampling.biases import parse_biases, resolve_biases
from playground.language.sampling.distribution import Logits
from playground.language.sampling.stage import SamplerStage, SamplingContext

#: A repetition of this many tokens or more is penalised alike: the power would overflow.
LONGEST_REPETITION = 50
#: Characters that end a repetition, as in the original DRY.
BREAKERS = '\n:"*'


def logit_bias(logits: Logits, biases: Mapping[int, float]) -> Logits:
    """Adds a bias to the logits of tokens by id; -inf bans one. Raises PlaygroundError if no token is left."""
    if not biases:
        return logits
    result = logits.copy()
    result[list(biases)] += np.array(list(biases.values()), np.float32)
    if not np.isfinite(result).any():
        raise PlaygroundError(say("sampler.stages.logit_bias.nothing_left"))
    return result


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


def presence_penalty(logits: Logits, generated: Sequence[int], penalty: float) -> Logits:
    """Subtracts the penalty once from every token that was generated already. Source: OpenAI, see frequency_penalty."""
    if penalty == 0.0 or not len(generated):
        return logits
    result = logits.copy()
    result[np.unique(np.asarray(generated, dtype=np.int64))] -= np.float32(penalty)
    return result


def frequency_penalty(logits: Logits, generated: Sequence[int], penalty: float) -> Logits:
    """Subtracts the penalty for each time that a token was generated already.

    Source: OpenAI's API, "Frequency and presence penalties": mu[j] - c[j] * frequency - (c[j] > 0) * presence, where
    c[j] counts how often token j was sampled before. The prompt does not count.
    """
    if penalty == 0.0 or not len(generated):
        return logits
    ids, counts = np.unique(np.asarray(generated, dtype=np.int64), return_counts=True)
    result = logits.copy()
    result[ids] -= counts.astype(np.float32) * np.float32(penalty)
    return result


def repetition_lengths(previous: Sequence[int], breakers: Collection[int]) -> dict[int, int]:
    """Token id -> length of the longest run at the end of the text that this token would continue as it did before.

    Runs do not cross breakers and count up to LONGEST_REPETITION. Source: the original DRY sampler, see dry.
    """
    ids = list(previous)
    if not ids or ids[-1] in breakers:
        return {}
    lengths: dict[int, int] = {}
    for end in np.flatnonzero(np.asarray(ids[:-1], dtype=np.int64) == ids[-1]).tolist():
        following = ids[end + 1]
        if following in breakers:
            continue
        length = 1
        while length < LONGEST_REPETITION and end - length >= 0:
            token = ids[-1 - length]
            if ids[end - length] != token or token in breakers:
                break
            length += 1
        lengths[following] = max(length, lengths.get(following, 0))
    return lengths


def dry(
    logits: Logits,
    previous: Sequence[int],
    breakers: Collection[int],
    multiplier: float,
    base: float,
    allowed_length: int,
) -> Logits:
    """Subtracts multiplier * base ** (length - allowed_length) from a token that would continue a repetition.

    Source: p-e-w's "DRY: Don't Repeat Yourself" in text-generation-webui, pull request 5677.
    """
    if multiplier == 0.0:
        return logits
    lengths = {token: n for token, n in repetition_lengths(previous, breakers).items() if n >= allowed_length}
    if not lengths:
        return logits
    result = logits.copy()
    excess = np.array(list(lengths.values()), np.float64) - allowed_length
    result[list(lengths)] -= np.minimum(multiplier * base**excess, 1e9).astype(np.float32)
    return result


def _biases(at: SamplingContext) -> dict[int, float]:
    return resolve_biases(at.settings.logit_bias, at.tokens)


def _breakers(at: SamplingContext) -> frozenset[int]:
    return at.tokens.ids_containing(BREAKERS) if at.tokens else frozenset()


def _dry(logits: Logits, at: SamplingContext) -> Logits:
    own = at.settings
    if own.dry_multiplier == 0.0:
        return logits
    return dry(logits, at.previous, _breakers(at), own.dry_multiplier, own.dry_base, own.dry_allowed_length)


STAGES = (
    SamplerStage(
        "logit_bias",
        "penalties",
        (Setting("logit_bias", "", off="", parse=parse_biases),),
        lambda logits, at: logit_bias(logits, _biases(at)),
        "OpenAI's API, logit_bias",
        numbers=lambda logits, at: {"bias": _biases(at)},
    ),
    SamplerStage(
        "repetition_penalty",
        "penalties",
        (Setting("repetition_penalty", 1.0, off=1.0, highest=100, above_lowest=True, slider=(0.5, 2, 0.01)),),
        lambda logits, at: repetition_penalty(logits, at.previous, at.settings.repetition_penalty),
        "Keskar et al. 2019, arXiv:1909.05858",
    ),
    SamplerStage(
        "presence_penalty",
        "penalties",
        (Setting("presence_penalty", 0.0, off=0.0, lowest=-100, highest=100, slider=(-2, 2, 0.05)),),
        lambda logits, at: presence_penalty(logits, at.generated, at.settings.presence_penalty),
        "OpenAI's API, presence_penalty",
    ),
    SamplerStage(
        "frequency_penalty",
        "penalties",
        (Setting("frequency_penalty", 0.0, off=0.0, lowest=-100, highest=100, slider=(-2, 2, 0.05)),),
        lambda logits, at: frequency_penalty(logits, at.generated, at.settings.frequency_penalty),
        "OpenAI's API, frequency_penalty",
        numbers=lambda logits, at: {"count": Counter(at.generated)},
    ),
    SamplerStage(
        "dry",
        "penalties",
        (
            Setting("dry_multiplier", 0.0, off=0.0, highest=100, slider=(0, 5, 0.05)),
            Setting("dry_base", 1.75, lowest=1, highest=100, slider=(1, 4, 0.05)),
            Setting("dry_allowed_length", 2, lowest=1, highest=1000, slider=(1, 20, 1)),
        ),
        _dry,
        "p-e-w 2024, text-generation-webui, pull request 5677",
        numbers=lambda logits, at: {"length": repetition_lengths(at.previous, _breakers(at))},
    ),
)
