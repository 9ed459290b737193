"""Where everything of the Bias tab stands, and how its panels share the link and the count of what was tried."""

from __future__ import annotations

import gradio as gr

from playground import rooms
from playground.tabs.bias import panels, visiting
from playground.tabs.bias.rooms import ROOMS
from playground.views.notice import notice_view

TITLE = "Bias"


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks."""
    pending, visit = gr.State(None), gr.State(())
    note = notice_view(elem_id="bias-notice")
    with gr.Tabs(elem_id="bias-panels") as tabs:
        built = rooms.build_rooms("bias", ROOMS)
    link = gr.Textbox(
        label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="bias-link",
        placeholder="Measure something, and the link appears here",
        info="Model, sentences, settings: whoever opens it measures the same again.",
    )  # fmt: skip
    report = visiting.build_visit()
    visiting.wire(report, visit)
    shared = panels.Shared(pending, visit)
    wired = [module.wire(panel, own_room, shared) for module, panel, own_room in built]
    names = [module.NAME for module in ROOMS]
    rooms.wire("bias", room, wired, pending, rooms.read_link("bias", names, tabs, pending, note), link)
