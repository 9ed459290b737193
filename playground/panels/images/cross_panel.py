"""From one panel to another: a drawn picture's steps are shown in Step by step, a grid's cell is opened in Draw."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from playground.images.sampling import ImageBatch
from playground.panels.images.batch_updates import BATCH_OUTPUTS, sample_updates
from playground.panels.images.controls import RESTORED_CONTROLS, ImageControls, controls_update
from playground.panels.images.denoising import panel as denoising
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid import panel as grid
from playground.panels.images.picture_card import STEPS_ACTION
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call


def on_see_steps(chosen: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """The steps of the chosen picture, in front, after "steps" on its card."""
    if chosen is None or event._data["name"] != STEPS_ACTION[0]:
        yield {}
        return
    yield {"tabs": gr.Tabs(selected=denoising.NAME)}
    yield from denoising.run_updates(chosen.request)


def on_open_cell(chosen: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """The chosen cell drawn in front, with its settings in the controls, after "open" on its card."""
    if chosen is None or event._data["name"] != "open":
        yield {}
        return
    yield {"tabs": gr.Tabs(selected=draw.NAME), **controls_update(chosen.request), "notice": None}
    yield from sample_updates(chosen.request)


def connect_cards(
    tabs: gr.Tabs,
    controls: ImageControls,
    drawing: draw.DrawComponents,
    steps: denoising.DenoisingComponents,
    table: grid.GridComponents,
) -> None:
    """Connects the cards of Draw and Grid with the panels that they open."""
    known = {"tabs": tabs, "tracks": steps.tracks, "frames": steps.frames, "notice": steps.notice}
    seeing = call(on_see_steps, known, [drawing.chosen], ["tabs", *denoising.RUN_OUTPUTS])
    drawing.card.act(**seeing, **QUIET, **MODEL_QUEUE)
    outputs = ["tabs", *RESTORED_CONTROLS, *BATCH_OUTPUTS, "notice"]
    opening = call(on_open_cell, ({"tabs": tabs}, controls, drawing), [table.chosen], outputs)
    table.card.act(**opening, **QUIET, **MODEL_QUEUE)
