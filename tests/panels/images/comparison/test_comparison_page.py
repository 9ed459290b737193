"""Which is better?, and a PNG dropped on the Draw panel, as a visitor uses them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from browser_actions import put
from playwright.sync_api import Page, expect

from playground.images.image_request import parse_image_request
from playground.images.sampling import sample_images
from playground.panels.images.image_file import png

TABS = "text,images"
Open = Callable[..., Page]
pytestmark = pytest.mark.weights

_DROP = """(content) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "one.png", { type: "image/png" }));
  for (const name of ["dragover", "drop"]) {
    const event = new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector("#sheet").dispatchEvent(event);
  }
}"""


def test_the_families_are_compared_in_samples_a_table_and_a_plot(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=1")
    page.get_by_role("tab", name="Which is better?").click()
    comparison = page.locator("#comparison")
    expect(comparison.locator(".pg-comparison-samples .pg-strip")).to_have_count(5)
    expect(comparison.locator("thead th")).to_have_text(
        ["Metric", "Real pictures", "GAN", "VAE, z from N(0, I)", "VAE, z from the mixture", "Diffusion"]
    )
    expect(comparison.locator("tbody tr", has_text="Marginals off by")).to_contain_text(re.compile(r"★ [\d.]+"))
    expect(comparison.locator("tbody tr", has_text="Energy of the training")).to_contain_text("watts a core")
    expect(comparison.locator(".pg-comparison-point")).to_have_count(4)
    shares = comparison.locator("tbody tr", has_text="Shows what was asked")
    of_avatars = shares.text_content() or ""
    page.locator("#comparison-data").get_by_text("fashion").click()
    expect(shares).not_to_have_text(of_avatars)
    expect(shares).to_contain_text("%")
    page.get_by_role("button", name="Measure again, here").click()
    put(page.locator("#comparison-count input[type=number]"), 50)
    page.locator("#comparison-run").click()
    expect(page.locator("#comparison-notice")).to_contain_text(re.compile(r"\d+\s%: "))
    page.locator("#comparison-stop").click()
    expect(page.locator("#comparison-notice")).to_contain_text("Stopped.")


def test_a_dropped_png_is_drawn_again(open_page: Open) -> None:
    page = open_page("tab=images&model=gan-avatars&count=2")
    expect(page.locator("#sheet .pg-thumb")).to_have_count(2)
    batch = list(sample_images(parse_image_request("gan-avatars", {"count": 1, "seed": 77})))[-1]
    page.evaluate(_DROP, base64.b64encode(png(batch.pictures[0], batch.recipe())).decode())
    expect(page.locator("#sheet .pg-thumb")).to_have_count(1)
    expect(page.locator("#images-seed input")).to_have_value("77")
    expect(page.locator("#draw-notice")).to_contain_text("Reproduced ✓")
