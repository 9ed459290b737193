"""Links to the Latent tab: old ones open the panels under their present names, bad ones explain themselves.

One bad link of every panel is also opened in the browser tests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.core.verification import Verification
from playground.panels.latent import tab
from playground.panels.latent.arithmetic import panel as arithmetic
from playground.panels.latent.directions import panel as directions
from playground.panels.latent.map import panel as map
from playground.panels.latent.seed_plane import panel as seed_plane
from playground.panels.latent.traversal import panel as traversal
from playground.panels.latent.walk import panel as walk
from playground.ui.panel_links import panel_names, read_panel

NAMES = panel_names(tab.PANELS)


def recipe_of(query: str) -> Recipe:
    """The recipe of a link, with its panel's present name."""
    return read_panel(from_query(dict(parse_qsl(f"tab=latent&{query}", keep_blank_values=True))), NAMES)


def test_every_panel_is_called_as_its_folder() -> None:
    assert [panel.__name__.split(".")[-2] for panel in tab.PANELS] == [panel.NAME for panel in tab.PANELS]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("model=vae-avatars&ends=1,2&frames=4", "walk"),
        ("model=vae-avatars&panel=walk&ends=1,2", "walk"),
        ("model=gan-avatars&panel=plane&x=2.5&y=1.0", "seed_plane"),
        ("model=vae-avatars&panel=reading&dimension=3&base=d1", "traversal"),
        ("model=vae-avatars&panel=map&x=1&y=2", "map"),
        ("model=vae-avatars&panel=directions&start=seed:3", "directions"),
        ("model=vae-avatars&panel=arithmetic&a=1&b=2&c=3", "arithmetic"),
        ("model=glove-6b-50d&panel=words&part=map", "words"),
    ],
)
def test_an_old_link_opens_its_panel(query: str, name: str) -> None:
    assert recipe_of(query).settings["panel"] == name


@pytest.mark.weights
def test_an_old_link_to_the_plane_and_to_a_dimension_restores_its_place() -> None:
    assert seed_plane.restore(recipe_of("model=gan-avatars&panel=plane&x=2.5&y=1.0"))["place"] == (2.5, 1.0)
    update = traversal.restore(recipe_of("model=vae-avatars&panel=reading&dimension=3&base=7&position=1.5"))
    assert update["place"] == ("vae-avatars", 3, 1.5, "7")


@pytest.mark.weights
def test_an_old_link_to_a_walk_is_verified_though_it_names_fewer_settings() -> None:
    updates = list(walk.replay(recipe_of("model=gan-fashion&ends=3,8&frames=3")))
    (query,) = [update["query"] for update in updates if "query" in update]
    recipe = from_query(dict(parse_qsl(query)))
    older = replace(recipe, settings={name: recipe.settings[name] for name in ("ends", "frames", "settled")})
    *_, update = walk.replay(older)
    assert update == {"notice": {"tone": "ok", "text": "Reproduced ✓ pixel for pixel."}}
    assert walk.verify_walk(replace(older, result=""), _walk_of(older)) is None
    other = replace(_walk_of(older), pictures=255 - _walk_of(older).pictures)
    assert walk.verify_walk(older, other) == Verification(
        False, "in 3 of 3 frames, another processor may round differently"
    )


def _walk_of(recipe: Recipe) -> Any:
    return [update["ways"][0] for update in walk.replay(recipe) if "ways" in update][-1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("model=nobody&ends=1,2", "There is no picture model"),
        ("model=gan-avatars&ends=1,2&frames=10000", "from 2 to 120"),
        ("model=gan-avatars&ends=1,%3Cscript%3E", "is not an end point"),
        ("model=gan-avatars&panel=nowhere", "panel must be one of walk, seed_plane, map, directions"),
    ],
)
def test_a_bad_link_to_a_walk_or_to_no_panel(query: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        walk.restore(recipe_of(query))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("x=NaN", "must be two numbers"),
        ("zoom=1e9", "The zoom must be a number from 0.25 to 200"),
        ("projection=%3Cscript%3E", "projection must be one of pca, tsne"),
        ("draws=all", "draws must be one of normal, mixture"),
    ],
)
def test_a_bad_link_to_the_map(query: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        map.restore(recipe_of(f"panel=map&model=vae-avatars&{query}"))


@pytest.mark.parametrize(
    ("query", "sentence"), [("moves=pc1:nan", "strength must be"), ("start=row:99999999", "number of a picture")]
)
def test_a_bad_link_to_directions(query: str, sentence: str) -> None:
    update = directions.restore(recipe_of(f"panel=directions&model=vae-avatars&{query}"))
    assert update["link_error"]["tone"] == "error" and update["edit"]["moves"] == {}
    assert "This link cannot be followed." in update["link_error"]["text"] and sentence in update["link_error"]["text"]


@pytest.mark.parametrize("query", ["", "&model="])
def test_a_link_that_names_no_model_is_of_the_first(query: str) -> None:
    for restore, settings in (
        (walk.restore, "panel=walk&ends=1,2"),
        (seed_plane.restore, "panel=seed_plane&x=1&y=2"),
        (map.restore, "panel=map&zoom=2"),
        (directions.restore, "panel=directions&moves=pc1:1"),
        (arithmetic.restore, "panel=arithmetic&strength=2"),
        (traversal.restore, "panel=traversal&steps=3"),
    ):
        update = restore(recipe_of(settings + query))
        assert update["model"].constructor_args["value"] == "vae-avatars" and update.get("link_error") is None


def test_a_bad_link_to_a_sum() -> None:
    update = arithmetic.restore(recipe_of("panel=arithmetic&model=vae-avatars&a=1&b=2&c=3&strength=99"))
    assert update["slots"] is None and "from −2 to 3" in update["link_error"]["text"]
