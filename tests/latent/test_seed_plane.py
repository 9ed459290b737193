"""The plane of seeds: the seed of each crossing, blends between crossings, and bad places."""

from __future__ import annotations

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_image_request
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import sample_images
from playground.latent import pointer_decode, seed_plane
from playground.latent.endpoints import Endpoint
from playground.latent.latent_space import load_space

pytestmark = pytest.mark.weights


@pytest.mark.parametrize(("place", "seed"), [((0, 0), 0), ((3, 0), 3), ((3, 2), 2003), ((-1, 1), 999)])
def test_the_seed_of_a_crossing_is_x_and_a_thousand_y(place: tuple[int, int], seed: int) -> None:
    assert seed_plane.seed_at(*place) == seed and seed_plane.corners(*place) == [(seed, 1.0)]


def test_negative_seeds_count_down_from_the_largest() -> None:
    assert seed_plane.seed_at(-1, 0) == 2**63 - 1 and 0 <= seed_plane.seed_at(-1_000_000, -1_000_000) < 2**63


def test_four_seeds_are_weighted_by_nearness() -> None:
    shares = dict(seed_plane.corners(2.25, 1.5))
    assert shares == pytest.approx({1002: 0.375, 1003: 0.125, 2002: 0.375, 2003: 0.125})
    assert dict(seed_plane.corners(-0.5, 0)) == {2**63 - 1: 0.5, 0: 0.5}


def test_a_crossing_has_its_seeds_own_point_and_picture() -> None:
    space = load_space("vae-avatars")
    assert np.array_equal(seed_plane.point_at(space, 3, 2), space.draw(2003))
    for model, condition in (("vae-avatars", "any"), ("gan-fashion", "class=bag"), ("gan-avatars", "any")):
        (alone,) = list(sample_images(parse_image_request(model, {"count": 1, "seed": 2003, "condition": condition})))[
            -1
        ].pictures
        assert np.abs(seed_plane.pictures_at(model, condition, [[3, 2]])[0].astype(int) - alone).max() <= 1


def test_blends_are_as_long_as_random_points() -> None:
    space = load_space("gan-avatars")
    random = np.random.default_rng(0)
    points = np.stack([seed_plane.point_at(space, *place) for place in random.uniform(-500, 500, (400, 2))])
    assert abs(points.std() - 1) < 0.02 and abs(points.mean()) < 0.02


def test_a_small_move_changes_the_point_a_little() -> None:
    space = load_space("vae-avatars")
    for x, y in ((0.0, 0.0), (2.5, 1.0), (-3.0, -7.25)):
        here, there = seed_plane.point_at(space, x, y), seed_plane.point_at(space, x + 1e-4, y - 1e-4)
        assert np.linalg.norm(here - there) < 0.01


@pytest.mark.parametrize("model", model_names("gan", "avatars") + model_names("vae", "fashion"))
def test_pictures_come_in_the_order_of_their_places(model: str) -> None:
    both = seed_plane.pictures_at(model, "any", [[0.5, 0], [7, 0]])
    assert np.abs(both[1].astype(int) - seed_plane.pictures_at(model, "any", [[7, 0]])[0]).max() <= 1


@pytest.mark.parametrize(
    ("model", "condition", "places", "sentence"),
    [
        ("gan-avatars", "any", [[float("nan"), 0]], "must be two numbers"),
        ("gan-avatars", "any", [[1e9, 0]], "from −1,000,000 to 1,000,000"),
        ("gan-avatars", "any", [["a", 0]], "must be two numbers"),
        ("gan-avatars", "any", [[1, 2, 3]], "two numbers, x and y"),
        ("gan-avatars", "any", ["ab"], "two numbers, x and y"),
        ("gan-avatars", "any", [[0, 0]] * 65, "Give 1 to 64 places"),
        ("gan-avatars", "any", None, "Give 1 to 64 places"),
        ("gan-avatars", "x" * 5000, [[0, 0]], "short texts"),
        ("gan-avatars", "hat=fez?", [[0, 0]], "must be any"),
        (None, "any", [[0, 0]], "short texts"),
        ("nobody", "any", [[0, 0]], "There is no picture model"),
        ("diffusion-avatars", "any", [[0, 0]], "too slow to follow a pointer"),
    ],
)
def test_a_bad_place_explains_itself(model: object, condition: object, places: object, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        seed_plane.pictures_at(model, condition, places)


def test_a_bad_request_of_the_view_is_an_error_and_no_exception() -> None:
    from playground.panels.latent.seed_plane.panel import decode

    for request in (None, [], {"model": "gan-avatars", "condition": "any", "places": [[None, 0]]}):
        assert set(decode(request)) == {"error"}
    packed = decode({"model": "gan-avatars", "condition": "any", "places": [[0.5, 0.5]]})
    assert packed["width"] == packed["height"] == 16 and packed["channels"] == 3


def test_a_busy_machine_asks_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointer_decode, "LOCK_TIMEOUT_SECONDS", 0.01)
    with pointer_decode._lock, pytest.raises(PlaygroundError, match="try again in a moment"):
        seed_plane.pictures_at("gan-avatars", "any", [[0, 0]])


def test_a_place_becomes_an_end_point() -> None:
    assert seed_plane.endpoint_at("gan-avatars", "any", 3, 2) == Endpoint(2003)
    end = seed_plane.endpoint_at("gan-fashion", "any", 3.25, 2)
    assert isinstance(end.at, tuple) and len(end.at) == load_space("gan-fashion").dimensions
    (nearest,) = list(sample_images(parse_image_request("gan-fashion", {"count": 1, "seed": 2003})))[
        -1
    ].condition.tolist()
    assert end.condition == {"class": image_model_facts("gan-fashion").attributes["class"][nearest[0]]}
