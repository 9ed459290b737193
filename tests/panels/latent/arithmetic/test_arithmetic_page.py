"""The panel Arithmetic as a visitor uses it, with the shipped models."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from browser_actions import ANYTHING, drag, pixels, wait_for_link, wait_for_other_pixels
from PIL import Image
from playwright.sync_api import Page, expect

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
SUM = "tab=latent&panel=arithmetic&model=vae-avatars&a=d22001&b=d22002,3&c=d22003&strength=1.5"


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def expect_items(page: Page, *counts: int) -> None:
    """Waits until the slots A, B and C hold so many pictures."""
    for slot, count in zip("ABC", counts, strict=True):
        expect(page.locator(f"#arithmetic [data-slot={slot}] .pg-slot-item")).to_have_count(count)


def test_the_panel_opens_with_an_example_and_its_link(open_page: Open) -> None:
    page = open_page("tab=latent&panel=arithmetic&model=vae-avatars")
    expect(page.locator("#arithmetic .pg-arithmetic-words")).to_contain_text("From B to C the classifier sees")
    expect_items(page, 1, 8, 8)
    expect(page.locator("#arithmetic .pg-arithmetic-near .pg-strip")).to_have_count(2)
    wait_for_link(page, b=ANYTHING)
    assert len(query(page)["b"].split(",")) == 8


def test_a_link_restores_slots_and_strength_and_the_answer_follows_the_slider(open_page: Open) -> None:
    page = open_page(SUM)
    expect(page.locator("#arithmetic .pg-arithmetic-formula")).to_have_text("A + 1.50 × (C − B)")
    expect_items(page, 1, 2, 1)
    expect(page.locator("#arithmetic .pg-arithmetic-near .pg-strip")).to_have_count(2)
    before = pixels(page, "#arithmetic .pg-arithmetic-answer")
    slider = page.locator("#arithmetic .pg-strength")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#arithmetic .pg-arithmetic-formula")).to_contain_text("that is A − B + C")
    wait_for_link(page, strength="1.0")
    wait_for_other_pixels(page, "#arithmetic .pg-arithmetic-answer", before)
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": box["width"] * 0.4, "y": box["height"] / 2})
    expect(page.locator("#arithmetic .pg-arithmetic-formula")).to_contain_text("that is A alone")
    wait_for_link(page, strength="0.0")
    page.locator("#arithmetic .pg-arithmetic-end").click()
    expect(page.locator("#arithmetic-notice")).to_contain_text("last end point")
    page.locator("#latent-panels").get_by_role("tab", name="Walk").click()
    expect(page.locator("#walk-endpoints textarea, #walk-endpoints input")).to_have_value(re.compile(r", z:"))


def test_keys_buttons_and_dragging_fill_slots_and_a_click_empties_them(open_page: Open) -> None:
    page = open_page(SUM, height=2400)  # tall enough for the sheet and the slots
    thumbs = page.locator("#arithmetic-picker .pg-thumb")
    expect(thumbs).to_have_count(48)
    expect(page.locator("#arithmetic .pg-arithmetic-near .pg-strip")).to_have_count(2)
    items = {slot: page.locator(f"#arithmetic [data-slot={slot}] .pg-slot-item") for slot in "ABC"}
    thumbs.nth(8).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    expect(items["A"]).to_have_count(2)
    thumbs.nth(12).click()
    items["A"].nth(1).hover()
    page.mouse.down()  # pressed before another slot is redrawn and released after it: still a click
    page.get_by_role("button", name="Put into B").dispatch_event("click")
    expect(items["B"]).to_have_count(3)
    page.mouse.up()
    expect(items["A"]).to_have_count(1)
    thumbs.nth(12).press("b")
    expect(page.locator("#arithmetic-notice")).to_contain_text("already in B")
    drag(thumbs.nth(13), page.locator("#arithmetic [data-slot=C]"))
    expect(items["C"]).to_have_count(2)
    expect(page.locator("#arithmetic [data-slot=C]")).to_contain_text("average of 2")
    items["C"].first.click()
    expect(items["C"]).to_have_count(1)
    page.locator("#arithmetic .pg-arithmetic-empty").click()
    expect(page.locator("#arithmetic-notice")).to_contain_text("Still empty: A, B, C")
    expect(page.locator("#arithmetic .pg-strength")).to_be_disabled()
    page.locator("#arithmetic .pg-arithmetic-example").click()
    expect(items["B"]).to_have_count(8)


def test_an_upload_fills_a_slot_and_a_gan_takes_only_seeds(open_page: Open, tmp_path: Path) -> None:
    page = open_page(SUM, dark=True)
    expect(page.locator("#arithmetic .pg-arithmetic-near .pg-strip")).to_have_count(2)
    own = tmp_path / "own.png"
    Image.fromarray(np.full((40, 40, 3), 200, np.uint8)).save(own)
    with page.expect_file_chooser() as chooser:
        page.locator("#arithmetic-upload-a").click()
    chooser.value.set_files(own)
    expect(page.locator("#arithmetic [data-slot=A] .pg-slot-item")).to_have_count(2)
    expect(page.locator("#arithmetic-read")).to_contain_text("Your picture is in A. Read: Already square")
    wait_for_link(page, a=re.compile("z:"))
    seeds = open_page("tab=latent&panel=arithmetic&model=gan-avatars&a=3&b=5&c=7", width=390, height=844)
    expect(seeds.locator("#arithmetic-picker-source")).to_contain_text("has no encoder")
    expect(seeds.locator("#arithmetic-picker .pg-thumb").first).to_contain_text("seed 0")
    assert seeds.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [("a=%3Cscript%3E&b=1&c=2", "is not a seed")],
)
def test_a_bad_sum_in_a_link_explains_itself(open_page: Open, settings: str, sentence: str) -> None:
    page = open_page(f"tab=latent&panel=arithmetic&model=vae-fashion&{settings}")
    expect(page.locator("#arithmetic-notice")).to_contain_text(sentence)
    expect(page.locator("#arithmetic-notice")).to_contain_text("here is an example")
