"""Arena in a browser: start, slow motion part by part, a changed loss, a fork, a painting, a race."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Page, Response, expect

from playground.core.catalogue import say
from playground.panels.train.shared import TrainShared
from playground.panels.train.toy_2d import panel as toy_2d
from playground.runs import scheduler


@pytest.fixture
def panel(
    page: Page,
    serve: Callable[[gr.Blocks], str],
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """The page with this panel alone, as wide as the test asks from its opening on; its workers end with the test."""
    page.set_viewport_size({"width": getattr(request, "param", 1440), "height": 900})
    monkeypatch.setattr(scheduler, "start_polling", scheduler.poll)
    with gr.Blocks() as blocks:
        shared = TrainShared(gr.Textbox(visible="hidden"))
        with gr.Tab("Arena") as item:
            toy_2d.build(item, shared)
    page.goto(serve(blocks))
    page.wait_for_function("window.playground")
    yield page
    page.goto("about:blank")
    for process in scheduler._processes.values():
        process.kill()
        process.wait()
    scheduler._processes.clear()


CANVAS = ".pg-toy_2d_run-canvas"
COLOURS = (
    "canvas => new Set(new Uint32Array(canvas.getContext('2d')"
    ".getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"
)


def colours(page: Page) -> int:
    """How many different colours the canvas shows."""
    count: int = page.locator(CANVAS).evaluate(COLOURS)
    return count


def wait_for_colours(page: Page, are: str, number: int) -> None:
    """Waits until the canvas shows more (">") or fewer ("<") different colours than a number."""
    page.wait_for_function(f"number => ({COLOURS})(document.querySelector('{CANVAS}')) {are} number", arg=number)


def three_dots_have_arrived(answer: Response) -> bool:
    """Whether the server answers an event that told it of three dots."""
    sent = answer.request.post_data or ""
    return len((json.loads(sent).get("event_data") or {}).get("dots", [])) == 6 if '"dots"' in sent else False


def test_a_visitor_watches_takes_a_step_apart_and_swaps_the_loss(panel: Page) -> None:
    status, slider = panel.locator(".pg-run-status"), panel.get_by_label(say("shared.run.time_machine_label"))
    expect(status).to_have_text(say("shared.run.recorded"))  # before anything is started, and it plays by itself
    panel.wait_for_function("document.querySelector('.pg-run-past input').value > 3")
    slider.press("End")
    expect(panel.locator(CANVAS)).to_have_attribute("aria-label", re.compile("at step 20,000"))
    assert panel.evaluate("scrollY") == 0
    expect(panel.locator(".pg-run-meter")).to_be_hidden()  # full, it would say that the end is shown
    expect(panel.locator("#toy_2d-detector .pg-detector-note")).to_contain_text("at the end of this recording (step 20")
    expect(panel.locator(".pg-curves-cut")).to_have_text(re.compile("^Beyond the charts: "))
    panel.get_by_label("Shape to learn").click()
    panel.get_by_role("option", name="Two moons").click()
    expect(panel.locator(CANVAS)).to_have_attribute("aria-label", re.compile("untrained"))
    panel.get_by_role("button", name=say("train.toy_2d.run.start")).click()  # on the square
    bar = panel.locator(".pg-run-message")
    expect(bar).to_contain_text(re.compile(r"[1-9][\d,]* of 20,000 steps"))
    expect(panel.locator(".pg-toy_2d_run-canvas")).to_have_attribute(
        "aria-label", re.compile(r"divergence \(JS\), bits 0\.\d+")
    )
    wait_for_colours(panel, ">", 100)  # points and D's map
    for words in (
        "points of noise",
        "discriminator scores them",
        "discriminator's loss is",
        "4,417 weights",
        "moves the discriminator's",
    ):
        panel.click(".pg-toy_2d_run-next")
        expect(panel.locator(".pg-toy_2d_run-message")).to_contain_text(words)
    expect(panel.locator(".pg-lit")).to_have_text("update")
    expect(panel.locator(".pg-run-status")).to_have_text("paused")
    panel.get_by_label("Loss", exact=True).click()
    panel.get_by_role("option", name="hinge").click()
    expect(panel.locator("#toy_2d-notice")).to_contain_text("Now: Loss hinge")
    expect(panel.locator(".pg-curves-marks li")).to_have_count(1)
    before = colours(panel)
    panel.get_by_label(say("train.toy_2d.layers.heat")).focus()
    panel.keyboard.press("Space")
    wait_for_colours(panel, "<", before)
    panel.get_by_text(say("train.toy_2d.run.numbers")).click()
    expect(panel.locator(".pg-toy_2d_run-numbers tbody tr").first).to_contain_text("(JS), bits")
    panel.get_by_role("button", name="End run").click()
    expect(panel.get_by_role("button", name=re.compile(r"Train [\d,]+ more steps"))).to_be_visible()
    panel.get_by_label(say("shared.run.time_machine_label")).press("Home")
    panel.get_by_role("button", name=say("shared.run.fork")).click()
    expect(panel.locator("#toy_2d-notice")).to_contain_text(re.compile("continues from .+ at step 0: Loss hinge"))
    expect(panel.locator(".pg-curves-legend .pg-curve-chip")).to_have_text(["The fork", "Its parent"])


# The width is there before the page is: narrowed later, the page moves under the list that the test opens.
@pytest.mark.parametrize("panel", [390], indirect=True)
def test_a_visitor_paints_with_keys_and_races_three_models_at_390_pixels(panel: Page) -> None:
    panel.get_by_label("Shape to learn").click()
    panel.get_by_role("option", name="My own painting").click()
    panel.get_by_label("Race of all three").check()
    panel.click("#toy_2d-start")
    expect(panel.locator("#toy_2d-notice")).to_contain_text("Paint 3 to 300 dots")
    panel.focus(".pg-brush-canvas")
    for key in ("Space", *["ArrowRight"] * 8, "Space", *["ArrowUp"] * 8, "Space", "Backspace"):
        panel.keyboard.press(key)
    with panel.expect_response(three_dots_have_arrived):
        panel.keyboard.press("Space")
    expect(panel.locator(".pg-brush-count")).to_have_text("3 of 300 dots")
    panel.click("#toy_2d-start")
    expect(panel.locator(".pg-toy_2d_run-race caption")).to_contain_text("of processor time each")
    rows = panel.locator(".pg-toy_2d_run-race tbody th")
    expect(rows).to_have_text(["GAN", "VAE", "Flow", "A second real draw"])
    assert panel.evaluate("document.documentElement.scrollWidth") <= 390
