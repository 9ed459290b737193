"""Directions against planted ones, edits against a toy model, and the real VAE's directions."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.data import registry
from playground.data.dataset import Dataset
from playground.images import evaluation
from playground.latent import attribute_edit, directions, encoder_means, entanglement
from playground.latent.directions import (
    Direction,
    Directions,
    balanced_accuracy,
    label_words,
    principal_components,
    word_direction,
)
from playground.latent.encoder_means import encode_dataset


def planted(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, which of them have the attribute, and the direction that it moves them in."""
    source = np.random.default_rng(seed)
    way = np.zeros(6)
    way[:2] = 3.0, -1.5
    has = source.random(count) < 0.3
    return source.standard_normal((count, 6)) + np.outer(has, way), has, way


def test_a_planted_attribute_is_found_and_predicted_on_unseen_points() -> None:
    points, has, way = planted(4000, 0)
    unseen, unseen_has, _ = planted(2000, 1)
    one = word_direction("glasses", "", points, has, unseen, unseen_has)
    assert one is not None and one.key == "glasses" and one.accuracy is not None
    assert one.step == pytest.approx(way, abs=0.12)
    assert one.share == pytest.approx(has.mean())
    # Two unit Gaussians 3.354 apart, cut in the middle: Phi(3.354 / 2) of each is classified correctly.
    assert one.accuracy.value == pytest.approx(0.9532, abs=0.02)
    assert one.accuracy.low < one.accuracy.value < one.accuracy.high
    assert one.best == pytest.approx(0.9532, abs=0.02)


def test_an_absent_attribute_is_predicted_no_better_than_by_guessing() -> None:
    points, has, _ = planted(4000, 0)
    blind = np.random.default_rng(5).permutation(has)
    unseen, unseen_has, _ = planted(2000, 1)
    one = word_direction("luck", "", points, blind, unseen, np.random.default_rng(6).permutation(unseen_has))
    assert one is not None and one.accuracy is not None
    assert one.accuracy.value == pytest.approx(0.5, abs=0.04)


def test_the_best_cut_beats_the_step_where_the_noise_is_uneven() -> None:
    source = np.random.default_rng(2)

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        has = source.random(count) < 0.5
        noise = source.standard_normal((count, 2)) * [8.0, 0.3]
        return noise + np.outer(has, [2.0, 1.0]), has

    (points, has), (unseen, unseen_has) = draw(4000), draw(2000)
    one = word_direction("hat", "", points, has, unseen, unseen_has)
    assert one is not None and one.accuracy is not None and one.best is not None
    assert one.accuracy.value < 0.7 < 0.9 < one.best


@pytest.mark.parametrize("has", [np.zeros(10, bool), np.ones(10, bool)])
def test_there_is_no_direction_where_all_are_alike(has: np.ndarray) -> None:
    points = np.random.default_rng(0).standard_normal((10, 3))
    assert word_direction("hat", "", points, has, points, has) is None


def test_components_are_those_of_the_covariance() -> None:
    source = np.random.default_rng(3)
    points = source.standard_normal((20_000, 3)) * [1.0, 5.0, 2.0]
    first, second = principal_components(points, 2)
    assert first.step == pytest.approx([0, 5, 0], abs=0.15) and second.step == pytest.approx([0, 0, 2], abs=0.15)
    assert first.share == pytest.approx(25 / 30, abs=0.02) and first.accuracy is None
    assert first.step[1] > 0, "its sign is fixed"


def test_balanced_accuracy_is_no_better_for_always_saying_the_same() -> None:
    true = np.arange(100) < 10
    assert balanced_accuracy(np.zeros(100, bool), true).value == 0.5
    assert balanced_accuracy(true, true).value == 1.0


def toy() -> Dataset:
    """400 pictures of 4 × 4 with two labels, the last 200 held out."""
    source = np.random.default_rng(0)
    labels = {"glasses": source.integers(0, 2, 400), "hat": source.integers(0, 2, 400)}
    values = {"glasses": ("none", "dark"), "hat": ("none", "cap")}
    pictures = source.integers(0, 256, (400, 4, 4, 1), np.uint8)
    return Dataset("toy", "Toy", pictures, labels, values, np.arange(400) >= 200, "made here", "CC0-1.0")


@pytest.fixture
def toy_directions(monkeypatch: pytest.MonkeyPatch) -> Directions:
    """A space of two numbers: the classifier reads glasses if the first is above 0, a hat if the second is."""
    data = toy()
    held_out = data.held_out_rows()
    places = np.stack([2.0 * data.labels[name][held_out] - 1 for name in data.values], 1).astype(np.float32)
    steps = {"glasses": [2.0, 0.0], "hat": [2.5, 2.0], "pc1": [0.0, 0.0]}
    every = {
        key: Direction(key, key, key if key in data.values else "component", np.array(step), 0.5)
        for key, step in steps.items()
    }

    def decode(points: np.ndarray) -> np.ndarray:
        return np.repeat((points[:, :, None, None] > 0).astype(np.uint8), 4, 2)

    space = SimpleNamespace(pictures=lambda points: [decode(points)])
    monkeypatch.setattr(entanglement, "editable_space", lambda model, condition: space)
    monkeypatch.setattr(evaluation, "classify_images", lambda pictures, data: pictures[:, :, 0, 0].astype(np.int64))
    return Directions("toy", "toy", held_out, places, data.attribute_table()[held_out], data.values, every)


def test_entanglement_counts_what_else_changes(toy_directions: Directions) -> None:
    result = entanglement.measure_entanglement(toy_directions, ["glasses", "hat", "pc1"], 1.0)
    data = toy()
    without_hat = data.held_out_rows()[data.labels["hat"][data.held_out_rows()] == 0][: entanglement.MOVED_PICTURES]
    bare = float((data.labels["glasses"][without_hat] == 0).mean())
    shares = [[cell.value for cell in row] for row in result.shares]
    assert shares[0] == [1.0, 0.0], "glasses move alone"
    assert shares[1] == pytest.approx([bare, 1.0]), "the hat adds glasses to all without"
    assert shares[2] == [0.0, 0.0] and result.intended == (0, 1, -1) and result.columns == ("glasses", "hat")
    assert result.shares[1][0].low < bare < result.shares[1][0].high


def test_moves_add_up_and_unknown_ones_are_named(toy_directions: Directions) -> None:
    moved = toy_directions.move(np.array([1.0, 1.0]), {"glasses": 0.5, "hat": -1.0})
    assert moved.tolist() == [1 + 1 - 2.5, 1 - 2.0]
    with pytest.raises(PlaygroundError, match="no direction 'wings': choose glasses"):
        toy_directions.move(np.zeros(2), {"wings": 1.0})


@pytest.mark.parametrize(
    ("value", "moves"),
    [
        ("pc1:1.5; glasses:-1", {"pc1": 1.5, "glasses": -1.0}),
        ("", {}),
        ({"hat": 0}, {}),
        ("hair colour=dark:2", {"hair colour=dark": 2.0}),
    ],
)
def test_moves_are_read(value: Any, moves: dict[str, float]) -> None:
    assert attribute_edit.read_moves(value) == moves
    assert attribute_edit.read_moves(attribute_edit.format_moves(moves)) == moves


@pytest.mark.parametrize("value", ["pc1:nan", "pc1:9", "pc1", "pc1:<b>", 7, {"pc1": None}, ";".join(["pc1:1"] * 30)])
def test_bad_moves_explain_themselves(value: Any) -> None:
    with pytest.raises(PlaygroundError, match=r"\.$"):
        attribute_edit.read_moves(value)


@pytest.mark.parametrize(
    "value", ["row:99999999", "row:-1", "seed:x", "path:/etc/passwd", "z:!!", "", None, {"kind": "row"}]
)
def test_a_bad_start_explains_itself(value: Any) -> None:
    with pytest.raises(PlaygroundError, match=r"\.$"):
        attribute_edit.read_edit_base(value, "vae-avatars")


def test_diffusion_has_no_directions() -> None:
    with pytest.raises(PlaygroundError, match="choose a VAE or a GAN"):
        attribute_edit.known_directions("diffusion-avatars")


@pytest.fixture(scope="module")
def avatars() -> Directions:
    return attribute_edit.known_directions("vae-avatars")


@pytest.mark.slow
def test_glasses_are_put_on_real_faces(avatars: Directions) -> None:
    one = avatars.direction("glasses")
    assert one.accuracy is not None and one.accuracy.low > 0.7
    row = avatars.held_out[0]
    still = attribute_edit.apply_edit("vae-avatars", "any", f"row:{row}", {})
    assert (still.before == still.after).all() and all(first == last for first, last in still.labels.values())
    result = entanglement.measure_entanglement(avatars, ["glasses"], 1.0)
    own = list(result.columns).index("glasses")
    assert result.shares[0][own].low > 0.6, "most of a hundred faces get glasses"
    assert result.shares[0][own].value > max(cell.value for a, cell in enumerate(result.shares[0]) if a != own)


@pytest.mark.slow
def test_the_directions_offered_are_words_with_enough_pictures(avatars: Directions) -> None:
    offered = label_words(registry.load("avatars").values)
    assert ("glasses", "") in offered and ("skin", "lightest") in offered and ("glasses", "none") not in offered
    assert not any(attribute in ("hair", "mouth") for attribute, _ in offered)
    assert [key for key in avatars.by_key][: directions.COMPONENTS] == [f"pc{k}" for k in range(1, 9)]


@pytest.mark.slow
def test_posteriors_are_cached() -> None:
    first = list(encode_dataset("vae-avatars"))
    again = list(encode_dataset("vae-avatars"))
    assert len(again) == 1, "the second time nothing is computed"
    one, other = first[-1], again[-1]
    assert not isinstance(one, float) and not isinstance(other, float)
    assert (one.means == other.means).all() and one.means.shape == other.log_variances.shape
    data = registry.load("avatars")
    assert not data.held_out[one.rows[: one.training]].any() and data.held_out[one.rows[one.training :]].all()


def test_an_edit_survives_its_link() -> None:
    recipe = attribute_edit.edit_recipe(
        "vae-avatars", "any", attribute_edit.read_edit_base("row:3", "vae-avatars"), {"pc1": -1.25}, "Colder"
    )
    assert "panel=directions" in recipe.to_query() and recipe.settings["moves"] == "pc1:-1.25"
    with pytest.raises(PlaygroundError, match="to 60 characters"):
        attribute_edit.edit_recipe("vae-avatars", "any", attribute_edit.EditBase(), {}, "x" * 61)


def test_stopped_encoding_continues(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []

    def encode(pictures: np.ndarray, model: str) -> tuple[np.ndarray, np.ndarray]:
        batches.append(len(pictures))
        flat = pictures.reshape(len(pictures), -1)[:, :4].astype(np.float32)
        return flat, -flat

    monkeypatch.setattr(encoder_means, "encode", encode)
    monkeypatch.setattr(encoder_means, "_unfinished", {})
    first = encode_dataset("vae-avatars")
    assert [next(first) for _ in range(3)][0] == 0.0
    first.close()
    assert len(batches) == 2
    last = list(encode_dataset("vae-avatars"))[-1]
    assert not isinstance(last, float) and sum(batches) == len(last.rows), "nothing is encoded twice"
    data = registry.load("avatars")
    flat = data.images[last.rows].reshape(len(last.rows), -1)[:, :4]
    assert (last.means == flat).all() and (last.log_variances == -flat.astype(np.float32)).all()
    assert list((models_dir / "codes").iterdir()), "the posteriors are cached on disk"


@pytest.mark.slow
def test_the_regression_reads_labels_better_than_the_step_and_as_well_as_scikit_learns(avatars: Directions) -> None:
    from sklearn.linear_model import LogisticRegression

    posteriors = list(encode_dataset("vae-avatars"))[-1]
    assert not isinstance(posteriors, float)
    data, count = registry.load("avatars"), posteriors.training
    labels = data.attribute_table()[posteriors.rows]
    for key, attribute in (("glasses", "glasses"), ("hat", "hat")):
        has = directions.has_word(labels, data.values, attribute, "")
        means, spread = posteriors.means[:count].mean(0), posteriors.means[:count].std(0)
        points = (posteriors.means - means) / spread
        other = LogisticRegression(class_weight="balanced", max_iter=2000).fit(points[:count], has[:count])
        expected = balanced_accuracy(other.predict(points[count:]), has[count:]).value
        one = avatars.direction(key)
        assert one.best == pytest.approx(expected, abs=0.002) and one.accuracy is not None
        assert one.best > one.accuracy.high
