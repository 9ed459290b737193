"""The map as its view draws it: points, overlays, and the sentences beside it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.latent import map_decode
from playground.latent.map_decode import PictureGaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.map import own_picture

#: Name of a prior -> its sign and title.
PRIORS = {"normal": "□ the prior N(0, I)", "mixture": "△ the mixture prior"}

ViewState = dict[str, Any]


def _square(drawn: ProjectionMap) -> tuple[list[float], float]:
    """(lower left corner, side) of the square that holds all points, with a margin."""
    low, high = drawn.points.min(0).astype(float), drawn.points.max(0).astype(float)
    size = float((high - low).max()) * 1.06
    return ((low + high - size) / 2).tolist(), size


def initial_state(drawn: ProjectionMap) -> ViewState:
    """The whole map, with the cross on the picture that is nearest to the middle of all."""
    low, size = _square(drawn)
    nearest = drawn.points[np.square(drawn.points - drawn.points.mean(0)).sum(1).argmin()]
    home = {"x": float(nearest[0]), "y": float(nearest[1]), "left": low[0] + size / 2, "top": low[1] + size / 2}
    return home | {"zoom": 1.0, "colour": ""}


def map_value(
    drawn: ProjectionMap, condition: str, draws: Sequence[str], at: ViewState, mine: PictureGaussian | None
) -> dict[str, Any]:
    """For the map view. Raises PlaygroundError for a prior that the model does not have."""
    low, size = _square(drawn)
    words, table = map_decode.picture_labels(drawn)
    points = np.round((drawn.points - np.array(low)) / size * 65535).astype("<u2")
    over = [
        {"name": name, "points": map_decode.project_draws(drawn, name).astype(float).round(3).tolist()}
        for name in PRIORS
        if name in draws
    ]
    return {
        "run": at["run"],
        "model": drawn.model,
        "condition": condition,
        "projection": drawn.projection,
        "points": base64.b64encode(points.tobytes()).decode(),
        "low": low,
        "size": size,
        "labels": base64.b64encode(table.tobytes()).decode(),
        "attributes": [{"name": name, "words": list(of)} for name, of in words.items()],
        "axes": axes_words(drawn),
        "marks": _marks_words(drawn, draws, mine),
        "at": initial_state(drawn) | at,
        "draws": over,
        "mine": own_picture.mark(drawn, mine),
    }


def axes_words(drawn: ProjectionMap) -> str:
    """What directions on the map mean."""
    if drawn.projection == "tsne":
        return (
            "Neighbours in the space are neighbours here; how far apart groups lie, and left or up, means nothing. No "
            f"way leads back from this map: the cross shows the mean of the points of its {map_decode.NEAREST} nearest "
            "pictures, the nearer counting more (1 / distance²)."
        )
    first, second = drawn.shares
    return (
        f"Across: the direction along which the pictures' points vary most, {first:.0%} of all variance. Upwards: the "
        f"next, {second:.0%}. So this flat map shows {first + second:.0%}; in the other {drawn.means.shape[1] - 2} "
        "dimensions, points that touch here may lie far apart. The cross stands on the plane itself."
    )


def _marks_words(drawn: ProjectionMap, draws: Sequence[str], mine: PictureGaussian | None) -> str:
    said = [] if mine is None else [own_picture.words(drawn, mine)]
    if draws:
        holes = map_decode.measure_holes(drawn)
        each = [
            f"{sign[0]} Of {map_decode.PRIOR_DRAWS:,} draws of {holes.priors[name].title}, "
            f"{holes.priors[name].in_holes:.1%} do."
            for name, sign in PRIORS.items()
            if name in draws and name in holes.priors
        ]
        said.append(
            f"99 % of unseen pictures lie within {holes.far:.2f} of one of these {len(drawn.points):,}, in all "
            f"{drawn.means.shape[1]} dimensions. Which draws lie farther out, in a hole? {' '.join(each)} For "
            f"comparison, draws from unseen pictures' own Gaussians: {holes.own:.1%}."
        )
    return "\n".join(said)
