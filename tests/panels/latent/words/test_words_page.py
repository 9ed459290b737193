"""The panel Words as a visitor uses it, with the real models: by pointer and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import ANYTHING, draw_frames, put, wait_for_link
from playwright.sync_api import Page, expect

TABS = "latent"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_a_sum_has_two_forms_and_changes_by_keyboard_and_by_an_example(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words")
    expect(page.locator("#words-sum .pg-usual .pg-near-label").first).to_have_text("queen")
    expect(page.locator("#words-sum .pg-honest .pg-near-label").first).to_have_text(re.compile("^king"))
    expect(page.locator("#words-sum .pg-why")).to_contain_text('"king" itself')
    expect(page.locator("#words-sum .pg-inputs")).to_contain_text("1 of 400,000")
    expect(page.locator("#latent-model")).to_be_hidden()
    wait_for_link(page, plus="king, woman")
    plus = page.locator("#words-plus input, #words-plus textarea")
    put(page.locator("#words-minus input, #words-minus textarea"), "france")
    plus.fill("Paris italy")
    plus.press("Enter")
    expect(page.locator("#words-sum .pg-honest .pg-near-label").first).to_have_text("rome")
    page.locator("#words-example-5").click()
    expect(page.locator("#words-sum .pg-usual .pg-near-label").first).to_have_text("nurse")
    expect(page.locator("#words-notice")).to_contain_text("not what is true")
    plus.fill("<b>quean</b>")
    plus.press("Enter")
    expect(page.locator("#words-notice")).to_contain_text("is not among the 400,000 words")


def test_slider_and_pointer_step_through_a_walk_and_its_link_reproduces_it(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words&model=glove-6b-50d&part=walk&stops=peace%2C+war&steps=5&method=lerp")
    place = page.locator("#words-walk .pg-frame-place")
    expect(place).to_contain_text("Step 1 of 5, peace")
    page.locator("#words-walk .pg-scrub").focus()
    page.keyboard.press("End")
    expect(place).to_contain_text("Step 5 of 5, war")
    page.locator("#words-walk tbody tr").nth(2).click()
    expect(place).to_contain_text("Step 3 of 5. Distance from the centre: 0.")
    expect(page.locator("#words-walk .pg-why")).to_contain_text("The straight line cuts inside")
    wait_for_link(page, result=ANYTHING)
    again = open_page(re.sub(r"^.*\?|&__theme.*$", "", page.url))
    expect(again.locator("#words-notice")).to_contain_text("Reproduced ✓")


def test_pointer_and_keys_choose_points_of_the_map_and_add_one_to_the_sum(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words&model=glove-6b-50d&part=map&plus=king%2C+woman&minus=man", dark=True)
    name = page.locator("#words-map .pg-point-name")
    expect(name).to_have_text("queen")
    expect(page.locator("#words-map .pg-near")).to_have_count(8)
    expect(page.locator("#words-map .pg-why")).to_contain_text("is invisible")
    expect(page.locator("#words-map .pg-as-list p")).to_contain_text("man (minus)")
    canvas = page.locator("#words-map canvas")
    canvas.focus()
    page.keyboard.press("Home")
    expect(name).to_have_text("king")
    page.keyboard.press("ArrowRight")
    expect(name).not_to_have_text("king")
    chosen = name.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#words-map .pg-words-sum-title")).to_contain_text(f"king + woman + {chosen} − man")
    box = canvas.bounding_box()
    assert box is not None
    seen = set()
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        draw_frames(page)
        seen.add(name.inner_text())
    assert len(seen) > 1, "the pointer chooses points"


def test_sentences_add_up_too_and_the_panel_fits_a_phone(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words", width=390, height=844)
    expect(page.locator("#words-sum .pg-usual .pg-near-label").first).to_have_text("queen")
    page.get_by_label("Sentences (MiniLM)").check()
    answer = page.locator("#words-sum .pg-usual .pg-near-label").first
    expect(answer).to_have_text("The queen spoke to her people.")
    expect(page.locator("#words-candidates")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_bad_link_to_words_explains_itself(open_page: Open) -> None:
    page = open_page("tab=latent&panel=words&model=glove-6b-50d&count=NaN")
    expect(page.locator("#words-notice")).to_contain_text("The number of answers must be a whole number")
