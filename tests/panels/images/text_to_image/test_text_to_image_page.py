"""Text to image as a visitor uses it: a bad id in the real app; a tiny pipeline's picture drawn, saved and reopened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import fake_hub
import gradio as gr
import pytest
from browser_actions import ANYTHING, wait_for_link
from playwright.sync_api import Page, expect
from tiny_pipeline import save_tiny_pipeline

from playground.core.recipe import from_file

TABS = "text,images"
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
NAME = "people/painter"


def choose(page: Page, model: str) -> None:
    box = page.locator("#text-to-image-model input")
    box.fill(model)
    box.press("Tab")


@pytest.mark.weights
def test_a_bad_id_explains_itself_and_the_panel_fits_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1", width=390, height=844, dark=True)
    page.get_by_role("tab", name="From words").click()
    expect(page.locator("#text-to-image-about")).to_contain_text("Not on this machine yet")
    choose(page, "nobody")
    page.locator("#text-to-image-run").click()
    expect(page.locator("#text-to-image-notice")).to_contain_text('"nobody" is not a Hub id')
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.locator("#images-model")).to_be_hidden()


def images_alone() -> gr.Blocks:
    """The Images tab without the page around it: the Text tab would fetch its language model."""
    from playground.panels.images import tab

    with gr.Blocks(analytics_enabled=False) as blocks, gr.Tabs(), gr.Tab("Images", id="images") as item:
        tab.build(item, gr.State([]))
    return blocks


@pytest.fixture
def address(
    serve: Callable[[gr.Blocks], str], models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The Images tab, on an empty models folder and a Hub of our own that has one tiny pipeline."""
    from playground.zoo import diffusers_pipeline

    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    with fake_hub.serve({NAME: fake_hub.Repository(save_tiny_pipeline(tmp_path / "painter"))}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub)
        yield serve(images_alone())
    diffusers_pipeline.forget()


def test_a_pipeline_is_downloaded_and_its_picture_saved_and_opened_again(
    address: str, page: Page, tmp_path: Path
) -> None:
    page.goto(address + "?tab=images&panel=words&prompt=a+cat&steps=4&model=" + NAME)
    expect(page.locator("#text-to-image-notice")).to_contain_text("Settings restored")
    expect(page.locator("#text-to-image-about")).to_contain_text("The first Draw fetches it")
    expect(page.locator("#text-to-image-prompt textarea")).to_have_value("a cat")
    page.locator("#text-to-image-run").click()
    place = page.locator("#text-to-image-picture .pg-frame-place")
    expect(place).to_contain_text("64 × 64 · 4 steps")
    expect(page.locator("#text-to-image-about")).to_contain_text("no network needed")
    page.locator("#text-to-image-picture .pg-scrub").focus()
    page.keyboard.press("Home")
    expect(place).to_contain_text("Step 1 of 4")
    expect(page.locator("#images-link textarea")).to_have_value(re.compile("panel=text_to_image"))
    with page.expect_download() as download:
        page.locator("#text-to-image-png").click()
    file = tmp_path / "one.png"
    download.value.save_as(file)
    recipe = from_file(file.read_bytes())
    assert recipe.model == NAME and recipe.settings["prompt"] == "a cat"
    wait_for_link(page, result=ANYTHING)
    query = urlsplit(page.url).query
    page.locator("#text-to-image-prompt textarea").fill("a dog")
    page.locator("#images-panels").get_by_role("tab", name="Draw").click()
    with page.expect_file_chooser() as chooser:
        page.locator("#open-picture").click()
    chooser.value.set_files(file)
    expect(page.locator("#text-to-image-notice")).to_contain_text("Reproduced ✓")
    expect(page.locator("#text-to-image-prompt textarea")).to_have_value("a cat")
    page.goto(address + "?" + query)
    expect(page.locator("#text-to-image-notice")).to_contain_text("Reproduced ✓")
    expect(page.locator("#text-to-image-steps input")).to_have_value("4")
