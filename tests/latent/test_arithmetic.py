"""A - B + C: averages and answers against closed forms in a linear space, real examples, and bad requests."""

from __future__ import annotations

import numpy as np
import pytest
from toy_pictures import toy_dataset

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.images.image_request import format_condition, parse_image_request
from playground.images.inversion import row_condition
from playground.images.model_menu import image_model_facts
from playground.images.sampling import sample_images
from playground.latent import arithmetic, nearest_pictures
from playground.latent.arithmetic import combine, read_arithmetic, slot_means, to_median_norm
from playground.latent.endpoints import pack_point
from playground.latent.latent_space import LatentSpace, condition_row, load_space
from playground.latent.latent_walk import generate_walk
from playground.latent.picture_refs import RealPicture, format_picture_refs, read_picture_refs
from playground.latent.seed_plane import pictures_at
from playground.latent.vae_encoder import encode, real_pictures
from playground.latent.walk_request import read_walk_request


def draw(model: str, seed: int) -> np.ndarray:
    """The picture of a seed in Draw."""
    return list(sample_images(parse_image_request(model, {"seed": seed, "count": 1})))[-1].pictures


def condition_in_words(model: str, seed: int) -> str:
    """The condition that a seed draws, as in a link."""
    facts = image_model_facts(model)
    return format_condition(row_condition(facts, condition_row(facts, {}, seed)))


def linear() -> LatentSpace:
    """A space whose seed s has the point (s, s²), and whose pictures are their points."""
    return LatentSpace(
        image_model_facts("gan-avatars"), 2, lambda seed: np.array([seed, seed**2], np.float32),
        lambda points: np.round(points).astype(np.uint8).reshape(len(points), 1, 2, 1),
        lambda points, _: points.astype(np.uint8).reshape(len(points), 1, 2, 1),
    )  # fmt: skip


def test_a_slot_is_the_mean_of_its_points() -> None:
    request = read_arithmetic("gan-avatars", {"a": "1, 3", "b": "2", "c": [4, [1.0, 2.0]]})
    assert np.allclose(slot_means(request, linear()), [[2, 5], [2, 4], [2.5, 9]])


def test_the_answer_is_a_minus_b_plus_c_at_one_and_a_at_zero() -> None:
    a, b, c = np.array([1.0, 2]), np.array([3.0, -1]), np.array([5.0, 7])
    assert np.array_equal(combine(a, b, c, 1), a - b + c) and np.array_equal(combine(a, b, c, 0), a)
    assert np.allclose(combine(a, b, c, -2), a - 2 * (c - b)) and np.allclose(combine(a, c, c, 3), a)


def test_the_usual_length_is_the_median_of_random_points_and_keeps_the_direction() -> None:
    point = np.arange(48.0)
    scaled = to_median_norm(point, 48)
    lengths = np.linalg.norm(np.random.default_rng(0).normal(size=(20_000, 48)), axis=1)
    assert abs(np.linalg.norm(scaled) - np.median(lengths)) < 0.03
    assert np.allclose(scaled / np.linalg.norm(scaled), point / np.linalg.norm(point))
    assert np.array_equal(to_median_norm(np.zeros(3), 3), np.zeros(3))
    with_condition = to_median_norm(np.append(point, [0.5, 2.0]), 48)
    assert np.allclose(with_condition[:48], scaled) and np.array_equal(with_condition[48:], [0.5, 2.0])


def test_references_survive_their_text() -> None:
    facts = image_model_facts("vae-avatars")
    items = read_picture_refs(f"17, d25, {pack_point([0.5] * 48)}", facts, 8, "Slot A")
    assert items[:2] == (17, RealPicture("avatars", 25)) and items[2] == (0.5,) * 48
    assert read_picture_refs(format_picture_refs(items), facts, 8, "Slot A") == items


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"a": "x<b>"}, "is not a seed"),
        ({"a": "1,2,3,4,5,6,7,8,9"}, "Slot A holds at most 8"),
        ({"b": [{"model": "vae-fashion", "seed": 3}]}, "use one model"),
        ({"c": "d99999"}, "no picture 99,999"),
        ({"a": "1", "strength": "NaN"}, "from −2 to 3"),
        ({"a": "1", "strength": 3.5}, "from −2 to 3"),
    ],
)
def test_a_bad_sum_explains_itself(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_arithmetic("vae-avatars", values)


def test_an_empty_slot_is_named() -> None:
    with pytest.raises(PlaygroundError, match="Slot B is empty"):
        slot_means(read_arithmetic("gan-avatars", {"a": "1", "c": "2"}), linear())


def test_a_point_of_another_space_explains_itself() -> None:
    request = read_arithmetic("gan-avatars", {"a": [[1.0, 2.0, 3.0]], "b": "1", "c": "2"})
    with pytest.raises(PlaygroundError, match="3 numbers; gan-avatars has 2"):
        slot_means(request, linear())


def test_real_pictures_need_an_encoder() -> None:
    with pytest.raises(PlaygroundError, match="has no encoder"):
        read_arithmetic("gan-avatars", {"a": "d3"})


def test_diffusion_cannot_follow_a_pointer() -> None:
    values = {"a": "1", "b": "2", "c": "3", "condition": "any", "strength": 1}
    with pytest.raises(PlaygroundError, match="too slow to follow"):
        arithmetic.solve_live("diffusion-avatars", values)


def test_the_example_is_chosen_by_labels_and_never_uses_a_picture_twice() -> None:
    data = toy_dataset(400)
    a, b, c = nearest_pictures.real_example(data, "place", "a", "c")
    rows = [item.row for slot in (a, b, c) for item in slot if isinstance(item, RealPicture)]
    assert len(set(rows)) == len(rows) == 17 and all(data.held_out[row] for row in rows)
    words = [[data.values["place"][data.labels["place"][item.row]] for item in slot] for slot in (a, b, c)]  # type: ignore[union-attr]
    assert {*words[0], *words[1]} == {"a"} and {*words[2]} == {"c"}
    shades = [[int(data.labels["shade"][item.row]) for item in slot] for slot in (b, c)]  # type: ignore[union-attr]
    assert shades[0] == shades[1], "the pairs are alike otherwise"


def test_example_seeds_are_chosen_by_their_classes() -> None:
    classes = np.array([[0, 1], [0, 2], [0, 1], [0, 1], [0, 2], [1, 1]])
    a, b, c = nearest_pictures.seeds_example(classes)
    assert (a, b, c) == ((0,), (2, 3, 5), (1, 4))


@pytest.mark.weights
def test_the_sum_of_a_picture_is_itself_where_b_and_c_are_one() -> None:
    solved = arithmetic.solve(read_arithmetic("vae-avatars", {"a": "d22001", "b": "d5", "c": "d5"}))
    data = real_pictures("avatars")
    mean, _ = encode(data.images[[22001]], "vae-avatars")
    assert np.allclose(solved.points[3], mean[0], atol=1e-4) and np.array_equal(solved.pictures[0], solved.pictures[3])
    assert not arithmetic.label_changes(
        solved, 0, 3
    ) and "A to the answer: no change" in arithmetic.describe_label_changes(solved)
    again = arithmetic.arithmetic_from(solved.request.recipe())
    assert again == solved.request


@pytest.mark.weights
def test_the_nearest_by_code_is_the_picture_itself_unless_it_is_in_a_slot() -> None:
    from playground.latent.encoder_means import held_out_posteriors

    codes = held_out_posteriors("vae-avatars")
    row = int(codes.rows[7])
    near = nearest_pictures.nearest_by_code(codes.means[7], "vae-avatars")
    assert near.rows[0] == row and near.distances[0] < 1e-5 and np.all(np.diff(near.distances) >= 0)
    other = nearest_pictures.nearest_by_code(codes.means[7], "vae-avatars", [RealPicture("avatars", row)])
    assert row not in other.rows and other.rows[0] == near.rows[1]
    data = real_pictures("avatars")
    by_pixels = nearest_pictures.nearest_by_pixels(data.images[3], "vae-avatars", [RealPicture("avatars", 3)])
    assert 3 not in by_pixels.rows and len(by_pixels.rows) == nearest_pictures.NEAREST


@pytest.mark.weights
@pytest.mark.parametrize("model", ["gan-avatars", "gan-fashion"])
def test_a_seed_is_one_person_in_draw_walk_arithmetic_and_the_plane(model: str) -> None:
    drawn = draw(model, 3)[0].astype(int)
    solved = arithmetic.solve(read_arithmetic(model, {"a": "3", "b": "5", "c": "5"}))
    walk = list(generate_walk(read_walk_request(model, {"ends": "3, 17", "frames": 2})))[-1]
    places = {
        "arithmetic, the slot": solved.pictures[0],
        "arithmetic, A - B + B": solved.pictures[3],
        "arithmetic, the sheet": arithmetic.seed_pictures(model, "any", 20, [3])[0],
        "walk": walk.pictures[0],
        "seed plane": pictures_at(model, "any", [[3, 0]])[0],
    }
    for place, picture in places.items():  # a batch of another size may round the last bit differently
        assert np.abs(picture - drawn).max() <= 2, place


@pytest.mark.weights
def test_the_seeds_to_choose_from_differ_as_draws_do() -> None:
    pictures = arithmetic.seed_pictures("gan-avatars", "any", 20, range(36))
    drawn = np.concatenate([draw("gan-avatars", seed) for seed in range(36)])
    spread, expected = (float(one.astype(float).std(0).mean()) for one in (pictures, drawn))
    one_condition = arithmetic.seed_pictures("gan-avatars", condition_in_words("gan-avatars", 0), 20, range(36))
    assert abs(spread / expected - 1) < 0.02 and one_condition.astype(float).std(0).mean() < 0.7 * expected


@pytest.mark.weights
def test_an_older_link_of_a_gan_keeps_its_pictures_by_naming_their_condition() -> None:
    """Before, all points had the condition that seed 0 draws."""
    old = from_query("tab=latent&panel=arithmetic&model=gan-avatars&a=3&b=5&c=7&strength=1.0&condition=any")
    solved = arithmetic.solve(arithmetic.arithmetic_from(old))
    space = load_space("gan-avatars")
    z = np.stack([space.draw(seed) for seed in (3, 5, 7)])
    expected = space.decode(np.stack([*z, z[0] - z[1] + z[2]]))
    assert np.abs(solved.pictures[:4] - expected.astype(int)).max() <= 2
    assert arithmetic.arithmetic_from(solved.request.recipe()) == solved.request


@pytest.mark.weights
def test_the_answer_joins_a_walk_with_the_words_that_weigh_most() -> None:
    facts = image_model_facts("gan-eyes")
    words = facts.attributes["colour"]
    shares = np.zeros(len(words) + 1)
    shares[[1, 2]] = 0.4, 0.6
    assert arithmetic.largest_shares(facts, shares) == {"colour": words[2]}
    shares[-1] = 0.9
    assert arithmetic.largest_shares(facts, shares) == {}
    endpoint = arithmetic.answer_endpoint(read_arithmetic("gan-fashion", {"a": "3", "b": "5", "c": "5"}))
    space = load_space("gan-fashion")
    drawn = row_condition(space.facts, condition_row(space.facts, {}, 3))
    assert np.allclose(endpoint.at, space.draw(3), atol=1e-5) and endpoint.condition == drawn
