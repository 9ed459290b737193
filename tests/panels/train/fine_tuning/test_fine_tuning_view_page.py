"""The views of a fine-tuning in a browser: losses, checks, before and after; generated text is never HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import gradio as gr
from browser_actions import expect_width_fits
from playwright.sync_api import Page, expect

from playground.experiments.cost import cost_rows, energy_sources, estimate_cost
from playground.experiments.finetune_eval import FinetuneComparison, TokenShift
from playground.experiments.finetune_scores import HeldOutScore
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.fine_tuning.before_after import before_after_value
from playground.panels.train.fine_tuning.view import before_after_view, fine_tuning_view

_EVIL = "<img src=x onerror=alert(1)> the sea"
_FRAME = {
    "prompt": "Day 22.", "looked_at": 10, "held_out": 3.4, "held_out_bits": 1.5, "train": 2.0, "continuation": _EVIL,
    "best_step": 5, "best": 3.1, "finished": "", "rule": "The end of the text is held out.",
    "looks": json.dumps([[0, 4.2, "a man"], [4, 3.1, "Arr"], [5, 3.1, "Arr, the crew"], [10, 3.4, _EVIL]]),
}  # fmt: skip


def poll_run(request: Any) -> dict[str, Any]:
    """A run that was stopped at step 10; b is a fork of a."""
    names = ["train_nats_per_token", "held_out_nats_per_token"]
    return {
        "run": request["run"], "name": "brave otter", "family": "lora", "dataset": "pasted", "status": "stopped",
        "explained": "", "step": 10, "steps": 60, "seen": 1260, "seconds": 28.0, "cpu_seconds": 50.0, "place": 0,
        "names": names, "rows": [[step, 2.8 * step, 126 * step, 4 - step / 5, 4.2] for step in range(1, 11)],
        "parent": "" if request["run"] == "a" * 32 else "a" * 32,
        "again": True, "since": [1, 9], "events": [], "kept": [0, 5, 10], "frame": _FRAME, "frame_step": 10,
    }  # fmt: skip


def run_cost(request: Any) -> dict[str, Any]:
    rows = [list(row) for row in cost_rows(estimate_cost(28, 50, 10, 1260, "tokens"))]
    return {"rows": rows, "sources": [vars(source) for source in energy_sources()], "ended": True}


def steer_run(request: Any) -> dict[str, Any]:
    return {}


def test_a_run_is_drawn_with_its_best_look_and_before_and_after_side_by_side(
    page: Page, serve: Callable[[gr.Blocks], str]
) -> None:
    pair = (HeldOutScore(4.2, 1.8, 220), HeldOutScore(3.1, 1.4, 220))
    moved = (TokenShift(" Arr", 0.001, 0.42),)
    comparison = FinetuneComparison(
        "Day 22.", "", pair, (pair[1], pair[0]), moved, (TokenShift("<b>", 0.3, 0.1),), 0.5, 49_152, ("a", _EVIL)
    )
    with gr.Blocks() as blocks:
        fine_tuning_view(poll_run, steer_run, {"run": "a" * 32}, elem_id="live")
        before_after_view(before_after_value(comparison), elem_id="tuned")
        fine_tuning_view(poll_run, steer_run, {"run": "b" * 32}, elem_id="fork")
        paid = cost_view(run_cost, elem_id="cost")
        blocks.load(lambda: cost_value("a" * 32), None, paid, queue=False)
    page.goto(serve(blocks))
    live, tuned = page.locator("#live"), page.locator("#tuned")
    expect(live.locator("tbody tr")).to_have_count(4)
    expect(live.locator("tr.pg-fine_tuning-best")).to_contain_text("★ 5")  # as low as step 4 when rounded: this is kept
    expect(live.locator(".pg-facts")).to_contain_text("4.47 at step 5")
    expect(live.locator("tbody tr").last).to_contain_text(_EVIL)
    expect(live.locator(".pg-fine_tuning-verdict")).to_contain_text("memorising the text")
    expect(live.locator("svg[role=img]").first).to_have_attribute(
        "aria-label", "Loss in bits per token, now: training 2.89, held out 4.91"
    )
    expect(live.locator("path.pg-curve-line")).to_have_count(2 + 3)  # two lines, and three samples of the legend
    fork = page.locator("#fork")
    expect(fork.locator(".pg-fine_tuning-chart path.pg-curve-line")).to_have_count(3)
    expect(fork.locator(".pg-fine_tuning-legend")).to_contain_text("held out, its parent")
    expect(fork.locator("svg[role=img]").first).to_have_attribute("aria-label", re.compile("its parent 4.91"))
    expect(tuned.locator("tbody tr").first).to_contain_text("learned")
    expect(tuned.locator("tbody tr").last).to_contain_text("forgot")
    expect(tuned.locator(".pg-before_after-rose li")).to_contain_text("·Arr")
    expect(tuned.locator(".pg-before_after-fell li")).to_contain_text("<b>")
    expect(tuned.locator(".pg-before_after-after")).to_have_text(_EVIL)
    page.get_by_text("What it cost").click()
    expect(page.locator("#cost dd").nth(1)).to_contain_text("1,260 tokens")
    assert page.locator("section img").count() == 0
    page.set_viewport_size({"width": 390, "height": 800})
    expect_width_fits(page)
