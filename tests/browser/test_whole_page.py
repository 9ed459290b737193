"""All tabs in one page, each opened once; and a page of some tabs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

TABS = ""
pytestmark = pytest.mark.weights


def test_every_tab_opens_and_the_address_bar_follows(open_page: Callable[..., Page]) -> None:
    page = open_page()
    for name, panels in (
        ("Images", "#picture-panels"),
        ("Latent", "#latent-panels"),
        ("Train", "#train-panels"),
        ("Bias", "#bias-panels"),
    ):
        page.locator("#page-tabs").get_by_role("tab", name=name, exact=True).first.click()
        expect(page.locator(panels)).to_be_visible()
    page.get_by_role("tab", name="Generation", exact=True).click()
    expect(page.locator("#generation-run")).to_be_visible()


def test_a_page_of_one_tab_opens_on_it_and_its_link_is_in_the_address_bar(
    apps: Callable[[str], str], page: Page
) -> None:
    page.goto(apps("images") + "?__theme=light")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    page.wait_for_function("new URLSearchParams(location.search).get('tab') === 'images'")
    expect(page.locator("#page-tabs").get_by_role("tab", name="Text", exact=True)).to_have_count(0)
