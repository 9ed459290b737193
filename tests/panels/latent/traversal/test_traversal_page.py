"""The panel Traversal as a visitor uses it, with the shipped models; the first link is an old one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import pixels, put, wait_for_link, wait_for_other_pixels
from playwright.sync_api import Page, expect

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_keys_and_pointer_choose_a_dimension_and_move_it(open_page: Open) -> None:
    page = open_page("tab=latent&panel=reading&model=vae-fashion&dimension=3&base=d60005&position=1.5")
    name, place = page.locator("#traversal .pg-traversal-name"), page.locator("#traversal .pg-frame-place")
    expect(name).to_contain_text("Dimension 3:")
    expect(place).to_contain_text("Value 1.50; the base has")
    expect(page.locator("#traversal .pg-traversal-words")).to_contain_text("Active dimensions")
    expect(page.locator("#traversal-number input")).to_have_value("60005")
    expect(page.locator("#traversal .pg-traversal-step")).to_have_count(9)
    expect(page.locator("#traversal-active .pg-active-row").first).to_be_visible()
    bars = page.locator("#traversal .pg-bar")
    bars.first.click()
    first = bars.first.get_attribute("data-dimension")
    expect(name).to_contain_text(f"Dimension {first}:")
    page.keyboard.press("ArrowRight")
    second = bars.nth(1).get_attribute("data-dimension") or ""
    expect(bars.nth(1)).to_have_attribute("aria-checked", "true")
    wait_for_link(page, dimension=second)
    expect(page.locator("#traversal-effect .pg-traversal-name")).to_have_text(f"What dimension {second} changes")
    before = pixels(page, "#traversal .pg-traversal-live canvas")
    page.locator("#traversal .pg-scrub").focus()
    page.keyboard.press("End")
    expect(place).to_contain_text("Value 3.00")
    wait_for_link(page, position="3.0")
    wait_for_other_pixels(page, "#traversal .pg-traversal-live canvas", before)
    page.locator("#traversal .pg-traversal-step").first.click()
    expect(place).to_contain_text("Value −3.00")
    row = page.locator("#traversal-active .pg-active-row").nth(2)
    third = row.get_attribute("data-dimension")
    row.click()
    expect(name).to_contain_text(f"Dimension {third}:")


def test_the_base_changes_and_a_bad_number_is_explained(open_page: Open) -> None:
    page = open_page("tab=latent&panel=traversal&model=vae-avatars", dark=True)
    expect(page.locator("#traversal-active .pg-active-row").first).to_be_visible()
    put(page.locator("#traversal-number input"), 999999)
    expect(page.locator("#traversal-notice")).to_contain_text("no picture 999,999")
    page.get_by_label("The middle, 0").check()
    wait_for_link(page, base="middle")
    expect(page.locator("#traversal .pg-frame-place")).to_contain_text("Value 0.00, the base's own")
    expect(page.locator("#traversal-effect canvas")).to_have_attribute("aria-label", re.compile("levels of 255"))


def test_only_a_vae_can_be_read_so_one_is_chosen_and_the_panel_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=latent&panel=traversal&model=gan-avatars", width=390, height=844)
    expect(page.locator("#latent-model input")).to_have_value("VAE, avatars")
    expect(page.locator("#traversal-active .pg-active-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
