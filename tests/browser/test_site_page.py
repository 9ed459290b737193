"""The site as a visitor goes through it: a page for each tab, Back and Forward, and what is carried along."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import ANYTHING, wait_for_link, wait_until_browser_keeps
from playwright.sync_api import Browser, Page, expect

from playground.core.catalogue import say

TABS = ""
pytestmark = pytest.mark.weights
PANELS = {
    "text": "#panels", "images": "#images-panels", "latent": "#latent-panels", "bias": "#bias-panels",
    "train": "#train-panels",
}  # fmt: skip


def go_to(page: Page, tab: str) -> None:
    page.locator(f".pg-pages a[data-tab={tab}]").click()
    expect(page.locator(PANELS[tab])).to_be_visible()


def open_kept(page: Page) -> None:
    page.get_by_role("button", name="Kept pictures").click()
    expect(page.locator("#kept .pg-thumbs button")).to_have_count(1)


def test_every_tab_has_a_page_and_back_and_forward_go_between_them(open_page: Callable[..., Page]) -> None:
    page = open_page()
    for tab in ("images", "train", "bias", "text"):
        go_to(page, tab)
        expect(page.locator(".pg-pages a[aria-current=page]")).to_have_attribute("data-tab", tab)
        expect(page).to_have_title(f"{tab.capitalize()} – Generative Playground")
    page.go_back()
    expect(page.locator(PANELS["bias"])).to_be_visible()
    page.go_forward()
    expect(page.locator(PANELS["text"])).to_be_visible()


def test_a_kept_picture_is_there_on_other_pages_and_after_a_reload(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images")
    page.locator("#sheet .pg-thumbs button").first.click()
    page.locator("#draw-card").get_by_role("button", name="Keep").click()
    expect(page.locator("#draw-notice")).to_contain_text("Kept: 1")
    wait_until_browser_keeps(page, "kept-pictures", "recipe")  # so it is part of a visit's file, too
    go_to(page, "latent")
    page.get_by_role("button", name="Choose end points by picture").click()
    expect(page.locator("#walk-kept .pg-thumbs button")).to_have_count(1)
    go_to(page, "images")
    open_kept(page)
    page.reload()
    open_kept(page)
    page.emulate_media(media="print")  # the result and its settings; nothing to press
    expect(page.locator("#sheet .pg-thumbs")).to_be_visible()
    expect(page.locator(":is(button.lg, .pg-button, .pg-toggle, input[type=range]):visible")).to_have_count(0)


def test_a_page_is_restored_as_it_was_left(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images&panel=draw&model=gan-avatars&count=16&seed=77")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 77 to")
    wait_for_link(page, seed="77", result=ANYTHING)
    go_to(page, "train")
    go_to(page, "images")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 77 to")


def test_a_site_of_one_tab_opens_on_it_and_its_link_is_in_the_address_bar(
    apps: Callable[[str], str], page: Page
) -> None:
    page.goto(apps("images") + "?__theme=light")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    wait_for_link(page, tab="images")
    expect(page.locator(".pg-pages a")).to_have_count(1)


def test_a_page_does_and_draws_nothing_before_its_link_is_read(
    apps: Callable[[str], str], page_of_its_own: None, page: Page
) -> None:
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => setTimeout(() => (window.wasInert = document.body.inert)))"
    )
    drawn: list[str] = []
    page.on("request", lambda request: drawn.append(request.post_data or "") if "join" in request.url else None)
    page.goto(apps("images") + "?tab=images&model=vae-fashion&count=2&seed=5")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 5 to 6")
    page.wait_for_function("!document.body.inert")
    assert page.evaluate("window.wasInert")
    assert not [data for data in drawn if '"gan-avatars",16' in data]


def test_a_script_that_did_not_load_is_reported_and_a_reload_mends_it(
    browser: Browser, apps: Callable[[str], str]
) -> None:
    page = browser.new_page()  # its errors are no faults
    page.route(re.compile("token_chips"), lambda route: route.abort())
    page.goto(apps(TABS))
    alert = page.get_by_role("alert").filter(has_text=say("shared.page.missing_script"))
    expect(alert).to_be_visible()
    page.unroute_all()
    alert.get_by_role("button").click()
    expect(page.locator("#tokens .pg-output .pg-chip").first).to_be_visible()
    expect(alert).to_have_count(0)
    page.close()
