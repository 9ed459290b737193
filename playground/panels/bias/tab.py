"""Where everything of the Bias tab stands, and how its panels share the link and the count of what was tried."""

from __future__ import annotations

import gradio as gr

from playground.panels.bias import panels, session_log
from playground.panels.bias.rooms import ROOMS
from playground.ui import panel_protocol
from playground.ui.notice import notice_view

TITLE = "Bias"


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks."""
    pending, visit = gr.State(None), gr.State(())
    note = notice_view(elem_id="bias-notice")
    with gr.Tabs(elem_id="bias-panels") as tabs:
        built = panel_protocol.build_rooms("bias", ROOMS)
    link = gr.Textbox(
        label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="bias-link",
        placeholder="Measure something, and the link appears here",
        info="Model, sentences, settings: whoever opens it measures the same again.",
    )  # fmt: skip
    report = session_log.build_visit()
    session_log.wire(report, visit)
    shared = panels.Shared(pending, visit)
    wired = [module.wire(panel, own_room, shared) for module, panel, own_room in built]
    names = [module.NAME for module in ROOMS]
    panel_protocol.wire(
        "bias", room, wired, pending, panel_protocol.read_link("bias", names, tabs, pending, note), link
    )
