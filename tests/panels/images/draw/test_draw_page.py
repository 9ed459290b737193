"""The Draw panel as a visitor uses it, with the shipped models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from browser_actions import ANYTHING, wait_for_link
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from playground.core.recipe import from_file

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def thumbs(page: Page) -> Locator:
    return page.locator("#sheet .pg-thumb")


def test_the_first_visit_draws_a_batch_and_a_chosen_picture_has_a_card(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    page.locator(".pg-pages").get_by_role("link", name="Images").click()
    expect(thumbs(page)).to_have_count(16)
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    thumbs(page).nth(2).click()
    card = page.locator("#draw-card")
    expect(card).to_contain_text("Seed 2, enlarged")
    expect(card).to_contain_text("of held-out real pictures")
    expect(card.locator(".pg-figure")).to_have_count(4)
    card.locator(".pg-enlarged canvas").hover()
    expect(card.locator(".pg-pixel")).to_contain_text("of 255; the net sees")
    with page.expect_download() as download:
        card.get_by_role("button", name="Download PNG").click()
    file = tmp_path / "one.png"
    download.value.save_as(file)
    recipe = from_file(file.read_bytes())
    assert recipe.seed == 2 and recipe.settings["count"] == 1
    with Image.open(file) as image:
        assert image.size == (256, 256), "pixel art, 16 times as large"
    with page.expect_file_chooser() as chooser:
        page.locator("#open-picture").click()
    chooser.value.set_files(file)
    expect(thumbs(page)).to_have_count(1)
    expect(page.locator("#draw-notice")).to_contain_text("Reproduced ✓")


def test_the_link_alone_draws_the_same_pictures(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=3&seed=5&steps=8&condition=hat%3Dnone")
    expect(thumbs(page)).to_have_count(3)
    expect(page.locator("#draw-caption")).to_contain_text("8 steps")
    wait_for_link(page, result=ANYTHING)
    query = dict(parse_qsl(urlsplit(page.url).query))
    assert query["condition"] == "hat=none" and query["seed"] == "5" and query["model"] == "diffusion-avatars"
    again = open_page(urlsplit(page.url).query)
    expect(again.locator("#draw-notice")).to_contain_text("Reproduced ✓ pixel for pixel")
    expect(again.locator("#images-steps input[type=number]")).to_have_value("8")


def test_a_link_to_an_unknown_model_explains_itself(open_page: Open) -> None:
    page = open_page("tab=images&model=nobody")
    expect(page.locator("#draw-notice")).to_contain_text("There is no picture model")


def test_a_picture_is_drawn_alone_and_its_steps_are_shown(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=4&steps=6")
    expect(thumbs(page)).to_have_count(4)
    expect(page.locator("#draw-caption")).to_contain_text("6 steps")
    thumbs(page).nth(2).click()
    card = page.locator("#draw-card")
    card.get_by_role("button", name="See its steps").click()
    expect(page.locator("#denoising-frames .pg-frame-place")).to_contain_text("Step 6 of 6")
    expect(page.locator("#denoising-frames .pg-denoising-track canvas")).to_have_count(2)
    page.locator("#images-panels").get_by_role("tab", name="Draw").click()
    card.get_by_role("button", name="Draw it alone").click()
    expect(thumbs(page)).to_have_count(1)
    expect(page.locator("#images-seed input")).to_have_value("2")
    card.get_by_role("button", name="Keep").click()
    expect(page.locator("#draw-notice")).to_contain_text("Kept: 1")


def test_the_address_bar_belongs_to_the_tab_in_front(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=2")
    expect(thumbs(page)).to_have_count(2)
    wait_for_link(page, model="gan-avatars", result=ANYTHING)
    page.locator(".pg-pages").get_by_role("link", name="Text").click()
    wait_for_link(page, tab="text")


def test_the_tab_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=4", width=390, height=844)
    expect(thumbs(page)).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    pictures, settings = (page.locator(place).bounding_box() for place in ("#images-panels", ".pg-controls"))
    assert pictures is not None and settings is not None and pictures["y"] + pictures["height"] <= settings["y"]
