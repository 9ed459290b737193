"""The Denoising panel as a visitor uses it, with the shipped models."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_a_run_is_scrubbed_and_branched(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=2&steps=8")
    page.get_by_role("tab", name="Step by step").click()
    page.locator("#denoising-run").click()
    place = page.locator("#denoising-frames .pg-frame-place")
    expect(place).to_contain_text("Step 8 of 8: 0 % noise")
    slider = page.locator("#denoising-frames .pg-scrub")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(place).to_contain_text("Step 3 of 8")
    page.get_by_role("checkbox", name="Fresh noise").check()
    page.locator("#denoising-branch").click()
    expect(page.locator("#denoising-frames .pg-denoising-track")).to_have_count(2)
    expect(page.locator("#denoising-frames .pg-denoising-track").nth(1)).to_contain_text("Branch at step 3")
