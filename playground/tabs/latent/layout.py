"""Where everything of the Latent tab stands, and what happens when the page opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.latent.films import recipe_in
from playground.labs.latent.request import WalkRequest, walk_from, written_ends
from playground.labs.latent.walking import Walked
from playground.labs.pictures.models import picture_facts
from playground.labs.pictures.request import differing
from playground.recipe import Recipe, from_query
from playground.tabs.latent import api, walk
from playground.tabs.latent.controls import Controls, build_controls, on_model, restored
from playground.views.base import to_front
from playground.views.notice import notice
from playground.views.running import MODEL_QUEUE, QUIET

TITLE = "Latent"
_SKIP: Any = gr.skip()


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks. room: the tab; its first visit walks."""
    pending = gr.State(None)
    with gr.Row(elem_classes="pg-room"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls = build_controls()
        with gr.Column(scale=5, min_width=320), gr.Tabs(elem_id="latent-panels"):
            with gr.Tab("Walk", id="walk"):
                panel, buttons = walk.build_walk()
                link, open_file = _share()
    walk.wire(panel, controls, buttons)
    panel.query.change(
        None, panel.query, link, js="query => window.playground.showQuery(query)", api_visibility="private"
    )
    walked: dict[str, Any] = {
        "inputs": panel.inputs(controls), "outputs": panel.streamed(), **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    told: dict[str, Any] = {"inputs": panel.made, "outputs": panel.query, "queue": False, **QUIET}
    facts = [controls.condition, controls.steps, controls.about]
    changed = controls.model.input(on_model, controls.model, facts, **QUIET)
    changed.then(on_another_model, controls.model, [panel.ends, panel.both], queue=False, **QUIET).then(
        walk.on_walk, **walked
    ).then(walk.on_query, **told)
    room.select(None, panel.query, None, js=to_front("latent"), api_visibility="private")
    visited = [panel.made, pending, *panel.inputs(controls)]
    room.select(on_first_visit, visited, panel.streamed(), **QUIET, **MODEL_QUEUE).then(walk.on_query, **told)
    _wire_opening(panel, controls, pending, open_file, told)
    api.build_api()


def _share() -> tuple[gr.Textbox, gr.UploadButton]:
    with gr.Accordion("Share and restore", open=True):
        link = gr.Textbox(
            label="Link to exactly this walk", interactive=False, buttons=["copy"], max_lines=2, elem_id="walk-link",
            placeholder="Walk, and the link appears here",
            info="Model, end points, settings and fingerprints: whoever opens it is told whether the same comes out.",
        )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            open_file = gr.UploadButton(
                "Open a film that was downloaded here", file_types=[".gif", ".mp4", ".webp", ".json"],
                elem_id="open-walk",
            )  # fmt: skip
    return link, open_file


def on_another_model(model: str) -> tuple[str, bool]:
    """(end points, both ways): a point of one space means nothing in another; diffusion takes long for one way."""
    return walk.FIRST_ENDS, _quick(model)


def on_first_visit(made: walk.Ways | None, pending: Recipe | None, *values: Any) -> Iterator[walk.Shown]:
    """A first walk, so that there is something to look at; what is there, or is about to come, stays."""
    if made is None and pending is None:
        for shown in walk.on_walk(*values):
            yield (*shown[:2], _SKIP)  # what a link was told stays
    else:
        yield (_SKIP,) * 3


def _wire_opening(
    panel: walk.Panel, controls: Controls, pending: gr.State, open_file: gr.UploadButton, told: dict[str, Any]
) -> None:
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    outputs = [pending, panel.notice, *controls.outputs(), *panel.settings()]

    def load(request: gr.Request) -> list[Any]:
        return on_load(dict(request.query_params), len(outputs) - 2)

    opened = page.load(load, None, outputs, queue=False, **QUIET)
    given = open_file.upload(lambda path: on_file(path, len(outputs) - 2), open_file, outputs, **QUIET)
    for event in (opened, given):
        event.then(on_replay, pending, panel.streamed(), **QUIET, **MODEL_QUEUE).then(walk.on_query, **told)


def on_load(asked: dict[str, str], settings: int) -> list[Any]:
    """The page as its link says, if the link is this tab's. settings: how many outputs set the controls."""
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    # A link that names the tab alone asks for nothing in particular.
    if asked.get("tab") != "latent" or not {*query} - {"tab"}:
        return [None, None, *[_SKIP] * settings]
    return _restoring(lambda: from_query(query), "This link cannot be followed. ", settings)


def on_file(path: str | None, settings: int) -> list[Any]:
    """The controls set to the recipe in a film that a visitor gives."""

    def read() -> Recipe:
        if path is None:
            raise PlaygroundError("Choose a GIF, MP4 or WebP that was downloaded from this page.")
        with open(path, "rb") as file:
            return recipe_in(file.read(64 << 20))

    return _restoring(read, "", settings)


def _restoring(recipe_of: Callable[[], Recipe], trouble: str, settings: int) -> list[Any]:
    try:
        recipe = recipe_of()
        return [recipe, notice("Walking the linked way again."), *_settings(walk_from(recipe))]
    except PlaygroundError as error:
        return [None, notice(f"{trouble}{error}", "error"), *[_SKIP] * settings]


def _settings(request: WalkRequest) -> list[Any]:
    """Updates for the controls and the panel's own settings."""
    own = [written_ends(request.ends), request.frames, request.method, request.loop, request.ease]
    return [*restored(request.model, request.condition, request.steps), *own, _quick(request.model)]


def _quick(model: str) -> bool:
    """Whether walking both ways takes no patience."""
    return picture_facts(model).kind != "diffusion"


def on_replay(recipe: Recipe | None) -> Iterator[walk.Shown]:
    """Walks a link's or a file's way again and says whether the same came out."""
    if recipe is None:
        yield (_SKIP,) * 3
        return
    made: Walked | None = None
    for shown in walk.stream(walk_from(recipe), _quick(recipe.model)):
        yield shown
        made = shown[0][0] if shown[0] is not _SKIP else None
    if made is not None and recipe.result:
        yield _SKIP, _SKIP, compared(recipe, made)


def compared(recipe: Recipe, made: Walked) -> dict[str, str]:
    """Whether the frames are those of the recipe, as a notice."""
    try:
        different = differing(recipe.result, made.pictures)
    except PlaygroundError as error:
        return notice(str(error), "error")
    if not different:
        return notice("Reproduced ✓ pixel for pixel.", "ok")
    other = recipe.weights_sha256 not in ("", made.weights_sha256)
    cause = "the weights are others" if other else "another processor may round differently"
    return notice(f"Differs in {len(different)} of {len(made.pictures)} frames: {cause}.", "warning")
