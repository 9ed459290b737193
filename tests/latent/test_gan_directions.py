"""A GAN's whole input, its layer's components against planted ones, and words that z cannot tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.images.image_request import ImageRequest
from playground.images.sampling import sample_images
from playground.latent import attribute_edit, entanglement, ganspace
from playground.latent import gan_samples as drawing
from playground.latent.directions import Directions
from playground.latent.gan_directions import input_direction, is_significant
from playground.latent.gan_inputs import load_gan_inputs
from playground.latent.gan_samples import draw_samples
from playground.latent.ganspace import back_project


@pytest.mark.parametrize("model", ["gan-avatars", "gan-fashion"])
def test_an_input_makes_the_picture_that_draw_draws(model: str) -> None:
    wanted = next(iter(sample_images(ImageRequest(model, count=6, seed=40)))).pictures
    room = load_gan_inputs(model)
    made = room.decode(room.draws(40, 6))
    assert np.abs(made.astype(int) - wanted.astype(int)).max() <= 1, "sums of the same numbers, in another order"


def test_what_is_asked_for_is_told_to_every_seed() -> None:
    room = load_gan_inputs("gan-fashion", {"class": "bag"})
    told = room.draws(0, 5)[:, room.latent :]
    assert told.shape == (5, 11) and (told[:, 8] == 1).all() and told.sum() == 5


def test_components_lead_back_to_the_directions_that_z_entered_by() -> None:
    source = np.random.default_rng(0)
    z = source.standard_normal((4000, 6)).astype(np.float32)
    mixed = np.linalg.qr(source.standard_normal((30, 6)))[0].T
    seen = ((z * [5.0, 3.0, 1.0, 0.5, 0.2, 0.1]) @ mixed).astype(np.float32)
    rows = back_project(z, seen)
    strengths = np.square([5.0, 3.0, 1.0, 0.5, 0.2, 0.1])
    assert rows[:2, 0] == pytest.approx((strengths / strengths.sum())[:2], rel=0.06)
    assert rows[:2, 1] == pytest.approx([1, 1], abs=0.01)
    assert rows[0, 2:] == pytest.approx([1, 0, 0, 0, 0, 0], abs=0.05)
    assert rows[1, 2:] == pytest.approx([0, 1, 0, 0, 0, 0], abs=0.05)


def test_components_are_those_of_the_singular_values() -> None:
    seen = np.random.default_rng(1).standard_normal((400, 60)).astype(np.float32) * np.linspace(4, 0.1, 60)
    exact = np.linalg.svd(seen.astype(float), compute_uv=False) ** 2
    rows = back_project(seen[:, :10], seen.astype(np.float32))
    assert rows[:4, 0] == pytest.approx((exact / exact.sum())[:4], rel=1e-3)


def test_chance_is_not_taken_for_a_direction_of_z() -> None:
    source = np.random.default_rng(2)
    z, has = source.standard_normal((5000, 20)), source.random(5000) < 0.1
    by_chance = z[has].mean(0) - z[~has].mean(0)
    assert not is_significant(by_chance, has)
    by_z = z[:, 3] > 1.3
    assert is_significant(z[by_z].mean(0) - z[~by_z].mean(0), by_z)


@pytest.mark.parametrize("by_z", [True, False])
def test_a_word_keeps_a_part_of_z_only_if_z_has_one(by_z: bool) -> None:
    source = np.random.default_rng(3)
    z = source.standard_normal((3000, 8))
    told = np.eye(2)[source.integers(0, 2, 3000)]
    has = z[:, 0] > 0 if by_z else told[:, 1] == 1
    one = input_direction("hat", "", np.concatenate([z, told], 1).astype(np.float32), has, 8, 2000)
    assert one is not None and one.accuracy is not None and one.z_alone is not None
    assert one.accuracy.value > 0.95
    if by_z:
        assert one.z_alone.value > 0.95 and one.step[0] == pytest.approx(2 * (2 / np.pi) ** 0.5, abs=0.1)
    else:
        assert one.z_alone.low < 0.5 < one.z_alone.high
        assert (one.step[:8] == 0).all() and one.step[8:] == pytest.approx([-1, 1])


def test_drawing_that_was_stopped_goes_on(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "TRAINING", 500)
    monkeypatch.setattr(drawing, "HELD_OUT", 100)
    monkeypatch.setattr(drawing, "_unfinished", {})
    first = draw_samples("gan-avatars")
    assert [next(first), next(first)] == [0.0, 200 / 600]
    first.close()
    shares = [got for got in draw_samples("gan-avatars") if isinstance(got, float)]
    assert shares == [200 / 600, 400 / 600], "nothing is drawn twice"
    (kept,) = draw_samples("gan-avatars")
    assert not isinstance(kept, float) and kept.labels.shape == (600, 8) and len(kept.points()) == 600
    assert list((models_dir / "codes").iterdir())


@pytest.fixture(scope="module")
def avatars() -> Directions:
    return attribute_edit.known_directions("gan-avatars")


@pytest.mark.slow
def test_glasses_are_told_by_the_whole_input_and_not_by_z(avatars: Directions) -> None:
    one = avatars.direction("glasses")
    assert one.accuracy is not None and one.z_alone is not None
    assert one.accuracy.low > 0.95 and one.z_alone.low < 0.5
    made = entanglement.measure_entanglement(avatars, ["glasses", "pc1"], 1.0)
    own = made.columns.index("glasses")
    assert made.intended == (own, -1) and made.shares[0][own].low > 0.8
    assert made.shares[1][own].high < 0.1, "a component leaves what is told as it is"


@pytest.mark.slow
def test_an_edit_of_a_gan_starts_from_a_seed_only(avatars: Directions) -> None:
    made = attribute_edit.apply_edit("gan-avatars", "any", "seed:3", {"glasses": 1.0})
    assert made.labels["glasses"][0] == "none" != made.labels["glasses"][1]
    assert len(attribute_edit.latent_of(made, "gan-avatars")) == 64 < len(made.point)
    with pytest.raises(PlaygroundError, match="start from a seed"):
        attribute_edit.apply_edit("gan-avatars", "any", "row:3", {})


@pytest.mark.weights
def test_a_net_whose_pictures_nothing_reads_has_components_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ganspace, "PAIRS", 200)
    found = attribute_edit.known_directions("gan-faces")
    assert list(found.by_key) == [f"pc{k}" for k in range(1, 9)] and not found.values
    assert attribute_edit.apply_edit("gan-faces", "any", "seed:1", {"pc1": 2.0}).labels == {}
    with pytest.raises(PlaygroundError, match="for the eye"):
        entanglement.measure_entanglement(found, ["pc1"], 1.0)
