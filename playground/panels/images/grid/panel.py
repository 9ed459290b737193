"""Grid: one picture for each pair of values of two settings, to see what each setting does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.verification import Verification, likely_cause, verify
from playground.images.batch_remark import grid_remark
from playground.images.grid import Grid, GridRequest, draw_grid, grid_request_from, parse_grid_request
from playground.images.image_request import changed_indices
from playground.images.inspection import Inspection, inspect_image
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.panels.images.controls import (
    REQUEST_INPUTS,
    RESTORED_CONTROLS,
    controls_update,
    request_from_controls,
    request_settings,
)
from playground.panels.images.grid.axis_controls import AxisControls, axes_update, build_axes, on_model, with_axes
from playground.panels.images.grid.export import grid_png
from playground.panels.images.grid.view import grid_value, grid_view, progress_sentence
from playground.panels.images.image_card import action_button, card_value
from playground.panels.images.image_file import download, png, save_after
from playground.panels.images.shared import ImagesShared, query_of
from playground.ui import messages
from playground.ui.event_data import event_values
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_links import names_panel_alone
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import card_view
from playground.ui.result_settings import ResultSettings, result_settings
from playground.ui.view import new_run

NAME = "grid"
#: Names of the components that drawing fills.
GRID_OUTPUTS = ("grid", "table", "notice", "query")
#: Each value of the view holds all pictures so far: the larger they are, the less often it is sent.
_BYTES_PER_SECOND = 8e6
#: A cell's (setting, value) of its row and of its column.
CellPosition = tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class GridComponents:
    """grid: gr.State of Grid | None.  position, selection: gr.State of a chosen cell's CellPosition and ImageBatch."""

    grid: gr.State
    position: gr.State
    selection: gr.State
    axes: AxisControls
    table: gr.HTML
    card: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox


def on_draw_grid(
    axes: Mapping[str, str],
    model: str,
    count: object,
    seed: object,
    attributes: Sequence[str],
    settings: Mapping[str, object],
) -> Iterator[Update]:
    """Draws the grid of the axes and the controls."""
    base = request_from_controls(model, count, seed, attributes, settings)
    yield from grid_updates(parse_grid_request(base, **axes))


def grid_updates(request: GridRequest) -> Iterator[Update]:
    """Draws a grid, and yields Updates of GRID_OUTPUTS."""
    run, facts = new_run(), image_model_facts(request.base.model)
    pause = max(0.15, request.count * facts.side**2 * facts.channels / _BYTES_PER_SECOND)
    yield {"query": query_of(request.recipe())}
    for grid in throttle(draw_grid(request), pause):
        update = {
            "grid": grid,
            "table": grid_value(grid, run),
            "notice": notice(f"{progress_sentence(grid)} {grid_remark(grid)}".rstrip()),
        }
        yield update | {"query": query_of(grid.recipe())} if grid.done else update


def on_stop(grid: Grid | None) -> Update:
    """Says how many cells are drawn."""
    if grid is None or grid.done:
        return {"notice": messages.stopped()}
    return {"notice": notice(say("images.grid.stopped", drawn=grid.drawn_count, count=grid.request.count))}


def on_pick(grid: Grid | None, event: gr.EventData) -> Update:
    """Shows the card of the chosen cell, without what a model must compute."""
    index = event_values(event).number("index")
    cell = grid.cells[index] if grid is not None and 0 <= index < len(grid.cells) else None
    if grid is None:
        return {"notice": notice(say("images.grid.draw_first"), "warning")}
    if cell is None:
        return {}
    position = cell_position(grid, index)
    return {"position": position, "selection": cell, "card": cell_card_value(position, cell, Inspection())}


def on_inspect(position: CellPosition | None, selection: ImageBatch | None) -> Iterator[Update]:
    """Adds labels and nearest training pictures to the card of the chosen cell."""
    if position is None or selection is None:
        yield {}
        return
    for inspection in inspect_image(selection.pictures[0], selection.request.model):
        yield {"card": cell_card_value(position, selection, inspection)}


def cell_position(grid: Grid, index: int) -> CellPosition:
    """The settings and values of a cell's row and column."""
    rows, columns = grid.request.rows, grid.request.columns
    row, column = divmod(index, len(columns.values))
    return (rows.setting, rows.headings()[row]), (columns.setting, columns.headings()[column])


def cell_card_value(position: CellPosition, cell: ImageBatch, inspection: Inspection) -> dict[str, Any]:
    """A value for the card view: the cell's row and column, then the facts of any picture."""
    card = card_value(cell, inspection)
    axes = [{"name": name.capitalize(), "text": text} for name, text in position if name != "seed"]
    (rows, row), (columns, column) = position
    title = say("images.grid.cell", rows=rows, row=row, columns=columns, column=column).capitalize()
    actions = [action_button("png"), ["open", say("images.grid.open")]]
    return card | {"title": title, "rows": [*axes, *card["rows"]], "actions": actions}


def on_download_cell(selection: ImageBatch | None, event: gr.EventData) -> Update:
    """Saves the chosen cell as a PNG with its recipe, after "png" on its card."""
    if selection is None or event_values(event)["name"] != "png":
        return {}
    name = f"{selection.request.model}-{selection.request.seed}.png"
    return {"file": download(name, png(selection.pictures[0], selection.recipe()))}


def on_download_grid(grid: Grid | None) -> Update:
    """Saves the whole grid as a PNG with headings and recipe."""
    if grid is None:
        raise PlaygroundError(say("images.grid.no_grid"))
    rows, columns = grid.request.rows.setting, grid.request.columns.setting
    name = f"grid-{grid.request.base.model}-{rows}-{columns}.png".replace(" ", "-")
    return {"file": download(name, grid_png(grid))}


def restore(recipe: Recipe) -> Update:
    """Sets the controls and the axes to a recipe; a link to the panel alone only opens it. Raises PlaygroundError."""
    if names_panel_alone(recipe):
        return {}
    request = grid_request_from(with_axes(recipe))
    replaying = notice(say("images.grid.replaying"))
    return {**controls_update(request.base), "axes": axes_update(request), "notice": replaying}


def replay(recipe: Recipe) -> Iterator[Update]:
    """Draws a recipe's grid again and says whether the pictures are the same."""
    if names_panel_alone(recipe):
        return
    grid: Grid | None = None
    for update in grid_updates(grid_request_from(with_axes(recipe))):
        grid = update.get("grid", grid)
        yield update
    verification = verify_grid(recipe, grid) if grid is not None else None
    if verification is not None:
        yield {"notice": messages.verification_notice(verification)}


def verify_grid(recipe: Recipe, grid: Grid) -> Verification | None:
    """Compares a grid with the fingerprints in its recipe. Raises PlaygroundError for damaged ones."""
    result = grid.recipe()
    changed = changed_indices(recipe.result, grid.pictures()) if recipe.result else []
    cause = likely_cause(recipe, result)
    difference = say("images.grid.differs", changed=len(changed), count=grid.request.count, cause=cause)
    # Settings may be written in other ways, as 0-2 for 0, 1, 2.
    return verify(replace(recipe, settings=result.settings), result, difference if changed else "")


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.grid")
    with gr.Column(elem_classes="pg-asks"):
        axes = build_axes(shared.controls.model)
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("images.grid.run"), variant="primary", elem_id="grid-draw")
            stop = gr.Button(say("shared.stop"), elem_id="grid-stop")
            save = gr.Button(say("images.grid.png"), elem_id="grid-png")
    note = notice_view(elem_id="grid-notice")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            table = grid_view(elem_id="grid")
        with gr.Column(scale=2, min_width=260):
            card = card_view(elem_id="grid-card")
    components = GridComponents(
        grid=gr.State(None), position=gr.State(None), selection=gr.State(None), axes=axes, table=table, card=card,
        notice=note, query=gr.Textbox(visible="hidden", elem_id="grid-query"),
        file=gr.Textbox(visible="hidden", elem_id="grid-file"),
    )  # fmt: skip
    column = {name: one for name, one in request_settings(shared.controls).items() if name != "count"}
    axes_settings = {name: getattr(axes, name) for name in ("rows", "row_values", "columns", "column_values")}
    came_from = result_settings({**column, **axes_settings}, [table, card])
    drawing = _connect_drawing(components, shared, came_from, run, stop)
    _connect_axes(components, shared, item)
    _connect_cells(components, save)
    return Panel(
        NAME, item, (components, shared.controls),
        restore=restore, restored=(*RESTORED_CONTROLS, "axes", "notice"),
        replay=replay, replayed=GRID_OUTPUTS, stops=[stop], result=came_from,
        example=Example(drawing),
    )  # fmt: skip


def _connect_drawing(
    components: GridComponents, shared: ImagesShared, came_from: ResultSettings, run: gr.Button, stop: gr.Button
) -> dict[str, Any]:
    inputs = ["axes", *REQUEST_INPUTS]
    drawing = came_from.carry(call(on_draw_grid, (components, shared.controls), inputs, GRID_OUTPUTS))
    boxes = components.axes.row_values.submit, components.axes.column_values.submit
    started = gr.on([run.click, *boxes], **drawing, **QUIET, **MODEL_QUEUE)
    stop.click(None, None, None, cancels=[started], api_visibility="private")
    stop.click(**call(on_stop, components, ["grid"], ["notice"]), queue=False, js=AFTER_CANCEL, **QUIET)
    return drawing


def _connect_axes(components: GridComponents, shared: ImagesShared, item: gr.Tab) -> None:
    axes, model = components.axes, shared.controls.model
    following = call(on_model, components, [model, axes.rows, axes.columns], ["axes"])
    # Unprocessed: of two events in a row, the second may name a setting that the first has removed from the menu.
    gr.on([model.input, item.select], **following, preprocess=False, queue=False, **QUIET)


def _connect_cells(components: GridComponents, save: gr.Button) -> None:
    picking = call(on_pick, components, ["grid"], ["position", "selection", "card", "notice"])
    inspecting = call(on_inspect, components, ["position", "selection"], ["card", "notice"])
    components.table.pick(**picking, queue=False, **FOLLOWS).then(**inspecting, **FOLLOWS, **MODEL_QUEUE)
    cell = call(on_download_cell, components, ["selection"], ["file"])
    save_after(components.card.act(**cell, **QUIET), components.file)
    save_after(save.click(**call(on_download_grid, components, ["grid"], ["file", "notice"]), **QUIET), components.file)
