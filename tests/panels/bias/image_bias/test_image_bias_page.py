"""Image bias in the browser: an audit, bundled models of skewed data, and faces labelled by two visitors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_actions import put, wait_for_link
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "bias"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights
PATIENCE = 120_000


def test_a_model_is_audited_and_bundled_models_are_compared_with_their_skewed_data(open_page: Open) -> None:
    page = open_page("tab=bias")
    page.get_by_role("tab", name="Pictures").click()
    expect(page.locator("#skew-lines tbody tr")).to_have_count(3)  # stored
    page.get_by_role("tab", name=say("bias_texts.image_bias.audit_title")).click()
    put(page.locator("#audit-count input[type=number]"), 100)
    page.locator("#audit-run").click()
    expect(page.locator("#audit-notice")).to_contain_text("of 11 comparisons", timeout=PATIENCE)
    expect(page.locator("#audit-lines tbody tr")).to_have_count(11)
    expect(page.locator("#audit-fine")).to_contain_text("n = 100 drawn pictures")
    wait_for_link(page, part="audit")
    page.get_by_role("tab", name=say("bias_texts.image_bias.skew_title")).click()
    page.locator("#skew-load").click()
    expect(page.locator("#skew-notice")).to_contain_text("The gap is +80 points", timeout=PATIENCE)
    page.locator("#skew-load-reweighed").click()
    expect(page.locator("#skew-lines tbody tr")).to_have_count(3, timeout=PATIENCE)
    expect(page.locator("#skew-fine")).to_contain_text("Reweighing left a gap of")


def test_two_visitors_label_faces_by_keyboard_and_their_agreement_is_counted(open_page: Open) -> None:
    page = open_page("tab=bias&panel=pictures&part=faces&count=6&labels=calm,loud", width=390)
    expect(page.locator("#faces-labels input, #faces-labels textarea")).to_have_value("calm, loud")
    expect(page.locator(".pg-labelling-status")).to_contain_text("0 of 6", timeout=PATIENCE)
    for rater, keys in (("Rater A", "121212"), ("Rater B", "121211")):
        page.locator(".pg-labelling-raters").get_by_text(rater).click()
        expect(page.locator(".pg-labelling-status")).to_contain_text(re.compile(f"{rater}.*0 of 6"))
        page.locator(".pg-labelling-faces button").first.focus()
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(".pg-labelling-status")).to_contain_text("6 of 6")
    page.reload()  # the browser keeps the labels
    expect(page.locator(".pg-labelling-status")).to_contain_text("6 of 6", timeout=PATIENCE)
    page.locator("#faces-count-labels").click()
    expect(page.locator("#faces-fine")).to_contain_text("Both labelled 6 faces and agreed on 83 %")
    expect(page.locator("#bias-link textarea")).to_have_value(re.compile("first=121212&second=121211"))
