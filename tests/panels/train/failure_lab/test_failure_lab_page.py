"""Failure lab in a browser: a failure is started with a click, named by the detector, and cured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import run_control
from playground.experiments.failures import Failure
from playground.panels.train.failure_lab import panel as failure_lab
from playground.panels.train.shared import TrainShared
from playground.runs import store

QUICK = Failure(
    "posterior", "posterior collapse", "vae", "avatars",
    {"beta": 200, "batch": 8, "width": 16, "steps": 100_000}, {"beta": 0.5},
)  # fmt: skip


@pytest.fixture
def address(serve: Callable[[gr.Blocks], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setitem(os.environ, "PLAYGROUND_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(failure_lab, "failures", lambda: (QUICK,))
    monkeypatch.setattr(failure_lab, "failure", lambda _name: QUICK)
    with gr.Blocks() as blocks, gr.Tabs(), gr.Tab("Failure lab") as item:
        owner = gr.Textbox(visible="hidden")
        failure_lab.build(item, TrainShared(owner))
        blocks.load(None, None, owner, js="() => 'c'.repeat(32)")
    yield serve(blocks)
    for spec in store.list_specs():
        with suppress(PlaygroundError):
            run_control.delete_run(spec.run, spec.owner)


def test_a_failure_is_started_named_and_cured(address: str, page: Page) -> None:
    page.goto(address)
    state = page.locator("#failure_lab-detector .pg-detector-state")
    finding = page.locator("#failure_lab-detector .pg-detector-finding")
    expect(finding).to_contain_text("Mode collapse")  # of the recorded run, before anything is pressed
    expect(page.locator("#failure_lab-toy_2d_run .pg-run-status")).to_have_text(say("shared.run.recorded"))
    page.locator("#failure_lab-posterior").click()
    view = page.locator("#failure_lab-image_run")
    expect(view.locator(".pg-image_run-grid")).to_be_visible()
    expect(view.get_by_role("img", name="Reconstruction 8")).to_be_visible()
    expect(view.locator(".pg-copied-verdict")).to_be_hidden()
    expect(page.locator("#failure_lab-toy_2d_run")).to_be_hidden()
    expect(page.locator("#failure_lab-detector .pg-detector-finding")).to_contain_text("16 of the code's 16 numbers")
    page.locator("#failure_lab-cure").click()
    expect(page.locator("#failure_lab-explanation")).to_contain_text(f"Cured. {QUICK.cured}")
    expect(state).to_have_text("Nothing looks broken.")
    expect(page.locator("#failure_lab-detector .pg-detector-past")).to_contain_text("has been gone since step")
