"""Runs in a browser: a run survives a reload, is compared, renamed, saved and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_actions import put
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "train"
pytestmark = pytest.mark.weights


def test_a_run_outlives_the_page_is_compared_renamed_saved_and_deleted(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page("tab=train")
    page.get_by_role("button", name=say("train.toy_2d.settings.next")).click()
    put(page.locator("#toy_2d-steps input"), 400_000)  # it outlasts the test, however slow the page is
    page.locator("#toy_2d-start").click()
    bar = page.locator("#toy_2d-view .pg-run-bar")
    expect(bar.locator(".pg-run-message")).to_contain_text("steps a second")
    name = bar.locator(".pg-run-name").inner_text()
    page.wait_for_url(re.compile("run=[0-9a-f]{32}"))
    link = page.url.partition("?")[2].partition("&__theme")[0]
    other = open_page(link, width=390, height=844, dark=True, someone_else=True)
    foreign = other.locator("#toy_2d-view .pg-run-bar")
    expect(foreign.locator(".pg-run-message")).to_contain_text("Somebody else's run")
    for button in (say("shared.run.pause"), say("shared.run.step"), say("shared.run.end")):
        expect(foreign.get_by_role("button", name=button)).to_be_disabled()
    expect(other.locator("#toy_2d-view .pg-toy_2d_run-slow")).to_be_disabled()
    other.close()
    page.reload()
    expect(bar.locator(".pg-run-name")).to_have_text(name)
    panels = page.locator("#train-panels")
    panels.get_by_role("tab", name="Runs", exact=True).first.click()
    row = page.locator("#runs-table tbody tr").filter(has_text=name)
    curves = row.get_by_role("button", name=re.compile("Save the curves"))
    curves.focus()
    for _ in range(2):  # the table goes on beside the run, and the keyboard stays where it is
        steps = row.locator(".pg-number").nth(1)
        number = steps.inner_text()
        expect(steps).not_to_have_text(number)
    expect(curves).to_be_focused()
    panels.get_by_role("tab", name="Arena", exact=True).first.click()
    bar.get_by_role("button", name="End run").click()
    expect(bar.locator(".pg-run-status")).to_have_text("ended")
    panels.get_by_role("tab", name="Runs", exact=True).first.click()
    expect(row).to_contain_text("ended")
    row.get_by_role("checkbox").check()
    expect(page.locator("#runs-curves .pg-curve").first).to_be_visible()
    with page.expect_download() as download:
        curves.click()
    download.value.save_as(tmp_path / "curves.csv")
    assert (tmp_path / "curves.csv").read_text("utf-8").startswith("step,seconds,seen,")
    row.get_by_role("button", name=re.compile("Rename")).click()
    page.locator(".pg-runs-name").fill("my <b>ring</b>")
    page.locator(".pg-runs-name").press("Enter")
    row = page.locator("#runs-table tbody tr").filter(has_text="my <b>ring</b>")
    expect(row).to_have_count(1)
    page.get_by_label(say("train.runs.filter")).fill("no such run")
    expect(row).to_have_count(0)
    page.get_by_label(say("train.runs.filter")).fill("ring")
    row.get_by_role("button", name=re.compile("^Delete")).click()
    expect(row.get_by_role("button", name=re.compile("for good"))).to_be_focused()
    page.get_by_role("button", name=say("train.runs.delete_ticked", count=1)).click()  # it was ticked above
    expect(page.get_by_role("button", name=say("train.runs.delete_ticked_sure", count=1))).to_be_focused()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
