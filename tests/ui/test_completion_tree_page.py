"""The tree of a text's endings, by pointer and by keyboard, without any model."""

from __future__ import annotations

from playwright.sync_api import expect
from token_stage import Shown


def test_the_tree_is_walked_by_keys_as_trees_are(tokens_page: Shown) -> None:
    keyboard, rows = tokens_page.page.keyboard, tokens_page.page.locator("#branches [role=treeitem]")
    expect(rows).to_have_count(4)
    assert [row.get_attribute("aria-level") for row in rows.all()] == ["1", "2", "3", "2"]
    expect(rows.nth(1)).to_contain_text("at token 8")
    expect(rows.nth(1)).to_contain_text("·<b>")
    expect(rows.nth(1)).to_contain_text("1 token")
    expect(rows.nth(3)).to_contain_text("prompt token 2")
    expect(rows.nth(3)).to_contain_text("2 tokens, ended")
    expect(rows.nth(2)).to_have_attribute("aria-selected", "true")
    rows.nth(2).focus()
    for key, place in (("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", 3), ("ArrowUp", 2), ("Home", 0)):
        keyboard.press(key)
        expect(rows.nth(place)).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    rows.nth(3).click()
    assert tokens_page.heard(2) == [("walk", {"branch": 1}), ("walk", {"branch": 3})]
