"""Traversals of a VAE's space, one dimension at a time: its information (KL) and its effect on the picture.

KL divergences are in closed form (Kingma and Welling 2014, arXiv:1312.6114, appendix B); a unit is active if its mean
varies across pictures, Var(mu) > 0.01 (Burda et al. 2016, arXiv:1509.00519, section 5.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import exact
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number
from playground.images.image_request import ANY, format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.encoder_means import held_out_posteriors
from playground.latent.picture_refs import PictureRef, RealPicture, format_picture_ref, points_of, read_picture_ref
from playground.latent.pointer_decode import cached_space, draw_lock, parse_short_texts
from playground.latent.vae_encoder import classify_pictures

ACTIVE_VARIANCE = 0.01
MAX_POSITION = 3.0
#: Pictures in a row of one dimension, and in a row of the sheet of all.
ROW_LENGTH, SHEET_ROW_LENGTH = 9, 7
EFFECT_BASES = 16
MIDDLE = "middle"


@dataclass(frozen=True, eq=False)
class PosteriorStatistics:
    """Statistics of each of D dimensions over a number of pictures.

    kl: (D,) nats, mean over the pictures.  variance: (D,), of the means across the pictures.
    """

    pictures: int
    kl: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def active(self) -> NDArray[np.bool_]:
        """Whether the variance of the mean is more than 0.01, (D,)."""
        return self.variance > ACTIVE_VARIANCE

    def order(self) -> NDArray[np.int64]:
        """The dimensions from 0, the largest KL first, (D,)."""
        return np.argsort(-self.kl, kind="stable")


@dataclass(frozen=True)
class TraversalRequest:
    """A place along one dimension.

    dimension: from 0.  base: a picture reference, or None for the middle, 0.  position: of that coordinate, -3 to 3;
    None for the base's own.
    """

    model: str
    dimension: int
    base: PictureRef | None = None
    position: float | None = None
    condition: Mapping[str, str] = field(default_factory=dict)

    def recipe(self) -> Recipe:
        """Its recipe, for a link; dimensions count from 1 there, as on the page."""
        settings: dict[str, Setting] = {"panel": "traversal", "dimension": self.dimension + 1}
        settings |= {"base": format_base(self.base), "condition": format_condition(self.condition)}
        settings |= {} if self.position is None else {"position": round(self.position, 2)}
        return Recipe("latent", self.model, image_model_facts(self.model).weights_sha256, 0, settings)


def format_base(base: PictureRef | None) -> str:
    """The base's text in a link."""
    return MIDDLE if base is None else format_picture_ref(base)


def kl_by_dimension(mean: NDArray[np.float64], log_variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) = 0.5 (mu² + sigma² - 1 - ln sigma²), in nats; all are (N, D)."""
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.expm1(log_variance) - log_variance)
    return kl


def posterior_statistics(mean: NDArray[np.float32], log_variance: NDArray[np.float32]) -> PosteriorStatistics:
    """Statistics of the Gaussians of N pictures. mean, log_variance: (N, D)."""
    wide, logs = mean.astype(float), log_variance.astype(float)
    return PosteriorStatistics(len(wide), kl_by_dimension(wide, logs).mean(0), wide.var(0))


def held_out_statistics(model: str) -> PosteriorStatistics:
    """Statistics of up to 2,000 held-out pictures. Raises PlaygroundError if the model is not a VAE."""
    require_vae(model)
    codes = held_out_posteriors(model)
    return posterior_statistics(codes.means, codes.log_variances)


def require_vae(model: str) -> None:
    """Raises PlaygroundError, which explains why, if the model is not a VAE."""
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(say(f"latent.traversal.not_a_vae.{facts.kind}", model=facts.title))


def summarize(statistics: PosteriorStatistics) -> str:
    """The counts of dimensions and their information, in sentences."""
    active, total = int(statistics.active.sum()), len(statistics.kl)
    nats = statistics.kl.sum()
    half = int(np.searchsorted(np.cumsum(np.sort(statistics.kl)[::-1]), nats / 2) + 1)
    counts = {"active": active, "total": total, "dead": total - active, "threshold": ACTIVE_VARIANCE}
    information = {"nats": nats, "bits": nats / np.log(2), "half": half}
    return say("latent.traversal.summary", **counts, **information, pictures=statistics.pictures)


def read_traversal(model: object, values: Mapping[str, object]) -> TraversalRequest:
    """A checked place from raw settings: dimension (from 1), base, position, condition.

    Raises PlaygroundError for the first value that is not valid.
    """
    facts = image_model_facts(str(model or ""))
    require_vae(facts.name)
    size = cached_space(facts.name, ANY).dimensions
    dimension_range = say("latent.traversal.dimension_range", highest=size)
    dimension = parse_int(values.get("dimension", 1), 1, size, dimension_range) - 1
    value = values.get("position")
    position = None if value in (None, "") else read_position(value)
    condition = parse_condition(facts, values.get("condition", ANY) or ANY)
    return TraversalRequest(
        facts.name, dimension, read_base(values.get("base", MIDDLE), facts.name), position, condition
    )


def read_base(value: object, model: str) -> PictureRef | None:
    """A base: a picture reference, or None for "middle"."""
    return None if value in (MIDDLE, None, "") else read_picture_ref(value, image_model_facts(model))


def default_base(model: str) -> str:
    """The first held-out picture, as in a link."""
    codes = held_out_posteriors(model)
    return format_picture_ref(RealPicture(codes.dataset, int(codes.rows[0])))


def read_position(value: object) -> float:
    """A checked position along a dimension. Raises PlaygroundError if it is out of range."""
    sentence = say("latent.traversal.position_range", most=MAX_POSITION)
    position = parse_number(value, sentence)
    if abs(position) > MAX_POSITION:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=exact(position)))
    return position


@lru_cache(maxsize=16)
def _cached_base_point(model: str, condition: str, base: str) -> NDArray[np.float32]:
    space, facts = cached_space(model, condition), image_model_facts(model)
    reference = read_base(base, model)
    if reference is None:
        return np.zeros(space.dimensions, np.float32)
    point: NDArray[np.float32] = points_of([reference], space, parse_condition(facts, condition))[0]
    return point


def base_point(request: TraversalRequest) -> NDArray[np.float32]:
    """The base's point under the condition, (D,)."""
    return _cached_base_point(request.model, format_condition(request.condition), format_base(request.base))


def traverse(base: NDArray[np.float32], dimension: int, values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The base with one coordinate replaced by each of N values: (N, D)."""
    points = np.repeat(base[None], len(values), 0).astype(np.float32)
    points[:, dimension] = values
    return points


def positions(count: int = ROW_LENGTH) -> NDArray[np.float64]:
    """`count` evenly spaced values from -3 to 3."""
    return np.linspace(-MAX_POSITION, MAX_POSITION, count)


def traverse_row(request: TraversalRequest) -> NDArray[np.uint8]:
    """The pictures along the dimension, (9, H, W, C) uint8."""
    space = cached_space(request.model, format_condition(request.condition))
    return np.concatenate(list(space.pictures(traverse(base_point(request), request.dimension, positions()))))


def decode_live(model: object, values: Mapping[str, object]) -> NDArray[np.uint8]:
    """The picture at `position`, for a moving pointer, under the lock on drawing; with "row", the row's nine before it.

    Raises PlaygroundError for a value that is not valid, or if the lock is taken.
    """
    sentence = say("latent.points.errors.model_condition_base")
    parse_short_texts(sentence, model, values.get("condition", ANY), values.get("base", MIDDLE))
    with draw_lock():
        request = read_traversal(model, values)
        base = base_point(request)
        value = float(base[request.dimension]) if request.position is None else request.position
        coordinates = np.array([*(positions() if values.get("row") is True else ()), value])
        space = cached_space(request.model, format_condition(request.condition))
        return np.concatenate(list(space.pictures(traverse(base, request.dimension, coordinates))))


def traverse_active(request: TraversalRequest) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """(n,) active dimensions, the largest KL first, and (n, 7, H, W, C) uint8, a row of pictures along each."""
    statistics = held_out_statistics(request.model)
    active = statistics.order()[statistics.active[statistics.order()]]
    space, base = cached_space(request.model, format_condition(request.condition)), base_point(request)
    if not len(active):
        return active, np.zeros((0, SHEET_ROW_LENGTH, *space.decode(base[None]).shape[1:]), np.uint8)
    points = np.concatenate([traverse(base, dimension, positions(SHEET_ROW_LENGTH)) for dimension in active])
    pictures = np.concatenate(list(space.pictures(points)))
    return active, pictures.reshape(len(active), SHEET_ROW_LENGTH, *pictures.shape[1:])


@dataclass(frozen=True, eq=False)
class DimensionEffect:
    """What a dimension changes, averaged over several pictures.

    heat: (H, W), mean absolute change of a pixel per unit of the coordinate, 0 to 255.  bases: how many pictures.
    flips: attribute -> the share of pictures whose class changes between -3 and 3; {} without a classifier.
    """

    heat: NDArray[np.float64]
    bases: int
    flips: Mapping[str, float]


def dimension_effect(model: str, condition: str, dimension: int) -> DimensionEffect:
    """The effect over 16 held-out pictures, each moved from -3 to 3 in steps of 1."""
    return _dimension_effect(model, condition, dimension, image_model_facts(model).weights_sha256)


@lru_cache(maxsize=256)
def _dimension_effect(model: str, condition: str, dimension: int, weights_sha256: str) -> DimensionEffect:
    codes, space = held_out_posteriors(model), cached_space(model, condition)
    bases = codes.means[:: max(1, len(codes.means) // EFFECT_BASES)][:EFFECT_BASES]
    along = positions(SHEET_ROW_LENGTH)
    points = np.concatenate([traverse(base, dimension, along) for base in bases])
    pictures = np.concatenate(list(space.pictures(points)))
    classes, names = classify_pictures(pictures, model), list(image_model_facts(model).labels)
    flips = {} if classes is None else label_flip_rates(classes.reshape(len(bases), len(along), -1), names)
    return DimensionEffect(
        change_heatmap(pictures.reshape(len(bases), len(along), *pictures.shape[1:])), len(bases), flips
    )


def change_heatmap(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean absolute step between neighbours, one unit apart: (bases, steps, H, W, C) -> (H, W)."""
    heat: NDArray[np.float64] = np.abs(np.diff(pictures.astype(float), axis=1)).mean((0, 1, 4))
    return heat


def label_flip_rates(classes: NDArray[np.int64], names: list[str]) -> dict[str, float]:
    """Attribute -> share of the bases whose class changes. classes: (bases, steps, A)."""
    moved = (classes != classes[:, :1]).any(1).mean(0)
    return {name: float(share) for name, share in zip(names, moved, strict=True)}


def traversal_from(recipe: Recipe) -> TraversalRequest:
    """The checked place of a recipe."""
    known = ("dimension", "base", "position", "condition")
    return read_traversal(recipe.model, {name: value for name, value in recipe.settings.items() if name in known})
