from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.data import corpora
from playground.training import language, language_settings
from playground.training.language import LanguageTrainer

WORDS = (
    ("the cat", "a dog", "my aunt", "no one"),
    ("saw", "met", "fed", "drew"),
    ("a bird", "the rain", "old Tom", "us"),
)
TEXT = "".join(
    f"{WORDS[0][at % 4]} {WORDS[1][(at // 4) % 4]} {WORDS[2][(at * 7 // 3) % 4]}, and then it was {at % 10}.\n"
    for at in range(260)
)
TINY: dict[str, Any] = {"steps": 40, "vocabulary": 320, "width": 64, "layers": 1, "context": 32, "batch": 4}


def trainer(folder: Path, seed: int = 0, **settings: Any) -> LanguageTrainer:
    (folder / corpora.OWN_FILE).write_text(TEXT, "utf-8")
    return language.open_trainer("pasted", language.read_settings("pasted", {**TINY, **settings}), seed, folder)


def stored(trained: LanguageTrainer) -> dict[str, Any]:
    """The state as a checkpoint gives it back."""
    file = io.BytesIO()
    torch.save(trained.state_dict(), file)
    file.seek(0)
    state: dict[str, Any] = torch.load(file, weights_only=True)
    return state


def same(one: LanguageTrainer, other: LanguageTrainer) -> bool:
    pairs = zip(one.weights().values(), other.weights().values(), strict=True)
    return all(torch.equal(mine, theirs) for mine, theirs in pairs)


def test_the_loss_is_the_mean_of_minus_log_p_and_its_bits_are_of_characters(tmp_path: Path) -> None:
    trained = trainer(tmp_path)
    inputs, answers = trained._batch()
    with torch.no_grad():
        shares = trained.net(input_ids=inputs).logits.double().softmax(-1)
    nats = -shares.gather(-1, answers[..., None]).log().sum().item()
    assert trained._loss(inputs, answers).item() == pytest.approx(nats / answers.numel(), rel=1e-5)
    letters = sum(len(trained.text.decode([token])) for token in answers.flatten().tolist())
    assert trained._bits(nats / answers.numel(), answers) == pytest.approx(nats / math.log(2) / letters, rel=1e-6)


def test_the_gradient_is_autograds_of_the_formula(tmp_path: Path) -> None:
    trained = trainer(tmp_path)
    inputs, answers = trained._batch()
    weight = trained.net.model.norm.weight
    (ours,) = torch.autograd.grad(trained._loss(inputs, answers), weight)
    step, numbers = 1e-2, []
    for sign in (1, -1):
        with torch.no_grad():
            weight[0] += sign * step
            numbers.append(trained._loss(inputs, answers).double().item())
            weight[0] -= sign * step
    assert ours[0].item() == pytest.approx((numbers[0] - numbers[1]) / (2 * step), abs=2e-4)


def test_it_starts_at_chance_and_learns_what_comes_next(tmp_path: Path) -> None:
    trained = trainer(tmp_path, steps=60, batch=8)
    first = trained.advance()
    assert list(first) == ["train", "held-out"]
    chance = math.log2(trained.text.tokens) / trained.text.characters_per_token()
    assert first["held-out"] == pytest.approx(chance, rel=0.1)
    for _ in range(59):
        last = trained.advance()
    assert last["held-out"] < trained.text.baselines[0], "better than counting letters"
    assert trained.step == 60 and trained.seen == 60 * 8 * 32


def test_resumed_from_its_state_it_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = trainer(tmp_path)
    for _ in range(6):
        whole.advance()
    whole.change({"rate": 1e-3, "batch": 2})
    state = stored(whole)
    other = trainer(tmp_path, seed=5)
    other.load_state_dict(state)
    for _ in range(4):
        assert whole.advance() == other.advance()
    assert same(whole, other)


def test_looking_changes_nothing(tmp_path: Path) -> None:
    watched, alone = trainer(tmp_path), trainer(tmp_path)
    for _ in range(3):
        frame = watched.frame()
        assert watched.advance() == alone.advance()
    assert same(watched, alone)
    assert frame["sample"] and isinstance(frame["sample"], str)
    assert watched.frame()["sample"] == watched.frame()["sample"], "always the same random numbers"
    assert np.asarray(frame["baselines"]).shape == (5,)


def test_a_sample_has_the_bits_of_its_own_step(tmp_path: Path) -> None:
    trained = trainer(tmp_path, rate=0.01)
    for _ in range(3):
        trained.advance()
    others = [trainer(tmp_path, seed=5) for _ in range(2)]
    others[0].load_state_dict(stored(trained))
    frame, curve = trained.frame(), trained.last_held_out
    assert frame["held_out"] == pytest.approx(others[0].held_out(), rel=1e-6)
    assert abs(float(str(frame["held_out"])) - curve) > 0.01, "the curve's was measured before the first update"
    assert others[1].frame()["held_out"] == pytest.approx(others[1].held_out()), "before the first step too"


def test_a_hot_swap_keeps_weights_step_and_generator(tmp_path: Path) -> None:
    trained = trainer(tmp_path)
    trained.advance()
    before = {name: weight.clone() for name, weight in trained.weights().items()}
    generator_state = trained.generator.get_state()
    trained.change({"optimizer": "sgd", "rate": 0.1, "batch": 3, "temperature": 1.5})
    assert all(torch.equal(before[name], weight) for name, weight in trained.weights().items())
    assert torch.equal(generator_state, trained.generator.get_state()) and trained.step == 1
    trained.advance()
    assert trained.seen == 4 * 32 + 3 * 32


def test_a_change_that_cannot_be_changes_nothing() -> None:
    now = language.read_settings("pasted", TINY)
    fixed, bad = {"width": 128}, ({"rate": 1e9}, {"optimizer": "lion"}, {"depth": 3}, {"batch": 0}, {"batch": 10_000})
    for settings in (fixed, {"steps": 5}, *bad):
        before = dict(now)
        with pytest.raises(PlaygroundError):
            language_settings.read_changes(now, settings)
        assert now == before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 0}, "Steps must be a whole number from 1"),
        ({"steps": 2.5}, "whole number"),
        ({"steps": True}, "whole number"),
        ({"steps": float("nan")}, "whole number"),
        ({"steps": "many"}, "whole number"),
        ({"batch": 200, "context": 256}, "use a smaller batch"),
        ({"steps": 10_000_000, "batch": 128, "context": 128}, "take years"),
        ({"rate": 1e9}, r"Learning rate \(rate\) must be between"),
        ({"rate": float("inf")}, r"Learning rate \(rate\) must be between"),
        ({"width": 100}, "Width must be one of"),
        ({"temperature": -1}, r"Sample temperature \(temperature\) must be between 0 and 5"),
        ({"beta": 1}, "no setting “beta”"),
    ],
)
def test_bad_settings_explain_themselves(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(PlaygroundError, match=words):
        language.read_settings("austen", settings)
    with pytest.raises(PlaygroundError, match="no data “dickens”"):
        language.read_settings("dickens", {})


def test_settings_come_back_whole_and_are_taken_again() -> None:
    settings = language.read_settings("austen", {"steps": 5.0})
    assert settings == {**language_settings.DEFAULTS, "steps": 5}
    assert language.read_settings("austen", settings) == settings


def test_a_text_too_short_for_the_context_explains_itself(tmp_path: Path) -> None:
    (tmp_path / corpora.OWN_FILE).write_text(("ab cd ef gh ij kl " * 120), "utf-8")
    with pytest.raises(PlaygroundError, match="too few for a context"):
        language.open_trainer("pasted", language.read_settings("pasted", {**TINY, "context": 256}), 0, tmp_path)
    with pytest.raises(PlaygroundError, match="No pasted text"):
        language.open_trainer("pasted", language.read_settings("pasted", TINY), 0, tmp_path / "nowhere")


def test_temperature_zero_takes_the_likeliest_and_a_uniform_number_finds_its_share() -> None:
    scores = np.log(np.array([0.2, 0.5, 0.3]))
    assert [language.draw_token(scores, 0.0, number) for number in (0.0, 0.99)] == [1, 1]
    assert [language.draw_token(scores, 1.0, number) for number in (0.0, 0.49, 0.51, 0.79, 0.81, 0.999)] == [
        1,
        1,
        2,
        2,
        0,
        0,
    ]


def test_the_rate_rises_then_falls_to_a_twentieth() -> None:
    rates = [language_settings.learning_rate_at(1.0, step, 1000) for step in range(1000)]
    assert rates[0] == pytest.approx(1 / 60) and max(rates) == pytest.approx(1.0) and rates.index(max(rates)) == 59
    assert rates[-1] == pytest.approx(0.05, abs=1e-3)
    assert rates[60:] == sorted(rates[60:], reverse=True)
