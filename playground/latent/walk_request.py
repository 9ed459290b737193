"""WalkRequest: the settings of a walk, their validation, and their recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_bool, parse_choice, parse_int, quoted
from playground.images.image_request import ANY, fingerprints, format_condition, parse_condition, parse_image_request
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.latent.endpoints import Endpoint, draw_point, format_endpoints, read_endpoints
from playground.latent.interpolation import METHODS
from playground.latent.latent_space import STEPS, LatentSpace, condition_row

MIN_FRAMES, MAX_FRAMES, MAX_STEPS = 2, 120, 100
#: Whose seed draws a GAN's value for "any": each end point's own; or the first one's for all, as in old links.
SETTLED = ("each", "first")
_SETTINGS = ("ends", "frames", "method", "loop", "ease", "condition", "steps", "settled")


@dataclass(frozen=True)
class WalkRequest:
    """A walk between end points of one model's latent space.

    frames: 2 to 120.  method: "slerp", the great circle, or "lerp", the straight line.  loop: back to the first end
    point.  ease: slow near the end points.  condition: attribute -> word, for end points without their own.
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
        """The first end point that is a seed; 0 without one."""
        return next((end.at for end in self.endpoints if isinstance(end.at, int)), 0)

    def points(self, space: LatentSpace) -> NDArray[np.float64]:
        """The end points' coordinates, (K, D). Raises PlaygroundError if one is from another space."""
        rows = [self._point(end, space) for end in self.endpoints]
        for number, row in enumerate(rows, 1):
            if len(row) != space.dimensions:
                sizes = {"numbers": len(row), "model": self.model, "dimensions": space.dimensions}
                raise PlaygroundError(say("latent.walk.wrong_space", number=number, **sizes))
        return np.stack(rows).astype(np.float64)

    def _point(self, end: Endpoint, space: LatentSpace) -> NDArray[np.float32]:
        if not isinstance(end.at, int):
            return np.array(end.at, np.float32)
        if not end.sampling:
            return space.draw(end.at)
        condition = self.condition if end.condition is None else end.condition
        request = parse_image_request(self.model, {"seed": end.at, "count": 1, "condition": condition, **end.sampling})
        return draw_point(request, space.facts)

    def rows(self, facts: ImageModelFacts) -> NDArray[np.int64]:
        """The condition of each end point, (K, A); a GAN's "any" is drawn from its seed, as in Draw."""
        rows = []
        for end in self.endpoints:
            condition = self.condition if end.condition is None else end.condition
            seed = end.at if isinstance(end.at, int) and self.settled == "each" else self.seed
            rows.append(condition_row(facts, condition, seed))
        return np.concatenate(rows)


def read_walk_request(model: object, values: Mapping[str, object]) -> WalkRequest:
    """A checked walk from raw settings: ends, frames, method, loop, ease, condition, steps, settled.

    Raises PlaygroundError for the first value that is not valid.
    """
    facts = image_model_facts(str(model or ""))
    unknown = sorted(set(values) - {*_SETTINGS})
    if unknown:
        raise PlaygroundError(say("latent.walk.unknown_setting", name=quoted(unknown[0]), names=", ".join(_SETTINGS)))
    settings = {name: value for name, value in values.items() if value is not None and value != ""}
    endpoints = read_endpoints(settings.get("ends", ""), facts)
    frames_range = say("latent.walk.frames_range", lowest=MIN_FRAMES, highest=MAX_FRAMES)
    frames = parse_int(settings.get("frames", 24), MIN_FRAMES, MAX_FRAMES, frames_range)
    if frames < len(endpoints):
        raise PlaygroundError(say("latent.walk.too_few_frames", endpoints=len(endpoints), frames=frames))
    return WalkRequest(
        model=facts.name,
        endpoints=endpoints,
        frames=frames,
        method=parse_choice(settings.get("method", METHODS[0]), METHODS, "method"),
        loop=parse_bool(settings.get("loop", False), "loop"),
        ease=parse_bool(settings.get("ease", False), "ease"),
        condition=parse_condition(facts, settings.get("condition", ANY)),
        steps=parse_int(
            settings.get("steps", STEPS), 1, MAX_STEPS, say("latent.settings.steps_range", highest=MAX_STEPS)
        ),
        settled=parse_choice(settings.get("settled", SETTLED[0]), SETTLED, "settled"),
    )


def walk_recipe(request: WalkRequest, weights_sha256: str, pictures: NDArray[np.uint8] | None) -> Recipe:
    """The walk's recipe, with the fingerprints of its frames if `pictures` is given."""
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
    """The checked walk of a recipe. Raises PlaygroundError if it belongs to another tab or is not valid.

    Old recipes with a result had one condition for all end points, drawn from the first seed; they keep it.
    """
    if recipe.tab != "latent":
        raise PlaygroundError(say("shared.link.recipe_of_other_tab", tab=quoted(recipe.tab)))
    values = {name: value for name, value in recipe.settings.items() if name in _SETTINGS}
    return read_walk_request(recipe.model, {"settled": "first" if recipe.result else "each", **values})
