"""Courses on pictures: resumed to the last bit, hot swaps keep the weights, looking changes nothing, bad ones tell."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from toy_pictures import toy_dataset

from playground.core.errors import PlaygroundError
from playground.training import checkpoints, image_data, trainer_registry
from playground.training.image_trainer import ImageTrainer

SMALL: dict[str, Any] = {"steps": 12, "batch": 8, "width": 16, "pictures": 40}
SWAPS: dict[str, dict[str, Any]] = {
    "gan": {"loss": "hinge", "g_optimizer": "sgd", "d_rate": 0.01, "d_updates": 2},
    "vae": {"beta": 3, "optimizer": "momentum"},
    "diffusion": {"optimizer": "sgd", "rate": 0.1},
}
FAMILIES = list(SWAPS)


def open_trainer(
    family: str, dataset: str = "avatars", folder: Path = Path(), seed: int = 1, **more: Any
) -> ImageTrainer:
    settings = trainer_registry.read_settings(family, dataset, SMALL | more)
    trainer: ImageTrainer = trainer_registry.trainer_module(family, dataset).open_trainer(
        dataset, settings, seed, folder
    )
    return trainer


def own(folder: Path, count: int = 20, side: int = 16) -> Path:
    pictures = np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)
    np.savez(folder / image_data.USER_IMAGES_FILE, pictures=pictures)
    return folder


def same(one: ImageTrainer, other: ImageTrainer) -> bool:
    mine, theirs = one.weights(), other.weights()
    return all(torch.equal(mine[name], theirs[name]) for name in mine) and mine.keys() == theirs.keys()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.slow
def test_resumed_after_a_change_it_computes_the_same_numbers_and_frames_have_no_effect(
    family: str, tmp_path: Path
) -> None:
    straight = open_trainer(family)
    whole = [straight.advance() for _ in range(3)]
    straight.change(SWAPS[family])
    whole += [straight.advance() for _ in range(3)]
    first = open_trainer(family)
    parts = [first.advance() for _ in range(3)]
    first.change(SWAPS[family])
    parts.append(first.advance())
    first.frame()
    checkpoints.write(tmp_path / "run.pt", first.state_dict())
    second = open_trainer(family)
    second.load_state_dict(checkpoints.read(tmp_path / "run.pt") or {})
    parts += [second.advance() for _ in range(2)]
    assert parts == whole and same(straight, second)
    assert second.step == 6 and second.seen == 48


@pytest.mark.parametrize("family", FAMILIES)
def test_a_swap_keeps_weights_and_steps_and_is_used_from_then_on(family: str) -> None:
    trainer, other = open_trainer(family), open_trainer(family)
    for each in (trainer, other):
        each.advance()
    before = {name: tensor.clone() for name, tensor in trainer.state.state_dict()["net"].items()}
    trainer.change(SWAPS[family])
    assert all(torch.equal(before[name], tensor) for name, tensor in trainer.state.state_dict()["net"].items())
    assert trainer.step == 1
    assert trainer.advance()["gradient"] > 0 and other.advance()["gradient"] > 0
    assert not same(trainer, other)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_frame_repeats_and_holds_arrays_numbers_and_strings(family: str) -> None:
    trainer = open_trainer(family)
    trainer.advance()
    one, two = trainer.frame(), trainer.frame()
    assert one["pictures"].shape == (24, 16, 16, 3)  # type: ignore[union-attr]
    for name, value in one.items():
        assert isinstance(value, np.ndarray | float | int | str | np.generic), name
        assert np.array_equal(np.asarray(value), np.asarray(two[name])), name


def test_a_frame_holds_the_nearest_training_picture_of_each_generated_one() -> None:
    trainer = open_trainer("vae")
    family_frame, known = trainer.family.frame, trainer.data.images[trainer.data.train_rows()]
    pictures = np.concatenate([known[::-1][:4], 255 - known[:4]])
    trainer.family = dataclasses.replace(
        trainer.family, frame=lambda *args: family_frame(*args) | {"pictures": pictures}
    )
    frame: dict[str, Any] = trainer.frame()
    assert np.array_equal(frame["nearest"][:4], known[::-1][:4]) and not frame["near"][:4].any()
    assert frame["copied"][:4].tolist() == [1] * 4 and frame["far"].min() > 0.01
    assert np.array_equal(frame["copied"], frame["near"] < frame["copy_limit"] * frame["far"])
    assert frame["training_pictures"] == len(known) and frame["copies_of"] == len(trainer.data.held_out_rows())


def test_all_gan_losses_train(tmp_path: Path) -> None:
    trainer = open_trainer("gan")
    for loss in ("saturating", "hinge", "least squares", "wgan-gp", "non-saturating"):
        trainer.change({"loss": loss})
        assert all(np.isfinite(value) for value in trainer.advance().values())


def test_what_the_gradient_asks_for_raises_the_score() -> None:
    trainer = open_trainer("gan")
    for _ in range(5):
        trainer.advance()
    frame = trainer.frame()
    assert np.all(frame["asked_scores"] > frame["fake_scores"])  # type: ignore[operator]
    assert np.abs(frame["wish"].astype(int) - 128).max((1, 2, 3)).min() >= 126  # type: ignore[union-attr]


@pytest.mark.parametrize("family", FAMILIES)
def test_eight_own_pictures_are_enough(family: str, tmp_path: Path) -> None:
    trainer = open_trainer(family, "folder", own(tmp_path, 8, 28), side=28, pictures=0)
    trainer.advance()
    assert trainer.frame()["real"].shape == (2, 28, 28, 3)  # type: ignore[union-attr]
    assert trainer.weights()


def test_own_pictures_that_are_missing_or_do_not_fit_explain_themselves(tmp_path: Path) -> None:
    with pytest.raises(PlaygroundError, match="at least 8"):
        open_trainer("vae", "folder", tmp_path)
    with pytest.raises(PlaygroundError, match="28 × 28"):
        open_trainer("vae", "folder", own(tmp_path), side=28)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"steps": 0}, "Steps"),
        ({"steps": 10_000_000, "batch": 256}, "fewer steps"),
        ({"batch": 10_000}, "batch"),
        ({"g_rate": 1e9}, r"Generator's learning rate \(g_rate\) must be between"),
        ({"g_rate": "fast"}, r"Generator's learning rate \(g_rate\) must be between"),
        ({"g_rate": float("nan")}, r"Generator's learning rate \(g_rate\) must be between"),
        ({"d_updates": True}, r"Discriminator's updates per round \(d_updates\) must be"),
        ({"loss": "angry"}, "hinge"),
        ({"colour": 1}, "colour"),
        ({"pictures": 3}, "at least 8"),
        ({"width": 17}, "multiple"),
        ({"side": 28}, "16 × 16"),
        ({"wrong_labels": 0.5}, "need “labels”"),
    ],
)
def test_a_bad_setting_explains_itself(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        trainer_registry.read_settings("gan", "avatars", settings)


def test_a_bad_change_changes_nothing() -> None:
    trainer = open_trainer("vae")
    for settings in ({"beta": 2, "width": 32}, {"beta": 2, "rate": -1}, {"loss": "hinge"}):
        with pytest.raises(PlaygroundError):
            trainer.change(settings)
    assert trainer.settings["beta"] == 1 and trainer.state.config.beta == 1


def test_the_audit_finds_what_was_spoilt(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = toy_dataset(1600, side=16)
    monkeypatch.setattr(image_data.registry, "load", lambda _name: toy)
    clean = open_trainer("vae", labels=True, pictures=0).audit
    spoilt = open_trainer("vae", labels=True, pictures=0, wrong_labels=0.5, grey_noise=0.25, missing=0.5).audit
    assert clean.noisy == 0 and 0.2 < spoilt.noisy < 0.3
    assert clean.label_agreement > 0.95 and clean.label_agreement_held_out > 0.95
    assert spoilt.label_agreement < spoilt.label_agreement_held_out - 0.1
    assert clean.rarest_count > 0.8 * clean.rarest_expected
