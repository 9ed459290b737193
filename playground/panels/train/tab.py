"""Where everything of the Train tab stands, and how its panels share the link and the visitor's token."""

from __future__ import annotations

import gradio as gr

from playground.panels.train import api, panels
from playground.panels.train.rooms import ROOMS
from playground.ui import panel_protocol
from playground.ui.notice import notice_view

TITLE = "Train"

#: The page may be there before its scripts are.
_OWNER = """() => new Promise((done) => {
  const ask = () => (window.playground?.owner ? done(window.playground.owner()) : setTimeout(ask, 30));
  ask();
})"""


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks."""
    pending = gr.State(None)
    owner = gr.Textbox(visible="hidden", elem_id="train-owner")
    note = notice_view(elem_id="train-notice")
    with gr.Tabs(elem_id="train-panels") as tabs:
        built = panel_protocol.build_rooms("train", ROOMS)
    link = gr.Textbox(
        label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="train-link",
        placeholder="Start a run, and the link appears here",
        info="Whoever opens it on this server watches the same run; only you can steer it.",
    )  # fmt: skip
    shared = panels.Shared(pending, owner)
    wired = [module.wire(panel, own_room, shared) for module, panel, own_room in built]
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    page.load(None, None, owner, js=_OWNER, api_visibility="private")
    names = [module.NAME for module in ROOMS]
    panel_protocol.wire(
        "train", room, wired, pending, panel_protocol.read_link("train", names, tabs, pending, note), link
    )
    api.build_api()
