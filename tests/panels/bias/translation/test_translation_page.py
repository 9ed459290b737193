"""The panel Translation in the browser, with the real model: a sentence, an attention head, the table, and back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import ANYTHING, wait_for_link
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 120_000


def test_a_sentence_is_translated_occupations_are_measured_and_a_row_is_translated(open_page: Open) -> None:
    page = open_page("tab=bias&panel=translation&text=The+nurse+said+that+he+was+tired.&direction=en-pt")
    chips = page.locator("#translation-view .pg-piece")
    expect(chips.first).to_have_text(re.compile("^A"), timeout=PATIENCE)
    expect(page.locator("#translation-view .pg-translation-choices tbody tr")).to_have_count(2)
    expect(page.locator("#translation-view .pg-translation-matrix tbody tr")).to_have_count(8)
    wait_for_link(page, result=ANYTHING)
    page.locator("#translation-view .pg-translation-choices .pg-link-button", has_text="cansado").click()
    piece = page.locator("#translation-view .pg-translation-piece")
    expect(piece).to_contain_text(say("bias_texts.translation.piece_title", piece="cansado"))
    expect(piece).to_contain_text("The model looked most at “tired”")
    cell = page.locator("#translation-view .pg-translation-matrix tbody tr").nth(5).locator("td").nth(6)
    before = cell.inner_text()
    page.locator("#translation-view .pg-translation-head").select_option("0")
    expect(cell).not_to_have_text(before)
    expect(page.locator("#translation-fine")).to_contain_text("cannot tell")
    page.get_by_role("tab", name=say("bias_texts.translation.table_title")).click()
    page.locator("#translation-measure").click()
    expect(page.locator("#translation-table-fine")).to_contain_text("consistent", timeout=PATIENCE)
    rows = page.locator("#translation-table tbody tr")
    expect(rows).to_have_count(40)
    page.locator("#translation-table .pg-genders-filter").select_option("he")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("A enfermeira disse que estava cansado.")
    page.locator("#translation-table .pg-genders-filter").select_option("all")
    page.locator("#translation-table .pg-genders-find").fill("lawy")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("lawyer")
    page.locator("#translation-table .pg-gender-button").nth(1).click()
    expect(page.locator("#translation-view .pg-translation-source")).to_have_text("The lawyer said that she was tired.")
    expect(page.locator("#translation-fine")).to_contain_text("A advogada", timeout=PATIENCE)
