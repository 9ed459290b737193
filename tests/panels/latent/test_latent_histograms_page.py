"""The drawn distributions of Walk, Arithmetic and Map, as a visitor meets them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
LONG = 120_000


def test_a_walk_of_a_vae_draws_the_lengths_of_training_codes_with_words(open_page: Open) -> None:
    page = open_page("tab=latent&panel=walk&model=vae-fashion&ends=3,17&frames=4")
    figure = page.locator("#walk-film .pg-histogram")
    expect(figure.locator("svg")).to_have_attribute("aria-label", re.compile("in training: median"), timeout=LONG)
    expect(figure.locator("polyline")).to_have_count(1)
    expect(figure.locator("rect")).to_have_count(1)
    expect(figure.locator("line")).to_have_count(2)
    expect(page.locator("#walk-film .pg-why")).to_contain_text("as far as random points")
    page.locator("#walk-endpoints").get_by_role("textbox").fill("3, 18")
    dimmed = "node => getComputedStyle(node, '::before').content.includes('earlier')"
    page.wait_for_function(f"({dimmed})(document.querySelector('#walk-film'))", timeout=LONG)
    page.locator("#walk-endpoints").get_by_role("textbox").press("Enter")
    page.wait_for_function(f"!({dimmed})(document.querySelector('#walk-film'))", timeout=LONG)


def test_a_map_draws_how_far_draws_and_unseen_pictures_are(open_page: Open) -> None:
    page = open_page("tab=latent&panel=map&model=vae-fashion")
    figure = page.locator("#map .pg-histogram")
    expect(figure.locator("svg")).to_have_attribute("aria-label", re.compile("held-out pictures: median"), timeout=LONG)
    expect(figure.locator("polyline")).to_have_count(3)
    expect(figure.locator("figcaption")).to_contain_text("nearest training picture")
