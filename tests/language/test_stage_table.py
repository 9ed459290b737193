"""The table of the sampler's stages: defaults, declarations, the seed's coins, and the order of the stages."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from sampler_logits import OFF, SEEDS, WORDS, kept, log_of, random_logits

from playground.core.errors import PlaygroundError
from playground.language import sampling
from playground.language.sampling import SamplerSettings, SamplingContext, cutoffs
from playground.language.sampling.sampler import coin_at, distribution_at


def test_the_defaults_do_what_the_first_six_stages_do() -> None:
    """Links of the first version: the same logits, bit for bit, and the same numbers drawn."""
    for seed in SEEDS:
        logits, own = random_logits(seed), SamplerSettings(0.7, 200, 0.92, 0.02, 0.85, 1.2)
        expected = sampling.repetition_penalty(logits, [3, 17], own.repetition_penalty)
        expected = cutoffs.top_k(cutoffs.temperature(expected, own.temperature), own.top_k)
        expected = cutoffs.min_p(cutoffs.top_p(expected, own.top_p), own.min_p)
        expected = cutoffs.typical(expected, own.typical_p)
        sampler = sampling.TextSampler(own, seed)
        for _ in range(2):
            np.testing.assert_array_equal(sampler.distribution(logits, [3, 17]).logits, expected)
            sampler.advance(5)
        assert sampler.states == {}


@pytest.mark.parametrize("stage", sampling.STAGES, ids=lambda stage: stage.name)
def test_each_stage_is_declared_in_full(stage: sampling.SamplerStage) -> None:
    assert stage.source and stage.label and stage.group in ("main", "structure", "penalties", "cutoffs", "rare")
    off = replace(OFF, **{stage.settings[0].name: stage.settings[0].off})
    assert stage.is_off(off) and not sampling.is_active(stage.name, off)
    logits = random_logits(0, 64)
    at = SamplingContext(off, [1, 2, 1], written=2, tokens=WORDS)
    assert stage.apply(logits, at) is logits, "a stage that is off returns the same object"
    for item in stage.settings:
        if isinstance(item.default, str):
            continue
        lowest, highest, step = item.slider
        assert item.lowest <= lowest <= item.default <= highest <= item.highest and step > 0
        for wrong in (item.lowest - 1, item.highest * 2 + 1, math.nan, "x", None, True):
            with pytest.raises(PlaygroundError, match=rf"^{re.escape(item.title())} must be .*; it was .*\.$"):
                item.read(wrong)


def test_coins_are_the_seeds_own_and_do_not_touch_the_draws() -> None:
    sampler = sampling.TextSampler(replace(OFF, xtc_probability=0.5), 7)
    logits = log_of(0.5, 0.3, 0.12, 0.08)
    acted = []
    for position in range(20):
        left = sampler.distribution(logits, [])
        acted.append(kept(left.logits) == [2, 3])
        assert acted[-1] == (coin_at(7, position) < 0.5)
        sampler.advance(2)
    assert 4 < sum(acted) < 16
    later = sampling.TextSampler(replace(OFF, xtc_probability=0.5), 7, written=12)
    assert (kept(later.distribution(logits, []).logits) == [2, 3]) == acted[12], "a continued text goes on as it would"


# The order


def test_an_order_moves_stages_and_the_usual_one_is_not_recorded() -> None:
    from playground.language.sampling.table import default_order, parse_order, recorded_settings

    assert parse_order("") == "" and parse_order(",".join(default_order())) == ""
    moved = parse_order("top_k, temperature").split(",")
    assert moved.index("top_k") < moved.index("temperature") and sorted(moved) == sorted(default_order())
    assert parse_order(",".join(moved)) == ",".join(moved)
    assert "stage_order" not in recorded_settings(SamplerSettings())
    assert recorded_settings(SamplerSettings(stage_order="x"))["stage_order"] == "x"
    assert list(recorded_settings(SamplerSettings())) == [
        "temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty",
    ]  # fmt: skip
    for wrong in ("top_k,top_k", "top_z", 7, None, "top_k;top_p"):
        with pytest.raises(PlaygroundError, match="stage_order takes each of pattern, logit_bias"):
            parse_order(wrong)


def test_the_order_decides_what_is_kept() -> None:
    logits = np.log(np.array([0.6, 0.2, 0.1, 0.1], np.float32))
    # Usual: temperature 3 flattens, so that 0.5 of the mass takes more tokens. Before it, the best alone holds 0.6.
    usual = replace(OFF, temperature=3.0, top_p=0.5)
    first = sampling.validate_settings(replace(usual, stage_order="top_p,temperature"))
    assert kept(distribution_at(logits, SamplingContext(usual)).logits) == [0, 1]
    assert kept(distribution_at(logits, SamplingContext(first)).logits) == [0]
    greedy_last = sampling.validate_settings(replace(OFF, temperature=0.0, top_k=2, stage_order="top_k,temperature"))
    assert sampling.is_active("top_k", greedy_last)
    assert not sampling.is_active("top_k", replace(greedy_last, stage_order=""))
