"""The Dataset panel as a visitor uses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_a_data_set_is_browsed_and_its_pictures_have_labels(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1", dark=True)
    page.locator("#images-panels").get_by_role("tab", name="Data").click()
    expect(page.locator("#dataset-sheet .pg-thumb")).to_have_count(48)
    page.locator("#dataset-sheet .pg-thumb").first.click()
    expect(page.locator("#dataset-card")).to_contain_text("clothing colour")
    expect(page.locator("#dataset-label-counts")).to_contain_text("%")
