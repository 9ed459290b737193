"""The Train tab: its layout. A link to a run opens the panel that follows it; no link starts one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments import finetune_request, image_model, language_model, toy_2d
from playground.panels.train.failure_lab import panel as failure_lab_panel
from playground.panels.train.fine_tuning import panel as fine_tuning_panel
from playground.panels.train.image_model import panel as image_model_panel
from playground.panels.train.language_model import panel as language_model_panel
from playground.panels.train.runs import panel as runs_panel
from playground.panels.train.shared import TrainShared
from playground.panels.train.toy_2d import panel as toy_2d_panel
from playground.ui.link_box import link_box
from playground.ui.notice import notice_view
from playground.ui.panel_connections import connect
from playground.ui.panel_protocol import PanelTab, build_panels, panel_tabs
from playground.ui.view import module_call

NAME = "train"
PANELS: tuple[Any, ...] = (
    toy_2d_panel, image_model_panel, language_model_panel, fine_tuning_panel, failure_lab_panel, runs_panel,
)  # fmt: skip

#: Of links of all panels; those of earlier links to a new training hold more than today's.
SETTINGS = frozenset({
    "run", "runs", "failure", "family", "shape", "brush", "data", "title",
    *(name for fields in (toy_2d.FIELDS, image_model.FIELDS) for own in fields.values() for name in own),
    *language_model.FIELDS, *finetune_request.FIELDS,
})  # fmt: skip


def build(item: gr.Tab) -> None:
    """The tab and its events, inside the surrounding Blocks."""
    owner = gr.Textbox(visible="hidden", elem_id="train-owner")
    note = notice_view(elem_id="train-notice")
    with panel_tabs("train-panels") as tabs:
        panels = build_panels(NAME, PANELS, TrainShared(owner))
    link = link_box("train-link", say("train.tab.link_placeholder"), say("train.tab.link_info"))
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    page.load(None, None, owner, js=f"() => {module_call('ui/run.js', 'owner')}", api_visibility="private")
    connect(PanelTab(NAME, tabs, note, link, former_sign="run", settings=SETTINGS), panels)
