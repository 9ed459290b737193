"""The panel Walk as a visitor uses it, with the shipped models."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from browser_actions import ANYTHING, pixels, wait_for_link, wait_for_other_pixels
from PIL import Image
from playwright.sync_api import Page, expect

from playground.latent.video_export import read_recipe

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def expect_frames(page: Page, count: int) -> None:
    """Waits until both filmstrips have so many frames."""
    strips = page.locator("#walk-film .pg-walk-strip")
    expect(strips).to_have_count(2)
    for place in range(2):
        expect(strips.nth(place).locator("canvas")).to_have_count(count)


def test_a_first_visit_walks_both_paths_and_explains_their_lengths(open_page: Open) -> None:
    page = open_page()
    page.locator(".pg-pages").get_by_role("link", name="Latent").click()
    expect_frames(page, 24)
    expect(page.locator("#walk")).to_be_in_viewport()
    expect(page.locator("#walk-film .pg-why")).to_contain_text("The straight line comes as near as")
    expect(page.locator("#walk-film .pg-norms svg")).to_have_attribute(
        "aria-label", re.compile("Distance from the centre of each frame's point")
    )
    play = page.locator("#walk-film .pg-play")
    expect(play).to_have_text("❚❚ Pause")
    before = pixels(page, "#walk-film .pg-screen canvas")
    wait_for_other_pixels(page, "#walk-film .pg-screen canvas", before)
    page.locator("#walk").click()
    expect(page.locator("#walk-notice")).to_contain_text("vae-avatars")
    expect_frames(page, 24)
    wait_for_link(page, ends="3,17,42", model="vae-avatars")


def test_keys_and_pointer_scrub_the_film(open_page: Open) -> None:
    page = open_page("tab=latent&model=vae-avatars&ends=3,7&frames=8")
    place = page.locator("#walk-film .pg-frame-place")
    expect(page.locator("#walk-notice")).to_contain_text("8 frames")
    slider = page.locator("#walk-film .pg-scrub")
    slider.focus()
    page.keyboard.press("Home")
    expect(place).to_contain_text("Frame 1 of 8, seed 3")
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text("Frame 2 of 8: distance from the centre")
    page.locator("#walk-film .pg-walk-frame").nth(7).click()
    expect(place).to_contain_text("Frame 8 of 8, seed 7")
    expect(page.locator("#walk-film .pg-play")).to_have_text("▶ Play")


def test_a_downloaded_film_opens_again_and_is_reproduced(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=latent&model=gan-fashion&ends=1,2&frames=5&loop=true&method=lerp")
    expect(page.locator("#walk-notice")).to_contain_text("5 frames")
    for kind in ("gif", "webp", "mp4"):
        with page.expect_download() as saved:
            page.locator(f"#walk-{kind}").click()
        file = tmp_path / f"walk.{kind}"
        saved.value.save_as(file)
        recipe = read_recipe(file.read_bytes())
        assert recipe.settings["frames"] == 5 and recipe.settings["loop"] is True and recipe.model == "gan-fashion"
        if kind != "mp4":
            with Image.open(io.BytesIO(file.read_bytes())) as image:
                assert image.n_frames == 5
    again = open_page("tab=latent&model=gan-avatars&ends=1,2&frames=2")
    expect(again.locator("#walk-notice")).to_contain_text("2 frames")
    with again.expect_file_chooser() as chooser:
        again.locator("#open-walk").click()
    chooser.value.set_files(tmp_path / "walk.mp4")
    expect(again.locator("#walk-notice")).to_contain_text("Reproduced ✓")
    expect(again.locator("#walk-endpoints textarea, #walk-endpoints input")).to_have_value("1, 2")
    expect_frames(again, 5)


def test_a_link_restores_and_reproduces_its_walk(open_page: Open) -> None:
    page = open_page("tab=latent&model=vae-avatars&ends=5,6,7&frames=6&ease=true&condition=hat%3Dnone")
    expect(page.locator("#walk-notice")).to_contain_text("6 frames")
    wait_for_link(page, ends="5,6,7", result=ANYTHING)
    query = dict(parse_qsl(urlsplit(page.url).query))
    assert query["condition"] == "hat=none" and query["ease"] == "true" and query["ends"] == "5,6,7"
    again = open_page(urlsplit(page.url).query)
    expect(again.locator("#walk-notice")).to_contain_text("Reproduced ✓ pixel for pixel")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("tab=latent&model=gan-avatars&ends=1", "needs two end points"),
    ],
)
def test_a_bad_link_to_a_walk_explains_itself(open_page: Open, query: str, sentence: str) -> None:
    page = open_page(query)
    expect(page.locator("#walk-notice")).to_contain_text(sentence)


def test_end_points_are_chosen_by_picture_and_from_an_upload(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=latent&model=vae-fashion&ends=1,2&frames=3", dark=True)
    expect(page.locator("#walk-notice")).to_contain_text("3 frames")
    page.get_by_role("button", name="Choose end points by picture").click()
    ends = page.locator("#walk-endpoints textarea, #walk-endpoints input")
    page.locator("#walk-clear").click()
    expect(ends).to_have_value("")
    page.locator("#walk-choices").click()
    expect(page.locator("#walk-sheet .pg-thumb")).to_have_count(24)
    page.locator("#walk-sheet .pg-thumb").nth(5).click()
    expect(ends).to_have_value("5")
    page.locator("#walk").click()
    expect(page.locator("#walk-notice")).to_contain_text("needs two end points")
    own = tmp_path / "own.png"
    Image.fromarray(np.full((40, 40, 3), 200, np.uint8)).save(own)
    page.get_by_role("button", name="Add my own picture").click()
    with page.expect_file_chooser() as chooser:
        page.locator("#walk-upload").click()
    chooser.value.set_files(own)
    expect(ends).to_have_value(re.compile(r"5, z:"))
    page.locator("#walk").click()
    expect(page.locator("#walk-notice")).to_contain_text("3 frames")
    expect(page.locator("#walk-film .pg-walk-frame").nth(2)).to_contain_text("a point")


def test_the_walk_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=latent&model=gan-avatars&ends=1,2&frames=12", width=390, height=844)
    expect(page.locator("#walk-film .pg-walk-strip")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
