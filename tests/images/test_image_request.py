"""Requests to image models: validated with errors that explain themselves, and restored from recipes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from playground.core import recipe as recipes
from playground.core.errors import PlaygroundError
from playground.images.image_request import (
    changed_indices,
    fingerprints,
    format_condition,
    image_recipe,
    image_request_from,
    parse_image_request,
)
from playground.images.model_menu import image_model_facts, model_names


@pytest.mark.parametrize(
    ("model", "values", "sentence"),
    [
        ("nobody", {}, "There is no picture model"),
        ("gan-avatars", {"count": 0}, "from 1 to 64; it was 0"),
        ("gan-avatars", {"count": 65}, "from 1 to 64"),
        ("gan-avatars", {"count": "many"}, "from 1 to 64"),
        ("gan-avatars", {"seed": -1}, "seed must be a whole number"),
        ("gan-avatars", {"truncation": float("nan")}, "Truncation must be"),
        ("gan-avatars", {"truncation": 0.01}, "between 0.05 and 4 (0 is off"),
        ("vae-avatars", {"prior": "flat"}, "Where z is drawn from (prior) must be one of normal, mixture"),
        ("diffusion-avatars", {"steps": 1000}, "Steps must be a whole number from 1 to 250"),
        ("diffusion-avatars", {"guidance": 99}, "Guidance must be between 0 and 15"),
        ("diffusion-avatars", {"scheduler": "magic"}, "Scheduler must be one of ddim"),
        ("gan-avatars", {"condition": "tail=long"}, "has no attribute 'tail'"),
        ("gan-avatars", {"condition": "hat=99"}, "hat must be any, none"),
        ("gan-avatars", {"condition": 7}, "The condition must be"),
        ("gan-avatars", {"colour": "red"}, "is not a setting"),
        ("gan-faces", {"condition": "blue"}, "takes no condition"),
    ],
)
def test_a_bad_request_explains_itself(model: str, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=re.escape(sentence)):
        parse_image_request(model, values)


def test_a_condition_is_parsed_from_values_pairs_and_mappings() -> None:
    for condition in ("hat=none; skin=tan", {"skin": "tan", "hat": "none"}, "skin=tan; hat=none; beard=any"):
        assert parse_image_request("gan-avatars", {"condition": condition}).condition == {"skin": "tan", "hat": "none"}
    assert parse_image_request("gan-eyes", {"condition": "blue"}).condition == {"colour": "blue"}
    assert parse_image_request("gan-faces", {"condition": "any"}).condition == {}
    assert format_condition({}) == "any"


@pytest.mark.parametrize("model", model_names())
def test_a_recipe_gives_the_same_request_through_a_link(model: str) -> None:
    facts = image_model_facts(model)
    condition = {name: words[1] for name, words in list(facts.attributes.items())[:2]}
    values = {"count": 3, "seed": 5, "condition": condition, "guidance": 3, "scheduler": "heun", "prior": "mixture"}
    request = parse_image_request(model, values)
    pictures = np.zeros((3, 2, 2, 1), np.uint8)
    recipe = image_recipe(request, facts.kind, "abc", pictures)
    again = recipes.from_query(recipe.to_query())
    restored = image_recipe(image_request_from(again), facts.kind, "abc", pictures)
    assert restored == recipe and again.result == recipe.result


def test_fingerprints_show_which_pictures_differ() -> None:
    pictures = np.arange(4 * 12, dtype=np.uint8).reshape(4, 2, 2, 3)
    result = fingerprints(pictures)
    changed = pictures.copy()
    changed[2, 0, 0, 0] += 1
    assert changed_indices(result, pictures) == [] and changed_indices(result, changed) == [2]
    for damaged in ("!!!", result[:-3], ""):
        with pytest.raises(PlaygroundError, match="damaged"):
            changed_indices(damaged, pictures)


def test_a_recipe_of_another_tab_is_refused() -> None:
    with pytest.raises(PlaygroundError, match="is for the tab 'text'"):
        image_request_from(recipes.from_query("tab=text&model=gan-avatars"))


def test_a_link_without_a_model_is_for_the_first_of_the_menu() -> None:
    request = image_request_from(recipes.from_query("tab=images&seed=5"))
    assert (request.model, request.seed) == (model_names()[0], 5)
