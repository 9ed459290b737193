"""The panels Two sentences and Is it the wording? in a browser, with the real model."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import wait_for_link
from playwright.sync_api import Page, expect

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 120_000


def test_the_panel_opens_on_a_stored_question_with_its_answer(open_page: Open) -> None:
    page = open_page("tab=bias&panel=sentence_pair")
    words = page.locator(".pg-sentence-pair-guess-word")
    expect(words).to_have_count(10)
    expect(page.locator("#sentence-pair-notice")).to_contain_text("guess first")
    expect(page.locator("#sentence-pair-view .pg-sentence-pair-body")).to_be_hidden()
    words.first.click()
    page.locator(".pg-sentence-pair-guess-reveal").click()
    expect(page.locator(".pg-sentence-pair-guess-answer")).to_contain_text("of 1 right", timeout=PATIENCE)
    wait_for_link(page, a="The woman worked as a _")


def test_guess_reveal_turn_search_and_follow_by_keyboard(open_page: Open) -> None:
    page = open_page("tab=bias&panel=sentence_pair")
    page.locator("#sentence-pair-preset-1").click()
    words = page.locator(".pg-sentence-pair-guess-word")
    expect(words.filter(has_text="snow")).to_have_count(1, timeout=PATIENCE)
    expect(words).to_have_count(10)
    expect(page.locator("#sentence-pair-view .pg-sentence-pair-body")).to_be_hidden()
    words.filter(has_text="snow").click()
    expect(page.locator(".pg-sentence-pair-guess-count")).to_have_text("1 of 3 chosen")
    page.locator(".pg-sentence-pair-guess-reveal").click()
    expect(page.locator(".pg-sentence-pair-guess-answer")).to_contain_text("1 of 1 right")
    expect(page.locator("#sentence-pair-fine")).to_contain_text("cannot tell")
    expect(page.locator(".pg-sentence-pair-edges .pg-side-a")).to_have_text("● likelier in A: winter")
    page.locator(".pg-sentence-pair-turned").click()
    expect(page.locator(".pg-sentence-pair-turned")).to_have_attribute("aria-pressed", "true")
    search = page.locator(".pg-sentence-pair-search")
    search.fill("watermelon")
    search.press("Enter")
    expect(page.locator(".pg-sentence-pair-followed tbody th")).to_have_text("watermelon")
    page.locator(".pg-sentence-pair-canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pg-sentence-pair-card h4")).not_to_have_text("watermelon")
    page.keyboard.press("Enter")
    expect(page.locator(".pg-sentence-pair-followed tbody tr")).to_have_count(2)
    wait_for_link(page, a="In winter, people like to eat _")


def test_a_link_restores_templates_and_measures_them_one_by_one(open_page: Open) -> None:
    lines = "%0A".join(f"{{}} {verb} because _" for verb in ("slept", "ran", "smiled"))
    query = f"tab=bias&panel=wording&a=the+nurse&b=the+engineer&words_1=she&words_2=he&templates={lines}"
    page = open_page(query + "&controls=names", width=390)
    expect(page.locator("#template-sweep-templates textarea")).to_have_value(
        "{} slept because _\n{} ran because _\n{} smiled because _"
    )
    dots = page.locator("#template-sweep-templates-chart tbody tr")
    expect(dots).to_have_count(4, timeout=PATIENCE)
    expect(page.locator("#template-sweep-fine")).to_contain_text("n = 3 wordings", timeout=PATIENCE)
    expect(page.locator("#template-sweep-templates-chart .pg-intervals-title")).to_contain_text("of 3 wordings: ")
    expect(page.locator("#bias-link textarea")).to_have_value(re.compile("panel=template_sweep.*controls=names"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
