"""The settings of a text-to-image run: parsing and validation, suggested pipelines, and the recipe.

Everything that needs no pipeline is checked here, before gigabytes are downloaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, parse_seed, parse_text, quoted
from playground.core.verification import WEIGHTS_DIFFER
from playground.images.image_request import changed_indices, fingerprints
from playground.images.text_to_image import (
    MAX_SIDE,
    MAX_STEPS,
    MIN_SIDE,
    TextToImageStep,
    check_both_sides,
    check_settings,
)

#: The setting "panel" in the recipe of a picture; "words" in those that were made before.
PANEL, FORMER_PANEL = "text_to_image", "words"
#: All pipelines need sides that are multiples of this; many need 16.
SIDE_STEP = 8


@dataclass(frozen=True)
class TextToImageRequest:
    """Settings for one picture.

    model: Hub id of the pipeline.  guidance: classifier-free, 0 to 30.
    width, height: pixels, both or neither; None: the model's own.
    """

    model: str
    prompt: str
    negative_prompt: str = ""
    steps: int = 4
    guidance: float = 0.0
    seed: int = 0
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class SuggestedPipeline:
    """A pipeline to start with. gigabytes: of its download, roughly.  steps, guidance: as it was trained for."""

    model: str
    steps: int
    guidance: float
    gigabytes: str
    note: str


#: Few-step pipelines whose repositories have safetensors, smallest first.
SUGGESTED_PIPELINES = (
    SuggestedPipeline("IDKiro/sdxs-512-0.9", 1, 0.0, "2.7", "Draws in a single step. Licence: OpenRAIL++."),
    SuggestedPipeline(
        "stabilityai/sd-turbo", 2, 0.0, "2.6 to 5.2", "Draws in 1 to 4 steps. Stability AI's own licence."
    ),
    SuggestedPipeline("SimianLuo/LCM_Dreamshaper_v7", 4, 8.0, "5.5", "Draws in 4 to 8 steps. Licence: MIT."),
)


def suggested_pipeline(model: str) -> SuggestedPipeline | None:
    """The suggested pipeline of that Hub id, or None."""
    return next((one for one in SUGGESTED_PIPELINES if one.model == model.strip()), None)


def parse_text_to_image_request(values: Mapping[str, object]) -> TextToImageRequest:
    """A valid request from a page's or a link's values; missing and blank ones get their defaults.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    steps_sentence = f"The steps must be a whole number from 1 to {MAX_STEPS}"
    request = TextToImageRequest(
        model=_parse_hub_id(given.get("model", "")),
        prompt=parse_text(given.get("prompt", ""), "prompt", may_be_empty=True),
        negative_prompt=parse_text(given.get("negative_prompt", ""), "negative prompt", may_be_empty=True),
        steps=parse_int(given.get("steps", TextToImageRequest.steps), 1, MAX_STEPS, steps_sentence),
        guidance=parse_number(given.get("guidance", 0.0), "The guidance must be a number from 0 to 30"),
        seed=parse_seed(given.get("seed", 0)),
        width=_parse_side(given.get("width"), "width"),
        height=_parse_side(given.get("height"), "height"),
    )
    check_settings(request.prompt, request.negative_prompt, request.steps, request.guidance, request.seed)
    check_both_sides(request.width, request.height)
    return request


def _parse_hub_id(value: object) -> str:
    """A Hub id, checked roughly; the zoo checks it fully."""
    text = value.strip() if isinstance(value, str) else ""
    if text.count("/") != 1 or len(text) > 200:
        raise PlaygroundError(f'"{text[:80]}" is not the id of a Hub model: it is written "owner/name".')
    return text


def _parse_side(value: object, name: str) -> int | None:
    if value is None:
        return None
    sentence = f"The {name} must be a whole number from {MIN_SIDE} to {MAX_SIDE}"
    side = parse_int(value, MIN_SIDE, MAX_SIDE, sentence)
    if side % SIDE_STEP:
        near = round(side / SIDE_STEP) * SIDE_STEP
        raise PlaygroundError(f"The {name} must be a multiple of {SIDE_STEP}: {near}, for example; it was {side}.")
    return side


def text_to_image_recipe(request: TextToImageRequest, result: TextToImageStep, picture: NDArray[np.uint8]) -> Recipe:
    """The recipe of a finished picture. picture: (H, W, 3) uint8."""
    settings: dict[str, Setting] = {
        "panel": PANEL,
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "steps": request.steps,
        "guidance": request.guidance,
        "width": request.width,
        "height": request.height,
        "dtype": result.dtype,
        "device": result.device,
    }
    return Recipe("images", request.model, result.weights_sha256, request.seed, settings, fingerprints(picture[None]))


def text_to_image_request_from(recipe: Recipe) -> TextToImageRequest:
    """The request in a recipe. Raises PlaygroundError if it is not of this panel or not valid."""
    if recipe.tab != "images" or recipe.settings.get("panel") not in (PANEL, FORMER_PANEL):
        raise PlaygroundError("This recipe is not of a picture drawn from words.")
    return parse_text_to_image_request({**recipe.settings, "model": recipe.model, "seed": recipe.seed})


def difference(expected: Recipe, result: Recipe, picture: NDArray[np.uint8]) -> str:
    """The likely cause of a difference from the recipe, in a few words; "" if the picture is the same, pixel for pixel.

    expected: the recipe that was opened.  result: that of the picture, (H, W, 3) uint8.
    Raises PlaygroundError if the fingerprint is damaged.
    """
    if not changed_indices(expected.result, picture[None]):
        return ""
    if expected.weights_sha256 not in ("", result.weights_sha256):
        return WEIGHTS_DIFFER
    for name, what in (("dtype", "number format"), ("device", "device")):
        before, now = expected.settings.get(name), result.settings.get(name)
        if before and before != now:
            return f"it was drawn with another {what} ({quoted(before, 20)}, here {now})"
    return "another processor, or another version of the libraries, may round differently"
