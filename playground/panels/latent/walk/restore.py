"""What a link or a downloaded film restores: the panel in front, its settings, and whether the same comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.core.validation import parse_choice
from playground.images.image_request import changed_indices, parse_condition
from playground.images.model_menu import image_model_facts, model_names
from playground.latent.endpoints import format_endpoints
from playground.latent.latent_space import STEPS
from playground.latent.latent_walk import LatentWalk
from playground.latent.seed_plane import read_place
from playground.latent.video_export import read_recipe
from playground.latent.walk_request import WalkRequest, walk_request_from
from playground.panels.latent.controls import Controls, quick, restored
from playground.panels.latent.rooms import FURTHER
from playground.panels.latent.seed_plane import panel as seed_plane
from playground.panels.latent.walk import panel as walk
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, when_read
from playground.ui.notice import notice

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Panels:
    """The tab's components. front: gr.State of the panel's name; pending: of a recipe that is about to be replayed."""

    tabs: gr.Tabs
    front: gr.State
    pending: gr.State
    controls: Controls
    walk: walk.Panel
    plane: seed_plane.Panel

    def told_walk(self) -> dict[str, Any]:
        """The keywords of an event that writes the walk's link, if that panel is in front."""
        asked = [self.front, self.walk.made]
        return {"fn": walk.on_query, "inputs": asked, "outputs": self.walk.query, "queue": False, **FOLLOWS}

    def told_plane(self) -> dict[str, Any]:
        """The same for the plane."""
        asked = [self.front, self.controls.model, self.controls.condition, self.plane.place]
        return {"fn": seed_plane.on_query, "inputs": asked, "outputs": self.walk.query, "queue": False, **FOLLOWS}

    def outputs(self) -> list[Any]:
        """What a recipe sets, in the order of Opened."""
        frame = [self.tabs, self.front, self.pending, self.walk.notice, self.plane.notice, self.plane.place]
        return [*frame, *self.controls.outputs(), *self.walk.settings()]


def wire(shown: Panels, open_file: gr.UploadButton, opens: dict[str, Any]) -> Any:
    """Connects the page's opening, and the button for a film. Returns the event after which a recipe is in pending."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    outputs = shown.outputs()
    controls, settings = len(shown.controls.outputs()), len(shown.walk.settings())

    def load(request: gr.Request) -> list[Any]:
        return on_load(dict(request.query_params), controls, settings)

    opened = page.load(load, None, outputs, queue=False, **QUIET)
    given = open_file.upload(lambda path: on_file(path, controls, settings), open_file, outputs, **QUIET)
    read = when_read((opened, given), shown.pending)
    walked = read.then(on_replay, shown.pending, shown.walk.streamed(), **QUIET, **MODEL_QUEUE)
    walked.then(**shown.told_walk()).then(**opens).then(**shown.told_plane())
    return read


def on_load(asked: dict[str, str], controls: int, settings: int) -> list[Any]:
    """The page as its link says, if the link is this tab's. controls, settings: how many outputs each sets."""
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    # A link that names the tab alone asks for nothing in particular.
    if asked.get("tab") != "latent" or not {*query} - {"tab"}:
        return [_SKIP] * (6 + controls + settings)
    return _restoring(lambda: from_query(query), "This link cannot be followed. ", controls, settings)


def on_file(path: str | None, controls: int, settings: int) -> list[Any]:
    """The controls set to the recipe in a film that a visitor gives."""

    def read() -> Recipe:
        if path is None:
            raise PlaygroundError("Choose a GIF, MP4 or WebP that was downloaded from this page.")
        with open(path, "rb") as file:
            return read_recipe(file.read(64 << 20))

    return _restoring(read, "", controls, settings)


def _restoring(recipe_of: Callable[[], Recipe], trouble: str, controls: int, settings: int) -> list[Any]:
    try:
        recipe = recipe_of()
        if recipe.settings.get("panel") == seed_plane.NAME:
            return [*_plane(recipe), *[_SKIP] * settings]
        if recipe.settings.get("panel", walk.NAME) != walk.NAME:
            return _further(recipe, settings)
        request = walk_request_from(recipe)
        frame = [gr.Tabs(selected=walk.NAME), walk.NAME, recipe, notice("Walking the linked way again."), None, _SKIP]
        return [*frame, *_settings(request)]
    except PlaygroundError as error:
        told = notice(f"{trouble}{error}", "error")
        return [_SKIP, _SKIP, None, told, told, *[_SKIP] * (1 + controls + settings)]


def _further(recipe: Recipe, settings: int) -> list[Any]:
    """Another panel in front; it reads its own settings from pending. Raises PlaygroundError for a bad model."""
    name = parse_choice(
        recipe.settings["panel"], [walk.NAME, seed_plane.NAME, *(module.NAME for module in FURTHER)], "panel"
    )
    frame = [gr.Tabs(selected=name), name, recipe, None, None, _SKIP]
    if recipe.model not in model_names():
        return [*frame, *[_SKIP] * (4 + settings)]  # the panel has models of its own, and says so if it has not
    condition = parse_condition(image_model_facts(recipe.model), recipe.settings.get("condition", "any"))
    return [*frame, *restored(recipe.model, condition, STEPS), *[_SKIP] * settings]


def _plane(recipe: Recipe) -> list[Any]:
    """The plane in front, at the recipe's place. Raises PlaygroundError for a bad place, model or condition."""
    place = read_place(recipe.settings.get("x", 0), recipe.settings.get("y", 0))
    condition = parse_condition(image_model_facts(recipe.model), recipe.settings.get("condition", "any"))
    frame = [gr.Tabs(selected=seed_plane.NAME), seed_plane.NAME, None, None, None, place]
    return [*frame, *restored(recipe.model, condition, STEPS)]


def _settings(request: WalkRequest) -> list[Any]:
    """Updates for the controls and the walk's own settings."""
    own = [format_endpoints(request.endpoints), request.frames, request.method, request.loop, request.ease]
    return [*restored(request.model, request.condition, request.steps), *own, quick(request.model)]


def on_replay(recipe: Recipe | None) -> Iterator[walk.Shown]:
    """Walks a link's or a file's way again and says whether the same came out."""
    if recipe is None or recipe.settings.get("panel", walk.NAME) != walk.NAME:
        yield (_SKIP,) * 3
        return
    made: LatentWalk | None = None
    for shown in walk.stream(walk_request_from(recipe), quick(recipe.model)):
        yield shown
        made = shown[0][0] if shown[0] is not _SKIP else None
    if made is not None and recipe.result:
        yield _SKIP, _SKIP, compared(recipe, made)


def compared(recipe: Recipe, made: LatentWalk) -> dict[str, str]:
    """Whether the frames are those of the recipe, as a notice."""
    try:
        different = changed_indices(recipe.result, made.pictures)
    except PlaygroundError as error:
        return notice(str(error), "error")
    if not different:
        return notice("Reproduced ✓ pixel for pixel.", "ok")
    other = recipe.weights_sha256 not in ("", made.weights_sha256)
    cause = "the weights are others" if other else "another processor may round differently"
    return notice(f"Differs in {len(different)} of {len(made.pictures)} frames: {cause}.", "warning")
