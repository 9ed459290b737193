"""End points of a walk: Draw's own pictures, settings in brackets, saved files, and inverted pictures."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from playground.core.errors import PlaygroundError
from playground.core.recipe import LONGEST_LINK, PNG_KEYWORD, Recipe, from_query
from playground.images.dataset_browser import held_out_image
from playground.images.image_request import ImageRequest, format_condition, parse_image_request
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import ImageBatch, sample_images
from playground.latent.endpoint_inversion import invert_picture, request_in_file
from playground.latent.endpoints import (
    Endpoint,
    difference_from_draw,
    endpoint_from_request,
    format_endpoint,
    read_endpoint,
)
from playground.latent.latent_walk import LatentWalk, generate_walk
from playground.latent.walk_request import read_walk_request, walk_request_from

pytestmark = pytest.mark.weights


def draw(model: str, seed: int, **values: object) -> ImageBatch:
    return list(sample_images(parse_image_request(model, {"count": 1, "seed": seed, **values})))[-1]


def walk(model: str, **values: object) -> LatentWalk:
    return list(generate_walk(read_walk_request(model, values)))[-1]


@pytest.mark.parametrize("model", model_names())
@pytest.mark.slow
def test_the_first_and_the_last_frame_are_draws_pictures_of_those_seeds(model: str) -> None:
    """Under Draw's defaults: no truncation, temperature 1, the prior N(0, I), DDIM in 20 steps, guidance 2."""
    result = walk(model, ends="3, 8", frames=4)
    assert np.array_equal(result.pictures[0], draw(model, 3).pictures[0])
    assert np.array_equal(result.pictures[3], draw(model, 8).pictures[0])


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("gan-fashion", {"condition": "class=bag", "truncation": 0.5}),
        ("gan-avatars", {"condition": "hat=none; skin=light tan"}),
        ("vae-avatars", {"temperature": 0.5, "prior": "mixture", "condition": "hat=none"}),
        ("diffusion-fashion", {"condition": "class=bag"}),
        ("gan-eyes", {"condition": "colour=green", "truncation": 1.0}),
    ],
)
@pytest.mark.slow
def test_a_kept_picture_is_drawn_the_same_on_a_walk(model: str, settings: dict[str, object]) -> None:
    kept = draw(model, 5, **settings)
    end = endpoint_from_request(kept.request, kept.kind)
    assert read_endpoint(format_endpoint(end), image_model_facts(model)) == end
    result = walk(model, ends=f"1, {format_endpoint(end)}", frames=3)
    assert np.array_equal(result.pictures[0], draw(model, 1).pictures[0])
    difference = np.abs(result.pictures[2].astype(int) - kept.pictures[0]).max()
    # With no condition, both halves of guidance are computed and subtracted: a last bit may differ.
    assert difference <= (1 if kept.kind == "diffusion" else 0)


def test_halfway_the_condition_is_half_of_each() -> None:
    same, other = walk("gan-fashion", ends="4[class=bag], 4[class=bag]", frames=3), "4[class=bag], 4[class=coat]"
    result = walk("gan-fashion", ends=other, frames=3)
    assert result.conditions == ("class: bag", "class: coat") and np.array_equal(same.pictures[0], result.pictures[0])
    assert np.array_equal(result.norms["slerp"], same.norms["slerp"]), "the point does not move"
    assert not np.array_equal(result.pictures[1], result.pictures[0])
    assert not np.array_equal(result.pictures[1], result.pictures[2])


def test_an_old_result_takes_its_condition_from_the_first_seed() -> None:
    old = from_query("tab=latent&model=gan-fashion&ends=3,8&frames=3&result=AAAA")
    assert walk_request_from(old).settled == "first"
    assert walk_request_from(from_query("tab=latent&model=gan-fashion&ends=3,8&frames=3")).settled == "each"
    result = list(generate_walk(walk_request_from(old)))[-1]
    condition = format_condition(dict([result.conditions[0].split(": ")]))
    assert result.conditions[0] == result.conditions[1]
    assert np.array_equal(result.pictures[2], draw("gan-fashion", 8, condition=condition).pictures[0])
    assert walk_request_from(from_query(result.recipe().to_query())) == result.request


def test_end_points_are_read_in_every_form() -> None:
    facts = image_model_facts("gan-avatars")
    whole = Endpoint(17, {"skin": "light tan", "hat": "none"}, {"truncation": 1.5})
    assert read_endpoint(format_endpoint(whole), facts) == whole
    assert format_endpoint(whole) == "17[skin=light tan; hat=none; truncation=1.5]"
    values = {"model": "gan-avatars", "seed": 17, "condition": {"hat": "none", "skin": "light tan"}, "truncation": 1.5}
    assert read_endpoint(values, facts) == whole
    assert read_endpoint("17[any]", facts) == Endpoint(17, {}) and read_endpoint("17", facts) == Endpoint(
        17
    ) == read_endpoint(17, facts)
    assert read_endpoint({"z": [0.5] * 64}, facts) == Endpoint((0.5,) * 64)
    both = read_walk_request("gan-avatars", {"ends": "17[hat=none; skin=light tan], 3"})
    assert [end.at for end in both.endpoints] == [17, 3] and both.endpoints[1].condition is None


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("17[hat=fez?]", "hat must be any"),
        ("17[", "is not an end point"),
        ("17[colour=red]", "has no attribute"),
        ("17[any; truncation=9]", "Truncation must be"),
        ("17[any; temperature=1]", "has no attribute|does not apply"),
        ({"seed": 17, "colour": "red"}, "does not apply to this end point"),
        ({"z": [0.0], "truncation": 1}, "does not apply to this end point"),
        ({"model": "vae-avatars", "seed": 17}, "use one model"),
        ({}, "seed"),
        (None, "seed"),
    ],
)
def test_a_bad_end_point_explains_itself(end: object, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_walk_request("gan-avatars", {"ends": [3, end]})


def png(recipe: Recipe | None) -> bytes:
    notes, file = PngInfo(), io.BytesIO()
    if recipe is not None:
        notes.add_itxt(PNG_KEYWORD, json.dumps(recipe.to_json()))
    Image.new("RGB", (16, 16)).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def test_a_saved_picture_holds_its_request() -> None:
    result = draw("gan-fashion", 21, condition="class=bag", truncation=0.7)
    request = request_in_file(png(result.recipe()))
    assert request is not None and endpoint_from_request(request, "gan") == Endpoint(
        21, {"class": "bag"}, {"truncation": 0.7}
    )
    assert request_in_file(png(None)) is None and request_in_file(b"") is None
    with pytest.raises(PlaygroundError, match="holds a whole walk"):
        request_in_file(png(walk("gan-fashion", ends="1, 2", frames=2).recipe()))
    with pytest.raises(PlaygroundError, match="not the picture of one seed"):
        request_in_file(png(Recipe("text", "", "", 0)))


def test_a_difference_between_draws_and_the_walks_diffusion_is_explained() -> None:
    usual = ImageRequest("diffusion-avatars")
    assert difference_from_draw(usual, "diffusion", usual.steps) == ""
    assert "drawn by ddim in 20 steps" in difference_from_draw(usual, "diffusion", 5)
    assert "guidance 4" in difference_from_draw(ImageRequest("diffusion-avatars", guidance=4.0), "diffusion", 20)


@pytest.mark.parametrize("model", model_names(dataset="fashion") + model_names("diffusion", "avatars"))
@pytest.mark.slow
def test_an_own_picture_is_inverted_and_appears_at_its_end_point(model: str) -> None:
    picture = held_out_image(image_model_facts(model).dataset, 5)
    stages = list(invert_picture(picture, model))
    assert all(stage.end is None for stage in stages[:-1]) and stages[-1].end is not None
    assert image_model_facts(model).kind == "vae" or len(stages) > 2, "there is progress"
    result = walk(model, ends=f"{format_endpoint(stages[-1].end)}, 7", frames=2)
    stranger = np.square(result.pictures[1].astype(float) - picture).mean() ** 0.5
    assert np.square(result.pictures[0].astype(float) - picture).mean() ** 0.5 < min(40, 0.6 * stranger)


def test_a_link_holds_one_noise_but_not_four() -> None:
    endpoints = [[0.5] * 768, 3]
    assert len(query_of(endpoints)) < 3_000 < LONGEST_LINK
    with pytest.raises(PlaygroundError, match="too many for a link"):
        query_of([[0.5] * 768] * 4)


def query_of(endpoints: list[object]) -> str:
    from playground.latent.walk_request import walk_recipe

    return walk_recipe(read_walk_request("diffusion-avatars", {"ends": endpoints}), "", None).to_query()
