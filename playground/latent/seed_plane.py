"""An endless plane of seeds: one at every crossing, and between crossings a blend of the nearest four.

The seed at (x, y) is x + 1000 y. Blends are weighted by nearness and rescaled to the length of random points: for
independent standard normal z_i, sum w_i z_i / sqrt(sum w_i^2) is standard normal too. A GAN's condition, which each
seed draws, is blended by the same weights.
Source: the lattice of StyleGAN3's visualizer (Karras et al. 2021, arXiv:2106.12423), which blends inside its net.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_number, quoted
from playground.images.image_request import format_condition, parse_condition
from playground.images.inversion import row_condition
from playground.images.model_menu import image_model_facts
from playground.latent.endpoints import Endpoint
from playground.latent.latent_space import LatentSpace, Points, Shares, condition_row, shares_of
from playground.latent.pointer_decode import cached_space, draw_lock, parse_short_texts

SEEDS_PER_ROW = 1000
MAX_COORDINATE = 1_000_000
MAX_PLACES = 64

Place = tuple[float, float]


def seed_at(x: int, y: int) -> int:
    """The seed of a crossing. Negative ones count down from the largest seed, 2^63 - 1."""
    return (x + SEEDS_PER_ROW * y) % 2**63


def corners(x: float, y: float) -> list[tuple[int, float]]:
    """The one, two or four crossings around a place as (seed, weight); weights are positive and sum to 1."""
    left, top = int(np.floor(x)), int(np.floor(y))
    right, down = x - left, y - top
    around = [
        (seed_at(left, top), (1 - right) * (1 - down)),
        (seed_at(left + 1, top), right * (1 - down)),
        (seed_at(left, top + 1), (1 - right) * down),
        (seed_at(left + 1, top + 1), right * down),
    ]
    return [(seed, weight) for seed, weight in around if weight > 0]


def point_at(space: LatentSpace, x: float, y: float) -> Points:
    """The latent point of a place, (D,) float32; at a crossing, the seed's own."""
    around = corners(x, y)
    total = sum(weight * space.draw(seed) for seed, weight in around)
    spread = sum(weight**2 for _, weight in around) ** 0.5
    point: Points = np.asarray(total / spread, np.float32)
    return point


def condition_at(space: LatentSpace, condition: str, x: float, y: float) -> Shares:
    """The condition of a place as shares, (S,); at a crossing, Draw's for that seed."""
    around = corners(x, y)
    shares: Shares = np.sum(
        [np.float32(weight) * _seed_condition(space.facts.name, condition, seed) for seed, weight in around], 0
    )
    return shares


@lru_cache(maxsize=4096)
def _seed_condition(model: str, condition: str, seed: int) -> Shares:
    facts = image_model_facts(model)
    shares: Shares = shares_of(facts, condition_row(facts, parse_condition(facts, condition), seed))[0]
    return shares


def read_place(x: object, y: object) -> Place:
    """A checked place. Raises PlaygroundError for anything but two numbers in range."""
    sentence = say("latent.seed_plane.place_range", lowest=-MAX_COORDINATE, highest=MAX_COORDINATE)
    place = parse_number(x, sentence), parse_number(y, sentence)
    if max(map(abs, place)) > MAX_COORDINATE:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(place)))
    return place


def pictures_at(model: object, condition: object, places: object) -> NDArray[np.uint8]:
    """The pictures of places, (N, H, W, C) uint8, under the lock on drawing.

    condition: as in a link.  places: 1 to 64 pairs of numbers.
    Raises PlaygroundError for diffusion, which is too slow to follow a pointer, a bad place, or if the lock is taken.
    """
    if not isinstance(places, Sequence) or isinstance(places, str) or not 0 < len(places) <= MAX_PLACES:
        raise PlaygroundError(say("latent.seed_plane.too_many_places", most=MAX_PLACES))
    if any(not isinstance(place, Sequence) or isinstance(place, str) or len(place) != 2 for place in places):
        raise PlaygroundError(say("latent.seed_plane.place_form"))
    checked = [read_place(*place) for place in places]
    words = parse_short_texts(say("latent.points.errors.model_and_condition"), model, condition)
    with draw_lock():
        space = _pointer_space(*words)
        points = np.stack([point_at(space, *place) for place in checked])
        if space.facts.kind != "gan":
            return np.concatenate(list(space.pictures(points)))
        shares = np.stack([condition_at(space, words[1], *place) for place in checked])
        return np.concatenate(list(space.pictures(points, shares)))


def corner_errors(model: str, condition: str, x: float, y: float) -> list[tuple[int, float]]:
    """(seed, average colour error 0 to 1) of the crossings around a place, the most similar first.

    At a crossing: of its four neighbours.
    """
    left, top = int(np.floor(x)), int(np.floor(y))
    places = [(left + dx, top + dy) for dx, dy in itertools.product((0, 1), (0, 1))]
    if (x, y) == (left, top):
        places = [(left - 1, top), (left + 1, top), (left, top - 1), (left, top + 1)]
    pictures = pictures_at(model, condition, [(x, y), *places]).astype(np.float64) / 255
    errors = np.sqrt(np.square(pictures[1:] - pictures[0]).mean((1, 2, 3)))
    pairs = [(seed_at(*place), float(error)) for place, error in zip(places, errors, strict=True)]
    return sorted(pairs, key=lambda pair: pair[1])


def _pointer_space(model: str, condition: str) -> LatentSpace:
    if image_model_facts(model).kind == "diffusion":
        raise PlaygroundError(say("latent.seed_plane.too_slow"))
    return cached_space(model, condition)


def endpoint_at(model: str, condition: str, x: float, y: float) -> Endpoint:
    """A place as an end point: the seed at a crossing, elsewhere its point with the nearest seed's condition."""
    around = corners(x, y)
    if len(around) == 1:
        return Endpoint(around[0][0])
    space = _pointer_space(model, condition)
    nearest = max(around, key=lambda corner: corner[1])[0]
    row = condition_row(space.facts, parse_condition(space.facts, condition), nearest)
    shares = row_condition(space.facts, row) if space.facts.kind == "gan" else None
    return Endpoint(tuple(point_at(space, x, y).tolist()), shares)


def place_recipe(model: str, condition: str, x: float, y: float) -> Recipe:
    """The recipe of a place, for a link; its seed is the nearest crossing's."""
    facts = image_model_facts(model)
    words = format_condition(parse_condition(facts, condition))
    settings: dict[str, Setting] = {"panel": "seed_plane", "x": round(x, 3), "y": round(y, 3), "condition": words}
    return Recipe("latent", model, facts.weights_sha256, seed_at(round(x), round(y)), settings)
