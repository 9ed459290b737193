"""The sampler's stages at a position, draws there, and the divergence of two decoders."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats as scipy_stats

from playground.core.errors import PlaygroundError
from playground.language import next_token
from playground.language.generation import load, tokenize
from playground.language.sampling import SamplerSettings, SamplingContext
from playground.language.sampling.describe import describe_stages
from playground.language.token_display import vocabulary


def next_token_after(model: str, settings: SamplerSettings) -> next_token.NextToken:
    return next_token.next_token(model, "auto", tokenize(load(model), "Once upon a time"), [60, 61], settings)


def test_kept_and_removed_probability_add_up_over_the_stages(llama: str) -> None:
    position = next_token_after(llama, SamplerSettings(0.8, 40, 0.9, 0.02, 0.9, 1.2))
    assert [stage["name"] for stage in position.stages] == [
        "raw", "repetition_penalty", "temperature", "top_k", "top_p", "min_p", "typical",
    ]  # fmt: skip
    kept = 384
    for stage in position.stages:
        kept -= stage["removed_count"]
        assert stage["kept_count"] == kept
        assert 0 <= stage["removed_mass"] < 1
        assert len(stage["entries"]) == min(50, kept)
        shares = [entry["probability"] for entry in stage["entries"]]
        assert shares == sorted(shares, reverse=True)
        if kept <= 50:
            assert sum(shares) == pytest.approx(1.0)
        for entry in stage["entries"]:
            assert np.exp(entry["logit"] - stage["log_normalizer"]) == pytest.approx(entry["probability"], rel=1e-5)
        assert len(stage["ghosts"]) == min(20, stage["removed_count"])


def test_the_removed_mass_of_top_k_equals_a_calculation_by_hand() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    stages = describe_stages(logits, SamplingContext(SamplerSettings(1.0, 2, 1.0)), str)
    top_k = next(stage for stage in stages if stage["name"] == "top_k")
    assert (top_k["removed_count"], top_k["kept_count"]) == (2, 2)
    assert top_k["removed_mass"] == pytest.approx(0.2)
    assert [entry["probability"] for entry in top_k["entries"]] == pytest.approx([0.625, 0.375])
    assert [(ghost["text"], round(ghost["before"], 4)) for ghost in top_k["ghosts"]] == [("2", 0.15), ("3", 0.05)]
    assert stages[0]["entropy_bits"] == pytest.approx(1.6477, abs=1e-3)


def test_top_p_says_why_each_token_stays_or_goes() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    stages = describe_stages(logits, SamplingContext(SamplerSettings(1.0, 0, 0.7)), str)
    stage = next(one for one in stages if one["name"] == "top_p")
    assert [entry["working"] for entry in (*stage["entries"], *stage["ghosts"])] == [
        "Top-p keeps the likeliest tokens until they hold 0.7 of the probability. This is the first: it always stays.",
        "The one likelier token holds 50.0 %, less than 0.7: it stays.",
        "The 2 likelier tokens hold 80.0 %, not less than 0.7: it goes.",
        "The 3 likelier tokens hold 95.0 %, not less than 0.7: it goes.",
    ]


def test_a_moved_slider_runs_no_model(llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    position = next_token_after(llama, SamplerSettings())
    decoder = load(llama).decoder
    monkeypatch.setattr(type(decoder), "prefill", lambda *_: pytest.fail("a forward pass"))
    monkeypatch.setattr(type(decoder), "step", lambda *_: pytest.fail("a forward pass"))
    message = json.dumps({"context": {"key": position.key}, "settings": {"temperature": 0.0}})
    answer = next_token.live_stages(message)
    assert answer["stages"][2]["kept_count"] == 1


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "null", json.dumps({"context": {"key": "gone"}}), "x" * 20_000,
     json.dumps({"context": {"key": "k"}, "settings": {"temperature": "hot"}}), "[" * 9000],
)  # fmt: skip
def test_an_invalid_message_of_the_page_returns_an_error(message: str) -> None:
    answer = next_token.live_stages(message)
    assert set(answer) == {"error"} and len(str(answer["error"])) > 10


def test_draws_agree_with_the_prediction(llama: str) -> None:
    position = next_token_after(llama, SamplerSettings())
    draws = next_token.draw_tokens(position.key, SamplerSettings(), seed=1)
    assert sum(row["observed"] for row in draws["rows"]) == 1000
    assert sum(row["expected"] for row in draws["rows"]) == pytest.approx(1000)
    assert draws["p_value"] > 1e-4
    assert next_token.draw_tokens(position.key, SamplerSettings(), seed=1) == draws
    assert next_token.draw_tokens(position.key, SamplerSettings(), seed=2)["rows"] != draws["rows"]


def test_greedy_draws_have_nothing_to_test(llama: str) -> None:
    greedy = SamplerSettings(temperature=0.0)
    draws = next_token.draw_tokens(next_token_after(llama, greedy).key, greedy, seed=1)
    assert draws["p_value"] is None and "nothing to test" in draws["sentence"]
    assert [row["observed"] for row in draws["rows"]] == [1000]


def test_the_chi_square_equals_scipys() -> None:
    observed, expected = [48, 35, 17], [50.0, 30.0, 20.0]
    ours, theirs = next_token.chi_square_test(observed, expected), scipy_stats.chisquare(observed, expected)
    assert (ours["chi_square"], ours["p_value"]) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert "stray" in next_token.chi_square_test([90, 10], [50.0, 50.0])["sentence"]


def test_divergence_equals_its_closed_form(llama: str) -> None:
    words = vocabulary(load(llama).tokenizer)
    p, q = np.array([0.5, 0.5], np.float32), np.array([0.25, 0.75], np.float32)
    divergence = next_token.decoder_divergence(np.log(p), np.log(q), words)
    assert divergence["kl_nats"] == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(2 / 3), rel=1e-5)
    assert divergence["total_variation"] == pytest.approx(0.25)
    assert next_token.decoder_divergence(np.log(p), np.log(p), words)["kl_nats"] == 0.0


def test_comparing_decoders_needs_two(llama: str) -> None:
    with pytest.raises(PlaygroundError, match="only the open decoder"):
        next_token.compare_decoders(llama, [60], [])


def test_the_first_token_has_no_distribution(llama: str) -> None:
    with pytest.raises(PlaygroundError, match="Nothing comes before"):
        next_token.next_token(llama, "auto", [], [], SamplerSettings())


def test_probabilities_are_the_softmax_of_the_models_logits(llama: str) -> None:
    import torch

    loaded = load(llama)
    position = next_token_after(llama, SamplerSettings())
    ids = torch.tensor([[*tokenize(loaded, "Once upon a time"), 60, 61]])
    with torch.inference_mode():
        expected = loaded.decoder.model(ids).logits[0, -1].double().softmax(-1).numpy()
    entries = position.stages[0]["entries"]
    probabilities = [entry["probability"] for entry in entries]
    assert len(probabilities) == 50 and probabilities == pytest.approx(
        [expected[entry["id"]] for entry in entries], rel=1e-3
    )
