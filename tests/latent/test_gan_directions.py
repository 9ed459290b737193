"""A GAN's whole input, its layer's components against planted ones, and words that z cannot predict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.images.image_request import ImageRequest
from playground.images.sampling import sample_images
from playground.latent import attribute_edit, entanglement, gan_samples, ganspace
from playground.latent.directions import Directions
from playground.latent.gan_directions import input_direction, is_significant
from playground.latent.gan_inputs import load_gan_inputs
from playground.latent.gan_samples import draw_samples
from playground.latent.ganspace import back_project


@pytest.mark.parametrize("model", ["gan-avatars", "gan-fashion"])
def test_an_input_decodes_to_draws_picture(model: str) -> None:
    wanted = next(iter(sample_images(ImageRequest(model, count=6, seed=40)))).pictures
    inputs = load_gan_inputs(model)
    result = inputs.decode(inputs.draws(40, 6))
    assert np.abs(result.astype(int) - wanted.astype(int)).max() <= 1, "sums of the same numbers, in another order"


def test_the_condition_is_in_every_seeds_input() -> None:
    inputs = load_gan_inputs("gan-fashion", {"class": "bag"})
    shares = inputs.draws(0, 5)[:, inputs.latent :]
    assert shares.shape == (5, 11) and (shares[:, 8] == 1).all() and shares.sum() == 5


def test_components_are_projected_back_to_the_planted_directions_of_z() -> None:
    source = np.random.default_rng(0)
    z = source.standard_normal((4000, 6)).astype(np.float32)
    mixed = np.linalg.qr(source.standard_normal((30, 6)))[0].T
    activations = ((z * [5.0, 3.0, 1.0, 0.5, 0.2, 0.1]) @ mixed).astype(np.float32)
    rows = back_project(z, activations)
    strengths = np.square([5.0, 3.0, 1.0, 0.5, 0.2, 0.1])
    assert rows[:2, 0] == pytest.approx((strengths / strengths.sum())[:2], rel=0.06)
    assert rows[:2, 1] == pytest.approx([1, 1], abs=0.01)
    assert rows[0, 2:] == pytest.approx([1, 0, 0, 0, 0, 0], abs=0.05)
    assert rows[1, 2:] == pytest.approx([0, 1, 0, 0, 0, 0], abs=0.05)


def test_components_are_those_of_the_singular_values() -> None:
    activations = np.random.default_rng(1).standard_normal((400, 60)).astype(np.float32) * np.linspace(4, 0.1, 60)
    exact = np.linalg.svd(activations.astype(float), compute_uv=False) ** 2
    rows = back_project(activations[:, :10], activations.astype(np.float32))
    assert rows[:4, 0] == pytest.approx((exact / exact.sum())[:4], rel=1e-3)


def test_chance_is_not_significant() -> None:
    source = np.random.default_rng(2)
    z, has = source.standard_normal((5000, 20)), source.random(5000) < 0.1
    by_chance = z[has].mean(0) - z[~has].mean(0)
    assert not is_significant(by_chance, has)
    by_z = z[:, 3] > 1.3
    assert is_significant(z[by_z].mean(0) - z[~by_z].mean(0), by_z)


@pytest.mark.parametrize("by_z", [True, False])
def test_a_step_keeps_its_part_of_z_only_if_z_depends_on_the_word(by_z: bool) -> None:
    source = np.random.default_rng(3)
    z = source.standard_normal((3000, 8))
    shares = np.eye(2)[source.integers(0, 2, 3000)]
    has = z[:, 0] > 0 if by_z else shares[:, 1] == 1
    one = input_direction("hat", "", np.concatenate([z, shares], 1).astype(np.float32), has, 8, 2000)
    assert one is not None and one.accuracy is not None and one.z_alone is not None
    assert one.accuracy.value > 0.95
    if by_z:
        assert one.z_alone.value > 0.95 and one.step[0] == pytest.approx(2 * (2 / np.pi) ** 0.5, abs=0.1)
    else:
        assert one.z_alone.low < 0.5 < one.z_alone.high
        assert (one.step[:8] == 0).all() and one.step[8:] == pytest.approx([-1, 1])


def test_stopped_drawing_continues(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_samples, "TRAINING", 500)
    monkeypatch.setattr(gan_samples, "HELD_OUT", 100)
    monkeypatch.setattr(gan_samples, "_unfinished", {})
    first = draw_samples("gan-avatars")
    assert [next(first), next(first)] == [0.0, 200 / 600]
    first.close()
    shares = [step for step in draw_samples("gan-avatars") if isinstance(step, float)]
    assert shares == [200 / 600, 400 / 600], "nothing is drawn twice"
    (samples,) = draw_samples("gan-avatars")
    assert not isinstance(samples, float) and samples.labels.shape == (600, 8) and len(samples.points()) == 600
    assert list((models_dir / "codes").iterdir())


@pytest.fixture(scope="module")
def avatars() -> Directions:
    return attribute_edit.known_directions("gan-avatars")


@pytest.mark.slow
def test_glasses_are_predicted_by_the_whole_input_and_not_by_z(avatars: Directions) -> None:
    one = avatars.direction("glasses")
    assert one.accuracy is not None and one.z_alone is not None
    assert one.accuracy.low > 0.95 and one.z_alone.low < 0.5
    result = entanglement.measure_entanglement(avatars, ["glasses", "pc1"], 1.0)
    own = result.columns.index("glasses")
    assert result.intended == (own, -1) and result.shares[0][own].low > 0.8
    assert result.shares[1][own].high < 0.1, "a component leaves the condition"


@pytest.mark.slow
def test_an_edit_of_a_gan_starts_from_a_seed_only(avatars: Directions) -> None:
    result = attribute_edit.apply_edit("gan-avatars", "any", "seed:3", {"glasses": 1.0})
    assert result.labels["glasses"][0] == "none" != result.labels["glasses"][1]
    assert len(attribute_edit.latent_of(result, "gan-avatars")) == 64 < len(result.point)
    with pytest.raises(PlaygroundError, match="start from a seed"):
        attribute_edit.apply_edit("gan-avatars", "any", "row:3", {})


@pytest.mark.weights
def test_a_gan_without_a_classifier_has_components_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ganspace, "PAIRS", 200)
    directions = attribute_edit.known_directions("gan-faces")
    assert list(directions.by_key) == [f"pc{k}" for k in range(1, 9)] and not directions.values
    assert attribute_edit.apply_edit("gan-faces", "any", "seed:1", {"pc1": 2.0}).labels == {}
    with pytest.raises(PlaygroundError, match="judge by eye"):
        entanglement.measure_entanglement(directions, ["pc1"], 1.0)
