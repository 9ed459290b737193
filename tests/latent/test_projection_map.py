"""The map of latent space: PCA against the covariance, decoded places, ellipses, holes, bad input."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.numbers import percent
from playground.latent import map_decode, projection_map
from playground.latent.encoder_means import Posteriors
from playground.latent.latent_space import encode_mean, load_space
from playground.latent.projection_map import ProjectionMap

COUNT, UNSEEN, WIDE = 600, 60, 32


def toy_posteriors(seed: int = 0) -> Posteriors:
    """Posteriors of three clouds in as many dimensions as vae-fashion has."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 4, (3, WIDE))
    means = (centres[random.integers(0, 3, COUNT + UNSEEN)] + random.normal(0, 1, (COUNT + UNSEEN, WIDE))).astype("f4")
    log_variances = random.normal(-1, 0.3, means.shape).astype("f4")
    return Posteriors("vae-fashion", "fashion", np.arange(COUNT + UNSEEN), means, log_variances, COUNT)


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Posteriors:
    """Toy posteriors in place of the model's, with empty caches and an own folder for maps."""
    posteriors = toy_posteriors()
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(projection_map, "encode_dataset", lambda _model: iter([0.5, posteriors]))
    for module, name in (
        (projection_map, "_cached_maps"),
        (projection_map, "_cached_embeddings"),
        (map_decode, "_holes"),
    ):
        monkeypatch.setattr(module, name, {})
    # For 600 pictures, a quarter of the steps for 10,000 is enough.
    monkeypatch.setattr(projection_map, "_EARLY", 60)
    monkeypatch.setattr(projection_map, "_LATE", 130)
    return posteriors


@pytest.fixture(scope="module")
def maps_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the t-SNE map of the toy posteriors is kept for the next test, once computed."""
    return tmp_path_factory.mktemp("maps") / "maps"


@pytest.fixture
def clouds_with_map(clouds: Posteriors, maps_folder: Path, tmp_path: Path) -> Iterator[Posteriors]:
    """The toy posteriors, with their t-SNE map from an earlier test if there is one."""
    if maps_folder.exists():
        shutil.copytree(maps_folder, tmp_path / "maps")
    yield clouds
    if not maps_folder.exists():
        shutil.copytree(tmp_path / "maps", maps_folder)


def compute_map(model: str, projection: str) -> ProjectionMap:
    return next(step for step in projection_map.compute_map(model, projection) if isinstance(step, ProjectionMap))


def test_the_two_directions_are_those_of_the_covariance_and_hold_its_shares() -> None:
    posteriors = toy_posteriors()
    latent_map = projection_map.pca_map(posteriors)
    values, vectors = np.linalg.eigh(np.cov(posteriors.means[:COUNT].astype(float).T))
    assert np.allclose(latent_map.shares, values[::-1][:2] / values.sum(), atol=1e-5)
    assert np.allclose(np.abs(latent_map.axes @ vectors[:, ::-1][:, :2]), np.eye(2), atol=1e-3)
    assert np.allclose(latent_map.points, latent_map.flat(latent_map.means), atol=1e-4)


def test_projecting_a_place_of_the_plane_gives_the_place() -> None:
    latent_map = projection_map.pca_map(toy_posteriors())
    point = map_decode.point_at(latent_map, 1.5, -2.25)
    assert np.allclose(latent_map.flat(point[None])[0], [1.5, -2.25], atol=1e-4)


def test_the_ellipse_has_the_covariance_of_many_draws() -> None:
    latent_map = projection_map.pca_map(toy_posteriors())
    random = np.random.default_rng(1)
    gaussian = map_decode.PictureGaussian(
        "vae-fashion", latent_map.means[3], random.uniform(0.05, 3, WIDE).astype("f4")
    )
    draws = gaussian.mean + random.standard_normal((200_000, WIDE)) * np.sqrt(gaussian.variance)
    covariance = np.cov(latent_map.flat(draws.astype("f4")).T)
    ellipse = map_decode.project_ellipse(latent_map, gaussian)
    along = np.array([np.cos(ellipse.angle), np.sin(ellipse.angle)])
    across = np.array([-along[1], along[0]])
    assert ellipse.major**2 == pytest.approx(along @ covariance @ along, rel=0.02)
    assert ellipse.minor**2 == pytest.approx(across @ covariance @ across, rel=0.02)
    assert ellipse.major >= ellipse.minor


def test_distances_are_those_of_every_pair() -> None:
    random = np.random.default_rng(2)
    some, others = random.normal(size=(70, 5)).astype("f4"), random.normal(size=(40, 5)).astype("f4")
    every = np.linalg.norm(some[:, None] - others[None], axis=2).min(1)
    assert np.allclose(map_decode.nearest_distances(some, others), every, atol=1e-3)


@pytest.mark.weights
@pytest.mark.slow
def test_neighbours_stay_together_and_the_map_is_computed_once(
    clouds: Posteriors, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list(projection_map.compute_map("vae-fashion", "tsne"))
    assert steps[0] == ("encoding", 0.5)
    fractions = [step[1] for step in steps[1:-1] if isinstance(step, tuple)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    latent_map = steps[-1]
    assert isinstance(latent_map, ProjectionMap) and latent_map.points.shape == (COUNT, 2)
    nearest_flat = _others(latent_map.points)
    nearest = _others(latent_map.means)
    kept = np.mean([len(set(one) & set(other)) / 10 for one, other in zip(nearest_flat, nearest, strict=True)])
    assert kept > 0.3  # 10 of 600 by chance: 0.02
    monkeypatch.setattr(projection_map, "_cached_maps", {})
    monkeypatch.setattr(projection_map, "_tsne_embedding", None)  # would fail if it were computed again
    assert np.array_equal(compute_map("vae-fashion", "tsne").points, latent_map.points)


def _others(points: NDArray[np.float32]) -> list[list[int]]:
    squares = np.square(points[:, None] - points[None]).sum(2)
    np.fill_diagonal(squares, np.inf)
    nearest: list[list[int]] = np.argsort(squares, 1)[:, :10].tolist()
    return nearest


@pytest.mark.weights
def test_a_stopped_layout_is_not_cached(clouds: Posteriors, tmp_path: Path) -> None:
    steps: Iterator[object] = projection_map.compute_map("vae-fashion", "tsne")
    for _ in range(4):
        next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.rglob("*.npy"))
    with pytest.raises(PlaygroundError, match="not laid out yet"):
        projection_map.cached_map("vae-fashion", "tsne")


@pytest.mark.weights
@pytest.mark.slow
def test_a_new_point_is_placed_among_its_neighbours(clouds_with_map: Posteriors) -> None:
    latent_map = compute_map("vae-fashion", "tsne")
    there = projection_map.place_points(latent_map, latent_map.means[:20])
    beside = np.square(latent_map.points[:, None] - there).sum(2).argmin(0)
    apart = np.linalg.norm(latent_map.means[beside] - latent_map.means[:20], axis=1)
    # In its own cloud, where pictures are some 8 apart; the clouds are some 30 apart.
    assert (apart < 14).all()


@pytest.mark.weights
def test_on_the_tsne_map_a_pictures_place_decodes_its_own_point(clouds_with_map: Posteriors) -> None:
    latent_map = compute_map("vae-fashion", "tsne")
    for row in (0, 17, 599):
        assert np.allclose(
            map_decode.point_at(latent_map, *latent_map.points[row].tolist()), latent_map.means[row], atol=1e-3
        )


@pytest.mark.weights
def test_a_prior_far_from_the_pictures_draws_into_holes(clouds: Posteriors) -> None:
    holes = map_decode.measure_holes(compute_map("vae-fashion", "pca"))
    unseen = map_decode.nearest_distances(clouds.means[COUNT:], clouds.means[:COUNT])
    assert (unseen > holes.far).mean() <= 0.02
    # The clouds are some 20 from 0, where N(0, I) draws.
    assert holes.priors["normal"].in_holes == 1.0 and holes.own < 1.0
    draws = map_decode.nearest_distances(holes.priors["normal"].points, clouds.means[:COUNT])
    edges = np.array(holes.distances.edges)
    for name, distances in ((map_decode.UNSEEN, unseen), ("normal", draws)):
        np.testing.assert_allclose(holes.distances.quartiles[name], np.percentile(distances, [25, 50, 75]), rtol=1e-6)
        nearer = np.searchsorted(np.sort(distances), edges[1:-1], side="left") / len(distances)
        np.testing.assert_allclose(np.cumsum(holes.distances.shares[name])[:-1], nearer, atol=1e-9)


@pytest.mark.weights
def test_both_distributions_are_drawn_and_said(clouds: Posteriors) -> None:
    from playground.panels.latent.map.data import distances_value

    latent_map = compute_map("vae-fashion", "pca")
    drawn, holes = distances_value(latent_map), map_decode.measure_holes(latent_map)
    assert [group["label"] for group in drawn["groups"]][0] == "held-out pictures"
    assert len(drawn["groups"]) == 1 + len(holes.priors)
    unseen = map_decode.nearest_distances(clouds.means[COUNT:], clouds.means[:COUNT])
    counts, _ = np.histogram(unseen, drawn["edges"])
    np.testing.assert_allclose(drawn["groups"][0]["shares"], counts / UNSEEN)
    assert f"held-out pictures: median {np.median(unseen):.2f}" in drawn["words"]


@pytest.mark.weights
def test_a_place_says_how_many_unseen_pictures_are_as_far_and_no_more(clouds: Posteriors) -> None:
    """Not "among the data" up to the 99th percentile of a long tail, nor that nothing constrains what is beyond it."""
    from playground.panels.latent.map.data import place_words

    latent_map = compute_map("vae-fashion", "pca")
    holes = map_decode.measure_holes(latent_map)
    unseen = map_decode.nearest_distances(clouds.means[COUNT:], clouds.means[:COUNT])
    for distance in (0.0, float(np.median(unseen)), holes.far * 1.01):
        assert holes.share_as_far(distance) == pytest.approx((unseen >= distance).mean())
    near = place_words("vae-fashion", "pca", *map(float, latent_map.points[0]))
    assert re.search(r"Held-out pictures are .* away on average \(median\); .*\d\s% of them are as far", near), near
    hole = place_words("vae-fashion", "pca", 1000.0, 1000.0)
    assert hole.startswith("A hole: ") and f"Of points drawn as in training, {percent(holes.own)} are beyond" in hole


@pytest.mark.weights
def test_decoding_at_a_pictures_mean_is_its_reconstruction() -> None:
    from playground.data import registry

    space = load_space("vae-fashion")
    data = registry.load("fashion")
    picture = data.images[data.train_rows()[5]]
    gaussian = map_decode.encode_gaussian(picture, "vae-fashion")
    assert np.allclose(gaussian.mean, encode_mean(picture, "vae-fashion"), atol=1e-5)
    # A map that holds this picture's mean: the plane passes through the mean, from which centre and axes are computed.
    rows = np.array([data.train_rows()[5]] * 3 + [data.train_rows()[6]])
    other = map_decode.encode_gaussian(data.images[rows[3]], "vae-fashion").mean
    means = np.stack([gaussian.mean, other, (gaussian.mean + other) / 2, other])
    latent_map = projection_map.pca_map(Posteriors("vae-fashion", "fashion", rows, means, np.zeros_like(means), 4))
    decoded = space.decode(map_decode.point_at(latent_map, *latent_map.points[0].tolist())[None])
    assert np.abs(decoded.astype(int) - space.decode(gaussian.mean[None])).max() <= 1


@pytest.mark.weights
def test_pictures_are_fetched_by_their_number_on_the_map(clouds: Posteriors) -> None:
    from playground.data import registry

    latent_map = compute_map("vae-fashion", "pca")
    pictures = map_decode.data_pictures("vae-fashion", "pca", [3, 0, 3])
    assert np.array_equal(pictures, registry.load("fashion").images[[3, 0, 3]])
    words, table = map_decode.picture_labels(latent_map)
    assert table.shape == (len(words), COUNT)
    assert np.array_equal(table[0], registry.load("fashion").labels["class"][:COUNT])


@pytest.mark.weights
@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (("vae-fashion", "any", "pca", float("nan"), 0), "must be two numbers"),
        (("vae-fashion", "any", "pca", 1e9, 0), "from −10,000 to 10,000"),
        (("vae-fashion", "any", "pca", "<b>", 0), "must be two numbers"),
        (("vae-fashion", "class=hat?", "pca", 0, 0), "must be any"),
        (("vae-fashion", None, "pca", 0, 0), "short text"),
        (("vae-fashion", "any", "umap", 0, 0), "projection must be one of pca, tsne"),
        (("vae-fashion", "any", "tsne", 0, 0), "not laid out yet"),
        (("gan-fashion", "any", "pca", 0, 0), "needs a VAE"),
        (("nobody", "any", "pca", 0, 0), "There is no picture model"),
        ((None, "any", "pca", 0, 0), "short text"),
    ],
)
def test_a_bad_place_on_the_map_explains_itself(clouds: Posteriors, place: tuple[object, ...], sentence: str) -> None:
    compute_map("vae-fashion", "pca")
    with pytest.raises(PlaygroundError, match=sentence):
        map_decode.picture_at(*place)


@pytest.mark.weights
@pytest.mark.parametrize("rows", [None, [], "12", [0] * 65, [COUNT], [-1], [0.5], ["a"], [True]])
def test_bad_numbers_of_pictures_explain_themselves(clouds: Posteriors, rows: object) -> None:
    compute_map("vae-fashion", "pca")
    with pytest.raises(PlaygroundError):
        map_decode.data_pictures("vae-fashion", "pca", rows)


@pytest.mark.weights
def test_bad_requests_of_the_view_are_errors_and_no_exceptions() -> None:
    from playground.panels.latent.map.panel import probe, thumbs

    for request in (None, [], {"model": "gan-avatars"}, {"model": "vae-fashion", "projection": "x", "x": 0, "y": 0}):
        assert set(probe(request)) == {"error"} and set(thumbs(request)) == {"error"}
