"""The sampler: applies the stages in their order, and keeps what they remember along a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.language.sampling.distribution import Logits, SamplingDistribution, coin_stream, log_normalizer
from playground.language.sampling.stage import SamplerStage, SamplingContext, TokenTexts
from playground.language.sampling.table import STAGES, SamplerSettings, ordered_stages

#: What comes before the first stage: the model's own logits.
RAW = "raw"


def is_active(name: str, settings: SamplerSettings) -> bool:
    """Whether the stage of this name can change anything under these settings. RAW is."""
    return name == RAW or name in {stage.name for stage in active_stages(settings)}


def active_stages(settings: SamplerSettings) -> list[SamplerStage]:
    """The stages that can change something, in their order."""
    stages = []
    replaced = any(stage.replaces_truncation and not stage.is_off(settings) for stage in STAGES)
    for stage in ordered_stages(settings.stage_order):
        if not stage.is_off(settings) and not (stage.truncates and replaced):
            stages.append(stage)
        if stage.name == "temperature" and settings.temperature == 0.0:
            break  # Greedy: a single token is left, and no later stage could cut more.
    return stages


def remembers(settings: SamplerSettings) -> bool:
    """Whether an active stage depends on more of the text than its ids: a text cannot be taken up in its middle."""
    return any(stage.next_state for stage in active_stages(settings))


def apply_stages(logits: Logits, at: SamplingContext) -> list[tuple[str, Logits]]:
    """RAW and every stage's name, with the logits after it. logits: (vocabulary,) raw."""
    results = [(RAW, logits)]
    active = {stage.name for stage in active_stages(at.settings)}
    for stage in ordered_stages(at.settings.stage_order):
        before = results[-1][1]
        results.append((stage.name, stage.apply(before, at) if stage.name in active else before))
    return results


def sampling_distribution(logits: Logits, previous: Sequence[int], settings: SamplerSettings) -> SamplingDistribution:
    """The distribution after all stages, where none of them needs more than the ids already in the text (previous).

    logits: (vocabulary,) raw. For any settings, use TextSampler or distribution_at.
    """
    return distribution_at(logits, SamplingContext(settings, previous))


def distribution_at(logits: Logits, at: SamplingContext) -> SamplingDistribution:
    """The distribution after all stages. logits: (vocabulary,) raw."""
    final = logits
    for stage in active_stages(at.settings):
        final = stage.apply(final, at)
    return SamplingDistribution(final, log_normalizer(final))


class TextSampler:
    """The sampler along one text: call `distribution` at each position, then `advance` with the token chosen there."""

    def __init__(
        self, settings: SamplerSettings, seed: int, tokens: TokenTexts | None = None, *, written: int = 0
    ) -> None:
        """written: positions that are skipped, because their tokens are known. No stage may remember anything then."""
        self._settings, self._tokens = settings, tokens
        self._written = written
        self._coins: np.random.Generator = coin_stream(seed)
        self._coins.random(written)
        self._stages = active_stages(settings)
        self.states = {stage.name: stage.first_state(settings) for stage in self._stages if stage.first_state}
        self._before: dict[str, Logits] = {}

    def distribution(self, logits: Logits, previous: Sequence[int]) -> SamplingDistribution:
        """The distribution after all stages at the next position. previous: all ids before it."""
        coin = float(self._coins.random())
        at = SamplingContext(self._settings, previous, self._written, coin, self.states, self._tokens)
        final = logits
        for stage in self._stages:
            self._before[stage.name] = final
            final = stage.apply(final, at)
        return SamplingDistribution(final, log_normalizer(final))

    def advance(self, token: int) -> None:
        """Takes note of the token at the position of the last distribution."""
        self._written += 1
        self.states = {
            stage.name: stage.next_state(self._before[stage.name], token, self.states[stage.name], self._settings)
            for stage in self._stages
            if stage.next_state
        }


def coin_at(seed: int, position: int) -> float:
    """The coin that TextSampler tosses at a position of a text with this seed."""
    return float(coin_stream(seed).random(position + 1)[position])
