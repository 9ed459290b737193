"""The sampler's stages against transformers' own processors, closed forms, and bad input."""

import math

import numpy as np
import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from playground.core.errors import PlaygroundError
from playground.language import sampling
from playground.language.sampling import SamplerSettings, SamplingContext, cutoffs

VOCABULARY = 49_152
SEEDS = range(5)


def random_logits(seed: int, size: int = VOCABULARY) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=size) * 3).astype(np.float32)


def same(ours: np.ndarray, theirs: torch.Tensor) -> None:
    theirs_array = theirs[0].numpy()
    assert np.array_equal(np.isinf(ours), np.isinf(theirs_array))
    kept = np.isfinite(ours)
    np.testing.assert_allclose(ours[kept], theirs_array[kept], rtol=0, atol=1e-6)


def as_batch(logits: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(logits.copy())[None]


PREVIOUS = [3, 17, 17, 40_000, 12]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda x: sampling.repetition_penalty(x, PREVIOUS, 1.3), RepetitionPenaltyLogitsProcessor(1.3)),
        (lambda x: sampling.repetition_penalty(x, PREVIOUS, 0.7), RepetitionPenaltyLogitsProcessor(0.7)),
        (lambda x: cutoffs.temperature(x, 0.35), TemperatureLogitsWarper(0.35)),
        (lambda x: cutoffs.temperature(x, 1.9), TemperatureLogitsWarper(1.9)),
        (lambda x: cutoffs.top_k(x, 1), TopKLogitsWarper(1)),
        (lambda x: cutoffs.top_k(x, 50), TopKLogitsWarper(50)),
        (lambda x: cutoffs.top_k(x, 5_000), TopKLogitsWarper(5_000)),
        (lambda x: cutoffs.top_p(x, 0.9), TopPLogitsWarper(0.9)),
        (lambda x: cutoffs.top_p(x, 0.05), TopPLogitsWarper(0.05)),
        (lambda x: cutoffs.min_p(x, 0.05), MinPLogitsWarper(0.05)),
        (lambda x: cutoffs.min_p(x, 1.0), MinPLogitsWarper(1.0)),
        (lambda x: cutoffs.typical(x, 0.9), TypicalLogitsWarper(0.9)),
        (lambda x: cutoffs.typical(x, 0.2), TypicalLogitsWarper(0.2)),
    ],
)
def test_each_stage_equals_the_processor_of_transformers(seed, ours, theirs) -> None:
    logits = random_logits(seed)
    same(ours(logits), theirs(torch.tensor([PREVIOUS]), as_batch(logits)))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_composition_equals_that_of_transformers(seed) -> None:
    logits = random_logits(seed)
    settings = SamplerSettings(0.7, 200, 0.92, 0.02, 0.85, 1.2)
    theirs = LogitsProcessorList(
        [
            RepetitionPenaltyLogitsProcessor(1.2),
            TemperatureLogitsWarper(0.7),
            TopKLogitsWarper(200),
            TopPLogitsWarper(0.92),
            MinPLogitsWarper(0.02),
            TypicalLogitsWarper(0.85),
        ]
    )
    stages = sampling.apply_stages(logits, SamplingContext(settings, PREVIOUS))
    assert [name for name, _ in stages] == ["raw", *(stage.name for stage in sampling.STAGES)]
    same(stages[-1][1], theirs(torch.tensor([PREVIOUS]), as_batch(logits)))


def test_stages_that_are_off_change_nothing() -> None:
    logits = random_logits(0)
    off = SamplerSettings(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, typical_p=1.0, repetition_penalty=1.0)
    for name, after in sampling.apply_stages(logits, SamplingContext(off, PREVIOUS)):
        np.testing.assert_array_equal(after, logits)
        assert sampling.is_active(name, off) == (name == "raw")


def test_temperature_zero_leaves_the_most_likely_token_alone() -> None:
    logits = random_logits(1)
    left = sampling.sampling_distribution(logits, PREVIOUS, SamplerSettings(temperature=0.0))
    ids, shares = left.ranked()
    assert ids.tolist() == [int(logits.argmax())] and shares.tolist() == [1.0]


def test_greedy_takes_the_lowest_id_among_equals() -> None:
    left = sampling.sampling_distribution(np.array([1, 5, 5, 2], np.float32), [], SamplerSettings(temperature=0.0))
    assert left.ranked()[0].tolist() == [1]


@pytest.mark.parametrize("value", [1e-30, 1e-44, 5e-324])
def test_a_tiny_temperature_is_nearly_greedy_and_stays_finite(value) -> None:
    logits = random_logits(2)
    left = sampling.sampling_distribution(logits, [], SamplerSettings(temperature=value, top_k=0, top_p=1.0))
    ids, shares = left.ranked()
    assert ids[0] == logits.argmax() and shares[0] == pytest.approx(1.0)


def test_top_indices_equal_a_full_sort() -> None:
    for seed in SEEDS:
        values = np.round(random_logits(seed), 1)  # many ties
        expected = np.lexsort((np.arange(values.size), -values))
        for count in (1, 10, 50, 767, 769, 5000):
            np.testing.assert_array_equal(sampling.top_indices(values, count), expected[:count])
    assert sampling.top_indices(np.array([2, 3, -np.inf, 1], np.float32), 10).tolist() == [1, 0, 3]
    few = np.full(VOCABULARY, -np.inf, np.float32)
    few[[9, 4]] = 1
    assert sampling.top_indices(few, 50).tolist() == [4, 9]


def test_softmax_and_entropy_meet_their_closed_forms() -> None:
    logits = np.log(np.array([0.5, 0.25, 0.125, 0.125], np.float32))
    np.testing.assert_allclose(sampling.probabilities(logits), [0.5, 0.25, 0.125, 0.125], atol=1e-7)
    assert sampling.entropy_bits(sampling.probabilities(logits)) == pytest.approx(1.75)
    assert sampling.log_normalizer(logits) == pytest.approx(0.0, abs=1e-6)


def test_draws_follow_the_distribution() -> None:
    logits = np.full(10, -np.inf, np.float32)
    logits[[7, 3, 9]] = np.log([0.6, 0.3, 0.1])
    left = sampling.SamplingDistribution(logits, sampling.log_normalizer(logits))
    assert [left.draw(u) for u in (0.0, 0.59, 0.61, 0.89, 0.91, 0.9999999)] == [7, 7, 3, 3, 9, 9]
    numbers = sampling.uniform_stream(4)
    counts = np.unique([left.draw(float(numbers.random())) for _ in range(20_000)], return_counts=True)
    np.testing.assert_allclose(counts[1] / 20_000, [0.3, 0.6, 0.1], atol=0.012)


def test_a_draw_from_the_far_tail_needs_no_more_than_the_running_total() -> None:
    logits = random_logits(3) / 10  # nearly flat: the first 512 hold little
    left = sampling.sampling_distribution(logits, [], SamplerSettings(1.0, 0, 1.0))
    ids, shares = left.ranked()
    for uniform in (0.001, 0.2, 0.5, 0.99, 0.999999):
        assert left.draw(uniform) == ids[np.searchsorted(np.cumsum(shares), uniform, side="right")]


def test_a_seed_gives_its_own_stream_and_leaves_the_global_one_alone() -> None:
    state = np.random.get_state()[1].copy()
    assert sampling.uniform_stream(5).random(3).tolist() == sampling.uniform_stream(5).random(3).tolist()
    assert sampling.uniform_stream(5).random(3).tolist() != sampling.uniform_stream(6).random(3).tolist()
    # One by one or all at once: a position's number does not depend on how many were asked for.
    one_by_one = sampling.uniform_stream(5)
    assert [one_by_one.random() for _ in range(3)] == sampling.uniform_stream(5).random(3).tolist()
    assert np.array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1), ("temperature", math.nan), ("temperature", math.inf), ("temperature", "hot"),
        ("temperature", None), ("temperature", True), ("temperature", 1e9), ("top_k", -1), ("top_k", 2.5),
        ("top_p", 0), ("top_p", 1.01), ("min_p", -0.01), ("min_p", 1.5), ("typical_p", 0), ("typical_p", 2),
        ("repetition_penalty", 0), ("repetition_penalty", -math.inf), ("repetition_penalty", [1]),
    ],
)  # fmt: skip
def test_a_bad_setting_is_named_with_its_range(name, value) -> None:
    with pytest.raises(PlaygroundError, match=f"(?i){name.replace('_', '.')}.*; it was"):
        sampling.validate_settings(SamplerSettings(**{name: value}))


def test_settings_from_a_link_come_as_text() -> None:
    asked = SamplerSettings("0.5", "40", "0.9", "0", "1", "1.1")
    assert sampling.validate_settings(asked) == SamplerSettings(0.5, 40, 0.9, 0.0, 1.0, 1.1)
