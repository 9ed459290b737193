"""Directions, by pointer and by keyboard, with the real VAE."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_actions import pixels, wait_for_link, wait_for_other_pixels
from playwright.sync_api import Locator, Page, expect

TABS = "latent"
Open = Callable[..., Page]
SLOW = 120_000
BEFORE, AFTER = "#directions .pg-before", "#directions .pg-after"


def slider(page: Page, key: str) -> Locator:
    return page.locator(f"#directions input[id^='pg-lever-{key}-']")


def wait_for_pixels(page: Page, canvas: str, wanted: str) -> None:
    """Waits until a canvas shows a picture."""
    page.wait_for_function(
        "([selector, wanted]) => document.querySelector(selector).toDataURL() === wanted", arg=[canvas, wanted]
    )


def open_directions(open_page: Open, query: str = "", **size: int) -> Page:
    page = open_page(f"tab=latent&panel=directions&model=vae-avatars{query}", **size)
    expect(page.locator("#directions .pg-readings tbody tr")).to_have_count(8, timeout=SLOW)
    return page


def test_a_slider_moves_the_picture_and_the_link_restores_it(open_page: Open) -> None:
    page = open_directions(open_page)
    wait_for_pixels(page, AFTER, pixels(page, BEFORE))  # nothing is moved yet
    slider(page, "glasses").fill("1.5")
    expect(page.locator("#directions .pg-readings .pg-changed", has_text="glasses")).to_contain_text("→", timeout=SLOW)
    wait_for_other_pixels(page, AFTER, pixels(page, BEFORE))
    expect(page.locator("#directions .pg-edit-speed")).to_contain_text("ms")
    slider(page, "pc2").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#directions .pg-lever", has_text="Component 2").locator("output")).to_have_text("+0.20")
    wait_for_link(page, moves=re.compile(r"pc2:0\.20?(;|$)"))
    query = urlsplit(page.url).query
    assert "glasses:1.5" in parse_qs(query)["moves"][0]
    again = open_page(query, width=390, height=844, dark=True)
    expect(slider(again, "glasses")).to_have_value("1.5", timeout=SLOW)
    expect(again.locator("#directions .pg-readings .pg-changed", has_text="glasses")).to_contain_text("→", timeout=SLOW)
    wait_for_pixels(page, AFTER, pixels(again, AFTER))
    assert again.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_saved_edit_applies_to_another_picture_and_is_forgotten(open_page: Open) -> None:
    page = open_directions(open_page)
    save, name = page.locator("#directions .pg-save-edit"), page.locator("#directions .pg-edit-name")
    status = page.locator("#directions .pg-edit-status")
    save.click()
    expect(status).to_contain_text("Name the edit first")
    name.fill("<b>cool</b>")
    save.click()
    expect(status).to_contain_text("move a slider first")
    slider(page, "glasses").fill("1")
    save.click()
    saved = page.locator("#directions .pg-saved").get_by_role("button", name="<b>cool</b>", exact=True)
    expect(saved).to_be_visible()
    page.locator("#directions .pg-still").click()
    expect(slider(page, "glasses")).to_have_value("0")
    page.locator("#directions .pg-another").click()
    saved.click()
    expect(slider(page, "glasses")).to_have_value("1")
    later = page.context.new_page()  # the same browser, another visit
    later.goto(page.url)
    expect(later.locator("#directions .pg-saved button").first).to_have_text("<b>cool</b>", timeout=SLOW)
    later.locator("#directions .pg-saved").get_by_role("button", name="Forget <b>cool</b>").click()
    expect(later.locator("#directions .pg-saved")).to_contain_text("None yet")


def test_the_table_counts_what_else_changes(open_page: Open) -> None:
    page = open_directions(open_page)
    table = page.locator("#directions-matrix .pg-shares")
    expect(table.locator("tbody tr")).to_have_count(9, timeout=SLOW)
    glasses = table.locator("tbody tr", has_text="glasses: yes")
    own = int(glasses.locator("td.pg-own").inner_text().split()[0])
    others = [int(text.split()[0]) for text in glasses.locator("td:not(.pg-own)").all_inner_texts()]
    assert own > 60 and own > max(others)
    expect(glasses.locator("td.pg-own")).to_have_attribute("title", re.compile("95 % interval"))
    page.locator("#directions .pg-edit-end").click()
    expect(page.locator("#directions-notice")).to_contain_text("last end point", timeout=SLOW)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("&moves=wings:1", "no direction 'wings'"),
        ("&moves=pc1:nan", "strength must be"),
    ],
)
def test_a_bad_link_explains_itself(open_page: Open, query: str, sentence: str) -> None:
    page = open_page(f"tab=latent&panel=directions&model=vae-avatars{query}")
    expect(page.locator("#directions-notice")).to_contain_text(sentence, timeout=SLOW)


def test_a_gan_is_moved_and_z_alone_predicts_glasses_no_better_than_chance(open_page: Open) -> None:
    page = open_page("tab=latent&panel=directions&model=gan-avatars&moves=glasses:1", width=390, height=844, dark=True)
    glasses = page.locator("#directions .pg-readings .pg-changed", has_text="glasses")
    expect(glasses).to_contain_text("→", timeout=2 * SLOW)
    expect(page.locator("#directions-about")).to_contain_text("z holds only what the condition leaves open")
    lever = page.locator("#directions .pg-lever", has_text="Glasses")
    expect(lever).to_contain_text(re.compile(r"Separates 9[0-9]\s% .*z alone [45][0-9]\s%, perhaps by guessing"))
    expect(page.locator("#directions .pg-start-kind option[value=row]")).to_be_hidden()
    own = page.locator("#directions-matrix tbody tr", has_text="glasses: yes").locator("td.pg-own")
    expect(own).to_have_text(re.compile("^[89][0-9] %$"), timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_diffusion_has_no_directions_so_a_vae_is_chosen(open_page: Open) -> None:
    page = open_page("tab=latent&panel=directions&model=diffusion-avatars")
    expect(page.locator("#latent-model input")).to_have_value("VAE, avatars", timeout=SLOW)
    expect(page.locator("#directions .pg-lever").first).to_be_visible(timeout=SLOW)
