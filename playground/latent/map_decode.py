"""Places on a map of latent space: decoded pictures, pictures of the data, a visitor's own picture, and prior draws.

On the PCA plane, a place is a point of the space. t-SNE has no inverse: there, the point of a place is the mean of the
nearest pictures' points, weighted by 1 / distance^2 on the map (Shepard 1968).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int, parse_number, quoted
from playground.latent.encoder_means import vae_facts
from playground.latent.pointer_decode import cached_space, draw_lock, parse_short_texts
from playground.latent.projection_map import Floats, ProjectionMap, cached_map, place_points
from playground.latent.vae_encoder import encode
from playground.metrics.histogram import Histogram, histogram

PRIOR_DRAWS, NEAREST, MAX_COORDINATE, MAX_PICTURES = 1_000, 8, 10_000.0, 64
SEED = 20
#: Cells along a side of the lattice of pictures on the whole map.
FACE_CELLS = 20
#: The name of the held-out pictures in Holes.distances.
UNSEEN = "unseen"


@dataclass(frozen=True, eq=False)
class PictureGaussian:
    """The Gaussian that the encoder gives a picture. mean, variance: (D,) float32."""

    model: str
    mean: Floats
    variance: Floats


@dataclass(frozen=True)
class Ellipse:
    """Semi-axes at one standard deviation, major >= minor; angle of the major one from x, in radians."""

    major: float
    minor: float
    angle: float


@dataclass(frozen=True, eq=False)
class Prior:
    """Draws of a prior. points: (PRIOR_DRAWS, D).  in_holes: their share in holes, 0 to 1."""

    points: Floats
    in_holes: float


@dataclass(frozen=True, eq=False)
class Holes:
    """How many draws are far from all training pictures, in the whole space.

    far: 99 % of held-out pictures are nearer than this to a training picture.
    priors: "normal", and "mixture" if the model has one.
    own: for comparison, the share of draws from the held-out pictures' own Gaussians that are farther.
    distances: to the nearest training picture, of held-out pictures (UNSEEN) and of each prior's draws, by its name.
    unseen: (M,), those of the held-out pictures.
    """

    far: float
    priors: dict[str, Prior]
    own: float
    distances: Histogram
    unseen: Floats

    def share_as_far(self, distance: float) -> float:
        """The share of held-out pictures at least so far from the nearest training picture, 0 to 1."""
        return float((self.unseen >= distance).mean())


def read_map_position(x: object, y: object) -> tuple[float, float]:
    """A checked place. Raises PlaygroundError for anything but two numbers in range."""
    sentence = say("latent.map.errors.place_range", lowest=-MAX_COORDINATE, highest=MAX_COORDINATE)
    position = parse_number(x, sentence), parse_number(y, sentence)
    if max(map(abs, position)) > MAX_COORDINATE:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(position)))
    return position


def point_at(latent_map: ProjectionMap, x: float, y: float) -> Floats:
    """The point of the space that a place on the map decodes from, (D,)."""
    if latent_map.projection == "pca":
        flat: Floats = (latent_map.centre + np.array([x, y], np.float32) @ latent_map.axes).astype(np.float32)
        return flat
    squares = np.square(latent_map.points.astype(np.float64) - [x, y]).sum(1)
    nearest = np.argpartition(squares, NEAREST)[:NEAREST]
    weights = 1 / np.maximum(squares[nearest], 1e-12)
    mean: Floats = (weights @ latent_map.means[nearest] / weights.sum()).astype(np.float32)
    return mean


def picture_at(model: object, condition: object, projection: object, x: object, y: object) -> NDArray[np.uint8]:
    """The picture of a place, (1, H, W, C) uint8, under the lock on drawing. The map must be in the cache.

    condition: as in a link.  Raises PlaygroundError for a value that is not valid, or if the lock is taken.
    """
    position = read_map_position(x, y)
    latent_map = cached_map(model, projection)
    words = parse_short_texts(say("latent.points.errors.model_and_condition"), latent_map.model, condition)
    with draw_lock():
        return cached_space(*words).decode(point_at(latent_map, *position)[None])


def data_pictures(model: object, projection: object, rows: object) -> NDArray[np.uint8]:
    """Pictures of the data by their numbers on the map, (N, H, W, C) uint8. rows: 1 to 64 whole numbers."""
    from playground.data import registry

    latent_map = cached_map(model, projection)
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not 0 < len(rows) <= MAX_PICTURES:
        raise PlaygroundError(say("latent.map.errors.too_many_rows", most=MAX_PICTURES))
    last = len(latent_map.points) - 1
    row_range = say("latent.map.errors.row_range", last=last)
    checked = [parse_int(row, 0, last, row_range) for row in rows]
    pictures: NDArray[np.uint8] = registry.load(latent_map.posteriors.dataset).images[
        latent_map.posteriors.rows[checked]
    ]
    return pictures


def picture_labels(latent_map: ProjectionMap) -> tuple[dict[str, tuple[str, ...]], NDArray[np.uint8]]:
    """The labels of the pictures on the map: (attribute -> its words, (A, N) uint8 indices into them)."""
    from playground.data import registry

    data = registry.load(latent_map.posteriors.dataset)
    table = data.attribute_table()[latent_map.posteriors.rows[: latent_map.posteriors.training]]
    return dict(data.values), table.T.astype(np.uint8)


def label_colours(latent_map: ProjectionMap) -> Mapping[str, Mapping[str, str]]:
    """Attribute -> word -> its own colour, for the labels of the pictures that are colours."""
    from playground.data import registry

    return registry.attribute_colours(latent_map.posteriors.dataset)


def faces(latent_map: ProjectionMap) -> tuple[list[int], NDArray[np.uint8]]:
    """Pictures all over the map, no two in one cell of a lattice: (their numbers on it, (N, H, W, C) uint8)."""
    from playground.data import registry

    points = latent_map.points.astype(np.float64)
    low = points.min(0)
    cells = ((points - low) / np.maximum((points.max(0) - low).max(), 1e-9) * FACE_CELLS).astype(np.int64)
    _, rows = np.unique(cells @ [FACE_CELLS + 1, 1], return_index=True)
    images = registry.load(latent_map.posteriors.dataset).images
    return rows.tolist(), images[latent_map.posteriors.rows[rows]]


def encode_gaussian(picture: NDArray[np.uint8], model: str) -> PictureGaussian:
    """The Gaussian that the encoder gives a picture, (H, W, C) uint8 of the model's size, without a condition."""
    facts = vae_facts(model)
    if picture.shape != (facts.side, facts.side, facts.channels):
        raise PlaygroundError(say("latent.map.own_picture.other_size"))
    mean, log_variance = encode(picture[None], model)
    return PictureGaussian(model, mean[0], np.exp(log_variance[0]))


def project_ellipse(latent_map: ProjectionMap, gaussian: PictureGaussian) -> Ellipse:
    """The Gaussian projected on the PCA plane: covariance P diag(variance) P^T, P the two directions."""
    covariance = (latent_map.axes * gaussian.variance) @ latent_map.axes.T
    values, vectors = np.linalg.eigh(covariance.astype(np.float64))
    minor, major = np.sqrt(np.maximum(values, 0))
    return Ellipse(float(major), float(minor), float(np.arctan2(vectors[1, 1], vectors[0, 1])))


_holes: dict[tuple[str, str], Holes] = {}


def measure_holes(latent_map: ProjectionMap) -> Holes:
    """Draws from the model's priors and their shares in holes, far from all pictures. Computed once per model."""
    key = latent_map.model, vae_facts(latent_map.model).weights_sha256
    if key not in _holes:
        _holes[key] = _measure_holes(latent_map)
    return _holes[key]


def known_holes(latent_map: ProjectionMap) -> Holes | None:
    """The holes if they are measured already, for requests that follow the pointer."""
    return _holes.get((latent_map.model, vae_facts(latent_map.model).weights_sha256))


def _measure_holes(latent_map: ProjectionMap) -> Holes:
    import torch

    from playground.zoo.image_models import load_image_model

    random = np.random.default_rng(SEED)
    dimensions = latent_map.means.shape[1]
    normal = random.standard_normal((PRIOR_DRAWS, dimensions), np.float32)
    unseen = slice(latent_map.posteriors.training, None)
    distances = nearest_distances(latent_map.posteriors.means[unseen], latent_map.means)
    far = float(np.quantile(distances, 0.99))
    chosen = (
        random.choice(len(latent_map.posteriors.means) - latent_map.posteriors.training, PRIOR_DRAWS)
        + latent_map.posteriors.training
    )
    eps = random.standard_normal((PRIOR_DRAWS, dimensions), np.float32)
    own = latent_map.posteriors.means[chosen] + eps * np.exp(latent_map.posteriors.log_variances[chosen] / 2)
    prior_draws = {"normal": normal}
    mixture = load_image_model(latent_map.model).mixture
    if mixture is not None:
        anything = torch.tensor([[len(words) for words in vae_facts(latent_map.model).attributes.values()]])
        noise = torch.from_numpy(random.standard_normal((PRIOR_DRAWS, dimensions), np.float32))
        component = torch.from_numpy(random.random(PRIOR_DRAWS, np.float32))
        with torch.inference_mode():
            draws = mixture.sample(anything.expand(PRIOR_DRAWS, -1), noise, component).numpy()
        prior_draws["mixture"] = draws
    to_nearest = {name: nearest_distances(points, latent_map.means) for name, points in prior_draws.items()}
    priors = {name: Prior(points, float((to_nearest[name] > far).mean())) for name, points in prior_draws.items()}
    own_share = float((nearest_distances(own, latent_map.means) > far).mean())
    return Holes(far, priors, own_share, histogram({UNSEEN: distances} | to_nearest), distances)


def nearest_distances(points: Floats, others: Floats) -> Floats:
    """The distance of each point, (M, D), to the nearest of the others, (N, D): (M,)."""
    lengths = np.square(others).sum(1)
    parts = []
    for part in np.array_split(points, max(1, len(points) // 250)):
        squares = np.square(part).sum(1)[:, None] - 2 * part @ others.T + lengths
        parts.append(np.sqrt(np.maximum(squares.min(1), 0)))
    nearest: Floats = np.concatenate(parts)
    return nearest


def project_draws(latent_map: ProjectionMap, name: str) -> Floats:
    """The places of a prior's draws on the map, (PRIOR_DRAWS, 2). PlaygroundError if the model lacks that prior."""
    prior = measure_holes(latent_map).priors.get(name)
    if prior is None:
        raise PlaygroundError(say("latent.map.errors.no_prior"))
    return place_points(latent_map, prior.points, name)
