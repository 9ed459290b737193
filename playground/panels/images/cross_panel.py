"""Buttons that open another panel: a drawn picture's steps in Step by step, a grid's cell in Draw."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from playground.images.sampling import ImageBatch
from playground.panels.images.batch_updates import BATCH_OUTPUTS, sample_updates
from playground.panels.images.controls import RESTORED_CONTROLS, ImageControls, carried_request, controls_update
from playground.panels.images.denoising import panel as denoising
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid import panel as grid
from playground.panels.images.image_card import STEPS_ACTION
from playground.ui.event_data import event_values
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call


def on_see_steps(selection: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """Opens Step by step and runs the chosen picture there, after "steps" on its card."""
    if selection is None or event_values(event)["name"] != STEPS_ACTION:
        yield {}
        return
    # Of the column, it has the model and the way of drawing; the picture itself was chosen.
    carried = carried_request(selection.request, denoising.CARRIED_WITH_A_PICTURE)
    yield {"tabs": gr.Tabs(selected=denoising.NAME), "carried": carried}
    yield from denoising.run_updates(selection.request)


def on_open_cell(selection: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """Opens Draw with the chosen cell's settings and draws it there, after "open" on its card."""
    if selection is None or event_values(event)["name"] != "open":
        yield {}
        return
    carried = carried_request(selection.request)
    controls = controls_update(selection.request)
    yield {"tabs": gr.Tabs(selected=draw.NAME), **controls, "carried": carried, "notice": None}
    yield from sample_updates(selection.request)


def connect_cards(
    tabs: gr.Tabs,
    controls: ImageControls,
    draw_panel: draw.DrawComponents,
    denoising_panel: denoising.DenoisingComponents,
    grid_panel: grid.GridComponents,
) -> None:
    """Connects the cards of Draw and Grid with the panels that they open."""
    run = {name: getattr(denoising_panel, name) for name in (*denoising.RUN_OUTPUTS, "carried")}
    seeing = call(on_see_steps, {"tabs": tabs, **run}, [draw_panel.selection], ["tabs", *run])
    draw_panel.card.act(**seeing, **QUIET, **MODEL_QUEUE)
    outputs = ["tabs", *RESTORED_CONTROLS, *BATCH_OUTPUTS, "carried", "notice"]
    opening = call(on_open_cell, ({"tabs": tabs}, controls, draw_panel), [grid_panel.selection], outputs)
    grid_panel.card.act(**opening, **QUIET, **MODEL_QUEUE)
