"""The settings of a text-to-image run: parsing and validation, suggested pipelines, and the recipe.

Everything that needs no pipeline is checked here, before gigabytes are downloaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_seed, parse_text, quoted
from playground.core.verification import likely_cause
from playground.images.image_request import changed_indices, fingerprints
from playground.images.settings import TEXT_TO_IMAGE
from playground.images.text_to_image import (
    MAX_SIDE,
    MIN_SIDE,
    TextToImageStep,
    check_both_sides,
    check_settings,
    side_sentence,
)
from playground.zoo.hub_client import parse_repository

#: The setting "panel" in recipes, and its value in old ones.
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
    steps: int = TEXT_TO_IMAGE["steps"].default
    guidance: float = TEXT_TO_IMAGE["guidance"].default
    seed: int = 0
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class SuggestedPipeline:
    """A pipeline to start with.

    name: in the catalogue.  model: Hub id.  steps, guidance: those it was trained for.  gigabytes: of its download.
    """

    name: str
    model: str
    steps: int
    guidance: float
    gigabytes: str

    def note(self) -> str:
        """How many steps it needs, and its licence, in sentences."""
        return say(f"images.text_to_image.{self.name}")


#: Few-step pipelines whose repositories have safetensors, smallest first.
SUGGESTED_PIPELINES = (
    SuggestedPipeline("sdxs", "IDKiro/sdxs-512-0.9", 1, 0.0, "2.7"),
    SuggestedPipeline("sd_turbo", "stabilityai/sd-turbo", 2, 0.0, "2.6–5.2"),
    SuggestedPipeline("lcm", "SimianLuo/LCM_Dreamshaper_v7", 4, 8.0, "5.5"),
)


def suggested_pipeline(model: str) -> SuggestedPipeline | None:
    """The suggested pipeline of that Hub id, or None."""
    return next((one for one in SUGGESTED_PIPELINES if one.model == model.strip()), None)


def parse_text_to_image_request(values: Mapping[str, object]) -> TextToImageRequest:
    """A valid request from a page's or a link's values; missing and blank ones get their defaults.

    Raises a PlaygroundError that names the wrong value and the right ones.
    """
    inputs = {name: value for name, value in values.items() if value is not None and value != ""}
    request = TextToImageRequest(
        model=_parse_hub_id(inputs.get("model", "")),
        prompt=parse_text(inputs.get("prompt", ""), "prompt", may_be_empty=True),
        negative_prompt=parse_text(inputs.get("negative_prompt", ""), "negative prompt", may_be_empty=True),
        seed=parse_seed(inputs.get("seed", 0)),
        width=_parse_side(inputs.get("width"), "width"),
        height=_parse_side(inputs.get("height"), "height"),
        **{name: item.read(inputs.get(name, item.default)) for name, item in TEXT_TO_IMAGE.items()},
    )
    check_settings(request.prompt, request.negative_prompt, request.steps, request.guidance, request.seed)
    check_both_sides(request.width, request.height)
    return request


def _parse_hub_id(value: object) -> str:
    """A Hub id, or the one in the address of its page; checked roughly here and fully by the zoo."""
    text = parse_repository(value) if isinstance(value, str) else ""
    if not text:
        raise PlaygroundError(say("models.names.no_hub_id"))
    if text.count("/") != 1 or len(text) > 200:
        raise PlaygroundError(say("images.text_to_image.bad_id", id=text[:80]))
    return text


def _parse_side(value: object, name: str) -> int | None:
    if value is None:
        return None
    side = parse_int(value, MIN_SIDE, MAX_SIDE, side_sentence(name))
    if side % SIDE_STEP:
        near, title = round(side / SIDE_STEP) * SIDE_STEP, say(f"images.text_to_image.{name}")
        raise PlaygroundError(say("images.text_to_image.side_step", side=title, step=SIDE_STEP, near=near, value=side))
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
        raise PlaygroundError(say("images.text_to_image.other_recipe"))
    return parse_text_to_image_request({**recipe.settings, "model": recipe.model, "seed": recipe.seed})


def difference(expected: Recipe, result: Recipe, picture: NDArray[np.uint8]) -> str:
    """The likely cause of a difference from the recipe, in a few words; "" if the picture is the same, pixel for pixel.

    expected: the recipe that was opened.  result: that of the picture, (H, W, 3) uint8.
    Raises PlaygroundError if the fingerprint is damaged.
    """
    if not changed_indices(expected.result, picture[None]):
        return ""
    if expected.weights_sha256 not in ("", result.weights_sha256):
        return likely_cause(expected, result)
    for name in ("dtype", "device"):
        before, now = expected.settings.get(name), result.settings.get(name)
        if before and before != now:
            setting = say(f"images.text_to_image.{name}")
            return say("images.text_to_image.differs_setting", setting=setting, before=quoted(before, 20), now=now)
    return say("images.text_to_image.differs_rounding")
