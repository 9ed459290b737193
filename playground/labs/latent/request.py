"""What is asked of a walk: WalkRequest, how it is checked, and how it stands in a link."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.errors import PlaygroundError
from playground.labs.checking import one_of, seed_of, shown, whole
from playground.labs.latent.paths import METHODS
from playground.labs.latent.spaces import STEPS, Space
from playground.labs.pictures.models import picture_facts
from playground.labs.pictures.request import ANY, fingerprints, read_condition, written_condition
from playground.recipe import Recipe, Setting

FEWEST_FRAMES, MOST_FRAMES, MOST_ENDS, MOST_STEPS = 2, 120, 12, 100
_SENTENCE = f"The number of frames must be a whole number from {FEWEST_FRAMES} to {MOST_FRAMES}"
#: No coordinate of a standard normal vector comes near this; float16, in which links hold points, has it easily.
_FARTHEST = 1000.0

End = int | tuple[float, ...]


@dataclass(frozen=True)
class WalkRequest:
    """A walk between end points of one model's latent space.

    ends: each a seed, or a point itself as its coordinates.  frames: 2 to 120.  method: "slerp", the great circle, or
    "lerp", the straight line.  loop: back to the first end point.  ease: slow near the end points.
    condition: attribute -> word, the same all along.  steps: of diffusion.
    """

    model: str
    ends: tuple[End, ...]
    frames: int = 24
    method: str = "slerp"
    loop: bool = False
    ease: bool = False
    condition: Mapping[str, str] = field(default_factory=dict)
    steps: int = STEPS

    @property
    def seed(self) -> int:
        """The first end point that is a seed; 0 if none is."""
        return next((end for end in self.ends if isinstance(end, int)), 0)

    def points(self, space: Space) -> NDArray[np.float64]:
        """The end points, (K, D). Raises PlaygroundError if one is of another space."""
        rows = [space.draw(end) if isinstance(end, int) else np.array(end, np.float32) for end in self.ends]
        for number, row in enumerate(rows, 1):
            if len(row) != space.dimensions:
                raise PlaygroundError(
                    f"End point {number} has {len(row)} numbers, but points of {self.model} have {space.dimensions}: "
                    "it is a point of another model's space."
                )
        return np.stack(rows).astype(np.float64)


def read_walk(model: object, values: Mapping[str, object]) -> WalkRequest:
    """A checked walk from whatever came in: ends, frames, method, loop, ease, condition, steps.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    facts = picture_facts(str(model or ""))
    known = ("ends", "frames", "method", "loop", "ease", "condition", "steps")
    unknown = sorted(set(values) - {*known})
    if unknown:
        raise PlaygroundError(f"{shown(unknown[0])} is no setting of a walk: there are {', '.join(known)}.")
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    ends = read_ends(given.get("ends", ""), facts.name)
    frames = whole(given.get("frames", 24), FEWEST_FRAMES, MOST_FRAMES, _SENTENCE)
    if frames < len(ends):
        raise PlaygroundError(f"{len(ends)} end points need at least {len(ends)} frames; there are {frames}.")
    return WalkRequest(
        model=facts.name,
        ends=ends,
        frames=frames,
        method=one_of(given.get("method", METHODS[0]), METHODS, "method"),
        loop=_yes(given.get("loop", False), "loop"),
        ease=_yes(given.get("ease", False), "ease"),
        condition=read_condition(facts, given.get("condition", ANY)),
        steps=whole(given.get("steps", STEPS), 1, MOST_STEPS, f"Steps must be a whole number from 1 to {MOST_STEPS}"),
    )


def _yes(value: object, name: str) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in words:
        return words[value]
    raise PlaygroundError(f"{name} must be true or false; it was {shown(value)}.")


def read_ends(value: object, model: str) -> tuple[End, ...]:
    """Two or more end points, from "3, 17, z:…" or a list of seeds, lists of numbers, or {"model", "seed" or "z"}.

    Raises PlaygroundError for one end point, too many, another model's, or what is no number.
    """
    items: Sequence[object]
    if isinstance(value, str):
        items = [part for part in re.split(r"[,;\s]+", value) if part]
    elif isinstance(value, (list, tuple)):
        items = value
    else:
        items = [value]
    if len(items) < 2:
        raise PlaygroundError(
            f"A walk needs two end points or more, for example the seeds 3, 17; there {'is' if items else 'are'} "
            f"{len(items) or 'none'}."
        )
    if len(items) > MOST_ENDS:
        raise PlaygroundError(f"A walk has at most {MOST_ENDS} end points; there are {len(items)}.")
    return tuple(_end(item, model) for item in items)


def _end(item: object, model: str) -> End:
    if isinstance(item, Mapping):
        other = item.get("model", model)
        if other != model:
            raise PlaygroundError(
                f"A walk stays in one model's space: an end point is of {shown(other)}, the walk is in {model}."
            )
        item = item.get("z", item.get("seed"))
    if isinstance(item, str) and item.startswith("z:"):
        return unpacked(item)
    if isinstance(item, (list, tuple)):
        return read_point(item)
    if isinstance(item, str) and not item.isdecimal():
        raise PlaygroundError(f"End points are seeds, whole numbers such as 3, 17; {shown(item)} is none.")
    return seed_of(item)


def read_point(numbers: object) -> tuple[float, ...]:
    """The coordinates of a point. Raises PlaygroundError for what is no list of finite numbers of sensible size."""
    sentence = "A point must be a list of numbers"
    if not isinstance(numbers, (list, tuple)) or not 0 < len(numbers) <= 50_000:
        raise PlaygroundError(f"{sentence}; it was {shown(numbers)}.")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) <= _FARTHEST:
            raise PlaygroundError(
                f"Every coordinate must be a number from {-_FARTHEST:g} to {_FARTHEST:g}; one was {shown(number)}."
            )
    return tuple(float(np.float16(number)) for number in numbers)


def packed_point(point: Sequence[float]) -> str:
    """A point as link-safe text: "z:" and its coordinates as float16 in base64url."""
    return "z:" + base64.urlsafe_b64encode(np.array(point, "<f2").tobytes()).decode().rstrip("=")


def unpacked(text: str) -> tuple[float, ...]:
    """The point that `packed_point` packed. Raises PlaygroundError if the text is damaged."""
    try:
        raw = base64.b64decode(text[2:] + "=" * (-len(text[2:]) % 4), altchars=b"-_", validate=True)
        numbers = np.frombuffer(raw, "<f2").astype(float).tolist()
    except (ValueError, binascii.Error):
        raise PlaygroundError("A point in this link is damaged: take a seed in its place.") from None
    return read_point(numbers)


def written_ends(ends: Sequence[End]) -> str:
    """The end points as they stand in a link and in the box of the page."""
    return ", ".join(str(end) if isinstance(end, int) else packed_point(end) for end in ends)


def recipe_of(request: WalkRequest, weights_sha256: str, pictures: NDArray[np.uint8] | None) -> Recipe:
    """The walk as a recipe, with the fingerprints of its frames if there are any."""
    settings: dict[str, Setting] = {
        "panel": "walk",
        "ends": written_ends(request.ends).replace(" ", ""),
        "frames": request.frames,
        "method": request.method,
        "loop": request.loop,
        "ease": request.ease,
        "condition": written_condition(request.condition),
        "steps": request.steps,
    }
    result = "" if pictures is None else fingerprints(pictures)
    return Recipe("latent", request.model, weights_sha256, request.seed, settings, result)


def walk_from(recipe: Recipe) -> WalkRequest:
    """The walk in a recipe, checked. Raises PlaygroundError if it belongs to another tab or is malformed."""
    if recipe.tab != "latent":
        raise PlaygroundError(f"This recipe belongs to the tab {shown(recipe.tab)}: open it there.")
    known = ("ends", "frames", "method", "loop", "ease", "condition", "steps")
    return read_walk(recipe.model, {name: value for name, value in recipe.settings.items() if name in known})
