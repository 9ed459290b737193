"""A phone, and a page at 200 %: texts stand out in both themes, nothing is too wide, the result comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from contrast import UNREADABLE_TEXTS
from playwright.sync_api import Page, expect

TABS = ""
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
#: Tab -> panel -> a part of its result. These panels ask with more than a line.
RESULTS = {
    "images": {
        "grid": "#grid canvas",
        "text_to_image": "#text-to-image-picture canvas",
        "dataset": "#dataset-sheet canvas",
    },
    "latent": {"traversal": "#traversal .pg-bars", "words": "#words-sum h3, #words-sum h4"},
}


@pytest.mark.parametrize("dark", [False, True])
def test_texts_stand_out_from_what_is_behind_them(open_page: Open, dark: bool) -> None:
    page = open_page("tab=text", width=390, height=844, dark=dark)
    expect(page.locator("#tokens .pg-output .pg-chip").first).to_be_visible()
    for panel in ("chat", "beam_search", "generate"):
        page.locator(f"#panels [role=tab][data-tab-id={panel}]").dispatch_event("click")
        expect(page.locator(f"#text-{panel} .pg-lead")).to_be_visible()
        assert page.evaluate(UNREADABLE_TEXTS) == []


@pytest.mark.parametrize("tab", list(RESULTS))
def test_the_result_begins_on_the_first_screen_at_200_percent(open_page: Open, tab: str) -> None:
    page = open_page(f"tab={tab}", width=720, height=450)
    for panel, part in RESULTS[tab].items():
        page.locator(f"#{tab}-panels [role=tab][data-tab-id={panel}]").dispatch_event("click")
        expect(page.locator(part).first).to_be_visible()
        top = page.locator(part).first.evaluate("node => node.getBoundingClientRect().top + scrollY")
        assert top < 450, panel
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), panel


def test_a_press_below_its_result_leads_to_it(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words", width=390, height=844)
    notice = page.locator("#words-notice")
    page.locator("#words-add").scroll_into_view_if_needed()
    expect(notice).not_to_be_in_viewport()
    page.locator("#words-add").click()
    expect(notice).to_be_in_viewport()
