"""Links that cannot be followed: the sentence of each. One of every panel is also opened in the browser tests."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from playground.core.recipe import from_query
from playground.panels.images import tab as images
from playground.panels.latent.arithmetic import panel as arithmetic
from playground.panels.latent.directions import panel as directions
from playground.panels.latent.map import panel as map
from playground.panels.latent.walk import restore


def asked(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


def said(answer: Any) -> str:
    """What a handler's answer shows a visitor: the words of every notice in it."""
    notices = [part for part in answer if isinstance(part, dict) and part.get("tone") in ("error", "warning")]
    return " ".join(str(part["text"]) for part in notices)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("tab=images&model=gan-avatars&count=999", "from 1 to 64"),
        ("tab=images&model=gan-avatars&condition=%3Cscript%3E", "no condition of gan-avatars"),
        ("tab=images&model=gan-avatars&panel=nowhere", "There is no panel"),
    ],
)
def test_a_bad_link_to_pictures(query: str, sentence: str) -> None:
    assert sentence in said(images.on_load(asked(query), 5))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("tab=latent&model=nobody&ends=1,2", "There is no picture model"),
        ("tab=latent&model=gan-avatars&ends=1,2&frames=10000", "from 2 to 120"),
        ("tab=latent&model=gan-avatars&ends=1,%3Cscript%3E", "End points are seeds"),
        ("tab=latent&model=gan-avatars&panel=nowhere", "panel must be one of walk, plane, map, directions"),
    ],
)
def test_a_bad_link_to_a_walk_or_to_no_panel(query: str, sentence: str) -> None:
    assert sentence in said(restore.on_load(asked(query), 4, 6))


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
    recipe = from_query(asked(f"tab=latent&panel=map&model=vae-avatars&{query}"))
    assert sentence in said(map.on_restore(recipe))


@pytest.mark.parametrize(
    ("query", "sentence"), [("moves=pc1:nan", "strength must be"), ("start=row:99999999", "number of a picture")]
)
def test_a_bad_link_to_directions(query: str, sentence: str) -> None:
    (edit,) = directions.on_restore(from_query(asked(f"tab=latent&panel=directions&model=vae-avatars&{query}")))
    assert sentence in edit["trouble"] and edit["moves"] == {}


def test_a_bad_link_to_a_sum() -> None:
    recipe = from_query(asked("tab=latent&panel=arithmetic&model=vae-avatars&a=1&b=2&c=3&strength=99"))
    slots, _, trouble = arithmetic.on_restore(recipe)
    assert slots is None and "from -2 to 3" in trouble
