"""The value of the map view: points, overlays, and sentences."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import exact, percent
from playground.core.validation import parse_choice, parse_number
from playground.latent import map_decode
from playground.latent.map_decode import PictureGaussian
from playground.latent.projection_map import ProjectionMap, cached_map
from playground.panels.latent.histogram import histogram_value
from playground.panels.latent.map import own_picture

#: Name of a prior -> the sign of its draws.
PRIOR_SIGNS = {"normal": "□", "mixture": "△"}

ViewState = dict[str, Any]
_MIN_ZOOM, _MAX_ZOOM = 0.25, 200


def _square(latent_map: ProjectionMap) -> tuple[list[float], float]:
    """(lower left corner, side) of the square that holds all points, with a margin."""
    low, high = latent_map.points.min(0).astype(float), latent_map.points.max(0).astype(float)
    size = float((high - low).max()) * 1.06
    return ((low + high - size) / 2).tolist(), size


def initial_state(latent_map: ProjectionMap) -> ViewState:
    """The whole map, with the cross on the picture nearest to the middle."""
    low, size = _square(latent_map)
    nearest = latent_map.points[np.square(latent_map.points - latent_map.points.mean(0)).sum(1).argmin()]
    home = {"x": float(nearest[0]), "y": float(nearest[1]), "left": low[0] + size / 2, "top": low[1] + size / 2}
    return home | {"zoom": 1.0, "colour": ""}


def read_state(values: Mapping[str, Any], labels: Iterable[str] = ()) -> ViewState:
    """A checked place, zoom and colour, without those that are absent.

    labels: that the points can be coloured by; without them, any name is accepted.
    Raises PlaygroundError for a bad number or an unknown label.
    """
    state: ViewState = {}
    for one, other in (("x", "y"), ("left", "top")):
        if one in values or other in values:
            state[one], state[other] = map_decode.read_map_position(values.get(one, 0), values.get(other, 0))
    if "zoom" in values:
        sentence = say("latent.map.errors.zoom_range", lowest=_MIN_ZOOM, highest=_MAX_ZOOM)
        state["zoom"] = parse_number(values["zoom"], sentence)
        if not _MIN_ZOOM <= state["zoom"] <= _MAX_ZOOM:
            raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=exact(state["zoom"])))
    if "colour" in values:
        state["colour"] = str(values["colour"])[:60]
        if state["colour"] and labels:
            parse_choice(state["colour"], list(labels), "colour")
    return state


def map_value(
    latent_map: ProjectionMap, condition: str, draws: Sequence[str], at: ViewState, gaussian: PictureGaussian | None,
    distances: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A value for the map view. distances: of `distances_value`, once measured.

    Raises PlaygroundError for a prior that the model does not have.
    """
    low, size = _square(latent_map)
    words, table = map_decode.picture_labels(latent_map)
    colours = map_decode.label_colours(latent_map)
    points = np.round((latent_map.points - np.array(low)) / size * 65535).astype("<u2")
    overlays = [
        {"name": name, "points": map_decode.project_draws(latent_map, name).astype(float).round(3).tolist()}
        for name in PRIOR_SIGNS
        if name in draws
    ]
    return {
        "run": at["run"],
        "model": latent_map.model,
        "condition": condition,
        "projection": latent_map.projection,
        "points": base64.b64encode(points.tobytes()).decode(),
        "low": low,
        "size": size,
        "labels": base64.b64encode(table.tobytes()).decode(),
        "attributes": [
            {"name": name, "words": list(of), "colours": [colours.get(name, {}).get(word) for word in of]}
            for name, of in words.items()
        ],
        "faces": _faces(latent_map),
        "axes": axes_words(latent_map),
        "marks": _marks_words(latent_map, draws, gaussian),
        "distances": distances,
        "at": initial_state(latent_map) | at,
        "draws": overlays,
        "mine": own_picture.mark(latent_map, gaussian),
    }


def _faces(latent_map: ProjectionMap) -> dict[str, Any]:
    """Pictures to draw in place of dots: their numbers on the map, and all one below the other in a PNG's URI."""
    rows, pictures = map_decode.faces(latent_map)
    count, height, width, channels = pictures.shape
    file = io.BytesIO()
    pixels = pictures.reshape(count * height, width, channels)
    Image.fromarray(pixels if channels == 3 else pixels[:, :, 0]).save(file, "PNG", optimize=True)
    strip = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"rows": rows, "strip": strip, "width": width, "height": height}


def distances_value(latent_map: ProjectionMap) -> dict[str, Any]:
    """The drawing of how far draws and unseen pictures are from the training pictures."""
    holes = map_decode.measure_holes(latent_map)
    labels = {map_decode.UNSEEN: say("latent.map.unseen")}
    labels |= {name: say("latent.map.draws_from", prior=say(f"latent.map.priors.{name}")) for name in holes.priors}
    return histogram_value(say("latent.map.distances"), holes.distances, labels)


def place_words(model: object, projection: object, x: object, y: object) -> str:
    """Whether a place is near the data or in a hole; "" until the holes are known. The map must be in the cache."""
    latent_map = cached_map(model, projection)
    holes = map_decode.known_holes(latent_map)
    if holes is None:
        return ""
    point = map_decode.point_at(latent_map, *map_decode.read_map_position(x, y))[None]
    distance = float(map_decode.nearest_distances(point, latent_map.means)[0])
    if distance > holes.far:
        return say("latent.map.place_hole", distance=distance, far=holes.far, own=percent(holes.own))
    median, share = holes.distances.quartiles[map_decode.UNSEEN][1], percent(holes.share_as_far(distance))
    return say("latent.map.place_near", distance=distance, median=median, share=share)


def axes_words(latent_map: ProjectionMap) -> str:
    """What directions on the map mean, in sentences."""
    if latent_map.projection == "tsne":
        return say("latent.map.axes_tsne", count=map_decode.NEAREST)
    first, second = latent_map.shares
    shares = {"first": first, "second": second, "both": first + second}
    return say("latent.map.axes_pca", **shares, hidden=latent_map.means.shape[1] - 2)


def _quartiles(quartiles: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("low", "median", "high"), quartiles, strict=True))


def _marks_words(latent_map: ProjectionMap, draws: Sequence[str], gaussian: PictureGaussian | None) -> str:
    lines = [] if gaussian is None else [own_picture.words(latent_map, gaussian)]
    if draws:
        holes = map_decode.measure_holes(latent_map)
        priors = " ".join(
            say(
                "latent.map.in_holes",
                sign=sign,
                share=holes.priors[name].in_holes,
                **_quartiles(holes.distances.quartiles[name]),
                count=map_decode.PRIOR_DRAWS,
                prior=say(f"latent.map.priors.{name}"),
            )
            for name, sign in PRIOR_SIGNS.items()
            if name in draws and name in holes.priors
        )
        size = {"count": len(latent_map.points), "dimensions": latent_map.means.shape[1]}
        unseen = _quartiles(holes.distances.quartiles[map_decode.UNSEEN])
        lines.append(say("latent.map.holes", far=holes.far, own=holes.own, priors=priors, **size, **unseen))
    return "\n".join(lines)
