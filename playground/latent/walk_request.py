"""WalkRequest: the settings of a walk, how they are checked, and their text in a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int, quoted
from playground.images.image_request import ANY, fingerprints, format_condition, parse_condition, parse_image_request
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.latent.endpoints import Endpoint, draw_point, format_endpoints, read_endpoints
from playground.latent.interpolation import METHODS
from playground.latent.latent_space import STEPS, LatentSpace, condition_row

MIN_FRAMES, MAX_FRAMES, MAX_STEPS = 2, 120, 100
_SENTENCE = f"The number of frames must be a whole number from {MIN_FRAMES} to {MAX_FRAMES}"
#: Whose seed says what "any" is to be, for a GAN: each end point's own; or the first one's for all, as links of old.
SETTLED = ("each", "first")
_SETTINGS = ("ends", "frames", "method", "loop", "ease", "condition", "steps", "settled")


@dataclass(frozen=True)
class WalkRequest:
    """A walk between end points of one model's latent space.

    frames: 2 to 120.  method: "slerp", the great circle, or "lerp", the straight line.  loop: back to the first end
    point.  ease: slow near the end points.  condition: attribute -> word, of end points that have none of their own.
    steps: of diffusion.  settled: one of SETTLED.
    """

    model: str
    endpoints: tuple[Endpoint, ...]
    frames: int = 24
    method: str = "slerp"
    loop: bool = False
    ease: bool = False
    condition: Mapping[str, str] = field(default_factory=dict)
    steps: int = STEPS
    settled: str = SETTLED[0]

    @property
    def seed(self) -> int:
        """The first end point that is a seed; 0 if none is."""
        return next((end.at for end in self.endpoints if isinstance(end.at, int)), 0)

    def points(self, space: LatentSpace) -> NDArray[np.float64]:
        """The end points, (K, D). Raises PlaygroundError if one is of another space."""
        rows = [self._point(end, space) for end in self.endpoints]
        for number, row in enumerate(rows, 1):
            if len(row) != space.dimensions:
                raise PlaygroundError(
                    f"End point {number} has {len(row)} numbers, but points of {self.model} have {space.dimensions}: "
                    "it is a point of another model's space."
                )
        return np.stack(rows).astype(np.float64)

    def _point(self, end: Endpoint, space: LatentSpace) -> NDArray[np.float32]:
        if not isinstance(end.at, int):
            return np.array(end.at, np.float32)
        if not end.sampling:
            return space.draw(end.at)
        condition_asked = self.condition if end.condition is None else end.condition
        request = parse_image_request(
            self.model, {"seed": end.at, "count": 1, "condition": condition_asked, **end.sampling}
        )
        return draw_point(request, space.facts)

    def rows(self, facts: ImageModelFacts) -> NDArray[np.int64]:
        """(K, A): what each end point is drawn for. A GAN's "any" is settled by its own seed, as in Draw."""
        rows_found = []
        for end in self.endpoints:
            condition_asked = self.condition if end.condition is None else end.condition
            seed = end.at if isinstance(end.at, int) and self.settled == "each" else self.seed
            rows_found.append(condition_row(facts, condition_asked, seed))
        return np.concatenate(rows_found)


def read_walk_request(model: object, values: Mapping[str, object]) -> WalkRequest:
    """A checked walk from whatever came in: ends, frames, method, loop, ease, condition, steps, settled.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    facts = image_model_facts(str(model or ""))
    unknown = sorted(set(values) - {*_SETTINGS})
    if unknown:
        raise PlaygroundError(f"{quoted(unknown[0])} is no setting of a walk: there are {', '.join(_SETTINGS)}.")
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    endpoints = read_endpoints(given.get("ends", ""), facts)
    frames = parse_int(given.get("frames", 24), MIN_FRAMES, MAX_FRAMES, _SENTENCE)
    if frames < len(endpoints):
        raise PlaygroundError(f"{len(endpoints)} end points need at least {len(endpoints)} frames; there are {frames}.")
    return WalkRequest(
        model=facts.name,
        endpoints=endpoints,
        frames=frames,
        method=parse_choice(given.get("method", METHODS[0]), METHODS, "method"),
        loop=_parse_bool(given.get("loop", False), "loop"),
        ease=_parse_bool(given.get("ease", False), "ease"),
        condition=parse_condition(facts, given.get("condition", ANY)),
        steps=parse_int(given.get("steps", STEPS), 1, MAX_STEPS, f"Steps must be a whole number from 1 to {MAX_STEPS}"),
        settled=parse_choice(given.get("settled", SETTLED[0]), SETTLED, "settled"),
    )


def _parse_bool(value: object, name: str) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in words:
        return words[value]
    raise PlaygroundError(f"{name} must be true or false; it was {quoted(value)}.")


def walk_recipe(request: WalkRequest, weights_sha256: str, pictures: NDArray[np.uint8] | None) -> Recipe:
    """The walk as a recipe, with the fingerprints of its frames if there are any."""
    settings: dict[str, Setting] = {
        "panel": "walk",
        "ends": format_endpoints(request.endpoints).replace(", ", ",").replace("; ", ";"),
        "frames": request.frames,
        "method": request.method,
        "loop": request.loop,
        "ease": request.ease,
        "condition": format_condition(request.condition),
        "steps": request.steps,
        "settled": request.settled,
    }
    result = "" if pictures is None else fingerprints(pictures)
    return Recipe("latent", request.model, weights_sha256, request.seed, settings, result)


def walk_request_from(recipe: Recipe) -> WalkRequest:
    """The walk in a recipe, checked. Raises PlaygroundError if it belongs to another tab or is malformed.

    A result from before end points had conditions of their own was settled by the first seed, and is so again.
    """
    if recipe.tab != "latent":
        raise PlaygroundError(f"This recipe belongs to the tab {quoted(recipe.tab)}: open it there.")
    values = {name: value for name, value in recipe.settings.items() if name in _SETTINGS}
    return read_walk_request(recipe.model, {"settled": "first" if recipe.result else "each", **values})
