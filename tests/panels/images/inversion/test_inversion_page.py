"""The Inversion panel as a visitor uses it, with the shipped models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_actions import ANYTHING, pixels, wait_for_link
from PIL import Image
from playwright.sync_api import Page, expect

from playground.core.catalogue import say

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights


def test_an_upload_is_painted_on_and_reconstructed_by_three_models(open_page: Open, tmp_path: Path) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1")
    page.get_by_role("tab", name="My picture").click()
    bad = tmp_path / "not.png"
    bad.write_text("<svg></svg>")
    page.locator("#inversion-upload input[type=file]").set_input_files(bad)
    expect(page.locator("#inversion-notice")).to_contain_text("SVG")
    good = tmp_path / "good.png"
    Image.fromarray(np.full((40, 60, 4), 90, np.uint8)).save(good)
    page.locator("#inversion-upload input[type=file]").set_input_files(good)
    expect(page.locator("#inversion-notice")).to_contain_text("laid on white")
    page.locator("#inversion-canvas canvas").click(position={"x": 40, "y": 40})
    page.locator("#inversion-run").click()
    expect(page.locator("#inversion-answers .pg-inversion-answer")).to_have_count(3)
    expect(page.locator("#inversion-notice")).to_contain_text(say("images.inversion.done", count=3))
    expect(page.locator("#inversion-answers .pg-inversion-gaussian")).to_have_count(1)


def test_the_canvas_shows_the_stored_picture_and_takes_a_first_stroke(open_page: Open) -> None:
    page = open_page("tab=images&panel=inversion", dark=True)
    canvas = "#inversion-canvas canvas"
    expect(page.locator("#inversion-answers .pg-inversion-answer")).to_have_count(3)
    stored = pixels(page, canvas)
    assert stored == pixels(page, "#inversion-answers .pg-pair canvas"), "not a blank beside its answers"
    page.locator(canvas).click(position={"x": 40, "y": 40})
    expect(page.locator("#inversion-notice")).to_contain_text(say("images.inversion.painted"))
    painted = pixels(page, canvas)
    assert painted != stored
    page.locator("#inversion-canvas .pg-eraser").click()
    page.locator(canvas).click(position={"x": 40, "y": 40})
    assert pixels(page, canvas) == stored, "the eraser brings the first picture back"
    page.locator("#inversion-canvas .pg-undo").click()
    assert pixels(page, canvas) == painted
    page.locator("#inversion-run").click()
    expect(page.locator("#inversion-notice")).to_contain_text(say("images.inversion.done", count=3))
    wait_for_link(page, panel="inversion", model=ANYTHING)
    page.reload()
    expect(page.locator("#inversion-notice")).to_contain_text(say("images.inversion.done", count=3))
    assert pixels(page, canvas) == painted == pixels(page, "#inversion-answers .pg-pair canvas"), "it was kept"
