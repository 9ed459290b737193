"""A model that was trained on the page: put into the menus, opened in Images, drawn with, taken out again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from playground.core.errors import PlaygroundError
from playground.experiments import run_control
from playground.page import build_page
from playground.panels.images import tab as images
from playground.panels.train import tab as train
from playground.runs import store

#: The frame counts its events with an option that pandas will drop.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")


@pytest.fixture
def address(serve: Callable[[gr.Blocks], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setitem(os.environ, "PLAYGROUND_MODELS_DIR", str(tmp_path))
    yield serve(build_page([images, train]))
    for spec in store.list_specs():
        with suppress(PlaygroundError):
            run_control.delete_run(spec.run, spec.owner)


def test_a_net_trained_for_thirty_steps_draws_in_images_until_it_is_taken_out(
    address: str, page: Page, visitor: Callable[[], Page]
) -> None:
    page.goto(f"{address}train?tab=train&panel=image_model&family=vae&data=avatars&steps=30")
    expect(page.locator("#image_model-notice")).to_contain_text("press Start training")
    page.locator("#image_model-start").click()
    bar = page.locator("#image_model-view .pg-run-bar")
    expect(bar.locator(".pg-run-status")).to_have_text("done")
    name = bar.locator(".pg-run-name").inner_text()
    page.locator("#image_model-menu").click()
    note = page.locator("#image_model-notice")
    expect(note).to_contain_text(f"{name} (VAE, avatars, step 30) is in the model menus")
    link = note.get_by_role("link", name="Open in Images").get_attribute("href") or ""
    page.locator(".pg-pages").get_by_role("link", name="Images", exact=True).click()
    page.locator("#images-model input").click()
    page.get_by_role("option", name=re.compile(f"{name}.*step 30")).click()
    expect(page.locator("#images-draw")).to_contain_text(re.compile("16 pictures in .* own-vae-avatars-"))
    page.goto(f"{address}{link}")
    expect(page.locator("#images-draw")).to_contain_text(re.compile("16 pictures in .* own-vae-avatars-"))
    expect(page.locator("#images-model input")).to_have_value(re.compile(name))
    runs = visitor()
    runs.goto(f"{address}train")
    runs.locator("#train-panels").get_by_role("tab", name="Runs", exact=True).first.click()
    row = runs.locator(".pg-runs-models tbody tr").filter(has_text=name)
    row.get_by_role("button", name=re.compile("^Remove")).click()
    row.get_by_role("button", name=re.compile("for good")).click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Draw", exact=True).first.click()
    expect(page.locator("#images-draw")).to_contain_text("no longer in the menus: choose another")
