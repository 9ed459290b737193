"""The pictures of end points, each alone: what a visitor sees of them before and after a walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from playground.latent.endpoints import Endpoint
from playground.latent.latent_walk import LatentWalk, generate_walk
from playground.latent.walk_request import WalkRequest


def endpoint_pictures(
    model: str,
    endpoints: Sequence[Endpoint],
    condition: Mapping[str, str],
    steps: int,
    present: LatentWalk | None = None,
) -> NDArray[np.uint8]:
    """The picture of each end point, (N, H, W, C) uint8, as a walk between them shows it. endpoints: at least one.

    present: a walk whose frames are taken, if it is between these end points.  Raises PlaygroundError.
    """
    ends = tuple(endpoints) if len(endpoints) > 1 else (endpoints[0], endpoints[0])
    request = WalkRequest(model, ends, frames=len(ends), condition=condition, steps=steps)
    if present is not None and present.done and _ends_of(present.request) == _ends_of(request):
        return present.pictures[list(present.keyframes)][: len(endpoints)]
    *_, walk = generate_walk(request)
    return walk.pictures[: len(endpoints)]


def _ends_of(request: WalkRequest) -> tuple[object, ...]:
    return request.model, request.endpoints, dict(request.condition), request.steps
