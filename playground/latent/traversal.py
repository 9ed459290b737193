"""Reading a VAE's space, number by number: how much each of them tells, and what it does to the picture.

KL divergences in closed form (Kingma and Welling 2014, arXiv:1312.6114, appendix B); a unit is active if its mean
varies across pictures, Var(mu) > 0.01 (Burda et al. 2016, arXiv:1509.00519, section 5.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number
from playground.images.model_menu import picture_facts
from playground.images.picture_request import ANY, read_condition, written_condition
from playground.latent.encoder_means import held_out_codes
from playground.latent.picture_refs import Item, Real, points_of, read_item, written_item
from playground.latent.pointer_decode import kept_space, short_texts, turn
from playground.latent.vae_encoder import read_off

ACTIVE = 0.01
FARTHEST = 3.0
#: Pictures in a row of one dimension, and in a row of the sheet of all.
ROW, SHEET_ROW = 9, 7
BASES = 16
MIDDLE = "middle"


@dataclass(frozen=True, eq=False)
class Statistics:
    """What N pictures say of each of D dimensions.

    kl: (D,) nats, mean over the pictures.  variance: (D,) of the means across the pictures.
    """

    pictures: int
    kl: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def active(self) -> NDArray[np.bool_]:
        """(D,) whether the mean varies by more than 0.01."""
        return self.variance > ACTIVE

    def order(self) -> NDArray[np.int64]:
        """(D,) the dimensions, the largest KL first."""
        return np.argsort(-self.kl, kind="stable")


@dataclass(frozen=True)
class Reading:
    """Where the reader stands.

    dimension: from 0.  base: an item, or None for the middle, 0.  position: of that coordinate, -3 to 3; None where it
    is the base's own.
    """

    model: str
    dimension: int
    base: Item | None = None
    position: float | None = None
    condition: Mapping[str, str] = field(default_factory=dict)

    def recipe(self) -> Recipe:
        """For a link. Dimensions are counted from 1 there, as on the page."""
        settings: dict[str, Setting] = {"panel": "reading", "dimension": self.dimension + 1}
        settings |= {"base": written_base(self.base), "condition": written_condition(self.condition)}
        settings |= {} if self.position is None else {"position": round(self.position, 2)}
        return Recipe("latent", self.model, picture_facts(self.model).weights_sha256, 0, settings)


def written_base(base: Item | None) -> str:
    """The base as it stands in a link."""
    return MIDDLE if base is None else written_item(base)


def kl_by_dimension(mean: NDArray[np.float64], log_variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, D) nats: KL(N(mean, exp(log_variance)) || N(0, 1)), 0.5 (mu² + sigma² - 1 - ln sigma²), of (N, D) each."""
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.expm1(log_variance) - log_variance)
    return kl


def statistics_of(mean: NDArray[np.float32], log_variance: NDArray[np.float32]) -> Statistics:
    """Of the Gaussians of N pictures, (N, D) each."""
    wide, logs = mean.astype(float), log_variance.astype(float)
    return Statistics(len(wide), kl_by_dimension(wide, logs).mean(0), wide.var(0))


def statistics(model: str) -> Statistics:
    """Of up to 2,000 held-out pictures. Raises PlaygroundError, with the reason, if the model is no VAE."""
    need_vae(model)
    codes = held_out_codes(model)
    return statistics_of(codes.means, codes.log_variances)


def need_vae(model: str) -> None:
    """Raises PlaygroundError that says why only a VAE can be read so."""
    facts = picture_facts(model)
    if facts.kind != "vae":
        why = (
            "A GAN only draws" if facts.kind == "gan" else "Diffusion starts from plain noise, as large as the picture"
        )
        raise PlaygroundError(
            f"{facts.title} cannot be read so. {why}: no encoder says which numbers a picture needs, so there is no "
            "KL. Choose a VAE on the left."
        )


def summary(seen: Statistics) -> str:
    """The counts, in a sentence or two."""
    active, total = int(seen.active.sum()), len(seen.kl)
    half = int(np.searchsorted(np.cumsum(np.sort(seen.kl)[::-1]), seen.kl.sum() / 2) + 1)
    return (
        f"{active} of {total} dimensions are active, {total - active} dead (their mean varies by {ACTIVE} at most). "
        f"Together they tell {seen.kl.sum():.1f} nats about a picture ({seen.kl.sum() / np.log(2):.0f} bits), half "
        f"of it in the first {half}. Means of {seen.pictures:,} held-out pictures."
    )


def read_reading(model: object, values: Mapping[str, object]) -> Reading:
    """A checked place from whatever came in: dimension (from 1), base, position, condition.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    facts = picture_facts(str(model or ""))
    need_vae(facts.name)
    size = kept_space(facts.name, ANY).dimensions
    number = parse_int(values.get("dimension", 1), 1, size, f"The dimension must be a whole number from 1 to {size}")
    given = values.get("position")
    position = None if given in (None, "") else read_position(given)
    condition = read_condition(facts, values.get("condition", ANY) or ANY)
    return Reading(facts.name, number - 1, read_base(values.get("base", MIDDLE), facts.name), position, condition)


def read_base(value: object, model: str) -> Item | None:
    """A base: an item, or "middle"."""
    return None if value in (MIDDLE, None, "") else read_item(value, picture_facts(model))


def first_base(model: str) -> str:
    """A held-out picture, as it stands in a link."""
    codes = held_out_codes(model)
    return written_item(Real(codes.dataset, int(codes.rows[0])))


def read_position(value: object) -> float:
    """A checked position on one axis."""
    sentence = f"The position must be a number from -{FARTHEST:g} to {FARTHEST:g}"
    position = parse_number(value, sentence)
    if abs(position) > FARTHEST:
        raise PlaygroundError(f"{sentence}; it was {position:g}.")
    return position


@lru_cache(maxsize=16)
def _base(model: str, condition: str, base: str) -> NDArray[np.float32]:
    room, facts = kept_space(model, condition), picture_facts(model)
    item = read_base(base, model)
    if item is None:
        return np.zeros(room.dimensions, np.float32)
    point: NDArray[np.float32] = points_of([item], room, read_condition(facts, condition))[0]
    return point


def base_point(reading: Reading) -> NDArray[np.float32]:
    """(D,) of the base, under the condition."""
    return _base(reading.model, written_condition(reading.condition), written_base(reading.base))


def traversed(base: NDArray[np.float32], dimension: int, values: NDArray[np.float64]) -> NDArray[np.float32]:
    """(N, D): the base with one coordinate replaced by each of N values, all else as it is."""
    points = np.repeat(base[None], len(values), 0).astype(np.float32)
    points[:, dimension] = values
    return points


def positions(count: int = ROW) -> NDArray[np.float64]:
    """`count` values from -3 to 3."""
    return np.linspace(-FARTHEST, FARTHEST, count)


def row(reading: Reading) -> NDArray[np.uint8]:
    """(9, H, W, C) uint8: the pictures along the dimension."""
    room = kept_space(reading.model, written_condition(reading.condition))
    return np.concatenate(list(room.pictures(traversed(base_point(reading), reading.dimension, positions()))))


def live(model: object, values: Mapping[str, object]) -> NDArray[np.uint8]:
    """The pictures for a pointer on the move: the one at `position`; with "row" the nine of the row before it.

    One at a time is drawn, whoever asks. Raises PlaygroundError for bad values, or if others keep the machine busy.
    """
    short_texts(
        "The model, the condition and the base", model, values.get("condition", ANY), values.get("base", MIDDLE)
    )
    with turn():
        reading = read_reading(model, values)
        base = base_point(reading)
        own = float(base[reading.dimension]) if reading.position is None else reading.position
        places = np.array([*(positions() if values.get("row") is True else ()), own])
        room = kept_space(reading.model, written_condition(reading.condition))
        return np.concatenate(list(room.pictures(traversed(base, reading.dimension, places))))


def sheet(reading: Reading) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """((n,) active dimensions, the largest KL first; (n, 7, H, W, C) uint8: a row of pictures along each)."""
    seen = statistics(reading.model)
    shown = seen.order()[seen.active[seen.order()]]
    room, base = kept_space(reading.model, written_condition(reading.condition)), base_point(reading)
    if not len(shown):
        return shown, np.zeros((0, SHEET_ROW, *room.decode(base[None]).shape[1:]), np.uint8)
    points = np.concatenate([traversed(base, dimension, positions(SHEET_ROW)) for dimension in shown])
    made = np.concatenate(list(room.pictures(points)))
    return shown, made.reshape(len(shown), SHEET_ROW, *made.shape[1:])


@dataclass(frozen=True, eq=False)
class Changes:
    """What a dimension does, averaged over several pictures.

    heat: (H, W) mean absolute change of a pixel, 0 to 255, for each unit of the coordinate.  bases: how many pictures.
    flips: attribute -> the share of them off which the classifier reads more than one word along -3 to 3; empty
    without a classifier.
    """

    heat: NDArray[np.float64]
    bases: int
    flips: Mapping[str, float]


def changes(model: str, condition: str, dimension: int) -> Changes:
    """Over 16 held-out pictures, each moved from -3 to 3 in steps of 1."""
    return _changes(model, condition, dimension, picture_facts(model).weights_sha256)


@lru_cache(maxsize=256)
def _changes(model: str, condition: str, dimension: int, weights_sha256: str) -> Changes:
    codes, room = held_out_codes(model), kept_space(model, condition)
    bases = codes.means[:: max(1, len(codes.means) // BASES)][:BASES]
    along = positions(SHEET_ROW)
    points = np.concatenate([traversed(base, dimension, along) for base in bases])
    made = np.concatenate(list(room.pictures(points)))
    read, names = read_off(made, model), list(picture_facts(model).labels)
    flips = {} if read is None else flip_shares(read.reshape(len(bases), len(along), -1), names)
    return Changes(heat_of(made.reshape(len(bases), len(along), *made.shape[1:])), len(bases), flips)


def heat_of(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(H, W): the mean absolute step between neighbours of (bases, steps, H, W, C), one unit apart, over channels."""
    heat: NDArray[np.float64] = np.abs(np.diff(pictures.astype(float), axis=1)).mean((0, 1, 4))
    return heat


def flip_shares(read: NDArray[np.int64], names: list[str]) -> dict[str, float]:
    """Attribute -> share of the bases along which it does not stay the same. read: (bases, steps, A)."""
    moved = (read != read[:, :1]).any(1).mean(0)
    return {name: float(share) for name, share in zip(names, moved, strict=True)}


def reading_from(recipe: Recipe) -> Reading:
    """The place in a recipe, checked."""
    known = ("dimension", "base", "position", "condition")
    return read_reading(recipe.model, {name: value for name, value in recipe.settings.items() if name in known})
