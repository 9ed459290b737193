"""The Text tab: the column of settings, the panels, and the link that they share."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.language.sampling.table import ORDER as STAGE_ORDER
from playground.panels.text.beam_search import panel as beam_search
from playground.panels.text.chat import panel as chat
from playground.panels.text.compare import panel as compare
from playground.panels.text.controls import (
    CONTROL_NAMES,
    TextShared,
    build_controls,
    link_script,
    panel_link_script,
)
from playground.panels.text.endings import panel as endings
from playground.panels.text.generate import panel as generate
from playground.panels.text.history_view import history_view
from playground.panels.text.model_card import build_model_card
from playground.panels.text.score import panel as score
from playground.ui.events import QUIET
from playground.ui.link_box import file_button, link_box
from playground.ui.notice import notice_view
from playground.ui.panel_connections import connect
from playground.ui.panel_protocol import Panel, PanelTab, build_panels, panel_tabs
from playground.ui.view import module_call

NAME = "text"
PANELS: tuple[Any, ...] = (generate, chat, endings, compare, score, beam_search)
#: The setting that named the panel in former links. Former links without a tab have a prompt.
FORMER_KEYS = ("view",)
FORMER_SIGN = "prompt"
#: Settings of links besides the controls and those of single panels, which the panels add.
_RECORDED = ("forced", "history", "prompt_tokens", STAGE_ORDER)


def build(item: gr.Tab) -> None:
    """Builds the tab and its events inside the surrounding Blocks."""
    with gr.Row(elem_classes="pg-layout"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls, example_chosen = build_controls()
            about = build_model_card(controls.model)
            with gr.Accordion(say("text.history.title"), open=False):
                history_view(elem_id="text-history")
            shared = TextShared(controls, about)
        with gr.Column(scale=5, min_width=320):
            note = notice_view(elem_id="text-notice")
            with panel_tabs("panels") as tabs:
                panels = build_panels(NAME, PANELS, shared)
            link, upload, file_note = _build_share()
    # Links of Compare hold only the sampler's settings that are on.
    of_b = (f"b_{name}" for name in CONTROL_NAMES)
    settings = {*CONTROL_NAMES, *_RECORDED, *shared.linked, *of_b}
    tab = PanelTab(NAME, tabs, note, link, file_note, FORMER_KEYS, FORMER_SIGN, True, settings)
    connect(tab, panels, upload=upload)
    _connect_links(panels, shared, example_chosen)
    runs = f"() => {module_call('panels/text/examples.js', 'runFront')}"
    example_chosen.then(None, None, None, js=runs, api_visibility="private")
    controls.mode.change(lambda mode: gr.Textbox(visible=mode == "chat"), controls.mode, controls.system, **QUIET)


def _build_share() -> tuple[gr.Textbox, gr.UploadButton, gr.HTML]:
    with gr.Accordion(say("shared.share.title"), open=True):
        link = link_box("link", say("text.share.placeholder"), say("text.share.info"))
        return link, *file_button(say("text.share.open"), (".json", ".png"), "open-recipe")


def _connect_links(panels: list[Panel], shared: TextShared, example_chosen: Any) -> None:
    """Every change of a setting updates the links of all panels: each link holds all settings."""
    queries = [panel.components[0].query for panel in panels]
    settings = [*shared.controls.values(), *shared.linked.values()]
    boxes = [component for component in settings if isinstance(component, gr.Textbox)]
    others = [component for component in settings if component not in boxes]
    names = ["", *(panel.name for panel in panels[1:])]
    to_links: dict[str, Any] = {"js": link_script(names, shared.linked), "api_visibility": "private"}
    gr.on([component.input for component in others], None, settings, queries, **to_links)
    example_chosen.then(None, settings, queries, **to_links)
    to_links["js"] = link_script(names, shared.linked, typed=True)
    gr.on([box.change for box in boxes], None, [*queries, *settings], queries, **to_links)
    for panel, query in list(zip(panels, queries, strict=True))[1:]:
        of_settings: dict[str, Any] = {"js": panel_link_script(panel.name, shared.linked), "api_visibility": "private"}
        panel.item.select(None, settings, query, **of_settings)
        if hasattr(panel.components[0], "run"):  # the link of a run in progress runs it; a stopped one's does not
            panel.components[0].stop.click(None, settings, query, **of_settings)
