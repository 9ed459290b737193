"""Chat in a browser, with the real model."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser_actions import put
from playwright.sync_api import Page, expect

TABS = "text,images"


def test_a_chat_by_keyboard_its_branches_and_its_link(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=text&panel=chat")
    view, turns = page.locator(".pg-chat"), page.locator(".pg-turn")
    expect(page.locator("#setting-prompt")).to_be_hidden()
    page.get_by_role("button", name="Length and seed").click()
    put(page.locator("#setting-max_new_tokens input[type=number]"), 10)
    expect(turns.locator(".pg-turn-message .pg-turn-text")).to_have_text("What is the capital of France?")  # stored
    page.get_by_role("button", name="Why do cats purr?").click()
    expect(turns.locator(".pg-turn-message .pg-turn-text")).to_have_text("Why do cats purr?")
    expect(turns.locator(".pg-turn-caption")).to_have_count(1)
    box = page.locator("#chat-message textarea")
    box.fill("One <b>more</b>")
    box.press("Shift+Enter")
    box.press("x")
    box.press("Enter")
    expect(turns).to_have_count(2)
    expect(turns.nth(1).locator(".pg-turn-message .pg-turn-text")).to_have_text("One <b>more</b>\nx")
    expect(box).to_have_value("")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(page.locator(".pg-chat-template")).to_contain_text("<|im_start|>user\nWhy do cats purr?<|im_end|>")
    turns.nth(1).locator(".pg-chip").nth(2).locator(".pg-tint").click()
    page.locator(".pg-chat-card .pg-alternative:not(.pg-own)").first.click()
    expect(turns.nth(1).locator(".pg-turn-pager")).to_contain_text("2 of 2")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(turns.nth(1).locator(".pg-chip").nth(2)).to_have_class(re.compile("pg-forced"))
    page.wait_for_function("new URLSearchParams(location.search).get('forced')")
    words = turns.nth(1).locator(".pg-turn-answer .pg-turn-text").inner_text()
    again = open_page(page.url.partition("?")[2].replace("&__theme=light", ""))
    expect(again.locator("#chat-notice")).to_contain_text("Reproduced ✓")
    expect(again.locator(".pg-turn")).to_have_count(2)
    assert again.locator(".pg-turn").nth(1).locator(".pg-turn-answer .pg-turn-text").inner_text() == words
    again.locator(".pg-turn").first.locator(".pg-turn-edit").first.click()
    again.locator(".pg-turn-editor textarea").fill("And of Italy?")
    again.keyboard.press("Enter")
    expect(again.locator(".pg-turn")).to_have_count(1)
    expect(again.locator(".pg-turn-pager")).to_contain_text("2 of 2")
