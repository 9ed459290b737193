"""The settings of a batch of pictures: parsing and validation, and conversion to and from a recipe."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.settings import settings_class
from playground.core.validation import parse_seed, quoted
from playground.data.avatar_words import current_word
from playground.images.model_menu import ImageModelFacts, image_model_facts, model_names
from playground.images.settings import COUNT, FAMILY_SETTINGS, SETTINGS

ANY = "any"


@dataclass(frozen=True)
class _Batch:
    """The part of an ImageRequest that all families have."""

    model: str
    count: int = COUNT.default
    seed: int = 0
    condition: Mapping[str, str] = field(default_factory=dict)

    def single(self, index: int) -> ImageRequest:
        """The request for one of its pictures alone."""
        return self.changed(seed=(self.seed + index) % 2**63, count=1)

    def changed(self, **values: Any) -> ImageRequest:
        """The request with other values, which are not checked."""
        return cast("ImageRequest", replace(self, **values))


_DOC = """Settings for sampling from an image model. Only those of the model's family are used.

count: pictures, 1 to 64.  seed: of the first; picture i has seed + i, and can be drawn alone.
condition: attribute -> one of its values; any other attribute is "any".
The others are the settings of all families, by their names in SETTINGS; each has its default.
"""
if TYPE_CHECKING:

    class ImageRequest(_Batch):
        """See _DOC."""

        def __init__(
            self, model: str, count: int = 16, seed: int = 0, condition: Mapping[str, str] = ..., **settings: Any
        ) -> None:
            """Takes the settings of all families by name."""

        def __getattr__(self, name: str) -> Any:
            """The value of a setting."""
else:
    ImageRequest = settings_class("ImageRequest", _DOC, __name__, SETTINGS, _Batch)


def parse_image_request(model: object, values: Mapping[str, object]) -> ImageRequest:
    """A valid request from the values of a page, a link or a program; missing ones get their defaults.

    Raises a PlaygroundError that names the wrong value and the right ones.
    """
    facts = image_model_facts(str(model or ""))
    allowed = {"count", "seed", "condition", *SETTINGS}
    unknown = sorted(set(values) - allowed)
    if unknown:
        settings = ", ".join(sorted(allowed))
        raise PlaygroundError(say("images.request.unknown_setting", setting=quoted(unknown[0]), settings=settings))
    inputs = {name: value for name, value in values.items() if value is not None and value != ""}
    return ImageRequest(
        facts.name,
        COUNT.read(inputs.get("count", COUNT.default)),
        parse_seed(inputs.get("seed", 0)),
        parse_condition(facts, inputs.get("condition", ANY)),
        **{name: item.read(inputs.get(name, item.default)) for name, item in SETTINGS.items()},
    )


def check_settings(model: object, settings: Mapping[str, object], parameters: Mapping[str, object]) -> None:
    """Raises PlaygroundError for a program's setting that would change nothing: another kind of model's, or overruled.

    parameters: of the call, which its settings may repeat, as those of a recipe do, but not contradict.
    """
    facts = image_model_facts(str(model or ""))
    used = FAMILY_SETTINGS[facts.kind]
    for name, value in settings.items():
        if value is None or value == "":
            continue
        if name in parameters and value != parameters[name]:
            raise PlaygroundError(say("images.request.overruled_setting", setting=name))
        if name in SETTINGS and name not in used and SETTINGS[name].read(value) != SETTINGS[name].default:
            kind = next(kind for kind, names in FAMILY_SETTINGS.items() if name in names)
            names = {"setting": name, "model": facts.title, "kind": say(f"images.model.{kind}")}
            raise PlaygroundError(say("images.request.unused_setting", **names))


def parse_condition(facts: ImageModelFacts, value: object) -> dict[str, str]:
    """Attribute -> value, from {"hat": "none"}, "hat=none; skin=tan", a value alone, or "any".

    Raises PlaygroundError that lists the possible values.
    """
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(";") if part.strip() not in ("", ANY)]
        pairs = [part.split("=", 1) if "=" in part else (_attribute_with_value(facts, part), part) for part in parts]
        value = {attribute.strip(): name.strip() for attribute, name in pairs}
    if not isinstance(value, Mapping):
        example = _example_condition(facts)
        raise PlaygroundError(say("images.request.condition", example=example, value=quoted(value)))
    condition = {}
    for attribute, word in value.items():
        if str(attribute) not in facts.attributes:
            names = {"attributes": ", ".join(facts.attributes) or say("images.request.no_attributes")}
            raise PlaygroundError(
                say("images.request.unknown_attribute", model=facts.name, attribute=quoted(attribute), **names)
            )
        words = facts.attributes[str(attribute)]
        word = current_word(str(attribute), word) if isinstance(word, str) else word
        if word not in (*words, ANY, None, ""):
            values = {"values": ", ".join(words), "value": quoted(word)}
            raise PlaygroundError(say("images.request.unknown_value", attribute=attribute, **values))
        if word in words:
            condition[str(attribute)] = str(word)
    return {attribute: condition[attribute] for attribute in facts.attributes if attribute in condition}


def _attribute_with_value(facts: ImageModelFacts, word: str) -> str:
    """The one attribute that has the value. Raises PlaygroundError if none or several have it."""
    matches = [name for name, values in facts.attributes.items() if current_word(name, word) in values]
    if len(matches) == 1:
        return matches[0]
    names = {"model": facts.name, "value": quoted(word)}
    if not facts.attributes:
        raise PlaygroundError(say("images.request.no_condition", **names))
    raise PlaygroundError(say("images.request.unknown_condition", example=_example_condition(facts), **names))


def _example_condition(facts: ImageModelFacts) -> str:
    return "; ".join(f"{attribute}={words[-1]}" for attribute, words in list(facts.attributes.items())[:2])


def format_condition(condition: Mapping[str, str]) -> str:
    """The condition as it is written in links: "hat=none; skin=tan", or "any"."""
    return "; ".join(f"{attribute}={word}" for attribute, word in condition.items()) or ANY


def image_recipe(request: ImageRequest, kind: str, weights_sha256: str, pictures: NDArray[np.uint8] | None) -> Recipe:
    """The recipe of a request, with the fingerprints of its pictures, (N, H, W, C) uint8, if there are any."""
    settings: dict[str, Setting] = {"count": request.count, "condition": format_condition(request.condition)}
    settings |= {name: getattr(request, name) for name in FAMILY_SETTINGS[kind]}
    result = "" if pictures is None else fingerprints(pictures)
    return Recipe("images", request.model, weights_sha256, request.seed, settings, result)


def image_request_from(recipe: Recipe) -> ImageRequest:
    """The request in a recipe; without a model, for the first of the menu.

    Raises PlaygroundError if it belongs to another tab or is not valid.
    """
    if recipe.tab != "images":
        raise PlaygroundError(say("shared.link.recipe_of_other_tab", tab=quoted(recipe.tab)))
    allowed = ("count", "condition", *SETTINGS)
    values = {name: value for name, value in recipe.settings.items() if name in allowed}
    return parse_image_request(recipe.model or model_names()[0], {**values, "seed": recipe.seed})


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
        raise PlaygroundError(say("shared.recipe.result_damaged"))
    expected = [sums[index : index + 4] for index in range(0, len(sums), 4)]
    actual = [zlib.crc32(np.ascontiguousarray(picture).tobytes()).to_bytes(4, "big") for picture in pictures]
    return [index for index, (one, other) in enumerate(zip(expected, actual, strict=True)) if one != other]
