"""The later stages of the sampler against transformers, against the papers' algorithms written again, and by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from sampler_logits import OFF, SEEDS, kept, log_of, random_logits
from transformers import EpsilonLogitsWarper, EtaLogitsWarper, SequenceBiasLogitsProcessor, TopHLogitsWarper

from playground.language import sampling
from playground.language.sampling import SamplerSettings, SamplingContext, cutoffs, penalties, stochastic
from playground.language.sampling.sampler import distribution_at

# Against transformers


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("epsilon", [3e-4, 0.01, 0.9])
def test_epsilon_and_eta_equal_the_processors_of_transformers(seed: int, epsilon: float) -> None:
    logits = random_logits(seed)
    batch = torch.from_numpy(logits.copy())[None]
    for ours, theirs in (
        (cutoffs.epsilon_cutoff(logits, epsilon), EpsilonLogitsWarper(epsilon)),
        (cutoffs.eta_cutoff(logits, epsilon), EtaLogitsWarper(epsilon)),
    ):
        assert kept(ours) == kept(theirs(torch.tensor([[1]]), batch.double())[0].numpy())
    assert kept(cutoffs.epsilon_cutoff(logits, 0.9)), "the best stays"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", [0.01, 0.4, 0.9])
def test_top_h_equals_the_processor_of_transformers(seed: int, share: float) -> None:
    logits = random_logits(seed)
    theirs = TopHLogitsWarper(share)(torch.tensor([[1]]), torch.from_numpy(logits.copy())[None])[0].numpy()
    assert kept(cutoffs.top_h(logits, share)) == kept(theirs)


def test_a_bias_equals_the_sequence_bias_of_transformers() -> None:
    logits, biases = random_logits(0), {3: 5.0, 40_000: -2.5, 12: -math.inf}
    theirs = SequenceBiasLogitsProcessor({(token,): bias for token, bias in biases.items()})
    np.testing.assert_allclose(
        penalties.logit_bias(logits, biases),
        theirs(torch.tensor([[1]]), torch.from_numpy(logits.copy())[None])[0].numpy(),
        atol=1e-6,
    )


# Against the papers, written again


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [0.3, 1.0, 2.0])
def test_top_n_sigma_equals_its_algorithm(seed: int, n: float) -> None:
    """Tang et al. 2024, Algorithm 1: mask of logits >= max - n * sigma, in torch."""
    logits = random_logits(seed)
    theirs = torch.from_numpy(logits).double()
    mask = theirs >= theirs.max() - n * theirs.std(correction=0)
    assert kept(cutoffs.top_n_sigma(logits, n)) == torch.nonzero(mask)[:, 0].tolist()
    # The paper's Theorem: the temperature does not change which tokens stay.
    for value in (0.5, 2.0):
        assert kept(cutoffs.top_n_sigma(logits / np.float32(value), n)) == kept(cutoffs.top_n_sigma(logits, n))


@pytest.mark.parametrize("seed", SEEDS)
def test_top_a_equals_its_definition(seed: int) -> None:
    """BlinkDL: `probs[probs < p_max ** 2 * ratio] = 0`."""
    shares = torch.softmax(torch.from_numpy(random_logits(seed)).double(), -1)
    expected = torch.nonzero(shares >= shares.max() ** 2 * 0.2)[:, 0].tolist()
    assert kept(cutoffs.top_a(random_logits(seed), 0.2)) == expected


def their_xtc(scores: torch.Tensor, threshold: float) -> torch.Tensor:
    """As in text-generation-webui: of the sorted tokens, those go whose next one is above the threshold too."""
    ordered, indices = torch.sort(scores, descending=True, stable=True)
    shares = ordered.softmax(-1)
    remove = torch.zeros_like(shares, dtype=torch.bool)
    remove[:-1] = shares[1:] >= threshold
    return scores.masked_fill(remove.scatter(0, indices, remove), -math.inf)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("threshold", [0.001, 0.02, 0.1, 0.5])
def test_xtc_equals_the_original(seed: int, threshold: float) -> None:
    logits = random_logits(seed)
    theirs = their_xtc(torch.from_numpy(logits).double(), threshold)
    assert kept(stochastic.xtc(logits, threshold, 1.0, 0.99)) == kept(theirs.numpy())
    assert stochastic.xtc(logits, threshold, 0.5, 0.5) is logits, "it acts only where the coin is below its probability"


def their_dry(ids: Sequence[int], multiplier: float, base: float, allowed: int, breakers: set[int]) -> dict[int, float]:
    """A plain reading of DRY: for each token, the longest suffix of the text that it followed before; quadratic."""
    penalties_of: dict[int, float] = {}
    for token in set(ids) - breakers:
        longest = 0
        for place in range(1, len(ids)):
            if ids[place] != token:
                continue
            length = 0
            while length < place and ids[place - 1 - length] == ids[len(ids) - 1 - length]:
                if ids[place - 1 - length] in breakers:
                    break
                length += 1
            longest = max(longest, length)
        if longest >= allowed:
            penalties_of[token] = multiplier * base ** (longest - allowed)
    return penalties_of


@pytest.mark.parametrize("seed", SEEDS)
def test_dry_equals_a_plain_reading_of_its_definition(seed: int) -> None:
    ids = np.random.default_rng(seed).integers(0, 3, size=40).tolist()
    logits, breakers = random_logits(seed, 64), {2} if seed % 2 else set()
    ours = penalties.dry(logits, ids, breakers, 0.8, 1.75, 2)
    expected = logits.astype(np.float64)
    for token, penalty in their_dry(ids, 0.8, 1.75, 2, breakers).items():
        expected[token] -= penalty
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


def test_dry_equals_an_example_by_hand() -> None:
    # "a b c d ... a b c": d would make four, so it loses 0.8 * 1.75 ** (3 - 2); after a breaker nothing is lost.
    text, logits = [1, 2, 3, 4, 9, 1, 2, 3], np.zeros(16, np.float32)
    result = penalties.dry(logits, text, set(), 0.8, 1.75, 2)
    assert result[4] == pytest.approx(-1.4) and np.count_nonzero(result) == 1
    assert penalties.dry(logits, text, {3}, 0.8, 1.75, 2) is logits
    assert penalties.dry(logits, [4, *text[:3], 9], set(), 0.8, 1.75, 2) is logits
    assert np.isfinite(penalties.dry(logits, [1] * 500, set(), 5.0, 4.0, 2)).all(), "no overflow"


def test_presence_and_frequency_equal_the_formula_of_openai() -> None:
    logits, generated = random_logits(1, 32), [3, 7, 3, 3, 9]
    expected = logits.astype(np.float64)
    for token in range(32):
        count = generated.count(token)
        expected[token] -= count * 0.4 + float(count > 0) * 0.6
    settings = replace(OFF, frequency_penalty=0.4, presence_penalty=0.6)
    at = SamplingContext(settings, [5, 5, *generated], written=len(generated))
    np.testing.assert_allclose(distribution_at(logits, at).logits, expected, rtol=1e-6)


def their_mirostat(shares: np.ndarray, uniforms: Sequence[float], tau: float, eta: float) -> tuple[list[int], float]:
    """Basu et al. 2021, Algorithm 2, over a fixed distribution: (the tokens, mu at the end)."""
    mu, tokens = 2 * tau, []
    order = np.argsort(-shares, kind="stable")
    for uniform in uniforms:
        surprisals = -np.log2(shares[order])
        candidates = [token for token, s in zip(order, surprisals, strict=True) if s <= mu] or [order[0]]
        weights = shares[candidates] / shares[candidates].sum()
        token = candidates[int(np.searchsorted(np.cumsum(weights), uniform, side="right"))]
        mu -= eta * (-np.log2(shares[token]) - tau)
        tokens.append(int(token))
    return tokens, mu


def test_mirostat_equals_the_papers_algorithm_over_a_text() -> None:
    logits = random_logits(2, 512)
    shares = np.exp(logits.astype(np.float64)) / np.exp(logits.astype(np.float64)).sum()
    uniforms = np.random.default_rng(0).random(200)
    expected, mu = their_mirostat(shares, uniforms, 4.0, 0.2)
    sampler = sampling.TextSampler(replace(OFF, mirostat_tau=4.0, mirostat_eta=0.2), 0)
    tokens: list[int] = []
    for uniform in uniforms:
        tokens.append(sampler.distribution(logits, tokens).draw(float(uniform)))
        sampler.advance(tokens[-1])
    assert tokens == expected and sampler.states["mirostat"] == pytest.approx(mu, rel=1e-4)
    surprisals = -np.log2(shares[tokens])
    assert surprisals[50:].mean() == pytest.approx(4.0, abs=0.4), "what it promises"


def test_mirostat_replaces_the_cuts_and_leaves_the_other_stages() -> None:
    settings = SamplerSettings(top_k=3, min_p=0.1, xtc_probability=1.0, mirostat_tau=5.0, repetition_penalty=1.2)
    active = {stage.name for stage in sampling.STAGES if sampling.is_active(stage.name, settings)}
    assert active == {"repetition_penalty", "temperature", "mirostat"}
    forced = stochastic.next_mu(np.array([0.0, -np.inf], np.float32), 1, 3.0, settings)
    assert forced == 3.0, "a forced token that was banned says nothing of the model's surprise"


# By hand


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (cutoffs.top_a(log_of(0.5, 0.3, 0.12, 0.08), 0.4), [0, 1, 2]),  # bound 0.4 * 0.25 = 0.1
        (cutoffs.top_n_sigma(np.array([4, 2, 0, 0, -1], np.float32), 1.0), [0]),  # sigma 1.789
        (cutoffs.top_n_sigma(np.array([4, 3, 0, 0, -2, -np.inf], np.float32), 1.0), [0, 1]),  # sigma 2.19
        (cutoffs.epsilon_cutoff(log_of(0.5, 0.3, 0.12, 0.08), 0.1), [0, 1, 2]),
        # entropy 0.693 nats: sqrt(0.36) * exp(-0.693) = 0.3, below 0.36
        (cutoffs.eta_cutoff(log_of(0.5, 0.5), 0.36), [0, 1]),
        # bits: 0.5 + 0.5 + 0.375 + 0.375 = 1.75, of which the first two are 0.571
        (cutoffs.top_h(log_of(0.5, 0.25, 0.125, 0.125), 0.58), [0, 1]),
        (stochastic.xtc(log_of(0.5, 0.3, 0.12, 0.08), 0.1, 1.0, 0.0), [2, 3]),
        (stochastic.xtc(log_of(0.9, 0.05, 0.05), 0.1, 1.0, 0.0), [0, 1, 2]),
        (stochastic.xtc(log_of(0.4, 0.4, 0.2), 0.3, 1.0, 0.0), [1, 2]),
        (stochastic.mirostat(log_of(0.5, 0.25, 0.125, 0.125), 2.5), [0, 1]),  # 1, 2, 3 and 3 bits
        (stochastic.mirostat(log_of(0.5, 0.25, 0.25), 0.1), [0]),
    ],
)
def test_a_cut_by_hand(result: np.ndarray, expected: list[int]) -> None:
    assert kept(result) == expected
