"""What a visitor does to a page, for browser tests."""

from __future__ import annotations

from playwright.sync_api import Locator, expect


def put(field: Locator, text: object) -> None:
    """Writes into a field and leaves it, again if it did not stay: a part of the page that has only just opened may

    still be setting its first value, sooner than any hand could write there.
    """
    for _ in range(5):
        field.fill(str(text))
        field.press("Tab")
        field.page.wait_for_timeout(100)
        if field.input_value() == str(text):
            return
    expect(field).to_have_value(str(text))
