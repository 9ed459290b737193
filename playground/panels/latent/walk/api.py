"""The named endpoints of Walk, for programs: a walk, and the picture of one point; pictures are data URIs."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_choice
from playground.images.image_request import check_settings, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.endpoints import read_point
from playground.latent.latent_space import load_space
from playground.latent.latent_walk import explain_norms, generate_walk
from playground.latent.video_export import FORMATS, TYPES, encode_video
from playground.latent.walk_request import read_walk_request
from playground.ui.api_errors import data_uri, png_uri
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("interpolate")
def api_interpolate(
    model: str = "gan-avatars",
    endpoints: Any = "3, 17",
    frames: int = 24,
    method: str = "slerp",
    loop: bool = False,
    file: str = "gif",
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Walks: {"frames": [png], "file", "recipe", "norms", "why", "seconds"}; pictures are data URIs.

    endpoints: seeds "3, 17" or [3, 17], points [[…], […]], or {"model", "seed" or "z", "condition"}, with a seed also
    "truncation", "temperature", "prior" as in Draw.  method: slerp or lerp.
    file: gif, mp4 or webp.  settings: ease, condition, steps.
    """
    parse_choice(file, FORMATS, "file")
    values = {"ends": endpoints, "frames": frames, "method": method, "loop": loop}
    check_settings(model, settings or {}, values)
    walk = last_step(generate_walk(read_walk_request(model, {**(settings or {}), **values})))
    return {
        "frames": [png_uri(picture) for picture in walk.pictures],
        "file": data_uri(encode_video(walk.pictures, file, walk.recipe()), TYPES[file]),
        "recipe": walk.recipe().to_json(),
        "norms": {name: lengths.tolist() for name, lengths in walk.norms.items()},
        "why": explain_norms(walk),
        "seconds": walk.seconds,
    }


@endpoint("decode")
def api_decode(model: str = "gan-avatars", z: Any = None, condition: Any = "any") -> dict[str, Any]:
    """The picture of a point: {"png", "norm"}. z: as many numbers as the model's space has; none is its middle, 0."""
    facts = image_model_facts(model)
    space = load_space(model, parse_condition(facts, condition))
    point = read_point([0.0] * space.dimensions if z is None else z)
    if len(point) != space.dimensions:
        sizes = {"numbers": len(point), "model": model, "dimensions": space.dimensions}
        raise PlaygroundError(say("latent.points.errors.wrong_space", **sizes))
    picture = space.decode(np.array([point], np.float32))[0]
    return {"png": png_uri(picture), "norm": float(np.linalg.norm(point))}
