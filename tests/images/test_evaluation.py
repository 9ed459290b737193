"""Evaluation of image models and their comparison, with toy pictures and the stored measurements."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_pictures import toy_dataset

from playground.core.errors import PlaygroundError
from playground.data import registry
from playground.images import evaluation, inspection, model_comparison, reference_features
from playground.images.likelihood_bound import vae_bound
from playground.metrics.intervals import Interval
from playground.zoo import image_models


def toy_features(images: np.ndarray[Any, Any], _enlarging: str) -> Iterator[np.ndarray[Any, Any]]:
    """In place of the net: fixed random sums of the pixels, 1280 of them, in two batches."""
    mixing = np.random.default_rng(0).normal(size=(images[0].size, 1280))
    for part in np.array_split(images, 2):
        yield (part.reshape(len(part), -1) @ mixing / 1000).astype(np.float32)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> Iterator[None]:
    data = toy_dataset(400)
    monkeypatch.setattr(registry, "datasets", lambda: {"toy": lambda _report: data})
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setattr(evaluation, "batches_of_features", toy_features)
    monkeypatch.setattr(reference_features, "batches_of_features", toy_features)
    monkeypatch.setattr(reference_features, "_path", lambda data, enlarging: models_dir / "measures" / "toy.npy")
    inspection.held_out_distances.cache_clear()
    yield
    inspection.held_out_distances.cache_clear()


@pytest.mark.slow
def test_real_pictures_score_nearly_perfectly(toy: None) -> None:
    states = list(evaluation.evaluate_model("real-toy", count=100, seed=1))
    last = states[-1]
    assert last.progress == 1 and not last.activity and all(state.activity for state in states[:-1])
    assert [state.progress for state in states] == sorted(state.progress for state in states)
    assert last.metrics["precision"].value > 0.8 and last.metrics["coverage"].value > 0.8
    assert last.metrics["kd"].low < 0 < last.metrics["kd"].high or abs(last.metrics["kd"].value) < 1
    assert last.metrics["near_copies"].value < 0.1, "a training picture is not a copy of itself"


def test_reference_features_are_cached_and_recomputed_if_damaged(toy: None, models_dir: Path) -> None:
    data = registry.load("toy")
    first = list(reference_features.reference_features(data))
    assert len(first) == 3 and isinstance(first[-1], reference_features.ReferenceFeatures)
    (again,) = reference_features.reference_features(data)
    assert isinstance(again, reference_features.ReferenceFeatures) and np.array_equal(
        again.features, first[-1].features
    )
    (models_dir / "measures" / "toy.npy").write_bytes(b"no array")
    assert len(list(reference_features.reference_features(data))) == 3


def test_conditions_are_the_labels_of_held_out_pictures_that_the_seed_samples() -> None:
    data = toy_dataset(80)
    rows = evaluation.held_out_rows(data, 15, seed=3)
    assert data.held_out[rows].all() and len(set(rows.tolist())) == 15
    assert np.array_equal(evaluation.held_out_conditions(data, 15, 3), data.attribute_table()[rows])
    assert not np.array_equal(rows, evaluation.held_out_rows(data, 15, seed=4))
    assert len(evaluation.held_out_rows(data, 50, seed=3)) == 50, "more than there are: some come again"


def test_condition_matches_are_counted_by_attribute_and_by_picture() -> None:
    data = toy_dataset(64)
    condition = np.array([[0, 0], [1, 1], [2, 2], [3, 0]])
    predicted = np.array([[0, 0], [1, 2], [2, 0], [0, 1]])
    whole, each = evaluation.condition_matches(predicted, condition, data)
    assert each["place"].value == 0.75 and each["shade"].value == 0.25
    assert whole["match"].value == 0.5 and whole["match_all"].value == 0.25


def test_a_skew_shows_in_its_own_marginal_alone() -> None:
    data = toy_dataset(4000)
    labels = data.attribute_table()[data.train_rows()].copy()
    assert all(one.value == 0 for one in evaluation.marginal_distances(labels, data).values())
    labels[:, 1] = 0
    distances = evaluation.marginal_distances(labels, data)
    assert distances["place"].value == 0 and distances["shade"].value == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize("count", [0, 39, 5001, 60.5, "many", True])
def test_a_number_of_pictures_out_of_range_explains_itself(count: Any) -> None:
    with pytest.raises(PlaygroundError, match="from 40 to 5,000"):
        next(evaluation.evaluate_model("gan-avatars", count=count))


def test_evaluating_a_classifier_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="draws no pictures"):
        next(evaluation.evaluate_model("classifier-avatars"))


@pytest.mark.slow
def test_the_vae_bound_agrees_in_nats_bits_and_psnr() -> None:
    from playground.zoo.image_models import load_image_model

    data, loaded = registry.load("avatars"), load_image_model("vae-avatars")
    bound = vae_bound(loaded, data, seed=0)
    mixture = vae_bound(loaded, data, seed=0, prior="mixture")
    assert mixture["elbo"].value > bound["elbo"].value + 5, "fitted to the codes, so closer to them than N(0, I)"
    assert mixture["psnr"] == bound["psnr"], "no prior takes part in a reconstruction"
    assert bound["bits"].value == pytest.approx(-bound["elbo"].value / (768 * math.log(2)))
    assert bound["elbo"].low < bound["elbo"].value < bound["elbo"].high
    assert bound["psnr"].value == pytest.approx(loaded.card.facts["quality"]["psnr_db"], abs=0.5)


def test_an_interval_is_stored_and_read_back_the_same() -> None:
    for one in (Interval(0.25, 0.1, 0.5, "t, 3 seeds"), Interval(3.0, math.nan, math.nan, "one value")):
        again = model_comparison.interval_from_json(model_comparison.interval_to_json(one))
        assert again.value == one.value and again.method == one.method
        assert str(again) == str(one)


def test_stored_metrics_count_only_for_the_weights_they_were_measured_with(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = {"value": 12.0, "low": 11.0, "high": 13.0, "method": "t, 3 seeds"}
    sha256 = image_models.image_model_cards()["gan-avatars"].sha256
    ways = {
        "gan-avatars": {"weights_sha256": sha256, "figures": {"fd": figure}},
        "diffusion-avatars": {"weights_sha256": "0" * 64, "figures": {"fd": figure}},
    }
    monkeypatch.setattr(model_comparison, "load_measurements", lambda: {"protocol": "so", "ways": ways})
    columns = {column.variant.key: column for column in model_comparison.load_comparison("avatars").columns}
    assert columns["gan-avatars"].metrics["fd"].value == 12
    assert not columns["diffusion-avatars"].metrics
    assert columns["real-avatars"].cost is None
    cost = columns["gan-avatars"].cost
    assert cost is not None and cost.watt_hours[0] == pytest.approx(1.69 * cost.training_seconds / 3600)


def test_variants_are_real_pictures_and_every_family_with_both_priors() -> None:
    families = [variant.family for variant in model_comparison.model_variants("fashion")]
    assert families == ["real", "gan", "vae", "vae", "diffusion"]
    with pytest.raises(PlaygroundError, match="avatars or fashion"):
        model_comparison.model_variants("cats")


@pytest.mark.slow
def test_samples_of_all_variants_have_the_same_conditions() -> None:
    rows = list(model_comparison.sample_variants("avatars", seed=5))
    assert all(some.shape == (8, 16, 16, 3) for _, some in rows)
    data = registry.load("avatars")
    assert np.array_equal(rows[0][1], data.images[evaluation.held_out_rows(data, 8, 5)])
    again = list(model_comparison.sample_variants("avatars", seed=5))
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(rows, again, strict=True))


@pytest.mark.parametrize("dataset", ["avatars", "fashion"])
def test_every_shipped_model_has_metrics_of_its_shipped_weights(dataset: str) -> None:
    comparison = model_comparison.load_comparison(dataset)
    assert "over pictures and seeds" in comparison.protocol
    for column in comparison.columns:
        assert {"fd", "kd", "precision", "recall", "match", "marginals", "near_copies"} <= set(column.metrics), (
            column.variant
        )
        assert all(one.low <= one.value <= one.high for one in column.metrics.values() if not math.isnan(one.low))
        shares = [
            one for name, one in column.metrics.items() if name[:5] in ("match", "margi", "preci", "recal", "near_")
        ]
        assert all(one.low >= 0 and one.high <= 1 for one in shares if not math.isnan(one.low))


def test_the_largest_seed_draws() -> None:
    (variant, _), (_, pictures), *_ = model_comparison.sample_variants("avatars", seed=2**63 - 1)
    assert variant.family == "real" and pictures.shape == (8, 16, 16, 3)


def test_the_mean_of_marginals_has_an_interval_over_whole_pictures() -> None:
    data = toy_dataset(400)
    labels = data.attribute_table()[:100]
    one, each = evaluation.mean_marginal_distance(labels, data), evaluation.marginal_distances(labels, data)
    assert one.value == pytest.approx(np.mean([single.value for single in each.values()]))
    assert 0 <= one.low < one.value < one.high <= 1
