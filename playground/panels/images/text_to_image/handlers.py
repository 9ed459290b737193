"""The handlers of the text-to-image panel: download a pipeline, generate, verify, save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.images.text_to_image import TextToImageStep, generate_from_text
from playground.images.text_to_image_request import (
    SUGGESTED_PIPELINES,
    TextToImageRequest,
    difference,
    parse_text_to_image_request,
    suggested_pipeline,
    text_to_image_recipe,
    text_to_image_request_from,
)
from playground.language.model_menu import fetch_text_to_image, text_to_image_is_here, text_to_image_names
from playground.panels.images.picture_file import download, png
from playground.panels.images.shared import query_of
from playground.panels.images.text_to_image.view import preview_value, result_value
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.view import new_run

#: The most previews of one picture that are sent to the page, evenly spread over its steps.
MAX_PREVIEWS = 24
#: The panel's settings: the fields of a request.
SETTINGS = tuple(field.name for field in fields(TextToImageRequest))
#: Names of the components that a run fills.
RUN_OUTPUTS = ("result", "picture", "notice", "query")


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
            return notice(f"{model.strip()} is on this machine: no network is needed.", "ok")
    except PlaygroundError as error:
        return messages.error_notice(error)
    known = suggested_pipeline(model)
    size = f"{known.gigabytes} GB" if known else "some gigabytes as a rule; how many is said once the Hub has answered"
    note = f" {known.note}" if known else ""
    return notice(
        f"Not on this machine yet. The first Draw fetches it from the Hugging Face Hub ({size}) and keeps it, so that "
        f"later draws need no network.{note}"
    )


def on_model(model: str) -> Update:
    """What is known of the model; for a suggested pipeline, the settings that it was trained for."""
    known = suggested_pipeline(model or "")
    settings = {"settings": {"steps": known.steps, "guidance": known.guidance}} if known else {}
    return {"about": about_value(model or ""), **settings}


def on_fetch(settings: Mapping[str, Any]) -> Iterator[Update]:
    """Checks the settings, downloads the pipeline if it is not here, and sets `request`, which starts the run."""
    yield {"request": None, "notice": notice("Looking for the model …")}
    request = parse_text_to_image_request(settings)
    if not text_to_image_is_here(request.model):
        for report in fetch_text_to_image(request.model):
            text = f"{report.what} ({report.fraction:.0%}). It is kept: the next time needs no network."
            yield {"notice": notice(text)}
        yield {"settings": {"model": gr.Dropdown(choices=menu())}, "about": about_value(request.model)}
    yield {"request": request, "notice": notice("Reading the model into memory …")}


def on_run(request: TextToImageRequest | None, expected: Recipe | None) -> Iterator[Update]:
    """Generates the requested picture; without a request, nothing.

    expected: the recipe to verify against, if a link or a file was opened.
    """
    if request is None:
        yield {}
        return
    run, every = new_run(), max(1, -(-request.steps // MAX_PREVIEWS))
    for step in generate_from_text(**{name: getattr(request, name) for name in SETTINGS}):
        if step.done:
            yield result_update(request, step, run, expected)
        elif step.step % every == 0 or step.step in (1, step.steps):
            said = notice(f"Step {step.step} of {step.steps}.")
            yield {"result": None, "picture": preview_value(step, run), "notice": said, "query": ""}


def result_update(request: TextToImageRequest, step: TextToImageStep, run: str, expected: Recipe | None) -> Update:
    """The finished picture, its link, and whether it is the expected one."""
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
    said = notice("Done.")
    try:
        if expected is not None and expected.result and _same_request(expected, recipe):
            asked = Recipe(
                recipe.tab, recipe.model, expected.weights_sha256, recipe.seed, recipe.settings, expected.result
            )
            verification = verify(asked, recipe, difference(expected, recipe, pixels))
            said = messages.verification_notice(verification) if verification is not None else said
    except PlaygroundError as error:
        said = messages.error_notice(error)
    tone = "warning" if step.notes and said["tone"] in ("quiet", "ok") else said["tone"]
    return notice(" ".join([said["text"], *step.notes]), tone)


def _same_request(expected: Recipe, recipe: Recipe) -> bool:
    """Whether two recipes have the same settings; dtype and device are not settings but circumstances of a run."""
    return text_to_image_request_from(expected) == text_to_image_request_from(recipe)


def on_download(result: TextToImageResult | None) -> Update:
    """The picture as a PNG with its recipe."""
    if result is None:
        raise PlaygroundError("There is nothing to download yet: press Draw first.")
    name = f"{result.request.model.replace('/', '--')}-{result.request.seed}.png"
    return {"file": download(name, png(result.pixels, result.recipe))}


def on_stop(settings: Mapping[str, Any]) -> Update:
    """Says that it stopped; a download continues."""
    try:
        if not text_to_image_is_here(settings["model"] or ""):
            return {"notice": notice("Stopped. A download that has begun goes on, and what it brings is kept.")}
    except PlaygroundError:
        pass  # not the id of a model: nothing was started
    return {"notice": messages.stopped()}


def restore(recipe: Recipe) -> Update:
    """The settings of a recipe. What is not on this machine is not downloaded before a visitor asks for it."""
    request = text_to_image_request_from(recipe)
    waits = f"The settings are restored. Press Draw: {request.model} is fetched first, then the picture is compared."
    here = text_to_image_is_here(request.model)
    values = {name: getattr(request, name) for name in SETTINGS}
    return {
        "settings": {name: "" if value is None else value for name, value in values.items()},
        "expected": recipe,
        "about": about_value(request.model),
        "notice": notice("Drawing the picture again." if here else waits),
    }


def replay(recipe: Recipe) -> Iterator[Update]:
    """Generates a recipe's picture again, if its pipeline is on this machine, and verifies it."""
    request = text_to_image_request_from(recipe)
    yield from on_run(request if text_to_image_is_here(request.model) else None, recipe)
