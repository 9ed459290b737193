"""The sampler's settings and its view on the page: stages that are off, the order by drag and keyboard, links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from browser_actions import drag, put, wait_for_link
from playwright.sync_api import Locator, Page, expect

from playground.language.sampling import STAGES

TABS = "text,images"
Open = Callable[..., Page]


def order_of(page: Page) -> list[str]:
    return [str(row.get_attribute("data-stage")) for row in page.locator("#stage-order .pg-order-row").all()]


def expect_order(page: Page, names: list[str], start: int = 0) -> None:
    """Waits until the stages from a place on have these names, in this order."""
    rows = page.locator("#stage-order .pg-order-row")
    for place, name in enumerate(names, start):
        expect(rows.nth(place)).to_have_attribute("data-stage", name)


def open_order(page: Page) -> Locator:
    page.get_by_role("button", name="Order of the stages").click()
    rows = page.locator("#stage-order .pg-order-row")
    expect(rows).to_have_count(len(STAGES))
    return rows


def linked(page: Page, name: str) -> str | None:
    return dict(parse_qsl(urlsplit(page.url).query)).get(name)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_stages_that_are_off_are_folded_and_lead_to_their_setting(open_page: Open, width: int, height: int) -> None:
    page = open_page(width=width, height=height)
    tabs = page.locator("#sampler .pg-stage-tab")
    expect(tabs).to_have_count(4)
    groups = page.locator("#sampler .pg-unused-group")
    size = Counter(stage.group for stage in STAGES)
    rare = size["rare"]
    expect(groups.locator("summary")).to_have_text(
        [
            f"Structured output: {size['structure']} off",
            f"Penalties and bans: {size['penalties']} off",
            f"More ways to cut: {size['cutoffs']} off",
            f"Rarely used: {rare} off",
        ]
    )
    groups.nth(3).locator("summary").click()
    groups.nth(3).get_by_role("button", name="Top-a").click()
    expect(page.locator("#setting-top_a input").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    put(page.locator("#setting-top_a input[type=number]"), 0.5)
    expect(tabs).to_have_count(5)
    expect(groups.nth(3).locator("summary")).to_have_text(f"Rarely used: {rare - 1} off")
    page.locator('#sampler [data-stage="top_a"]').click()
    expect(page.locator("#sampler .pg-stage")).to_contain_text("0.5 times the square of the best")
    wait_for_link(page, top_a="0.5")


def test_a_banned_token_is_cut_at_once_and_an_unreadable_ban_is_explained(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    page.get_by_role("button", name="Penalties and bans").first.click()
    box = page.locator("#setting-logit_bias textarea, #setting-logit_bias input").first
    put(box, "there:ban", leave=False)
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(5)
    page.locator('#sampler [data-stage="logit_bias"]').click()
    expect(page.locator("#sampler .pg-stage .pg-row.pg-cut").first).to_contain_text("there")
    wait_for_link(page, logit_bias="there:ban")
    box.fill("there")
    expect(page.locator("#sampler .pg-notice")).to_contain_text("Logit bias: cannot read")


def test_the_order_changes_by_keyboard_button_and_drag_and_is_in_the_link(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    rows = open_order(page)
    usual = order_of(page)
    assert usual[0] == "pattern" and usual[6:9] == ["temperature", "top_k", "top_p"]
    status = page.locator("#stage-order .pg-order-status")

    rows.first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    expect(rows.nth(6)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, ["top_k", "temperature", "top_p"], start=6)
    expect(rows.nth(7)).to_be_focused()
    expect(status).to_have_text(f"Temperature is now stage 8 of {len(STAGES)}.")
    expect(page.locator("#sampler .pg-stage-name")).to_have_text(
        ["1 Raw model output", "2 Top-k", "3 Temperature", "4 Top-p"]
    )
    wait_for_link(page, stage_order=re.compile("top_k,temperature"))

    rows.nth(8).get_by_role("button", name="Move Top-p up").click()
    expect_order(page, ["top_k", "top_p", "temperature"], start=6)
    drag(rows.nth(8).locator(".pg-order-grip"), rows.nth(5).locator(".pg-order-grip"))
    expect(status).to_contain_text("Temperature is now stage")
    moved = order_of(page)
    assert moved.index("temperature") < 8 and sorted(moved) == sorted(usual)
    wait_for_link(page, stage_order=",".join(moved))

    again = open_page(urlsplit(page.url).query)
    open_order(again)
    expect_order(again, moved)
    again.locator("#stage-order .pg-order-reset").click()
    expect_order(again, usual)
    wait_for_link(again, stage_order=None)


def test_a_text_under_later_stages_is_reproduced_from_its_link(open_page: Open) -> None:
    query = "tab=text&prompt=The+sea&max_new_tokens=8&mirostat_tau=4&presence_penalty=0.5&stage_order=temperature"
    page = open_page(query)
    page.locator("#generate").click()
    expect(page.locator("#link textarea")).to_have_value(re.compile("(?=.*mirostat_tau=4).*result=."))
    link = page.locator("#link textarea").input_value()
    assert "top_a" not in link
    again = open_page(urlsplit(link).query)
    expect(again.locator("#notice")).to_contain_text("Reproduced ✓")
    expect(again.locator("#sampler .pg-stage-name")).to_contain_text(["Mirostat 2"])
