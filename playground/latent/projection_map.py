"""Latent space on a flat map: PCA at once, and a map of neighbours (t-SNE) that is computed once and kept on the disk.

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

from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.core.validation import parse_choice
from playground.latent.encoder_means import Posteriors, encode_dataset, vae_facts

PROJECTIONS = ("pca", "tsne")
_PERPLEXITY, _EARLY, _LATE, _EXAGGERATION, _AT_ONCE = 30, 250, 500, 12, 10
_MAX_CACHED = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ProjectionMap:
    """Training pictures on a flat map.

    posteriors: the encoder's Gaussians; the first posteriors.training are on the map.  points: (N, 2) float32.
    centre: (D,), the mean of the pictures' means.  axes: (2, D), the first two principal directions, of length 1.
    shares: of the variance of the means that each of the two holds, 0 to 1.
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
        """(N, D): the pictures' places in the whole space."""
        return self.posteriors.means[: self.posteriors.training]

    def flat(self, z: Floats) -> Floats:
        """(M, 2): the shadow of points of the space, (M, D), on the plane of the two directions."""
        shadow: Floats = ((z - self.centre) @ self.axes.T).astype(np.float32)
        return shadow


_cached_maps: dict[tuple[str, str, str], ProjectionMap] = {}
_cached_embeddings: dict[tuple[str, str], Any] = {}
_lock = threading.Lock()


def read_projection(projection: object) -> str:
    """Raises PlaygroundError for another word than pca or tsne."""
    return parse_choice(projection, PROJECTIONS, "projection")


def compute_map(model: str, projection: str) -> Iterator[tuple[str, float] | ProjectionMap]:
    """What is being done and how far it is, 0 to 1; then the map. Close it to stop: what is unfinished is lost.

    Raises PlaygroundError for a model without an encoder, another projection, or if the disk is full.
    """
    read_projection(projection)
    key = _key(model, projection)
    if key not in _cached_maps:
        posteriors: Posteriors | None = None
        for step in encode_dataset(model):
            if isinstance(step, Posteriors):
                posteriors = step
            else:
                yield "Asking the encoder where the pictures lie, once for all", step
        assert posteriors is not None
        latent_map = pca_map(posteriors)
        if projection == "tsne":
            points: Floats | None = None
            for part in _tsne_points(latent_map):
                if isinstance(part, float):
                    yield "Laying out neighbours, once for all", part
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
    """A map that is there already, for what follows the pointer. Raises PlaygroundError if it is not."""
    if not isinstance(model, str):
        raise PlaygroundError("The model must be a short text.")
    latent_map = _cached_maps.get(_key(model, read_projection(projection)))
    if latent_map is None:
        raise PlaygroundError("This map is not laid out yet: open it, and wait until it is drawn.")
    return latent_map


def pca_map(posteriors: Posteriors) -> ProjectionMap:
    """The map on the two directions in which the pictures' means vary most; by singular value decomposition."""
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
    """How far it is, then (N, 2): from the disk, or computed."""
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
    """openTSNE's own embedding of the means, its points at the given places."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    nearness = PerplexityBasedNN(flat.means, perplexity=_PERPLEXITY, method="exact", n_jobs=2, random_state=0)
    return TSNEEmbedding(
        np.array(points, np.float64), nearness, negative_gradient_method="fft", n_jobs=2, random_state=0
    )


def place_points(latent_map: ProjectionMap, z: Floats, keep: str = "") -> Floats:
    """(M, 2): the places of points of the space, (M, D), on a map.

    On the plane it is their shadow. On the map of neighbours openTSNE finds the place among the pictures that lie
    near; the pictures stay where they are. keep: a name under which to keep that on the disk.
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
    # Other weights, pictures or settings give other means, or another file.
    digest = hashlib.sha256(np.ascontiguousarray(latent_map.means).tobytes())
    digest.update(f"{_PERPLEXITY} {_EARLY} {_LATE} {_EXAGGERATION} {words}".encode())
    return models_dir() / "maps" / f"{latent_map.model}-{digest.hexdigest()[:16]}.npy"
