"""Grid: one picture for every pair of two settings' values, so that one sees what each of them does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import latest
from playground.images.grid import Grid, GridRequest, draw_grid, grid_request_from, parse_grid_request
from playground.images.image_request import changed_indices
from playground.images.inspection import Inspection, inspect_image
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.panels.images.controls import Controls, request_of, restored
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid.axes import AxisControls, axis_updates, build_axes, on_model
from playground.panels.images.grid.matrix import EMPTY, grid_png, matrix, words
from playground.panels.images.grid.view import matrix_view
from playground.panels.images.picture_data import card, download
from playground.panels.images.routing import belongs_to
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.picture_views import card_view
from playground.ui.view import SHOW_QUERY, new_run

_SKIP: Any = gr.skip()
#: Every value of the view holds all pictures so far: the larger they are, the seldomer it is sent.
_BYTES_A_SECOND = 8e6
Place = tuple[tuple[str, str], tuple[str, str]]
_ACTIONS = [["png", "Download PNG"], ["open", "Open in Draw"]]


@dataclass(frozen=True)
class GridPanel:
    """The components of the panel that handlers fill. made: gr.State of Grid | None; place, chosen: of Place, Sheet."""

    made: gr.State
    place: gr.State
    chosen: gr.State
    axes: AxisControls
    cells: gr.HTML
    card: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    stop: gr.Button

    def streamed(self) -> list[Any]:
        """What a run fills: the grid, its table, a word about it."""
        return [self.made, self.cells, self.notice]


def on_grid(rows: str, row_values: str, columns: str, column_values: str, *values: Any) -> Iterator[list[Any]]:
    """(grid, table, notice): draws what the boxes and the controls say."""
    try:
        request = parse_grid_request(request_of(values), rows, row_values, columns, column_values)
    except PlaygroundError as error:
        yield [_SKIP, _SKIP, notice(str(error), "error")]
        return
    yield from _stream(request)


def _stream(request: GridRequest) -> Iterator[list[Any]]:
    run, facts = new_run(), image_model_facts(request.base.model)
    pause = max(0.15, request.count * facts.side**2 * facts.channels / _BYTES_A_SECOND)
    try:
        for grid in latest(draw_grid(request), pause):
            yield [grid, matrix(grid, run), notice(words(grid))]
    except PlaygroundError as error:
        yield [_SKIP, _SKIP, notice(str(error), "error")]


def on_stop(made: Grid | None) -> Any:
    """A word for what was stopped."""
    if made is None or made.done:
        return notice("Stopped.")
    return notice(f"Stopped: {made.drawn} of {made.request.count} cells are drawn, and stay.")


def on_query(made: Grid | None) -> Any:
    """The link to the grid that is shown."""
    if made is None:
        return _SKIP
    try:
        return made.recipe().to_query()
    except PlaygroundError:
        return _SKIP


def on_pick(made: Grid | None, event: gr.EventData) -> tuple[Any, Any, Any]:
    """(chosen place, chosen cell, its card) with what is known at once: no model has to be waited for."""
    index = int(event._data["index"])
    one = made.made[index] if made is not None and 0 <= index < len(made.made) else None
    if made is None or one is None:
        return _SKIP, _SKIP, _SKIP
    place = place_of(made, index)
    return place, one, cell_card(place, one, Inspection())


def on_look(place: Place | None, one: ImageBatch | None) -> Iterator[tuple[Any, Any]]:
    """(card, notice): with what has to be looked for and counted."""
    if place is None or one is None:
        yield _SKIP, _SKIP
        return
    try:
        for known in inspect_image(one.pictures[0], one.request.model):
            yield cell_card(place, one, known), _SKIP
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def place_of(grid: Grid, index: int) -> Place:
    """A cell's row and column: setting and value."""
    rows, columns = grid.request.rows, grid.request.columns
    row, column = divmod(index, len(columns.values))
    return (rows.setting, rows.headings()[row]), (columns.setting, columns.headings()[column])


def cell_card(place: Place, one: ImageBatch, known: Inspection) -> dict[str, Any]:
    """A value for the card view: the cell's row and column, then what is told of every picture."""
    told = card(one, known)
    own = [{"name": name.capitalize(), "text": text} for name, text in place if name != "seed"]
    title = ", ".join(f"{name} {text}" for name, text in place).capitalize()
    return told | {"title": title, "rows": [*own, *told["rows"]], "actions": _ACTIONS}


def on_whole(made: Grid | None) -> tuple[Any, Any]:
    """(file, notice): the whole grid as a PNG with its headings and its recipe, for the page to save."""
    if made is None:
        return _SKIP, notice("There is no grid yet: press Draw grid first.", "error")
    rows, columns = made.request.rows.setting, made.request.columns.setting
    name = f"grid-{made.request.base.model}-{rows}-{columns}.png".replace(" ", "-")
    return download(name, grid_png(made)), _SKIP


def on_open(one: ImageBatch | None, controls: int, event: gr.EventData) -> Iterator[list[Any]]:
    """The cell's own settings in the Draw panel, which comes to the front and draws it: panels, settings, sheet.

    controls: how many outputs set the settings.
    """
    if one is None or event._data["name"] != "open":
        yield [_SKIP] * (controls + 5)
        return
    front: list[Any] = [gr.Tabs(selected="draw"), *restored(one.request)]
    for shown in draw.stream(one.request):
        yield [*front, *shown]
        front = [_SKIP] * (controls + 1)


def on_front(recipe: Recipe | None) -> list[Any]:
    """(panels, rows and values, columns and values, notice): this panel in front, as a link's or a file's grid says."""
    if recipe is None or not belongs_to(recipe, "grid"):
        return [_SKIP] * 6
    front: Any = gr.Tabs(selected="grid")
    try:
        return [front, *axis_updates(grid_request_from(recipe)), notice("Drawing the linked grid again.")]
    except PlaygroundError as error:
        return [front, *[_SKIP] * 4, notice(f"This grid cannot be drawn. {error}", "error")]


def on_replay(recipe: Recipe | None) -> Iterator[list[Any]]:
    """(grid, table, notice) of a link's or a file's grid, if it is one; it says whether the same pictures came out."""
    if recipe is None or not belongs_to(recipe, "grid"):
        yield [_SKIP] * 3
        return
    try:
        request = grid_request_from(recipe)
    except PlaygroundError:
        yield [_SKIP] * 3  # on_front has told
        return
    last: list[Any] = []
    for last in _stream(request):
        yield last
    if last and isinstance(last[0], Grid) and recipe.result:
        yield [*last[:2], _verdict(recipe, last[0])]


def _verdict(recipe: Recipe, made: Grid) -> Any:
    try:
        different = changed_indices(recipe.result, made.pictures())
    except PlaygroundError as error:
        return notice(str(error), "error")
    if not different:
        return notice("Reproduced ✓ pixel for pixel.", "ok")
    other = recipe.weights_sha256 not in ("", made.recipe().weights_sha256)
    cause = "the weights are others" if other else "another processor may round differently"
    return notice(f"Differs in {len(different)} of {made.request.count} cells: {cause}.", "warning")


def build_grid(room: gr.Tab, controls: Controls) -> GridPanel:
    """The panel. room: its tab."""
    lead(
        "A table of pictures: one setting changes from row to row, another from column to column, nothing else does.",
        "Choose two settings and their values, press Draw grid, and choose a picture to see it large.",
        "What stays the same along a row does not depend on the columns' setting. All else is as in the settings.",
    )
    axes = build_axes(controls.model)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Draw grid", variant="primary", elem_id="grid-draw")
        stop = gr.Button("Stop", elem_id="grid-stop")
        whole = gr.Button("Download the grid (PNG)", elem_id="grid-png")
    note = notice_view(elem_id="grid-notice")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            table = matrix_view(EMPTY, elem_id="grid")
        with gr.Column(scale=2, min_width=260):
            one = card_view(elem_id="grid-card")
    link = gr.Textbox(
        label="Link to exactly this grid", interactive=False, buttons=["copy"], max_lines=2, elem_id="grid-link",
        placeholder="Draw a grid, and the link appears here",
    )  # fmt: skip
    panel = GridPanel(
        made=gr.State(None), place=gr.State(None), chosen=gr.State(None), axes=axes, cells=table, card=one, notice=note,
        query=gr.Textbox(visible="hidden", elem_id="grid-query"), stop=stop,
    )  # fmt: skip
    boxes = [axes.row_values, axes.column_values]
    started = gr.on(
        [run.click, *(box.submit for box in boxes)], on_grid, [*axes.all(), *controls.inputs()], panel.streamed(),
        **QUIET, **MODEL_QUEUE,
    )  # fmt: skip
    _finish(panel, started)
    stop.click(on_stop, panel.made, note, queue=False, js=AFTER_CANCEL, **QUIET)
    _wire_cells(panel, whole)
    panel.query.change(None, panel.query, link, js=SHOW_QUERY, api_visibility="private")
    asked: dict[str, Any] = {"inputs": [controls.model, axes.rows, axes.columns], "outputs": axes.all()}
    # As they stand: a choice that is told twice comes with a setting that the first answer has already taken away.
    gr.on([controls.model.input, room.select], on_model, **asked, preprocess=False, queue=False, **QUIET)
    return panel


def _finish(panel: GridPanel, drawn: Any) -> None:
    """What every event that draws a grid has: it can be stopped, and leaves a link."""
    panel.stop.click(None, None, None, cancels=[drawn], api_visibility="private")
    drawn.then(on_query, panel.made, panel.query, queue=False, **QUIET)


def _wire_cells(panel: GridPanel, whole: gr.Button) -> None:
    picked = panel.cells.pick(on_pick, panel.made, [panel.place, panel.chosen, panel.card], queue=False, **FOLLOWS)
    picked.then(on_look, [panel.place, panel.chosen], [panel.card, panel.notice], **FOLLOWS, **MODEL_QUEUE)
    file = gr.Textbox(visible="hidden", elem_id="grid-file")
    saved = (
        panel.card.act(draw.on_download, panel.chosen, file, **QUIET),
        whole.click(on_whole, panel.made, [file, panel.notice], **QUIET),
    )
    for event in saved:
        event.then(None, file, None, js="message => window.playground.save(message)", api_visibility="private")


def wire(panel: GridPanel, controls: Controls, drawing: draw.Panel, tabs: gr.Tabs) -> None:
    """Connects the cell's card with the Draw panel. tabs: both panels'."""
    settings = controls.outputs()

    def opened(one: ImageBatch | None, event: gr.EventData) -> Iterator[list[Any]]:
        yield from on_open(one, len(settings), event)

    shown = panel.card.act(opened, panel.chosen, [tabs, *settings, *drawing.streamed()], **QUIET, **MODEL_QUEUE)
    shown.then(draw.on_query, drawing.made, drawing.query, queue=False, **QUIET)


def wire_replay(panel: GridPanel, event: Any, pending: gr.State, tabs: gr.Tabs) -> None:
    """Draws a grid's recipe when it has been read. event: that reads it into pending."""
    front = event.then(on_front, pending, [tabs, *panel.axes.all(), panel.notice], queue=False, **QUIET)
    _finish(panel, front.then(on_replay, pending, panel.streamed(), **QUIET, **MODEL_QUEUE))
