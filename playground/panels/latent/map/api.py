"""The named endpoints of Map, for programs: the pictures' places, and the picture of a place."""

from __future__ import annotations

from typing import Any

from playground.latent import map_decode, projection_map
from playground.latent.projection_map import ProjectionMap
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import in_turn


def _compute_map(model: str, projection: str) -> ProjectionMap:
    return next(
        step for step in in_turn(projection_map.compute_map(model, projection)) if isinstance(step, ProjectionMap)
    )


@endpoint("latent_map")
def api_latent_map(model: str = "vae-avatars", projection: str = "pca") -> dict[str, Any]:
    """The map: {"points": [[x, y]], "rows", "labels": {attribute: [word]}, "shares", "holes"}.

    projection: pca or tsne, which takes a minute or two the first time.  rows: the pictures' numbers in the data set.
    shares: of the variance along PCA's two directions.  holes: {"far", "own", "normal", "mixture"}: see the page; with
    "distances": {"edges", "shares", "quartiles"}, of "unseen" pictures and each prior's draws to the nearest picture.
    """
    latent_map = _compute_map(model, projection)
    words, table = map_decode.picture_labels(latent_map)
    holes = map_decode.measure_holes(latent_map)
    return {
        "points": latent_map.points.astype(float).round(4).tolist(),
        "rows": latent_map.posteriors.rows[: latent_map.posteriors.training].tolist(),
        "labels": {name: [of[at] for at in row.tolist()] for (name, of), row in zip(words.items(), table, strict=True)},
        "shares": list(latent_map.shares),
        "holes": {"far": holes.far, "own": holes.own, "distances": holes.distances.to_json()}
        | {name: prior.in_holes for name, prior in holes.priors.items()},
    }


@endpoint("latent_place")
def api_latent_place(
    model: str = "vae-avatars", projection: str = "pca", x: float = 0, y: float = 0, condition: str = "any"
) -> dict[str, Any]:
    """The picture of a place on the map: {"png", "z"}; png is a data URI, z the point of the space."""
    latent_map = _compute_map(model, projection)
    picture = map_decode.picture_at(model, condition, projection, x, y)[0]
    return {"png": png_uri(picture), "z": map_decode.point_at(latent_map, *map_decode.read_map_position(x, y)).tolist()}
