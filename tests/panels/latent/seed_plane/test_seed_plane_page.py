"""The panel Seed plane as a visitor uses it, by pointer and by keyboard; its links are old ones, of panel=plane."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser_actions import wait_for_link
from playwright.sync_api import Page, expect

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_pointer_and_keys_move_the_plane_and_it_snaps_to_seeds(open_page: Open) -> None:
    page = open_page("tab=latent&panel=plane&model=gan-avatars&x=2.5&y=1")
    place = page.locator("#seed-plane .pg-seed-plane-place")
    expect(place).to_contain_text("x 2.50, y 1.00. A blend: 50 % of seed 1002, 50 % of seed 1003.")
    lattice = page.locator("#seed-plane .pg-seed-plane-lattice")
    lattice.scroll_into_view_if_needed()
    box = lattice.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y, steps=3)
    page.mouse.move(x - 52, y - 104, steps=3)
    page.mouse.up()
    expect(place).to_contain_text("x 3.00, y 2.00. Seed 2003.")
    expect(page.locator("#seed-plane .pg-seed-plane-speed")).to_contain_text("The picture follows in")
    lattice.focus()
    page.keyboard.press("ArrowLeft")
    expect(place).to_contain_text("x 2.90, y 2.00")
    page.keyboard.press("Shift+ArrowDown")
    expect(place).to_contain_text("x 2.90, y 3.00")
    page.keyboard.press("Enter")
    expect(place).to_contain_text("x 3.00, y 3.00. Seed 3003.")
    wait_for_link(page, y="3.0")
    page.locator("#seed-plane .pg-add-end").click()
    expect(page.locator("#seed-plane-notice")).to_contain_text("last end point")
    page.locator("#latent-panels").get_by_role("tab", name="Walk").click()
    expect(page.locator("#walk-endpoints textarea, #walk-endpoints input")).to_have_value("3, 17, 42, 3003")
    wait_for_link(page, panel="walk")


def test_diffusion_is_too_slow_for_the_plane_so_a_vae_is_chosen_and_it_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=latent&panel=plane&model=diffusion-avatars", width=390, height=844)
    expect(page.locator("#latent-model input")).to_have_value("VAE, avatars", timeout=180_000)
    expect(page.locator("#seed-plane .pg-seed-plane-picture")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    bad = open_page("tab=latent&panel=plane&model=gan-avatars&x=NaN")
    expect(bad.locator("#latent-panels")).to_contain_text("must be two numbers")
