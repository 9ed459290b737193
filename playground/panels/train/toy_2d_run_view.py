"""A run on points of the plane, live: data, samples, and what the nets compute; or a race of three runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments.toy_2d import family_title
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-toy_2d_run" aria-label="[[train.toy_2d.title]]">
  <div class="pg-toy_2d_run-all pg-actions" role="group" aria-label="[[train.toy_2d.run.all]]" hidden></div>
  <div class="pg-toy_2d_run-stages"></div>
  <fieldset class="pg-toy_2d_run-layers" hidden><legend>[[train.toy_2d.layers.title]]</legend></fieldset>
  <section class="pg-toy_2d_run-parts" aria-label="[[train.toy_2d.parts.region]]" hidden>
    <div class="pg-actions">
      <button type="button" class="pg-button pg-toy_2d_run-slow"
        aria-pressed="false">[[train.toy_2d.parts.slow]]</button>
      <button type="button" class="pg-button pg-toy_2d_run-next">[[train.toy_2d.parts.next]]</button>
      <span class="pg-hint">[[train.toy_2d.parts.hint]]</span></div>
    <h5>[[train.toy_2d.parts.discriminator]]</h5>
    <ol class="pg-toy_2d_run-loop" aria-label="[[train.toy_2d.parts.discriminator]]"></ol>
    <h5>[[train.toy_2d.parts.generator]]</h5>
    <ol class="pg-toy_2d_run-loop" aria-label="[[train.toy_2d.parts.generator]]"></ol>
    <p class="pg-toy_2d_run-message" role="status"></p>
  </section>
  <div class="pg-toy_2d_run-race" hidden><table><caption></caption><thead><tr><th scope="col">[[shared.model]]</th>
    <th scope="col">[[shared.steps]]</th><th scope="col">[[train.toy_2d.run.js]]</th>
    <th scope="col">[[train.toy_2d.run.kl]]</th><th scope="col">[[train.toy_2d.run.sliced_wasserstein]]</th>
    </tr></thead><tbody></tbody></table></div>
  <details class="pg-toy_2d_run-numbers" hidden><summary>[[train.toy_2d.run.numbers]]</summary>
    <div class="pg-scroll"><table><thead></thead><tbody></tbody></table></div>
    <p class="pg-hint">[[train.toy_2d.run.numbers_note]]</p></details>
  <p class="pg-empty"></p>
</section>
"""


def toy_2d_run_view(
    poll_run: Callable[[Any], dict[str, Any]],
    steer_run: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws {"runs": [{"run", "title", "family"}], "empty"}, and follows the runs.

    A run with "frame" has not started: the frame is drawn, with a button on it.
    Events: fork, {"run", "step"}, and what the fork changes; start, of that button.
    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "toy_2d_run", _TEMPLATE, value or {"runs": []}, events=("fork", "start"),
        server_functions=[poll_run, steer_run], **options,
    )  # fmt: skip


def toy_2d_run_value(runs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The view's value. runs: (family, id) of each."""
    return {
        "runs": [{"run": run, "family": family, "title": family_title(family)} for family, run in runs],
        "empty": say("train.toy_2d.run.empty"),
    }


def toy_2d_preview_value(families: Sequence[str], frames: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The view's value before a start. frames: packed, of the untrained models of these families."""
    value = toy_2d_run_value([(family, "") for family in families])
    for run, frame in zip(value["runs"], frames, strict=True):
        run["frame"] = frame
    return value


def runs_of_value(value: Any) -> list[tuple[str, str]]:
    """(family, id) of each run that a value of the view follows, as the page sends it."""
    try:
        known = json.loads(value) if isinstance(value, str) else value
        runs = known.get("runs", []) if isinstance(known, dict) else []
        return [(str(one["family"]), str(one["run"])) for one in runs if one["run"]]
    except (ValueError, KeyError, TypeError):
        return []
