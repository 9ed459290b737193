"""The panel Benchmarks as a visitor uses it, with the real default model."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import ANYTHING, put, wait_for_link
from playwright.sync_api import Page, expect

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 180_000


def test_a_quick_look_shows_intervals_and_its_link_reproduces_them(open_page: Open) -> None:
    page = open_page("tab=bias&panel=benchmarks")
    expect(page.locator("#benchmarks-fifty")).to_contain_text("A coin scores 50 %")
    put(page.locator("#benchmarks-first input"), 20)
    page.locator("#benchmarks-run").click()
    expect(page.locator("#benchmarks-notice")).to_contain_text("20 of 20", timeout=PATIENCE)
    first = page.locator("#benchmarks-shares tbody tr").first
    expect(first).to_contain_text(re.compile(r"all.*\d %.*20"))
    expect(page.locator("#benchmarks-rules tbody tr")).to_have_count(4)
    expect(page.locator("#benchmarks-fine")).to_contain_text("Blodgett")
    expect(page.locator("#benchmarks-disagreement")).to_be_hidden()
    page.get_by_label("mean", exact=True).check()
    expect(page.locator("#benchmarks-notice")).to_contain_text("were read earlier", timeout=PATIENCE)
    wait_for_link(page, rule="mean", result=ANYTHING)
    again = open_page(re.sub(r"^.*\?|&__theme.*$", "", page.url), width=390, height=844)
    expect(again.locator("#benchmarks-notice")).to_contain_text("Reproduced ✓", timeout=PATIENCE)
    assert again.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
