"""The view of a language model's run in a browser: a cut peak and a refused change are said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
from playwright.sync_api import Page, expect

from playground.experiments.run_status import pack
from playground.panels.train.language_model.view import language_model_view

_FRAME = {
    "prompt": "She was", "sample": " late.", "temperature": 0.8, "rate": 0.002, "held_out": 2.12, "parameters": 1000,
    "baselines": pack(np.array([4.0, 3.4, 2.9, 2.5, 2.3], np.float32)), "characters_per_token": 2.0, "tokens": 500,
}  # fmt: skip


def poll_run(request: Any) -> dict[str, Any]:
    """A run whose loss jumped at its tenth step."""
    rows = [[step, 0.1 * step, 64 * step, 95.0 if step == 10 else 3.0, 2.5] for step in range(1, 60)]
    return {
        "run": request["run"], "name": "brave otter", "family": "language", "dataset": "pasted", "status": "running",
        "explained": "", "step": 59, "steps": 400, "seen": 3776, "seconds": 6.0, "cpu_seconds": 6.0, "place": 0,
        "names": ["train", "held-out"], "rows": rows, "parent": "", "again": True, "since": [1, 9], "events": [],
        "kept": [], "frame": _FRAME, "frame_step": 59, "mine": True,
    }  # fmt: skip


def steer_run(request: Any) -> dict[str, Any]:
    if request["settings"].get("rate") == 100:
        return {"error": "rate must be a number from 0.0000001 to 10; it was 100. Still in force: rate 0.002.",
                "kept": {"rate": 0.002}}  # fmt: skip
    return {}


def test_a_cut_peak_is_said_and_a_refused_change_gives_the_value_in_force_back(
    page: Page, serve: Callable[[gr.Blocks], str]
) -> None:
    value = {"run": "a" * 32, "rate": 0.002, "optimizer": "adamw", "batch": 8, "temperature": 0.8}
    with gr.Blocks() as blocks:
        view = language_model_view(poll_run, steer_run, elem_id="live")
        blocks.load(lambda: value, None, view, queue=False)
    page.goto(serve(blocks))
    live = page.locator("#live")
    expect(live.locator(".pg-language_model-plot")).to_contain_text("Beyond the charts: Bits per character up to 95.")
    rate, message = live.locator("[name=rate]"), live.locator(".pg-language_model-message")
    expect(rate).to_have_value("0.002")
    rate.fill("100")
    rate.press("Enter")
    expect(message).to_contain_text("Still in force: rate 0.002")
    expect(message).to_have_attribute("data-tone", "error")
    expect(rate).to_have_value("0.002")
    rate.fill("0.01")
    rate.press("Enter")
    expect(message).to_have_attribute("data-tone", "quiet")
    expect(rate).to_have_value("0.01")
