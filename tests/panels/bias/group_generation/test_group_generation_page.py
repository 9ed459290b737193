"""Generated texts by group, a prefix before them, and the report of the session log, as a visitor uses them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_actions import put
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 120_000


def test_texts_are_generated_compared_linked_and_reported(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=bias&panel=generation")
    page.get_by_role("tab", name="Generation").click()
    # Opening the panel leaves its components filled.
    expect(page.locator("#group-generation-measure input:checked")).to_have_count(1)
    page.locator("#group-generation-templates textarea").fill("{group} said that\n<b>{group}</b> came home, and")
    page.locator("#group-generation-groups textarea").fill("the nurse\nthe engineer")
    page.get_by_role("button", name=say("bias_texts.group_generation.settings")).click()
    put(page.locator("#group-generation-each input[type=number]"), 2)
    page.locator("#group-generation-run").click()
    expect(page.locator("#group-generation-notice")).to_contain_text("8 texts written", timeout=PATIENCE)
    expect(page.locator("#group-generation-chart tbody tr")).to_have_count(2)
    expect(page.locator("#group-generation-fine")).to_contain_text("n = 8 texts")
    page.get_by_text("Length", exact=True).click()
    expect(page.locator("#group-generation-chart .pg-intervals-title")).to_contain_text("Length (words)")
    page.get_by_role("button", name=re.compile("Content note")).click()
    texts = page.locator("#group-generation-texts li")
    expect(texts).to_have_count(8)
    expect(texts.nth(4)).to_contain_text("<b>the nurse</b> came home, and")
    expect(texts.first.locator("a")).to_have_attribute("href", re.compile("prompt="))
    expect(page.locator("#bias-link textarea")).to_have_value(re.compile("panel=group_generation"))
    page.get_by_text(say("bias_texts.session_log.title")).click()
    expect(page.locator("#session-log tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("#session-report-json").click()
    download.value.save_as(tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["trials"][0]["recipe"]["settings"]["each"] == 2 and report["comparisons"] == 5


def test_a_link_measures_its_prefix_on_a_phone(open_page: Open) -> None:
    lines = "%0A".join(f"{{}} {verb} because _" for verb in ("slept", "ran", "smiled"))
    query = "tab=bias&panel=prefix&prefix=All+are+equal.&neutral=It+rains.&a=the+nurse&b=the+engineer&each=2"
    page = open_page(f"{query}&templates={lines}&beginnings=%7Bgroup%7D+said+that", width=390)
    expect(page.locator("#prompt-debiasing-notice")).to_contain_text(
        "Your prefix, against the unrelated one: the gap", timeout=PATIENCE
    )
    expect(page.locator("#prompt-debiasing-ranked tbody tr")).to_have_count(3)
    expect(page.locator("#prompt-debiasing-fine")).to_contain_text("n = 5 wordings (3) and pairs of texts (2)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
