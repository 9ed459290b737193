"""The Bias tab: its panels, the link of the panel in front, and the session log that they share."""

from __future__ import annotations

import gradio as gr

from playground.bias.session_log import MOST_MEASUREMENTS, Measurement
from playground.bias.weat_request import LISTS
from playground.core.catalogue import say
from playground.core.dataclass_json import decode_all, encode_all
from playground.panels.bias.benchmarks import panel as benchmarks
from playground.panels.bias.group_generation import panel as group_generation
from playground.panels.bias.image_bias import panel as image_bias
from playground.panels.bias.prompt_debiasing import panel as prompt_debiasing
from playground.panels.bias.sentence_pair import panel as sentence_pair
from playground.panels.bias.session_log.panel import build_session_log
from playground.panels.bias.shared import BiasShared
from playground.panels.bias.template_sweep import panel as template_sweep
from playground.panels.bias.translation import panel as translation
from playground.panels.bias.weat import panel as weat
from playground.ui.browser_store import keep_in_browser
from playground.ui.link_box import file_button, link_box
from playground.ui.notice import notice_view
from playground.ui.panel_connections import connect
from playground.ui.panel_protocol import PanelTab, build_panels, panel_tabs

NAME = "bias"
#: In the order of the page.
PANELS = (
    translation,
    sentence_pair,
    template_sweep,
    weat,
    benchmarks,
    group_generation,
    prompt_debiasing,
    image_bias,
)
#: Of links of all panels.
SETTINGS = frozenset({
    "part", "count", "each", "tokens", "templates", "groups", "prefix", "a", "b", "controls", "decoder",
    "text", "direction", "beams",  # translation
    "words", "guess",  # sentence_pair
    "words_1", "words_2",  # template_sweep
    "test", *LISTS, "alternative", "embedding", "pairs",  # weat
    "benchmark", "rule", "category", "first",  # benchmarks
    "neutral", "beginnings",  # prompt_debiasing
    "attribute", "condition", "dark", "light", "reweighed", "steps", "truncation", "labels", "second",  # image_bias
})  # fmt: skip


def build(item: gr.Tab) -> None:
    """Builds the tab's components and handlers, inside the surrounding Blocks."""
    shared = BiasShared(gr.State(()))
    note = notice_view(elem_id="bias-notice")
    with panel_tabs("bias-panels") as tabs:
        panels = build_panels(NAME, PANELS, shared)
    link = link_box("bias-link", say("bias.link_placeholder"), say("bias.link_info"))
    upload, file_note = file_button(say("bias.open_file"), (".json",), "bias-open-file")
    build_session_log(shared.log)
    connect(PanelTab(NAME, tabs, note, link, file_note, settings=SETTINGS), panels, upload=upload)
    keep_in_browser(shared.log, "bias-log", encode_all, lambda text: decode_all(Measurement, text)[-MOST_MEASUREMENTS:])
