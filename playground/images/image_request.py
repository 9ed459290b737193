"""The settings of a batch of pictures: parsing and validation, and conversion to and from a recipe."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int, parse_number, parse_seed, quoted
from playground.images.model_menu import ImageModelFacts, image_model_facts

ANY = "any"
MAX_IMAGES, MAX_STEPS = 64, 250
SCHEDULERS = ("ddim", "ddpm", "euler", "heun", "dpm++")
PRIORS = ("normal", "mixture")


@dataclass(frozen=True)
class ImageRequest:
    """Settings for sampling from an image model. Only those of the model's family are used.

    count: pictures, 1 to 64.  seed: of the first; picture i has seed + i, so that it can be drawn alone.
    condition: attribute -> one of its values; any other attribute is "any".
    truncation: of the GAN's z, in standard deviations; 0 is off.
    temperature: scales the VAE's z.  prior: of the VAE's z, "normal" or "mixture".
    scheduler, steps, guidance: of diffusion; guidance 1 is off.
    """

    model: str
    count: int = 16
    seed: int = 0
    condition: Mapping[str, str] = field(default_factory=dict)
    truncation: float = 0.0
    temperature: float = 1.0
    prior: str = "normal"
    scheduler: str = "ddim"
    steps: int = 20
    guidance: float = 2.0

    def single(self, index: int) -> ImageRequest:
        """The request for one of its pictures alone."""
        return replace(self, seed=self.seed + index, count=1)


#: Family -> its settings.
FAMILY_SETTINGS = {
    "gan": ("truncation",),
    "vae": ("temperature", "prior"),
    "diffusion": ("scheduler", "steps", "guidance"),
}
#: Setting -> (lowest, highest, sentence).
SETTING_RANGES = {
    "truncation": (0.0, 4.0, "Truncation must be 0 (off) or up to 4 standard deviations"),
    "temperature": (0.0, 2.0, "Temperature must be between 0 and 2"),
    "guidance": (0.0, 15.0, "Guidance must be between 0 and 15"),
}


def parse_image_request(model: object, values: Mapping[str, object]) -> ImageRequest:
    """A valid request from a page's, a link's or a program's values; missing ones get their defaults.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    facts = image_model_facts(str(model or ""))
    known = {"count", "seed", "condition", *(name for names in FAMILY_SETTINGS.values() for name in names)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise PlaygroundError(f"{quoted(unknown[0])} is no setting of a picture model: there are {', '.join(known)}.")
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    request = ImageRequest(facts.name)
    sentence = f"The number of pictures must be a whole number from 1 to {MAX_IMAGES}"
    steps_sentence = f"Steps must be a whole number from 1 to {MAX_STEPS}"
    numbers = {
        name: _parse_in_range(given.get(name, getattr(request, name)), *SETTING_RANGES[name]) for name in SETTING_RANGES
    }
    valid = replace(
        request,
        count=parse_int(given.get("count", request.count), 1, MAX_IMAGES, sentence),
        seed=parse_seed(given.get("seed", 0)),
        condition=parse_condition(facts, given.get("condition", ANY)),
        prior=parse_choice(given.get("prior", request.prior), PRIORS, "prior"),
        scheduler=parse_choice(given.get("scheduler", request.scheduler), SCHEDULERS, "scheduler"),
        steps=parse_int(given.get("steps", request.steps), 1, MAX_STEPS, steps_sentence),
        **numbers,  # type: ignore[arg-type]
    )
    if valid.truncation and valid.truncation < 0.05:
        raise PlaygroundError("Truncation below 0.05 leaves nothing to draw from: use 0 (off), or 0.05 and more.")
    return valid


def _parse_in_range(value: object, lowest: float, highest: float, sentence: str) -> float:
    number = parse_number(value, sentence)
    if not lowest <= number <= highest:
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
    return number


def parse_condition(facts: ImageModelFacts, value: object) -> dict[str, str]:
    """Attribute -> value, from {"hat": "none"}, "hat=none; skin=tan", a value alone, or "any".

    Raises PlaygroundError that lists the possible values.
    """
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(";") if part.strip() not in ("", ANY)]
        pairs = [part.split("=", 1) if "=" in part else (_attribute_with_value(facts, part), part) for part in parts]
        value = {attribute.strip(): name.strip() for attribute, name in pairs}
    if not isinstance(value, Mapping):
        raise PlaygroundError(
            f'The condition must be "any", or like "{_example_condition(facts)}"; it was {quoted(value)}.'
        )
    condition = {}
    for attribute, word in value.items():
        if str(attribute) not in facts.attributes:
            names = ", ".join(facts.attributes) or "none"
            raise PlaygroundError(f"{facts.name} has no attribute {quoted(attribute)}: there are {names}.")
        words = facts.attributes[str(attribute)]
        if word not in (*words, ANY, None, ""):
            raise PlaygroundError(f"{attribute} must be any, {', '.join(words)}; it was {quoted(word)}.")
        if word in words:
            condition[str(attribute)] = str(word)
    return {attribute: condition[attribute] for attribute in facts.attributes if attribute in condition}


def _attribute_with_value(facts: ImageModelFacts, word: str) -> str:
    """The one attribute that has the value. Raises PlaygroundError if none or several have it."""
    found = [attribute for attribute, values in facts.attributes.items() if word in values]
    if len(found) == 1:
        return found[0]
    if not facts.attributes:
        raise PlaygroundError(f"{facts.name} takes no condition; it was {quoted(word)}.")
    raise PlaygroundError(
        f'{quoted(word)} is no condition of {facts.name}: write "any", or like "{_example_condition(facts)}".'
    )


def _example_condition(facts: ImageModelFacts) -> str:
    return "; ".join(f"{attribute}={words[-1]}" for attribute, words in list(facts.attributes.items())[:2])


def format_condition(condition: Mapping[str, str]) -> str:
    """The condition as in a link: "hat=none; skin=tan", or "any"."""
    return "; ".join(f"{attribute}={word}" for attribute, word in condition.items()) or ANY


def image_recipe(request: ImageRequest, kind: str, weights_sha256: str, pictures: NDArray[np.uint8] | None) -> Recipe:
    """The recipe of a request, with the fingerprints of its pictures, (N, H, W, C) uint8, if there are any."""
    settings: dict[str, Setting] = {"count": request.count, "condition": format_condition(request.condition)}
    settings |= {name: getattr(request, name) for name in FAMILY_SETTINGS[kind]}
    result = "" if pictures is None else fingerprints(pictures)
    return Recipe("images", request.model, weights_sha256, request.seed, settings, result)


def image_request_from(recipe: Recipe) -> ImageRequest:
    """The request in a recipe. Raises PlaygroundError if it belongs to another tab or is not valid."""
    if recipe.tab != "images":
        raise PlaygroundError(f"This recipe belongs to the tab {quoted(recipe.tab)}: open it there.")
    known = ("count", "condition", *(name for names in FAMILY_SETTINGS.values() for name in names))
    values = {name: value for name, value in recipe.settings.items() if name in known}
    return parse_image_request(recipe.model, {**values, "seed": recipe.seed})


def fingerprints(pictures: NDArray[np.uint8]) -> str:
    """CRC-32 of each picture's pixels, four bytes each, as base64url. pictures: (N, H, W, C) uint8."""
    sums = b"".join(zlib.crc32(np.ascontiguousarray(picture).tobytes()).to_bytes(4, "big") for picture in pictures)
    return base64.urlsafe_b64encode(sums).decode().rstrip("=")


def changed_indices(result: str, pictures: NDArray[np.uint8]) -> list[int]:
    """Indices of the pictures, (N, H, W, C) uint8, that differ from the fingerprints in `result`.

    Raises PlaygroundError if the fingerprints are damaged or of another number of pictures.
    """
    try:
        sums = base64.b64decode(result + "=" * (-len(result) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        sums = b""
    if len(sums) != 4 * len(pictures):
        raise PlaygroundError("The result in this link is damaged: it can be drawn again, but not be compared.")
    found: Sequence[bytes] = [zlib.crc32(np.ascontiguousarray(one).tobytes()).to_bytes(4, "big") for one in pictures]
    return [index for index, one in enumerate(found) if one != sums[4 * index : 4 * index + 4]]
