"""The end points of a walk: seeds and points; and their text in a link.

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

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_seed, quoted
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest, format_condition, parse_condition, parse_image_request
from playground.images.model_menu import ImageModelFacts
from playground.images.noise import seeded_generators, truncated_normal
from playground.images.sampling import load_generator, vae_latents
from playground.images.settings import FAMILY_SETTINGS

MAX_ENDPOINTS = 12
#: Far beyond any coordinate of a standard normal vector, and well within float16, in which links hold points.
_MAX_COORDINATE = 1000.0
_ITEM = re.compile(r"[^\s,;\[\]]+(?:\s*\[[^\[\]]*\])?|[\[\]]+")
_PARTS = re.compile(r"([^\[\]]+?)\s*(?:\[([^\[\]]*)\])?")
#: Settings of Draw that change a seed's point. Steps, scheduler and guidance are the walk's own.
_SAMPLING = (*FAMILY_SETTINGS["gan"], *FAMILY_SETTINGS["vae"])


@dataclass(frozen=True)
class Endpoint:
    """An end point.

    at: a seed, or the coordinates of a point.  condition: attribute -> word; None for the walk's condition.
    sampling: for a seed, Draw's truncation, temperature or prior if they differ from the defaults.
    """

    at: int | tuple[float, ...]
    condition: Mapping[str, str] | None = None
    sampling: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its name on the page."""
        return say("shared.seed_number", seed=self.at) if isinstance(self.at, int) else say("latent.points.point")


def endpoint_from_request(request: ImageRequest, kind: str) -> Endpoint:
    """A picture of Draw as an end point: seed, condition and sampling settings. kind: of its model."""
    defaults = ImageRequest(request.model)
    names = [
        name
        for name in FAMILY_SETTINGS[kind]
        if name in _SAMPLING and getattr(request, name) != getattr(defaults, name)
    ]
    return Endpoint(request.seed, dict(request.condition), {name: getattr(request, name) for name in names})


def difference_from_draw(request: ImageRequest, kind: str, steps: int) -> str:
    """Why a diffusion model's picture differs between Draw and the walk, as a sentence; "" if it does not."""
    defaults = ImageRequest(request.model)
    same = (request.scheduler, request.guidance, request.steps) == (defaults.scheduler, defaults.guidance, steps)
    if kind != "diffusion" or same:
        return ""
    drawn = {"scheduler": request.scheduler, "steps": request.steps, "guidance": request.guidance}
    walk = {"walk_scheduler": defaults.scheduler, "walk_steps": steps, "walk_guidance": defaults.guidance}
    return say("latent.points.errors.drawn_differently", **drawn, **walk)


def read_endpoints(value: object, facts: ImageModelFacts) -> tuple[Endpoint, ...]:
    """Two or more end points, from "3, 17[class=bag], z:…" or a list of what `read_endpoint` takes.

    Raises PlaygroundError for too few or too many, another model's, or anything else.
    """
    items: Sequence[object]
    if isinstance(value, str):
        items = split_endpoints(value)
    elif isinstance(value, (list, tuple)):
        items = value
    else:
        items = [value]
    if len(items) < 2:
        raise PlaygroundError(say("latent.points.errors.too_few_endpoints", count=len(items)))
    if len(items) > MAX_ENDPOINTS:
        raise PlaygroundError(say("latent.points.errors.too_many_endpoints", most=MAX_ENDPOINTS, count=len(items)))
    return tuple(read_endpoint(item, facts) for item in items)


def split_endpoints(text: str) -> list[str]:
    """The text of each end point, of a text that separates them by commas, spaces or semicolons."""
    return _ITEM.findall(text)


def read_endpoint(item: object, facts: ImageModelFacts) -> Endpoint:
    """One end point: a seed, text as in a link, a list of numbers, or {"model", "seed" or "z", "condition", …}.

    Raises PlaygroundError for anything else, or another model's.
    """
    settings: Mapping[object, object] = {}
    if isinstance(item, Mapping):
        settings = {name: value for name, value in item.items() if name not in ("model", "seed", "z")}
        other = item.get("model", facts.name)
        if other != facts.name:
            sentence = say("latent.points.errors.other_model_endpoint", other=quoted(other), model=facts.name)
            raise PlaygroundError(sentence)
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
        raise PlaygroundError(say("latent.points.errors.not_an_endpoint", value=quoted(item)))
    else:
        at = parse_seed(item)
    return _endpoint_with_settings(at, settings, facts)


def _bracket_settings(text: str) -> dict[object, object]:
    """The settings in an end point's brackets: "condition", and settings of Draw."""
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
        names = ", ".join(["condition", *known])
        wrong = {"name": quoted(unknown[0]), "model": facts.name, "names": names}
        raise PlaygroundError(say("latent.points.errors.unknown_setting", **wrong))
    text = settings.get("condition")
    condition = None if text in (None, "") else parse_condition(facts, text)
    request = parse_image_request(facts.name, {str(name): settings[name] for name in known if name in settings})
    defaults = ImageRequest(facts.name)
    sampling = {name: getattr(request, name) for name in known if getattr(request, name) != getattr(defaults, name)}
    return Endpoint(at, condition, sampling)


def format_endpoint(end: Endpoint) -> str:
    """The end point's text in a link and on the page."""
    settings = [] if end.condition is None else [format_condition(end.condition)]
    settings += [f"{name}={value}" for name, value in end.sampling.items()]
    text = str(end.at) if isinstance(end.at, int) else pack_point(end.at)
    return text + (f"[{'; '.join(settings)}]" if settings else "")


def format_endpoints(endpoints: Sequence[Endpoint]) -> str:
    """End points, separated by commas."""
    return ", ".join(map(format_endpoint, endpoints))


def draw_point(request: ImageRequest, facts: ImageModelFacts) -> NDArray[np.float32]:
    """The point of Draw's picture by a GAN or VAE, with truncation, temperature and prior: (D,) float32."""
    from playground.zoo.image_models import load_image_model

    if facts.kind == "gan":
        points = truncated_normal(seeded_generators(request), load_generator(request.model)[1], request.truncation)
    else:
        points = vae_latents(request, load_image_model(request.model), sample_conditions(request))
    point: NDArray[np.float32] = points[0].numpy()
    return point


def read_point(numbers: object) -> tuple[float, ...]:
    """Coordinates, rounded to float16. Raises PlaygroundError for anything but a list of numbers in range."""
    if not isinstance(numbers, (list, tuple)) or not 0 < len(numbers) <= 50_000:
        rule = say("latent.points.errors.point_form")
        raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(numbers)))
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) <= _MAX_COORDINATE:
            limits = {"lowest": -_MAX_COORDINATE, "highest": _MAX_COORDINATE}
            raise PlaygroundError(say("latent.points.errors.coordinate_range", **limits, value=quoted(number)))
    return tuple(float(np.float16(number)) for number in numbers)


def pack_point(point: Sequence[float]) -> str:
    """A point as text for a link: "z:" and its coordinates as float16 in base64url."""
    return "z:" + base64.urlsafe_b64encode(np.array(point, "<f2").tobytes()).decode().rstrip("=")


def unpack_point(text: str) -> tuple[float, ...]:
    """The inverse of `pack_point`. Raises PlaygroundError if the text is damaged."""
    try:
        raw = base64.b64decode(text[2:] + "=" * (-len(text[2:]) % 4), altchars=b"-_", validate=True)
        numbers = np.frombuffer(raw, "<f2").astype(float).tolist()
    except (ValueError, binascii.Error):
        raise PlaygroundError(say("latent.points.errors.damaged_point")) from None
    return read_point(numbers)
