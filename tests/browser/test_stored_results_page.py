"""The panels that open on a stored result, in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest
from app_server import Apps
from browser_actions import put
from browser_fixtures import open_tab
from playwright.sync_api import Page, Request, expect

from playground.core.catalogue import say

TABS = ""
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
#: Tab -> panel -> a part of its stored result.
PANELS = {
    "text": {
        "endings": "#endings-view .pg-ending",
        "compare": "#compare-b .pg-output .pg-chip",
        "score": "#score-tokens .pg-output .pg-chip",
        "beam_search": "#beam-search-view .pg-best:not(path)",
    },
    "images": {
        "draw": "#sheet .pg-sheet-film:not([hidden])",
        "denoising": "#denoising-frames canvas",
        "grid": "#grid canvas",
        "text_to_image": "#text-to-image-picture canvas:not([hidden])",
        "inversion": "#inversion-answers .pg-inversion-answer",
    },
    "latent": {
        "walk": "#walk-film .pg-screen canvas",
        "seed_plane": "#seed-plane .pg-seed-plane-picture",
        "map": "#map .pg-map-picture",
        "directions": "#directions .pg-readings .pg-changed",
    },
    "bias": {
        "translation": "#translation-intervals tbody tr",
        "weat": "#weat-ten tbody tr",
        "image_bias": "#skew-lines tbody tr",
        "sentence_pair": ".pg-sentence-pair-guess-word",
        "template_sweep": "#bias-template_sweep .pg-intervals tbody tr",
        "benchmarks": "#bias-benchmarks .pg-intervals tbody tr",
        "group_generation": "#bias-group_generation .pg-intervals tbody tr",
        "prompt_debiasing": "#bias-prompt_debiasing .pg-intervals tbody tr",
    },
}


@pytest.mark.parametrize("tab", list(PANELS))
def test_each_panel_opens_on_its_stored_result(open_page: Open, tab: str) -> None:
    page = open_page(f"tab={tab}")
    tabs = "#panels" if tab == "text" else f"#{tab}-panels"
    for panel, part in PANELS[tab].items():
        page.locator(f"{tabs} [role=tab][data-tab-id={panel}]").dispatch_event("click")
        expect(page.get_by_text(say(f"{tab}.{panel}.example"))).to_be_visible()
        expect(page.locator(part).first).to_be_visible()


@pytest.mark.parametrize(
    ("tab", "panel"),
    [("text", "generate"), ("images", "draw"), ("images", "grid"), ("latent", "walk"), ("bias", "weat")],
)
def test_a_page_opens_without_waiting_in_the_models_line(
    apps: Apps, page: Page, whole_site: gr.Blocks, tab: str, panel: str
) -> None:
    """While a model works for others, a page opens as soon as ever; also while so many wait that no more may."""
    asked: list[Any] = []

    def on_request(request: Request) -> None:
        if "queue/join" in request.url and request.post_data:
            asked.append(whole_site.fns[json.loads(request.post_data)["fn_index"]])

    page.on("request", on_request)
    open_tab(page, apps(TABS), TABS, f"tab={tab}&panel={panel}")
    expect(page.locator(PANELS[tab].get(panel, "#sampler .pg-stage-tab")).first).to_be_visible()
    page.remove_listener("request", on_request)
    assert {"on_open", "on_restore"} & {event.name for event in asked}
    assert [event.name for event in asked if event.concurrency_id == "model"] == []


def test_a_result_of_ones_own_replaces_the_stored_one_and_stays(open_page: Open) -> None:
    page = open_page("tab=text&panel=score")
    expect(page.get_by_text(say("text.score.example"))).to_be_visible()
    tokens = page.locator("#score-tokens .pg-output")
    expect(tokens).to_contain_text("refrigerator")
    put(page.locator("#score-text textarea"), "It rains.")
    page.locator("#score").click()
    expect(tokens).to_contain_text("rains")
    expect(page.get_by_text(say("text.score.example"))).to_have_count(0)
    page.get_by_role("tab", name=say("text.compare.title")).click()
    expect(page.get_by_text(say("text.compare.example"))).to_be_visible()
    page.get_by_role("tab", name=say("text.score.title")).click()
    expect(tokens).to_be_visible()
    expect(tokens).not_to_contain_text("refrigerator")


def test_a_link_to_settings_does_not_show_the_result_of_others(open_page: Open) -> None:
    page = open_page("tab=text&panel=compare&prompt=Rain&b_temperature=0.5")
    expect(page.locator("#b-temperature input[type=number]")).to_have_value("0.5")
    page.get_by_role("tab", name=say("text.score.title")).click()
    expect(page.get_by_text(say("text.score.example"))).to_be_visible()
    page.get_by_role("tab", name=say("text.compare.title")).click()
    expect(page.locator("#compare")).to_be_visible()
    expect(page.locator("#compare-a .pg-output .pg-chip")).to_have_count(0)
