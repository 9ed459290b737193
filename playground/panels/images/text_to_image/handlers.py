"""What the panel From words does: fetch, draw, compare, save; each handler's answers in the order of its docstring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
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
from playground.panels.images.picture_data import download, png
from playground.panels.images.routing import WORDS, belongs_to
from playground.ui.notice import notice
from playground.ui.picture_views import pack
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
#: So many previews of one picture travel to the page, evenly spread.
MOST_PREVIEWS = 24
NAMES = tuple(field.name for field in fields(TextToImageRequest))

Shown = tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class Painted:
    """A finished picture. pixels: (H, W, 3) uint8."""

    request: TextToImageRequest
    pixels: NDArray[np.uint8]
    recipe: Recipe


def menu() -> list[str]:
    """Hub ids to choose from: the pipelines that are here, then the suggested ones."""
    return list(dict.fromkeys([*text_to_image_names(), *(one.model for one in SUGGESTED_PIPELINES)]))


def about(model: str) -> dict[str, str]:
    """Whether a pipeline is here, and what fetching it would mean, as a notice."""
    try:
        if text_to_image_is_here(model):
            return notice(f"{model.strip()} is on this machine: no network is needed.", "ok")
    except PlaygroundError as error:
        return notice(str(error), "error")
    known = suggested_pipeline(model)
    size = f"{known.gigabytes} GB" if known else "some gigabytes as a rule; how many is said once the Hub has answered"
    told = f" {known.words}" if known else ""
    return notice(
        f"Not on this machine yet. The first Draw fetches it from the Hugging Face Hub ({size}) and keeps it, so that "
        f"later draws need no network.{told}"
    )


def on_model(model: str) -> list[Any]:
    """(about it, steps, guidance): for a suggested pipeline, the settings that it was made for."""
    known = suggested_pipeline(model or "")
    return [about(model or ""), *((known.steps, known.guidance) if known else (_SKIP, _SKIP))]


def on_fetch(*values: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """(request whose pipeline is here, model's menu, about it, notice): checks everything, then fetches if need be."""
    yield None, _SKIP, _SKIP, notice("Looking for the model …")
    try:
        request = parse_text_to_image_request(dict(zip(NAMES, values, strict=True)))
        if not text_to_image_is_here(request.model):
            for report in fetch_text_to_image(request.model):
                said = f"{report.what} ({report.fraction:.0%}). It is kept: the next time needs no network."
                yield None, _SKIP, _SKIP, notice(said)
            yield None, gr.Dropdown(choices=menu()), about(request.model), _SKIP
        yield request, _SKIP, _SKIP, notice("Reading the model into memory …")
    except PlaygroundError as error:
        yield None, _SKIP, _SKIP, notice(str(error), "error")


def on_draw(request: TextToImageRequest | None, expected: Recipe | None) -> Iterator[Shown]:
    """(picture, its view, notice, link) as the steps come; without a request, nothing.

    expected: a recipe to compare with, if one was opened. What was drawn before stays until the first step is made.
    """
    if request is None:
        yield (_SKIP,) * 4
        return
    run, every = new_run(), max(1, -(-request.steps // MOST_PREVIEWS))
    try:
        for item in generate_from_text(**{name: getattr(request, name) for name in NAMES}):
            if item.done:
                yield finished(request, item, run, expected)
            elif item.step % every == 0 or item.step in (1, item.steps):
                yield None, preview(item, run), notice(f"Step {item.step} of {item.steps}."), ""
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error"), _SKIP


def preview(item: TextToImageStep, run: str) -> dict[str, Any]:
    """A step as the view takes it."""
    words = f"Step {item.step} of {item.steps} · {item.seconds:.1f} s · timestep {item.timestep:.0f}"
    packed = None if item.picture is None else pack(np.asarray(item.picture)[None])
    if packed is not None:
        words += " · a small preview of what is there so far"
    return {"run": run, "words": words, "packed": packed, "done": False}


def finished(
    request: TextToImageRequest, item: TextToImageStep, run: str, expected: Recipe | None
) -> tuple[Painted, dict[str, Any], dict[str, str], str]:
    """(picture, its view, notice, link) of the result."""
    assert item.picture is not None  # the result always has one
    pixels = np.asarray(item.picture)
    recipe = text_to_image_recipe(request, item, pixels)
    height, width, _ = pixels.shape
    steps = f"{request.steps} step{'s' if request.steps > 1 else ''}"
    parts = [f"{width} × {height}", f"{steps} in {item.seconds:.1f} s", request.model, f"seed {request.seed}"]
    parts += [f"guidance {request.guidance:g}", f"{item.dtype} on {item.device}"]
    value = {"run": run, "words": " · ".join(parts), "packed": pack(pixels[None]), "done": True}
    return Painted(request, pixels, recipe), value, verdict(request, recipe, pixels, item, expected), link(recipe)


def verdict(
    request: TextToImageRequest, made: Recipe, pixels: NDArray[np.uint8], item: TextToImageStep, expected: Recipe | None
) -> dict[str, str]:
    """What is to be said of a result: whether it is the one that was opened, and the lab's own notes."""
    said, tone = "Done.", "quiet"
    try:
        if expected is not None and expected.result and text_to_image_request_from(expected) == request:
            different = difference(expected, made, pixels)
            said = f"Differs: {different}." if different else "Reproduced ✓ pixel for pixel."
            tone = "warning" if different else "ok"
    except PlaygroundError as error:
        said, tone = str(error), "error"
    if item.notes and tone in ("quiet", "ok"):
        tone = "warning"
    return notice(" ".join([said, *item.notes]), tone)


def link(recipe: Recipe) -> str:
    """The query of the link to a picture; "" where its words are too long for one."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""


def on_download(made: Painted | None) -> tuple[Any, Any]:
    """(the picture as a PNG with its recipe, for the page to save; notice)."""
    if made is None:
        return _SKIP, notice("There is nothing to download yet: press Draw first.", "error")
    name = f"{made.request.model.replace('/', '--')}-{made.request.seed}.png"
    return download(name, png(made.pixels, made.recipe)), _SKIP


def on_stop(model: str) -> dict[str, str]:
    """A word for what was stopped."""
    try:
        if not text_to_image_is_here(model or ""):
            return notice("Stopped. A download that has begun goes on, and what it brings is kept.")
    except PlaygroundError:
        pass  # what is no model has begun nothing
    return notice("Stopped.")


def on_opened(recipe: Recipe | None) -> list[Any]:
    """(panels, ready, expected, about, notice, settings) for a recipe that a link or a file brought, if it is ours.

    It is drawn at once where its pipeline is here; nothing is fetched unasked.
    """
    if recipe is None or not belongs_to(recipe, WORDS):
        return [_SKIP, None, *[_SKIP] * (3 + len(NAMES))]
    front: Any = gr.Tabs(selected="words")
    try:
        request = text_to_image_request_from(recipe)
        here = text_to_image_is_here(request.model)
    except PlaygroundError as error:
        said = notice(f"This recipe cannot be followed. {error}", "error")
        return [front, None, None, _SKIP, said, *[_SKIP] * len(NAMES)]
    waits = f"The settings are restored. Press Draw: {request.model} is fetched first, then the picture is compared."
    said = notice("Drawing the picture again." if here else waits)
    values = ["" if getattr(request, name) is None else getattr(request, name) for name in NAMES]
    return [front, request if here else None, recipe, about(request.model), said, *values]
