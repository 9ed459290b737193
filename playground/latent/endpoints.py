"""The end points of a walk: seeds, points, and kept pictures; and their text in a link.

"17" is a seed, "z:…" a packed point. Brackets hold a condition for that point only, "17[class=bag]" or
"17[any]", and settings of Draw that differ from the defaults, "17[any; truncation=1]".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_seed, quoted
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import (
    FAMILY_SETTINGS,
    ImageRequest,
    format_condition,
    parse_condition,
    parse_image_request,
)
from playground.images.model_menu import ImageModelFacts
from playground.images.noise import seeded_generators, truncated_normal
from playground.images.sampling import load_generator, vae_latents

MAX_ENDPOINTS = 12
#: No coordinate of a standard normal vector comes near this; float16, in which links hold points, has it easily.
_MAX_COORDINATE = 1000.0
_ITEM = re.compile(r"[^\s,;\[\]]+(?:\s*\[[^\[\]]*\])?|[\[\]]+")
_PARTS = re.compile(r"([^\[\]]+?)\s*(?:\[([^\[\]]*)\])?")
#: What moves the point of a seed; a walk has its own steps, scheduler and guidance.
_SAMPLING = (*FAMILY_SETTINGS["gan"], *FAMILY_SETTINGS["vae"])


@dataclass(frozen=True)
class Endpoint:
    """An end point.

    at: a seed, or the coordinates of a point.  condition: attribute -> word; None is the walk's own.
    sampling: for a seed, Draw's truncation, temperature or prior where they are not the defaults.
    """

    at: int | tuple[float, ...]
    condition: Mapping[str, str] | None = None
    sampling: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """For people."""
        return f"seed {self.at}" if isinstance(self.at, int) else "a point"


def endpoint_from_request(request: ImageRequest, kind: str) -> Endpoint:
    """A picture of Draw as an end point: its seed, its condition, and what moves its point. kind: its model's."""
    defaults = ImageRequest(request.model)
    names = [
        name
        for name in FAMILY_SETTINGS[kind]
        if name in _SAMPLING and getattr(request, name) != getattr(defaults, name)
    ]
    return Endpoint(request.seed, dict(request.condition), {name: getattr(request, name) for name in names})


def difference_from_draw(request: ImageRequest, kind: str, steps: int) -> str:
    """Why the walk's picture of a diffusion model's end is not quite Draw's, as a sentence; empty if it is the same."""
    defaults = ImageRequest(request.model)
    same = (request.scheduler, request.guidance, request.steps) == (defaults.scheduler, defaults.guidance, steps)
    if kind != "diffusion" or same:
        return ""
    return (
        f" It was drawn by {request.scheduler} in {request.steps} steps, guidance {request.guidance:g}; the walk takes "
        f"{defaults.scheduler}, {steps} steps, guidance {defaults.guidance:g}, so it will look a little different."
    )


def read_endpoints(value: object, facts: ImageModelFacts) -> tuple[Endpoint, ...]:
    """Two or more, from "3, 17[class=bag], z:…" or a list of what `read_endpoint` takes.

    Raises PlaygroundError for one end point, too many, another model's, or anything else.
    """
    items: Sequence[object]
    if isinstance(value, str):
        items = _ITEM.findall(value)
    elif isinstance(value, (list, tuple)):
        items = value
    else:
        items = [value]
    if len(items) < 2:
        raise PlaygroundError(
            f"A walk needs two end points or more, for example the seeds 3, 17; there {'is' if items else 'are'} "
            f"{len(items) or 'none'}."
        )
    if len(items) > MAX_ENDPOINTS:
        raise PlaygroundError(f"A walk has at most {MAX_ENDPOINTS} end points; there are {len(items)}.")
    return tuple(read_endpoint(item, facts) for item in items)


def read_endpoint(item: object, facts: ImageModelFacts) -> Endpoint:
    """One end point: a seed, text as in a link, a list of numbers, or {"model", "seed" or "z", "condition", …}.

    Raises PlaygroundError that says what is wrong with it.
    """
    settings: Mapping[object, object] = {}
    if isinstance(item, Mapping):
        settings = {name: given for name, given in item.items() if name not in ("model", "seed", "z")}
        other = item.get("model", facts.name)
        if other != facts.name:
            raise PlaygroundError(
                f"A walk stays in one model's space: an end point is of {quoted(other)}, the walk is in {facts.name}."
            )
        item = item.get("z", item.get("seed"))
    elif isinstance(item, str):
        parts = _PARTS.fullmatch(item)
        if parts and parts[2] is not None:
            item, settings = parts[1], _bracket_settings(parts[2])
    at: int | tuple[float, ...]
    if isinstance(item, str) and item.startswith("z:"):
        at = unpack_point(item)
    elif isinstance(item, (list, tuple)):
        at = read_point(item)
    elif isinstance(item, str) and not item.isdecimal():
        raise PlaygroundError(f"End points are seeds, whole numbers such as 3, 17; {quoted(item)} is none.")
    else:
        at = parse_seed(item)
    return _endpoint_with_settings(at, settings, facts)


def _bracket_settings(text: str) -> dict[object, object]:
    """The settings in an end point's brackets: {"condition", and settings of Draw}."""
    words = [part.strip() for part in text.split(";")]
    settings: dict[object, object] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name in _SAMPLING:
            settings[name] = value
    settings["condition"] = "; ".join(word for word in words if word.partition("=")[0] not in _SAMPLING)
    return settings


def _endpoint_with_settings(
    at: int | tuple[float, ...], settings: Mapping[object, object], facts: ImageModelFacts
) -> Endpoint:
    known = [name for name in FAMILY_SETTINGS[facts.kind] if name in _SAMPLING and isinstance(at, int)]
    unknown = [name for name in settings if name not in ("condition", *known)]
    if unknown:
        there = ", ".join(["condition", *known])
        raise PlaygroundError(f"{quoted(unknown[0])} says nothing about this end point of {facts.name}: {there} would.")
    given = settings.get("condition")
    condition = None if given in (None, "") else parse_condition(facts, given)
    request_checked = parse_image_request(facts.name, {str(name): settings[name] for name in known if name in settings})
    defaults = ImageRequest(facts.name)
    sampling = {
        name: getattr(request_checked, name)
        for name in known
        if getattr(request_checked, name) != getattr(defaults, name)
    }
    return Endpoint(at, condition, sampling)


def format_endpoint(end: Endpoint) -> str:
    """The end point's text in a link and in the box of the page."""
    settings = [] if end.condition is None else [format_condition(end.condition)]
    settings += [f"{name}={value}" for name, value in end.sampling.items()]
    text = str(end.at) if isinstance(end.at, int) else pack_point(end.at)
    return text + (f"[{'; '.join(settings)}]" if settings else "")


def format_endpoints(endpoints: Sequence[Endpoint]) -> str:
    """Several, with commas between."""
    return ", ".join(map(format_endpoint, endpoints))


def draw_point(request: ImageRequest, facts: ImageModelFacts) -> NDArray[np.float32]:
    """(D,): the point that Draw makes a GAN's or a VAE's picture from, under its truncation, temperature and prior."""
    from playground.zoo.image_models import load_pictures

    if facts.kind == "gan":
        points = truncated_normal(seeded_generators(request), load_generator(request.model)[1], request.truncation)
    else:
        points = vae_latents(request, load_pictures(request.model), sample_conditions(request))
    point: NDArray[np.float32] = points[0].numpy()
    return point


def read_point(numbers: object) -> tuple[float, ...]:
    """The coordinates of a point. Raises PlaygroundError for anything but a list of finite numbers of sensible size."""
    sentence = "A point must be a list of numbers"
    if not isinstance(numbers, (list, tuple)) or not 0 < len(numbers) <= 50_000:
        raise PlaygroundError(f"{sentence}; it was {quoted(numbers)}.")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) <= _MAX_COORDINATE:
            raise PlaygroundError(
                f"Every coordinate must be a number from {-_MAX_COORDINATE:g} to {_MAX_COORDINATE:g}; "
                f"one was {quoted(number)}."
            )
    return tuple(float(np.float16(number)) for number in numbers)


def pack_point(point: Sequence[float]) -> str:
    """A point as link-safe text: "z:" and its coordinates as float16 in base64url."""
    return "z:" + base64.urlsafe_b64encode(np.array(point, "<f2").tobytes()).decode().rstrip("=")


def unpack_point(text: str) -> tuple[float, ...]:
    """The point that `pack_point` packed. Raises PlaygroundError if the text is damaged."""
    try:
        raw = base64.b64decode(text[2:] + "=" * (-len(text[2:]) % 4), altchars=b"-_", validate=True)
        numbers = np.frombuffer(raw, "<f2").astype(float).tolist()
    except (ValueError, binascii.Error):
        raise PlaygroundError("A point in this link is damaged: take a seed in its place.") from None
    return read_point(numbers)
