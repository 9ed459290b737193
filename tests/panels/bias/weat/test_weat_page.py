"""The panel Associations as a visitor uses it, with the real vectors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import put
from playwright.sync_api import Page, expect

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 90_000


def test_a_test_is_run_changed_into_own_lists_linked_and_a_direction_taken_out(open_page: Open) -> None:
    page = open_page("tab=bias&panel=weat")
    fine = page.locator("#associations-fine .pg-fine-found")
    expect(fine).to_contain_text(
        "flowers stand nearer to pleasant words than to", timeout=PATIENCE
    )  # the link names the panel
    expect(page.locator("#associations-words")).to_contain_text("gladiola")
    boxes = [page.locator(f"#associations-{name} textarea") for name in "xyab"]
    for box, words in zip(boxes, ("<b>rose</b>, tulip", "wasp, flea", "love, joy", "hate, evil"), strict=True):
        put(box, words)
    expect(page.locator("#associations-test input")).to_have_value("Own word lists")
    page.locator("#associations-run-test").click()
    expect(page.locator("#associations-notice")).to_contain_text("Of list X, GloVe 6B, 50 dimensions knows 1")
    put(boxes[0], "rose, tulip")
    page.locator("#associations-run-test").click()
    expect(page.locator("#associations-fine dl")).to_contain_text("n = 4 words")
    expect(page.locator("#associations-fine .pg-fine-verdict")).to_contain_text("cannot tell")
    expect(page.locator("#associations-fine .pg-fine-session")).to_contain_text("2 comparisons")
    page.wait_for_function("new URLSearchParams(location.search).get('targets_x') === 'rose, tulip'")
    again = open_page(re.sub(r"^.*\?|&__theme.*$", "", page.url), width=390, dark=True)
    expect(again.locator("#associations-notice")).to_contain_text("Reproduced ✓", timeout=PATIENCE)
    assert again.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name="Debias", exact=True).click()
    page.locator("#associations-run-debias").click()
    expect(page.locator("#associations-shares")).to_contain_text("arbitrary directions, after", timeout=PATIENCE)
    expect(page.locator("#associations-effects tbody tr")).to_have_count(6)
