"""Score in a browser, with the real model."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

TABS = "text,images"
SIGN = '"of earlier settings"'


def expect_sign(page: Page, result: str, *, earlier: bool) -> None:
    sign = "(([id, sign]) => (getComputedStyle(document.querySelector(id), '::before').content === sign))"
    page.wait_for_function(f"([wanted, ...rest]) => {sign}(rest) === wanted", arg=[earlier, result, SIGN])
    dimmed = "Number(getComputedStyle([...document.querySelectorAll(content)].at(-1)).opacity) < 1"
    content = f'{result} > :not([data-testid="status-tracker"])'
    page.wait_for_function(f"([wanted, content]) => ({dimmed}) === wanted", arg=[earlier, content])


def test_a_score_of_another_text_is_marked_until_the_text_is_back(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=text&panel=score")
    page.locator("#score").click()
    expect(page.locator("#score-tokens .pg-chip").nth(10)).to_be_visible()
    expect(page.locator("#score-tokens .pg-tokens")).to_have_attribute("aria-busy", "false")
    expect_sign(page, "#score-tokens", earlier=False)
    text = page.locator("#score-text textarea")
    before = text.input_value()
    text.fill("Another text.")
    expect_sign(page, "#score-tokens", earlier=True)
    text.fill(before)
    expect_sign(page, "#score-tokens", earlier=False)
    text.fill("Another text.")
    page.locator("#score").click()
    expect_sign(page, "#score-tokens", earlier=False)
