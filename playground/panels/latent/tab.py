"""The Latent tab: the column of settings, the panels, and the link of the one in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.latent.video_export import read_recipe
from playground.panels.latent.arithmetic import panel as arithmetic
from playground.panels.latent.directions import panel as directions
from playground.panels.latent.map import panel as map
from playground.panels.latent.seed_plane import panel as seed_plane
from playground.panels.latent.shared import build_shared, on_model
from playground.panels.latent.traversal import panel as traversal
from playground.panels.latent.walk import panel as walk
from playground.panels.latent.words import panel as words
from playground.ui.events import FOLLOWS, call
from playground.ui.link_box import file_button, link_box
from playground.ui.notice import notice_view
from playground.ui.panel_connections import connect
from playground.ui.panel_protocol import PanelTab, build_panels, panel_tabs

NAME = "latent"
PANELS: tuple[Any, ...] = (walk, seed_plane, map, directions, arithmetic, traversal, words)
#: Of links of all panels.
SETTINGS = frozenset({
    "condition", "steps", "settled",
    "ends", "frames", "method", "loop", "ease",  # walk
    "x", "y", "zoom", "left", "top", "projection", "colour", "draws",  # seed_plane, map
    "start", "moves", "name",  # directions
    "a", "b", "c", "strength",  # arithmetic
    "dimension", "base", "position",  # traversal
    "part", "plus", "minus", "count", "stops", "candidates",  # words
})  # fmt: skip


def build(item: gr.Tab, kept: gr.State) -> None:
    """The tab and its events, inside the surrounding Blocks.

    kept: gr.State of [ImageBatch], the pictures kept in the Images tab, which can be end points.
    """
    with gr.Row(elem_classes="pg-layout"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            shared = build_shared(kept, {panel.NAME: getattr(panel, "KINDS", ()) for panel in PANELS})
        with gr.Column(scale=5, min_width=320):
            note = notice_view(elem_id="latent-notice")
            with panel_tabs("latent-panels") as tabs:
                panels = build_panels(NAME, PANELS, shared)
            link, upload, file_note = _build_share()
    outputs = ["condition", "steps", "model_card", "endpoints", "both_ways"]
    of_model = shared.model.input(**call(on_model, shared, ["model"], outputs), **FOLLOWS)
    changed: list[Callable[..., Any]] = [of_model.then, shared.fetched, shared.condition.input, shared.steps.release]
    shared.menu.follow(panels)
    connect(PanelTab(NAME, tabs, note, link, file_note, settings=SETTINGS), panels, changed, upload, read_recipe)


def _build_share() -> tuple[gr.Textbox, gr.UploadButton, gr.HTML]:
    with gr.Accordion(say("shared.share.title"), open=True):
        link = link_box("latent-link", say("latent.share.placeholder"), say("latent.share.info"))
        return link, *file_button(say("latent.share.open"), (".gif", ".mp4", ".webp", ".json"), "open-walk")
