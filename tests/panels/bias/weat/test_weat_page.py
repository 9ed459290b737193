"""The WEAT panel in a browser, with the real vectors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import ANYTHING, put, wait_for_link
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_run_a_test_own_lists_a_link_and_the_removal_of_a_direction(open_page: Open) -> None:
    page = open_page("tab=bias&panel=weat")
    run = page.locator("#weat-run-ten")
    expect(page.locator("#weat-ten tbody tr")).to_have_count(10)  # stored
    run.click()
    run.click()  # it starts again
    expect(page.locator("#weat-ten-notice")).to_contain_text("of 10 tests pass")
    page.get_by_role("tab", name=say("bias.weat.one.tab"), exact=True).click()
    fine = page.locator("#weat-fine .pg-fine-found")
    expect(fine).to_contain_text("flowers are nearer to pleasant words than to")  # stored, too
    expect(page.locator("#weat-words")).to_contain_text("gladiola")
    boxes = [page.locator(f"#weat-{name} textarea") for name in "xyab"]
    for box, words in zip(boxes, ("<b>rose</b>, tulip", "wasp, flea", "love, joy", "hate, evil"), strict=True):
        put(box, words)
    expect(page.locator("#weat-test input")).to_have_value("Own word lists")
    page.locator("#weat-run-test").click()
    expect(page.locator("#weat-test-notice")).to_contain_text("GloVe 6B, 50 dimensions knows too few words of list X")
    put(boxes[0], "rose, tulip")
    page.locator("#weat-run-test").click()
    expect(page.locator("#weat-fine dl")).to_contain_text("n = 4 words")
    expect(page.locator("#weat-fine .pg-fine-verdict")).to_contain_text("cannot tell")
    for fine_print in ("#weat-fine", "#weat-ten-fine"):  # what is shown already counts later tests
        expect(page.locator(f"{fine_print} .pg-fine-session")).to_contain_text("11 comparisons")
    wait_for_link(page, targets_x="rose, tulip", result=ANYTHING)
    again = open_page(re.sub(r"^.*\?|&__theme.*$", "", page.url), width=390, dark=True)
    expect(again.locator("#weat-test-notice")).to_contain_text("Reproduced ✓")
    assert again.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name="Debias", exact=True).click()
    page.locator("#weat-run-debias").click()
    expect(page.locator("#weat-shares")).to_contain_text("arbitrary directions, after")
    expect(page.locator("#weat-effects tbody tr")).to_have_count(6)
