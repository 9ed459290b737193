"""The handlers of the text-to-image panel: download a pipeline, generate, verify, save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.images import other_tools
from playground.images.text_to_image import TextToImageStep, generate_from_text
from playground.images.text_to_image_request import (
    PANEL,
    SUGGESTED_PIPELINES,
    TextToImageRequest,
    difference,
    parse_text_to_image_request,
    suggested_pipeline,
    text_to_image_recipe,
    text_to_image_request_from,
)
from playground.language.model_menu import fetch_text_to_image, text_to_image_is_here, text_to_image_names
from playground.panels.images.image_file import download, png
from playground.panels.images.shared import query_of
from playground.panels.images.text_to_image.view import preview_value, result_value
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.result_settings import encode_settings
from playground.ui.view import new_run

#: The most previews of one picture that are sent to the page, evenly spread over its steps.
MAX_PREVIEWS = 24
#: The panel's settings: the fields of a request.
SETTINGS = tuple(field.name for field in fields(TextToImageRequest))
#: Names of the components that a run fills.
RUN_OUTPUTS = ("result", "picture", "notice", "query", "carried")


@dataclass(frozen=True)
class TextToImageResult:
    """A finished picture. pixels: (H, W, 3) uint8."""

    request: TextToImageRequest
    pixels: NDArray[np.uint8]
    recipe: Recipe


def menu() -> list[str]:
    """Hub ids to choose from: the pipelines on this machine, then the suggested ones."""
    return list(dict.fromkeys([*text_to_image_names(), *(one.model for one in SUGGESTED_PIPELINES)]))


def about_value(model: str) -> dict[str, str]:
    """Whether a pipeline is on this machine, and how large a download it is, as a notice."""
    try:
        if text_to_image_is_here(model):
            return notice(say("images.text_to_image.here", model=model.strip()), "ok")
    except PlaygroundError as error:
        return messages.error_notice(error)
    suggestion = suggested_pipeline(model)
    if suggestion is None:
        return notice(say("images.text_to_image.missing", size=say("images.text_to_image.size_unknown")))
    size = say("images.text_to_image.size", gigabytes=suggestion.gigabytes)
    return notice(f"{say('images.text_to_image.missing', size=size)} {suggestion.note()}")


def on_model(model: str) -> Update:
    """Describes the model; a suggested pipeline also sets the steps and guidance that it was trained for."""
    suggestion = suggested_pipeline(model or "")
    settings = {"settings": {"steps": suggestion.steps, "guidance": suggestion.guidance}} if suggestion else {}
    return {"about": about_value(model or ""), **settings}


def on_fetch(settings: Mapping[str, Any]) -> Iterator[Update]:
    """Checks the settings, downloads the pipeline if it is not here, and sets `request`, which starts the run."""
    yield {"request": None, "notice": notice(say("images.text_to_image.looking_up"))}
    request = parse_text_to_image_request(settings)
    if not text_to_image_is_here(request.model):
        for report in fetch_text_to_image(request.model):
            text = say("images.text_to_image.downloading", file=report.what, fraction=report.fraction)
            yield {"notice": notice(text)}
        yield {
            "settings": {"model": gr.Dropdown(choices=menu(), value=request.model)},
            "about": about_value(request.model),
        }
    yield {"request": request, "notice": notice(say("shared.loading_model"))}


def on_run(request: TextToImageRequest | None, expected: Recipe | None) -> Iterator[Update]:
    """Generates the requested picture; does nothing without a request.

    expected: the recipe to verify against, if a link or a file was opened.
    """
    if request is None:
        yield {}
        return
    run, every = new_run(), max(1, -(-request.steps // MAX_PREVIEWS))
    settings = {name: getattr(request, name) for name in SETTINGS}
    carried = {"carried": encode_settings(settings), "query": running_query(request)}
    for step in generate_from_text(**settings):
        if step.done:
            yield {**carried, **result_update(request, step, run, expected)}
        elif step.step % every == 0 or step.step in (1, step.steps):
            progress = notice(say("images.text_to_image.progress", step=step.step, steps=step.steps))
            yield {"result": None, "picture": preview_value(step, run), "notice": progress, **carried}


def running_query(request: TextToImageRequest) -> str:
    """The query of a picture that is being made, so that the page loaded again can make it."""
    own = {name: value for name, value in vars(request).items() if name not in ("model", "seed")}
    return query_of(Recipe("images", request.model, "", request.seed, {"panel": PANEL, **own}))


def result_update(request: TextToImageRequest, step: TextToImageStep, run: str, expected: Recipe | None) -> Update:
    """Shows the finished picture, its link, and whether it is the expected one."""
    assert step.picture is not None  # the last step always has one
    pixels = np.asarray(step.picture)
    recipe = text_to_image_recipe(request, step, pixels)
    return {
        "result": TextToImageResult(request, pixels, recipe),
        "picture": result_value(request, step, run),
        "notice": result_notice(recipe, pixels, step, expected),
        "query": query_of(recipe),
    }


def result_notice(
    recipe: Recipe, pixels: NDArray[np.uint8], step: TextToImageStep, expected: Recipe | None
) -> dict[str, str]:
    """Whether a picture is the expected one, and the pipeline's notes."""
    message = notice(say("images.text_to_image.done"))
    try:
        if expected is not None and expected.result and _same_request(expected, recipe):
            # With the dtype and device of this run: only weights and fingerprint are compared.
            request = replace(recipe, weights_sha256=expected.weights_sha256, result=expected.result)
            verification = verify(request, recipe, difference(expected, recipe, pixels))
            message = messages.verification_notice(verification) if verification is not None else message
    except PlaygroundError as error:
        message = messages.error_notice(error)
    tone = "warning" if step.notes and message["tone"] in ("quiet", "ok") else message["tone"]
    return notice(" ".join([message["text"], *step.notes]), tone)


def _same_request(expected: Recipe, recipe: Recipe) -> bool:
    """Whether two recipes have the same settings; dtype and device describe a run and are not compared."""
    return text_to_image_request_from(expected) == text_to_image_request_from(recipe)


def on_download(result: TextToImageResult | None) -> Update:
    """Saves the picture as a PNG with its recipe."""
    if result is None:
        raise PlaygroundError(say("images.text_to_image.nothing_drawn"))
    name = f"{result.request.model.replace('/', '--')}-{result.request.seed}.png"
    return {"file": download(name, png(result.pixels, result.recipe))}


def on_stop(settings: Mapping[str, Any]) -> Update:
    """Says that the run stopped; a download continues."""
    try:
        if not text_to_image_is_here(settings["model"] or ""):
            return {"notice": notice(say("images.text_to_image.stopped_download"))}
    except PlaygroundError:
        pass  # not a Hub id: nothing was started
    return {"notice": messages.stopped()}


def _with_model(recipe: Recipe) -> Recipe:
    """The recipe; one that names no model gets the pipeline that the panel opens with."""
    return recipe if recipe.model else replace(recipe, model=menu()[0])


def restore(recipe: Recipe) -> Update:
    """Sets the settings to a recipe. Downloads nothing: that waits until the visitor presses Draw.

    A recipe of another tool's PNG sets what it has and keeps the panel's model, and nothing is verified.
    """
    if other_tools.SOURCE in recipe.settings:
        read = {name: recipe.settings[name] for name in other_tools.READABLE if name in recipe.settings}
        read |= {} if other_tools.UNREAD_SEED in recipe.settings else {"seed": recipe.seed}
        sizes = {"width": "", "height": ""}
        return {
            "settings": {"negative_prompt": "", **sizes, **read},
            "expected": None,
            "notice": notice(other_tools.describe(recipe), "warning"),
        }
    request = text_to_image_request_from(_with_model(recipe))
    key = "images.text_to_image.replaying" if text_to_image_is_here(request.model) else "images.text_to_image.restored"
    values = {name: getattr(request, name) for name in SETTINGS}
    return {
        "settings": {name: "" if value is None else value for name, value in values.items()},
        "expected": recipe,
        "about": about_value(request.model),
        "notice": notice(say(key, model=request.model)),
    }


def replay(recipe: Recipe) -> Iterator[Update]:
    """Generates a recipe's picture again, if its pipeline is on this machine, and verifies it."""
    if other_tools.SOURCE in recipe.settings:
        yield {}
        return
    request = text_to_image_request_from(_with_model(recipe))
    yield from on_run(request if text_to_image_is_here(request.model) else None, recipe)
