"""The Images tab as a visitor uses it, with the shipped models."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from playground.core.recipe import from_file

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def thumbs(page: Page, sheet: str = "#sheet") -> Locator:
    return page.locator(f"{sheet} .pg-thumb")


def test_the_first_visit_draws_a_sheet_and_a_picture_tells_of_itself(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    page.locator(".pg-pages").get_by_role("link", name="Images").click()
    expect(thumbs(page)).to_have_count(16)
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    thumbs(page).nth(2).click()
    card = page.locator("#picture-card")
    expect(card).to_contain_text("Seed 2, enlarged")
    expect(card).to_contain_text(re.compile(r"held out lie as near"))
    expect(card.locator(".pg-figure")).to_have_count(4)
    card.locator(".pg-enlarged canvas").hover()
    expect(card.locator(".pg-pixel")).to_contain_text("of 255; for the net")
    with page.expect_download() as saved:
        card.get_by_role("button", name="Download PNG").click()
    file = tmp_path / "one.png"
    saved.value.save_as(file)
    recipe = from_file(file.read_bytes())
    assert recipe.seed == 2 and recipe.settings["count"] == 1
    with Image.open(file) as image:
        assert image.size == (16, 16)
    with page.expect_file_chooser() as chooser:
        page.locator("#open-picture").click()
    chooser.value.set_files(file)
    expect(thumbs(page)).to_have_count(1)
    expect(page.locator("#draw-notice")).to_contain_text(re.compile("Reproduced ✓|Differs"))


def test_the_link_alone_draws_the_same_pictures(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=3&seed=5&steps=8&condition=hat%3Dnone")
    expect(thumbs(page)).to_have_count(3)
    expect(page.locator("#draw-caption")).to_contain_text("8 steps")
    page.locator("#draw").click()
    page.wait_for_function("new URLSearchParams(location.search).has('result')")
    query = dict(parse_qsl(urlsplit(page.url).query))
    assert query["condition"] == "hat=none" and query["seed"] == "5" and query["model"] == "diffusion-avatars"
    again = open_page(urlsplit(page.url).query)
    expect(again.locator("#draw-notice")).to_contain_text("Reproduced ✓ pixel for pixel")
    expect(again.locator("#picture-steps input[type=number]")).to_have_value("8")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("tab=images&model=nobody", "There is no picture model"),
    ],
)
def test_a_bad_link_to_pictures_explains_itself(open_page: Open, query: str, sentence: str) -> None:
    page = open_page(query)
    expect(page.locator("#draw-notice")).to_contain_text(sentence)


def test_diffusion_is_scrubbed_and_branched(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=2&steps=8")
    page.get_by_role("tab", name="Step by step").click()
    page.locator("#film").click()
    place = page.locator("#frames .pg-frame-place")
    expect(place).to_contain_text("Step 8 of 8: 0 % noise")
    slider = page.locator("#frames .pg-scrub")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(place).to_contain_text("Step 3 of 8")
    page.get_by_role("checkbox", name="Fresh noise").check()
    page.locator("#branch").click()
    expect(page.locator("#frames .pg-denoising-track")).to_have_count(2)
    expect(page.locator("#frames .pg-denoising-track").nth(1)).to_contain_text("Branch at step 3")


def test_my_picture_is_painted_and_answered_three_times(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1")
    page.get_by_role("tab", name="My picture").click()
    bad = tmp_path / "not.png"
    bad.write_text("<svg></svg>")
    page.locator("#mine-upload input[type=file]").set_input_files(bad)
    expect(page.locator("#mine-notice")).to_contain_text("SVG")
    good = tmp_path / "good.png"
    Image.fromarray(np.full((40, 60, 4), 90, np.uint8)).save(good)
    page.locator("#mine-upload input[type=file]").set_input_files(good)
    expect(page.locator("#mine-notice")).to_contain_text("laid on white")
    page.locator("#paint canvas").click(position={"x": 40, "y": 40})
    page.locator("#find").click()
    expect(page.locator("#answers .pg-inversion-answer")).to_have_count(3, timeout=60_000)
    expect(page.locator("#mine-notice")).to_contain_text("Three answers", timeout=60_000)
    expect(page.locator("#answers .pg-inversion-gaussian")).to_have_count(1)


def test_a_picture_is_drawn_alone_and_its_steps_are_shown(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=4&steps=6")
    expect(thumbs(page)).to_have_count(4)
    expect(page.locator("#draw-caption")).to_contain_text("6 steps")
    thumbs(page).nth(2).click()
    card = page.locator("#picture-card")
    card.get_by_role("button", name="See its steps").click()
    expect(page.locator("#frames .pg-frame-place")).to_contain_text("Step 6 of 6")
    expect(page.locator("#frames .pg-denoising-track canvas")).to_have_count(2)
    page.locator("#picture-panels").get_by_role("tab", name="Draw").click()
    card.get_by_role("button", name="Draw it alone").click()
    expect(thumbs(page)).to_have_count(1)
    expect(page.locator("#picture-seed input")).to_have_value("2")
    card.get_by_role("button", name="Keep").click()
    expect(page.locator("#draw-notice")).to_contain_text("Kept: 1")


def test_the_address_bar_belongs_to_the_tab_in_front(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=2")
    expect(thumbs(page)).to_have_count(2)
    page.wait_for_function("new URLSearchParams(location.search).get('model') === 'gan-avatars'")
    page.locator(".pg-pages").get_by_role("link", name="Text").click()
    page.wait_for_function("new URLSearchParams(location.search).get('tab') === 'text'")


def test_the_data_is_looked_through_by_label(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1", dark=True)
    page.locator("#picture-panels").get_by_role("tab", name="Data").click()
    expect(thumbs(page, "#data-sheet")).to_have_count(48)
    thumbs(page, "#data-sheet").first.click()
    expect(page.locator("#data-card")).to_contain_text("clothing colour")
    expect(page.locator("#data-balance")).to_contain_text("%")


def test_the_tab_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=4", width=390, height=844)
    expect(thumbs(page)).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
