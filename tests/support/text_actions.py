"""What a visitor does in the Text tab: set a number, generate, read the tokens."""

from __future__ import annotations

import re

from browser_actions import put
from playwright.sync_api import Locator, Page, expect


def output(page: Page, view: str = "#tokens") -> Locator:
    return page.locator(f"{view} .pg-output .pg-chip")


def set_number(page: Page, name: str, value: float) -> None:
    field = page.locator(f"#setting-{name} input[type=number]")
    if not field.is_visible():
        page.get_by_role("button", name="More ways to cut").first.click()
    put(field, value)


def generate(page: Page, prompt: str | None = None, tokens: int = 12) -> None:
    if prompt is not None:
        page.locator("#setting-prompt textarea").fill(prompt)
    if not page.locator("#setting-max_new_tokens").is_visible():
        page.get_by_role("button", name="Length and seed").click()
    put(page.locator("#setting-max_new_tokens input[type=number]"), tokens)
    page.locator("#generate").click()
    expect(page.locator("#caption")).to_have_text(re.compile(rf"stopped at {tokens} tokens|ended the text"))
    expect(page.locator("#tokens .pg-tokens")).to_have_attribute("aria-busy", "false")
