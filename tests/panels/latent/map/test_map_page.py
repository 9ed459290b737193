"""The Map panel as a visitor uses it, by pointer and by keyboard, with the shipped VAE of fashion."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from browser_actions import draw_frames, pixels, wait_for_link, wait_for_other_pixels
from PIL import Image
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
#: The first test to open the map encodes its pictures, which takes minutes on a busy machine.
PATIENCE = 600_000
MAP = "tab=latent&panel=map&model=vae-fashion"
CANVAS = "#map .pg-map-canvas"


def wait_for_map(page: Page) -> None:
    expect(page.locator("#map .pg-map-place")).to_contain_text("x ", timeout=PATIENCE)
    expect(page.locator("#map .pg-map-axes")).not_to_be_empty()


def wait_for_colours(page: Page, canvas: str, least: int) -> None:
    """Waits until a canvas has more than so many different pixels."""
    script = """([selector, least]) => {
      const canvas = document.querySelector(selector);
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > least;
    }"""
    page.wait_for_function(script, arg=[f"#map {canvas}", least])


def centre(page: Page) -> tuple[float, float]:
    canvas = page.locator("#map .pg-map-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_for_place(page: Page) -> str:
    """Waits until the address bar has the place of the cross, as the map names it. Returns its words."""
    words = page.locator("#map .pg-map-place").inner_text()
    match = re.match(r"x (-?\d+\.\d\d), y (-?\d+\.\d\d)", words)
    assert match is not None, words
    page.wait_for_function(
        """(wanted) => {
          const query = new URLSearchParams(location.search);
          return ["x", "y"].every((name, index) => Math.abs(Number(query.get(name)) - wanted[index]) < 0.0051);
        }""",
        arg=[float(number) for number in match.groups()],
    )
    return words


def test_the_stored_map_is_computed_at_the_first_move(open_page: Open) -> None:
    page = open_page("tab=latent&panel=map")
    expect(page.get_by_text(say("latent.map.example"))).to_be_visible()
    stored = pixels(page, "#map .pg-map-picture")
    page.locator("#map .pg-map-canvas").focus()
    page.keyboard.press("Shift+ArrowRight")
    wait_for_other_pixels(page, "#map .pg-map-picture", stored)
    expect(page.get_by_text(say("latent.map.example"))).to_have_count(0, timeout=PATIENCE)


def test_the_picture_follows_the_dragged_cross(open_page: Open) -> None:
    page = open_page(f"{MAP}&x=0&y=0")
    wait_for_map(page)
    expect(page.locator("#map .pg-map-axes")).to_contain_text(re.compile(r"Together \d+\s%"))
    place = page.locator("#map .pg-map-place")
    expect(place).to_contain_text("x 0.00, y 0.00")
    x, y = centre(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=6)
    page.mouse.up()
    expect(page.locator("#map .pg-map-speed")).to_contain_text("The picture follows in")
    expect(place).not_to_contain_text("x 0.00, y 0.00")
    wait_for_colours(page, ".pg-map-picture", 20)
    wait_for_link(page, panel="map", projection="pca")
    words = wait_for_place(page)
    again = open_page(urlsplit(page.url).query)
    expect(again.locator("#map .pg-map-place")).to_have_text(words, timeout=PATIENCE)


def test_a_point_is_hovered_chosen_and_added_to_the_walk(open_page: Open) -> None:
    page = open_page(f"{MAP}&x=0&y=0", dark=True)
    wait_for_map(page)
    x, y = centre(page)
    canvas = page.locator("#map .pg-map-canvas")
    canvas.focus()
    page.keyboard.press("n")
    expect(page.locator("#map .pg-map-chosen p")).to_contain_text("class: ")
    expect(page.locator("#map .pg-visually-hidden[role=status]")).to_contain_text("Chosen: class: ")
    for step in range(0, 240, 3):
        page.mouse.move(x - 120 + step, y)
        draw_frames(page)
        if page.locator("#map .pg-map-tip").is_visible():
            break
    expect(page.locator("#map .pg-map-tip span")).to_contain_text("class: ")
    page.wait_for_function("document.querySelector('#map .pg-map-tip canvas').style.visibility === 'visible'")
    wait_for_colours(page, ".pg-map-tip canvas", 5)
    word = page.locator("#map .pg-map-tip span").inner_text()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#map .pg-map-chosen p")).to_contain_text(word)
    page.locator("#map .pg-map-end-chosen").click()
    expect(page.locator("#map-notice")).to_contain_text("walk's last end point")
    canvas.focus()
    page.keyboard.press("Enter")
    page.locator("#latent-panels").get_by_role("tab", name="Walk").click()
    ends = page.locator("#walk-endpoints textarea, #walk-endpoints input")
    expect(ends).to_have_value(re.compile(r"^3, 17, 42, z:\S+, z:\S+$"))


def test_the_keyboard_moves_zooms_and_filters(open_page: Open) -> None:
    page = open_page(f"{MAP}&x=0&y=0")
    wait_for_map(page)
    place = page.locator("#map .pg-map-place")
    expect(place).to_contain_text("x 0.00, y 0.00")
    canvas = page.locator("#map .pg-map-canvas")
    canvas.focus()
    for key in ("ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(place).to_contain_text(re.compile(r"x 0\.[1-9]\d, y [01]\.\d\d"))
    draw_frames(page)
    before = pixels(page, CANVAS)
    page.keyboard.press("+")
    wait_for_link(page, zoom="1.5")
    wait_for_other_pixels(page, CANVAS, before)
    page.keyboard.press("0")
    wait_for_link(page, zoom="1.0")
    chips = page.locator("#map .pg-map-chip")
    expect(chips).to_have_count(10)
    draw_frames(page)
    before = pixels(page, CANVAS)
    chips.nth(2).focus()
    page.keyboard.press("Enter")
    expect(chips.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(chips.nth(2)).to_be_focused()
    wait_for_other_pixels(page, CANVAS, before)
    search_and_draw_around(page)


def search_and_draw_around(page: Page) -> None:
    found, search = page.locator("#map .pg-map-found"), page.locator("#map .pg-map-search")
    search.fill("trous")
    expect(found).to_have_text(
        re.compile(r"^[\d,]+ pictures of [\d,]+\. More frequent than in all: class: trouser 100 %")
    )
    of_search = found.inner_text()
    page.get_by_role("button", name="Draw around points").click()
    x, y = centre(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for right, down in ((90, 0), (90, 90), (0, 90), (0, 10)):
        page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()
    expect(found).not_to_have_text(of_search)
    expect(found).to_contain_text("pictures of")
    expect(search).to_have_value("")


def test_the_wheel_zooms_where_the_pointer_is_and_the_hand_moves_the_map(open_page: Open) -> None:
    page = open_page(f"{MAP}&x=0&y=0")
    wait_for_map(page)
    x, y = centre(page)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_function("Number(new URLSearchParams(location.search).get('zoom')) > 1.2")
    page.locator("#map .pg-mode-hand").click()
    left = dict(parse_qsl(urlsplit(page.url).query))["left"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y, steps=4)
    page.mouse.up()
    page.wait_for_function("left => new URLSearchParams(location.search).get('left') !== left", arg=left)
    query = dict(parse_qsl(urlsplit(page.url).query))
    assert float(query["left"]) > float(left) and query["x"] == "0.0"


def test_prior_draws_are_overlaid_and_their_shares_in_holes_shown(open_page: Open) -> None:
    page = open_page(MAP)
    wait_for_map(page)
    page.locator("#map-priors").get_by_label("the prior N(0, I)").check()
    marks = page.locator("#map .pg-map-marks")
    expect(marks).to_contain_text(re.compile(r"\d+\.\d\s% of 1,000 draws from the prior N\(0, I\)"))
    page.locator("#map-priors").get_by_label("the mixture prior").check()
    expect(marks).to_contain_text(re.compile(r"\d+\.\d\s% of 1,000 draws from the mixture prior"))
    wait_for_link(page, draws="normal,mixture")


def test_the_map_shows_an_own_picture_as_its_gaussian(open_page: Open, tmp_path: Path) -> None:
    page = open_page(MAP)
    wait_for_map(page)
    page.get_by_role("button", name="My own picture on the map").click()
    marks = page.locator("#map .pg-map-marks")
    page.locator("#map-real").click()
    expect(marks).to_contain_text("one and two standard deviations")
    page.locator("#map-remove").click()
    expect(marks).to_be_empty()
    canvas = page.locator("#map-paint canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(marks).to_contain_text("The nearest of these pictures is")
    unreadable = say("shared.upload.unknown_kind", formats=say("shared.upload.formats"))
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture at all")
    with page.expect_file_chooser() as chooser:
        page.locator("#map-upload").click()
    chooser.value.set_files(bad)
    expect(page.locator("#map-read")).to_contain_text(unreadable)
    painted = marks.text_content() or ""
    own = tmp_path / "own.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8)).save(own)
    with page.expect_file_chooser() as chooser:
        page.locator("#map-upload").click()
    chooser.value.set_files(own)
    expect(marks).not_to_have_text(painted)
    expect(marks).to_contain_text("one and two standard deviations")


def test_a_bad_link_to_the_map_explains_itself(open_page: Open) -> None:
    page = open_page(f"{MAP}&x=NaN")
    expect(page.locator("#map-notice")).to_contain_text("must be two numbers")


def test_the_map_of_a_model_without_an_encoder_chooses_a_vae(open_page: Open) -> None:
    page = open_page("tab=latent&panel=map&model=gan-avatars")
    wait_for_map(page)
    expect(page.locator("#latent-model input")).to_have_value("VAE, avatars")


def test_the_map_fits_a_phone(open_page: Open) -> None:
    page = open_page(MAP, width=390, height=844)
    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
