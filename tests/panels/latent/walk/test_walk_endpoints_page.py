"""End points of a walk from pictures: kept, saved, or a visitor's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_actions import pixels, wait_for_link, wait_for_other_pixels, wait_until_browser_keeps
from playwright.sync_api import Page, expect

TABS = ""
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_kept_and_saved_pictures_become_end_points(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=images&model=gan-fashion&count=3&seed=5&condition=class%3Dbag")
    page.locator("#sheet .pg-thumb").nth(1).click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#draw-notice")).to_contain_text("Kept: 1")
    wait_until_browser_keeps(page, "kept-pictures", "recipe")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    file = tmp_path / "saved.png"
    download.value.save_as(file)
    page.locator(".pg-pages").get_by_role("link", name="Latent").click()
    expect(page.locator("#walk-film .pg-walk-strip")).to_have_count(2)
    page.get_by_role("button", name="Choose end points by picture").click()
    page.locator("#walk-kept .pg-thumb").focus()
    page.keyboard.press("Enter")
    ends = page.locator("#walk-endpoints textarea, #walk-endpoints input")
    expect(ends).to_have_value("6[class=bag]")
    expect(page.locator("#latent-model input")).to_have_value("GAN, fashion")
    page.get_by_role("button", name="Add my own picture").click()
    with page.expect_file_chooser() as chooser:
        page.locator("#walk-upload").click()
    chooser.value.set_files(file)
    expect(ends).to_have_value("6[class=bag], 6[class=bag]")
    wait_for_link(page, ends="6[class=bag],6[class=bag]")  # it is walked at once
    pictures = page.locator("#walk-ends canvas")
    expect(pictures).to_have_count(2)
    ends.fill("3, 6[class=bag]")
    expect(page.locator("#walk-ends .pg-end-label")).to_have_text(["seed 3", "seed 6, class=bag"])
    page.locator("#walk").click()
    expect(page.locator("#walk-notice")).to_contain_text("gan-fashion · great circle")
    expect(page.locator("#walk-film .pg-why")).to_contain_text("dress → bag")
    wait_for_link(page, ends="3,6[class=bag]")


def test_diffusion_inverts_an_own_picture_into_noise(open_page: Open) -> None:
    page = open_page("tab=latent&model=diffusion-fashion&ends=1,2&frames=2&steps=5", width=390, height=844)
    expect(page.locator("#walk-notice")).to_contain_text("2 frames")
    page.get_by_role("button", name="Add my own picture").click()
    expect(page.locator("#walk-paint canvas")).to_have_js_property("width", 28)
    blank = pixels(page, "#walk-paint canvas")
    page.locator("#walk-real").click()
    wait_for_other_pixels(page, "#walk-paint canvas", blank)
    page.locator("#walk-find").click()
    expect(page.locator("#walk-own-notice")).to_contain_text("now the last end point")
    expect(page.locator("#walk-inversion .pg-thumb")).to_have_count(2)
    ends = page.locator("#walk-endpoints textarea, #walk-endpoints input")
    expect(ends).to_have_value(re.compile(r"^1, 2, z:.{2000,}\[any\]$"))
    # A point has no readable text: it is a picture, once it is walked.
    expect(ends).to_be_hidden()
    expect(page.locator("#walk-ends canvas")).to_have_count(3)
    page.get_by_role("button", name="Take out a point").click()
    expect(ends).to_have_value("1, 2")
    expect(ends).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
