"""Where everything of the Images tab stands, and what happens when the page opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file, from_query
from playground.images.image_request import ImageRequest, changed_indices, image_request_from
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.panels.images import api
from playground.panels.images.comparison import panel as comparison
from playground.panels.images.controls import (
    MOST_ATTRIBUTES,
    Controls,
    attribute_updates,
    build_controls,
    family_updates,
    gone,
    restored,
)
from playground.panels.images.dataset import panel as dataset
from playground.panels.images.denoising import panel as denoising
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid import panel as grid
from playground.panels.images.inversion import panel as inversion
from playground.panels.images.routing import DRAW, WORDS, belongs_to
from playground.panels.images.text_to_image import panel as text_to_image
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, once_read
from playground.ui.notice import notice
from playground.ui.view import SHOW_QUERY, to_front, to_panel

TITLE = "Images"
_SKIP: Any = gr.skip()


def build(room: gr.Tab, kept: gr.State) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks. room: the tab; its first visit draws.

    kept: of [Sheet], the pictures that are kept here, for other tabs too.
    """
    pending = gr.State(None)
    with gr.Row(elem_classes="pg-room"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls = build_controls()
        with gr.Column(scale=5, min_width=320), gr.Tabs(elem_id="picture-panels") as tabs:
            with gr.Tab("Draw", id=DRAW, elem_id="draw-panel") as draw_room:
                panel, run, stop, others = draw.build_draw(kept)
                link, open_file = _share()
            with gr.Tab("Step by step", id="steps"):
                film = denoising.build_steps(controls)
            with gr.Tab("Grid", id="grid") as grid_room:
                table = grid.build_grid(grid_room, controls)
            with gr.Tab("My picture", id="mine"):
                inversion.build_mine(controls)
            with gr.Tab("From words", id=WORDS) as words_room:
                painter = text_to_image.build_words()
            with gr.Tab("Which is better?", id="better") as better_room:
                comparison.build_better(better_room)
            with gr.Tab("Data", id="data") as data_room:
                dataset.build_data(data_room)
    draw.wire(panel, controls, run, stop, others)
    grid.wire(table, controls, panel, tabs)
    panel.query.change(None, panel.query, link, js=SHOW_QUERY, api_visibility="private")
    controls.model.input(
        on_model, controls.model, [*controls.attributes, *controls.families.values(), controls.about], **FOLLOWS
    ).then(draw.on_draw, controls.inputs(), panel.streamed(), **FOLLOWS, **MODEL_QUEUE).then(
        draw.on_query, panel.made, panel.query, queue=False, **FOLLOWS
    )
    panel.card.act(denoising.on_card, panel.chosen, [tabs, *film], **QUIET, **MODEL_QUEUE)
    queries = {DRAW: (draw_room, panel.query), "grid": (grid_room, table.query), WORDS: (words_room, painter.query)}
    all_queries = [query for _, query in queries.values()]
    room.select(None, all_queries, None, js=to_front("images"), api_visibility="private")
    for name, (panel_room, query) in queries.items():
        panel_room.select(None, query, None, js=to_panel("images", name), api_visibility="private")
    visited = [panel.made, pending, *controls.inputs()]
    first = room.select(on_first_visit, visited, panel.streamed(), **QUIET, **MODEL_QUEUE)
    first.then(draw.on_query, panel.made, panel.query, queue=False, **FOLLOWS)
    # What was shown or hidden before the tab was first drawn may have been missed.
    shown: dict[str, Any] = {"outputs": [*controls.families.values(), controls.about], "queue": False, **QUIET}
    room.select(on_family, controls.model, **shown)
    read = _wire_opening(panel, controls, pending, open_file, shown)
    grid.wire_replay(table, read, pending, tabs)
    text_to_image.wire_opened(read, pending, tabs, painter)
    api.build_api()


def _share() -> tuple[gr.Textbox, gr.UploadButton]:
    with gr.Accordion("Share and restore", open=True):
        link = gr.Textbox(
            label="Link to exactly these pictures", interactive=False, buttons=["copy"], max_lines=2,
            elem_id="picture-link", placeholder="Draw, and the link appears here",
            info="Model, seeds, settings and fingerprints: whoever opens it is told whether the same come out.",
        )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            open_file = gr.UploadButton(
                "Open a PNG that was downloaded here, or drop it on this panel",
                file_types=[".png", ".json"],
                elem_id="open-picture",
            )
    return link, open_file


def on_family(model: str) -> list[Any]:
    """The settings of the model's family shown, the others hidden; and its card, or that the model is gone."""
    try:
        return family_updates(image_model_facts(model))
    except PlaygroundError as error:
        return [*[_SKIP] * 3, gone(error)]


def on_first_visit(made: ImageBatch | None, pending: Recipe | None, *values: Any) -> Iterator[draw.Shown]:
    """A first sheet, so that there is something to look at; what is there, or is about to come here, stays."""
    if made is None and not belongs_to(pending, DRAW):
        for shown in draw.on_draw(*values):
            yield (*shown[:3], _SKIP)  # what a link was told stays
    else:
        yield (_SKIP,) * 4


def on_model(model: str) -> list[Any]:
    """The settings of another model's family, and what it can be asked for; or that the model is gone."""
    try:
        facts = image_model_facts(model)
    except PlaygroundError as error:
        return [*[_SKIP] * (MOST_ATTRIBUTES + 3), gone(error)]
    return [*attribute_updates(facts, {}), *family_updates(facts)]


def _wire_opening(
    panel: draw.Panel, controls: Controls, pending: gr.State, open_file: gr.UploadButton, shown: dict[str, Any]
) -> Any:
    """Returns the event after which a recipe is in pending, of a link or a file."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    settings = controls.outputs()

    def load(request: gr.Request) -> list[Any]:
        return on_load(dict(request.query_params), len(settings))

    drops = "() => window.playground.dropInto('#draw-panel', '#open-picture')"
    page.load(None, None, None, js=drops, api_visibility="private")
    opened = page.load(load, None, [pending, panel.notice, *settings], queue=False, **QUIET)
    given = open_file.upload(
        lambda path: on_file(path, len(settings)), open_file, [pending, panel.notice, *settings], **QUIET
    )
    read = once_read((opened, given), pending)
    read.then(on_replay, pending, panel.streamed(), **QUIET, **MODEL_QUEUE).then(on_family, controls.model, **shown)
    given.then(draw.on_query, panel.made, panel.query, queue=False, **FOLLOWS)
    return read


def on_load(asked: dict[str, str], controls: int) -> list[Any]:
    """The page as its link says, if the link is this tab's. controls: how many outputs set the settings."""
    if asked.get("tab") != "images":
        return [None, None, *[_SKIP] * controls]
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    return _restoring(lambda: from_query(query), "This link cannot be followed. ", controls)


def on_file(path: str | None, controls: int) -> list[Any]:
    """The controls set to the recipe in a file that a visitor gives."""

    def read() -> Recipe:
        if path is None:
            raise PlaygroundError("Choose a PNG that was downloaded from this page.")
        with open(path, "rb") as file:
            return from_file(file.read(64 << 20))

    return _restoring(read, "", controls)


def _restoring(recipe_of: Callable[[], Recipe], trouble: str, controls: int) -> list[Any]:
    try:
        recipe = recipe_of()
        if belongs_to(recipe, WORDS):  # it has settings of its own
            return [recipe, None, *[_SKIP] * controls]
        said = notice("Drawing the linked pictures again.") if belongs_to(recipe, DRAW) else None
        return [recipe, said, *restored(image_request_from(recipe))]
    except PlaygroundError as error:
        return [None, notice(f"{trouble}{error}", "error"), *[_SKIP] * controls]


def on_replay(recipe: Recipe | None) -> Iterator[draw.Shown]:
    """Draws a link's or a file's recipe again and says whether the same came out, if it is Draw's."""
    if recipe is None or not belongs_to(recipe, DRAW):
        yield (_SKIP,) * 4
        return
    last: draw.Shown | None = None
    request: ImageRequest = image_request_from(recipe)
    for last in draw.stream(request):
        yield last
    if last is None or not hasattr(last[0], "pictures") or not recipe.result:
        return
    try:
        different = changed_indices(recipe.result, last[0].pictures)
    except PlaygroundError as error:
        yield (*last[:3], notice(str(error), "error"))
        return
    if different:
        seeds = ", ".join(str(request.seed + index) for index in different[:8])
        other = recipe.weights_sha256 not in ("", last[0].weights_sha256)
        cause = "the weights are others" if other else "another processor may round differently"
        note = notice(f"Differs in {len(different)} of {request.count} pictures (seeds {seeds}): {cause}.", "warning")
    else:
        note = notice("Reproduced ✓ pixel for pixel.", "ok")
    yield (*last[:3], note)
