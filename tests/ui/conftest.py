"""The page of token_stage, served once for all files here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gradio as gr
import pytest
from playwright.sync_api import Page, expect
from token_stage import BRANCHES, FIRST, Shown, Stage

from playground.panels.text.generate.completion_tree_view import completion_tree_view
from playground.ui.token_chips import tokens_view


@pytest.fixture(scope="session")
def page_stage(serve: Callable[[gr.Blocks], str]) -> Stage:
    stage = Stage()
    with gr.Blocks(analytics_enabled=False) as blocks:
        show = gr.Button("Show", elem_id="show")
        with gr.Tabs():
            with gr.Tab("One"):
                chips = tokens_view(FIRST, elem_id="tokens")
                tree = completion_tree_view(BRANCHES, elem_id="branches")
            with gr.Tab("Two"):
                tokens_view(FIRST, elem_id="second", elem_classes="pg-readonly-view")

    def listen(name: str) -> Callable[[gr.EventData], None]:
        def on_event(event: gr.EventData) -> None:
            stage.heard.note(name, event._data)

        return on_event

    with blocks:
        show.click(lambda: stage.next, None, chips, show_progress="hidden")
        for view, name in ((chips, "pick"), (chips, "force"), (tree, "walk")):
            getattr(view, name)(listen(name), None, None, trigger_mode="multiple")
    stage.address = serve(blocks)
    return stage


@pytest.fixture
def tokens_page(page_stage: Stage, page: Page) -> Iterator[Shown]:
    page_stage.heard.clear()
    page.goto(page_stage.address + "?__theme=light")
    expect(page.locator("#tokens .pg-output > .pg-chip")).to_have_count(2)
    yield Shown(page, page_stage)
