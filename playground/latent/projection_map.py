"""Latent space on a flat map: PCA, computed at once, and t-SNE, computed once and cached on disk.

PCA is a plane in the space: every place on it is a point. t-SNE (van der Maaten and Hinton 2008) only keeps neighbours
together; openTSNE computes it by interpolation and FFT (Linderman et al. 2019), from a PCA start (Kobak and Berens
2019).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.core.validation import parse_choice
from playground.latent.encoder_means import Posteriors, encode_dataset, vae_facts
from playground.latent.pointer_decode import NotReadyError

PROJECTIONS = ("pca", "tsne")
_PERPLEXITY, _EARLY, _LATE, _EXAGGERATION, _AT_ONCE = 30, 250, 500, 12, 10
_MAX_CACHED = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ProjectionMap:
    """Training pictures on a flat map.

    posteriors: the encoder's Gaussians; the first posteriors.training are on the map.  points: (N, 2) float32.
    centre: (D,), the mean of the pictures' means.  axes: (2, D), the first two principal directions, unit vectors.
    shares: of the means' variance along each of the two, 0 to 1.
    """

    model: str
    projection: str
    posteriors: Posteriors
    points: Floats
    centre: Floats
    axes: Floats
    shares: tuple[float, float]

    @property
    def means(self) -> Floats:
        """The pictures' points in the whole space, (N, D)."""
        return self.posteriors.means[: self.posteriors.training]

    def flat(self, z: Floats) -> Floats:
        """The projection of points, (M, D), on the plane of the two directions: (M, 2)."""
        projected: Floats = ((z - self.centre) @ self.axes.T).astype(np.float32)
        return projected


_cached_maps: dict[tuple[str, str, str], ProjectionMap] = {}
_cached_embeddings: dict[tuple[str, str], Any] = {}
_lock = threading.Lock()


def read_projection(projection: object) -> str:
    """A checked projection: "pca" or "tsne". Raises PlaygroundError for anything else."""
    return parse_choice(projection, PROJECTIONS, "projection")


def compute_map(model: str, projection: str) -> Iterator[tuple[str, float] | ProjectionMap]:
    """Yields ("encoding" or "layout", the fraction done, 0 to 1); then the map. Close it to stop.

    An unfinished layout is lost.
    Raises PlaygroundError for a model without an encoder, an unknown projection, or if the disk is full.
    """
    read_projection(projection)
    key = _key(model, projection)
    if key not in _cached_maps:
        posteriors: Posteriors | None = None
        for step in encode_dataset(model):
            if isinstance(step, Posteriors):
                posteriors = step
            else:
                yield "encoding", step
        assert posteriors is not None
        latent_map = pca_map(posteriors)
        if projection == "tsne":
            points: Floats | None = None
            for part in _tsne_points(latent_map):
                if isinstance(part, float):
                    yield "layout", part
                else:
                    points = part
            assert points is not None
            latent_map = ProjectionMap(
                model, projection, posteriors, points, latent_map.centre, latent_map.axes, latent_map.shares
            )
        with _lock:
            while len(_cached_maps) >= _MAX_CACHED:
                _cached_maps.pop(next(iter(_cached_maps)))
            _cached_maps[key] = latent_map
    yield _cached_maps[key]


def _key(model: str, projection: str) -> tuple[str, str, str]:
    return model, projection, vae_facts(model).weights_sha256


def cached_map(model: object, projection: object) -> ProjectionMap:
    """A map from the cache, for requests that follow the pointer. Raises PlaygroundError if it is not there."""
    if not isinstance(model, str):
        raise PlaygroundError(say("latent.points.errors.model_text"))
    latent_map = _cached_maps.get(_key(model, read_projection(projection)))
    if latent_map is None:
        raise NotReadyError(say("latent.map.errors.not_ready"))
    return latent_map


def pca_map(posteriors: Posteriors) -> ProjectionMap:
    """The map on the first two principal components of the pictures' means, by singular value decomposition."""
    means = posteriors.means[: posteriors.training].astype(np.float64)
    centre = means.mean(0)
    _, lengths, rows = np.linalg.svd(means - centre, full_matrices=False)
    axes = rows[:2]
    axes = axes * np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])[:, None]  # a direction's sign is arbitrary
    shares = lengths**2 / (lengths**2).sum()
    points = ((means - centre) @ axes.T).astype(np.float32)
    first_two = float(shares[0]), float(shares[1])
    return ProjectionMap(
        posteriors.model, "pca", posteriors, points, centre.astype(np.float32), axes.astype(np.float32), first_two
    )


def _tsne_points(flat: ProjectionMap) -> Iterator[float | Floats]:
    """Yields the fraction done, 0 to 1; then the points, (N, 2), at once if they are cached."""
    from playground.data import npz_cache

    path = _path(flat)
    cached = npz_cache.load_array(path, len(flat.points), 2)
    if cached is None:
        yield 0.0
        embedding = _tsne_embedding(flat, flat.points / flat.points[:, 0].std() * 1e-4)
        for done in range(0, _EARLY + _LATE, _AT_ONCE):
            early = done < _EARLY
            embedding.optimize(
                _AT_ONCE, inplace=True, exaggeration=_EXAGGERATION if early else 1, momentum=0.5 if early else 0.8,
                learning_rate=max(200.0, len(flat.points) / _EXAGGERATION),
            )  # fmt: skip
            yield (done + _AT_ONCE) / (_EARLY + _LATE)
        cached = np.array(embedding, np.float32)
        npz_cache.save_array(path, cached)
    yield cached


def _tsne_embedding(flat: ProjectionMap, points: Floats) -> Any:
    """openTSNE's embedding of the means, starting from `points`."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    nearness = PerplexityBasedNN(flat.means, perplexity=_PERPLEXITY, method="exact", n_jobs=2, random_state=0)
    return TSNEEmbedding(
        np.array(points, np.float64), nearness, negative_gradient_method="fft", n_jobs=2, random_state=0
    )


def place_points(latent_map: ProjectionMap, z: Floats, keep: str = "") -> Floats:
    """The places of points, (M, D), on a map: (M, 2).

    On the PCA plane they are projected. On the t-SNE map openTSNE places them among their neighbours, which do not
    move. keep: a name under which to cache those places on disk; "" to not cache them.
    """
    if latent_map.projection == "pca":
        return latent_map.flat(z)
    from playground.data import npz_cache

    path = _path(latent_map, keep + hashlib.sha256(np.ascontiguousarray(z).tobytes()).hexdigest())
    cached = npz_cache.load_array(path, len(z), 2) if keep else None
    if cached is None:
        key = latent_map.model, vae_facts(latent_map.model).weights_sha256
        if key not in _cached_embeddings:
            _cached_embeddings.clear()
            _cached_embeddings[key] = _tsne_embedding(latent_map, latent_map.points)
        cached = np.array(_cached_embeddings[key].transform(np.array(z, np.float32)), np.float32)
        if keep:
            npz_cache.save_array(path, cached)
    return cached


def _path(latent_map: ProjectionMap, words: str = "") -> Path:
    # The means depend on weights and pictures; the settings are added.
    digest = hashlib.sha256(np.ascontiguousarray(latent_map.means).tobytes())
    digest.update(f"{_PERPLEXITY} {_EARLY} {_LATE} {_EXAGGERATION} {words}".encode())
    return models_dir() / "maps" / f"{latent_map.model}-{digest.hexdigest()[:16]}.npy"
