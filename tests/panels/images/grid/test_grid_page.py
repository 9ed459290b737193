"""The Grid panel as a visitor uses it, with the shipped models."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from browser_actions import ANYTHING, put, wait_for_link
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from playground.core.recipe import from_file
from playground.data import avatars

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def cells(page: Page) -> Locator:
    return page.locator("#grid .pg-grid-cell")


def open_grid(page: Page) -> None:
    page.locator("#images-panels").get_by_role("tab", name="Grid", exact=True).click()


def choose(page: Page, box: str, word: str) -> None:
    page.locator(f"{box} input").click()
    page.get_by_role("option", name=word, exact=True).click()


def write(page: Page, box: str, text: str, in_place_of: str) -> None:
    """Writes values once the setting's examples are there: they would replace what was written before them."""
    field = page.locator(f"{box} input, {box} textarea")
    expect(field).to_have_value(in_place_of)
    put(field, text)


def saved(page: Page, button: Locator, file: Path) -> Path:
    with page.expect_download() as download:
        button.click()
    download.value.save_as(file)
    return file


def test_a_grid_is_drawn_reused_walked_and_picked_from(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=images&model=gan-avatars&count=2")
    expect(page.locator("#sheet .pg-thumb")).to_have_count(2)
    open_grid(page)
    notice = page.locator("#grid-notice")
    choose(page, "#grid-rows", "Hat")
    write(page, "#grid-row-values", "none, 3", ", ".join(avatars.values()["hat"][:5]))
    choose(page, "#grid-columns", "Truncation")
    write(page, "#grid-column-values", "0, 0.25, 2", "0, 2, 1, 0.5")
    page.locator("#grid-draw").click()
    expect(notice).to_contain_text("6 cells")
    expect(cells(page)).to_have_count(6)
    expect(page.locator("#grid th[scope=row]")).to_have_text(["none", "beanie with pale stripes"])
    expect(page.locator("#grid th[scope=col]")).to_have_text(["0", "0.25", "2"])
    expect(page.get_by_role("button", name="hat beanie with pale stripes, truncation 0.25", exact=True)).to_be_visible()

    write(page, "#grid-column-values", "0, 0.25, 1.5", "0, 0.25, 2")
    page.locator("#grid-draw").click()
    expect(notice).to_contain_text(re.compile(r"Already drawn: 4 of 6|All 6"))
    expect(page.locator("#grid th[scope=col]")).to_have_text(["0", "0.25", "1.5"])

    cells(page).first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="hat beanie with pale stripes, truncation 0.25", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    card = page.locator("#grid-card")
    expect(card).to_contain_text("Hat beanie with pale stripes, truncation 0.25")
    expect(card).to_contain_text("of held-out real pictures")
    one = from_file(saved(page, card.get_by_role("button", name="Download PNG"), tmp_path / "one.png").read_bytes())
    assert one.settings["condition"] == "hat=beanie with pale stripes" and one.settings["truncation"] == 0.25

    file = saved(page, page.locator("#grid-png"), tmp_path / "grid.png")
    recipe = from_file(file.read_bytes())
    assert recipe.settings["panel"] == "grid" and recipe.settings["column_values"] == "0, 0.25, 1.5" and recipe.result
    with Image.open(file) as image:
        assert image.width > 3 * 112 and image.height > 2 * 112

    card.get_by_role("button", name="Open in Draw").click()
    expect(page.locator("#sheet .pg-thumb")).to_have_count(1)
    expect(page.locator("#draw-caption")).to_contain_text("hat=beanie with pale stripes")
    expect(page.locator("#images-truncation input[type=number]")).to_have_value("0.25")
    with page.expect_file_chooser() as chooser:
        page.locator("#open-picture").click()
    chooser.value.set_files(file)
    expect(page.locator("#grid-notice")).to_contain_text("Reproduced ✓ pixel for pixel")


def test_a_link_draws_the_grid_again_and_in_front(open_page: Open) -> None:
    page = open_page(
        "tab=images&model=vae-avatars&panel=grid&rows=temperature&row_values=0-1&columns=seed&column_values=3-5"
    )
    expect(page.locator("#grid-notice")).to_contain_text("6 cells")
    wait_for_link(page, result=ANYTHING)
    query = urlsplit(page.url).query
    assert dict(parse_qsl(query))["row_values"] == "0, 1"
    page.locator("#images-panels").get_by_role("tab", name="Draw").click()
    wait_for_link(page, panel=None)
    page.locator("#images-panels").get_by_role("tab", name="Grid").click()
    wait_for_link(page, panel="grid")
    again = open_page(query, width=390, height=844, dark=True)
    expect(again.locator("#grid-notice")).to_contain_text("Reproduced ✓ pixel for pixel")
    expect(again.locator("#grid-column-values input, #grid-column-values textarea")).to_have_value("3, 4, 5")
    assert again.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_bad_grid_explains_itself_and_stop_leaves_cells(open_page: Open) -> None:
    page = open_page(
        "tab=images&model=diffusion-avatars&panel=grid&rows=tail&row_values=1&columns=seed&column_values=1"
    )
    notice = page.locator("#grid-notice")
    expect(notice).to_contain_text("This link cannot be followed. Rows cannot be 'tail'")
    choose(page, "#images-model", "Diffusion, avatars")
    expect(page.locator("#grid-rows input")).to_have_value("Steps")
    write(page, "#grid-row-values", "0-99", "2, 5, 10, 20")
    page.locator("#grid-draw").click()
    expect(notice).to_contain_text("Rows take at most 10 values")
    write(page, "#grid-row-values", "100, 200, 201-208", "0-99")
    page.locator("#grid-draw").click()
    expect(notice).to_contain_text("Drawing cell 2")
    page.locator("#grid-stop").click()
    expect(notice).to_contain_text(re.compile("Stopped: [1-9]"))
    expect(page.locator("#grid .pg-grid-cell[aria-disabled=false]").first).to_be_visible()


def test_the_settings_follow_the_model(open_page: Open) -> None:
    page = open_page("tab=images&model=diffusion-avatars&count=1&steps=2")
    expect(page.locator("#sheet .pg-thumb")).to_have_count(1)
    open_grid(page)
    expect(page.locator("#grid-rows input")).to_have_value("Steps")
    choose(page, "#images-model", "VAE, avatars")
    expect(page.locator("#grid-rows input")).to_have_value("Temperature")
    expect(page.locator("#grid-columns input")).to_have_value("Seed")
    choose(page, "#grid-rows", "Model")
    values = page.locator("#grid-row-values input, #grid-row-values textarea")
    expect(values).to_have_value("gan-avatars, vae-avatars, diffusion-avatars")
    page.locator("#grid-draw").click()
    expect(page.locator("#grid-notice")).to_contain_text("15 cells")
    expect(page.locator("#grid tbody th")).to_have_text(["gan-avatars", "vae-avatars", "diffusion-avatars"])
