"""Language in a browser: cut a text, go back in its merges, train, read, open in Text."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser_actions import put, wait_for_link
from playwright.sync_api import Page, expect

TABS = "train"
TEXT = "".join(
    f"Sentence {at} of a text that somebody wrote on a rainy day, at {at % 12} o'clock.\n" for at in range(90)
)


def test_a_pasted_text_is_cut_wound_back_and_learned(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=train&panel=language_model")
    page.get_by_role("tab", name="Language").click()
    page.get_by_label("My own text").check()
    put(page.locator("#language_model-text textarea"), TEXT)
    page.locator("#language_model-learn").click()
    expect(page.locator("#language_model-merges-notice")).to_contain_text("merges, on")
    boxes = page.locator("#language_model-merges .pg-merges-token")
    expect(boxes.first).to_be_visible()
    after = boxes.count()
    page.locator("#language_model-merges .pg-merges-merge").first.click()
    expect(page.locator("#language_model-merges .pg-merges-now")).to_contain_text("Merge 1 of")
    expect(boxes.nth(2 * after)).to_be_attached()  # wound back, the passage is in more pieces
    page.get_by_label("Merges done").press("Home")
    expect(page.locator("#language_model-merges .pg-merges-now")).to_contain_text("every byte is a token")

    page.locator("#language_model-vocabulary input").fill("300")
    page.locator("#language_model-steps input").fill("30")
    page.get_by_role("button", name="Size of the net").click()
    for name, value in (("layers", "1"), ("context", "32"), ("batch", "4")):
        put(page.locator(f"#language_model-{name} input"), value)
    page.locator("#language_model-start").click()
    view = page.locator("#language_model-view")
    expect(view.locator(".pg-run-status")).to_have_text("done", timeout=120_000)
    expect(view.locator(".pg-language_model-plot svg[role=img]")).to_have_attribute(
        "aria-label", re.compile(r"held-out text \d")
    )
    expect(view.locator(".pg-language_model-words")).to_contain_text("bits per character")
    expect(view.locator(".pg-language_model-list li").nth(1)).to_be_attached()
    wait_for_link(page, run=re.compile("^[0-9a-f]{32}$"))

    link = page.get_by_role("link", name="austen-late: open in Text")
    link.scroll_into_view_if_needed()
    expect(link).to_have_attribute("href", re.compile("tab=text.*model=austen-late|model=austen-late.*tab=text"))
