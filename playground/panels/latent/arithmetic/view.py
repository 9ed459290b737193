"""The views of arithmetic: three slots and an answer that follows a slider, and a sheet to fill the slots from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_ARITHMETIC = """
<section class="pg-arithmetic" aria-label="[[latent.arithmetic.label]]">
  <div class="pg-arithmetic-body" hidden>
    <div class="pg-arithmetic-row">
      <div class="pg-slots"></div>
      <div class="pg-answers-two">
        <figure class="pg-slot pg-answer-figure"><h4 class="pg-slot-title">[[latent.arithmetic.answer_title]]</h4>
          <canvas class="pg-bitmap pg-arithmetic-answer" role="img"
            aria-label="[[latent.arithmetic.answer]]"></canvas>
          <figcaption class="pg-slot-words"></figcaption></figure>
        <figure class="pg-slot pg-answer-figure"><h4 class="pg-slot-title">[[latent.arithmetic.usual_title]]</h4>
          <canvas class="pg-bitmap pg-arithmetic-scaled" role="img"
            aria-label="[[latent.arithmetic.usual]]"></canvas>
          <figcaption class="pg-slot-words"></figcaption></figure>
      </div>
    </div>
    <div class="pg-arithmetic-strength">
      <label class="pg-field">[[latent.arithmetic.strength]]
        <input type="range" class="pg-scrub pg-strength" min="-2" max="3" step="0.05" value="1"></label>
      <output class="pg-arithmetic-formula"></output>
    </div>
    <p class="pg-arithmetic-words"></p>
    <p class="pg-arithmetic-lengths"></p>
    <div class="pg-arithmetic-lengths-chart"></div>
    <div class="pg-actions">
      <button type="button" class="pg-button pg-arithmetic-end">[[latent.arithmetic.add_answer]]</button>
      <button type="button" class="pg-button pg-arithmetic-empty">[[latent.arithmetic.empty_all]]</button>
      <button type="button" class="pg-button pg-arithmetic-example">[[latent.arithmetic.first_example]]</button>
    </div>
    <div class="pg-arithmetic-near"></div>
    <p class="pg-visually-hidden" role="status"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def arithmetic_view(
    follow: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"model", "condition", "slots", "strength", "pictures", "norms", "words", "lengths", "near", …}.

    slots: three of {"name", "items": [{"token", "label", "words"}], "packed"}.  pictures: pack(…) of A, B, C, the
    answer, and the answer at the usual length, or None if a slot is empty; norms: the lengths of the five.
    lengths_chart: see histogram.py, or None.  near: strips; None keeps the present ones, paler, until the next.
    follow: {"model", "condition", "a", "b", "c", "strength"} -> pack(…) of two | {"norms"}, or {"error"}.
    Events: put {"slot", "item"}, remove {"slot", "item"}, moved {"strength"}, end, empty, example.
    """
    events = ("put", "remove", "moved", "end", "empty", "example")
    return view("arithmetic", _ARITHMETIC, value, events=events, server_functions=[follow], **options)


_PICKER = """
<section class="pg-picture-picker" aria-label="[[latent.arithmetic.picker.title]]">
  <p class="pg-hint" id="pg-picture-picker-help">[[latent.arithmetic.picker.help]]</p>
  <div class="pg-actions">
    <button type="button" class="pg-button" data-slot="A">[[latent.arithmetic.picker.put_into]] A</button>
    <button type="button" class="pg-button" data-slot="B">[[latent.arithmetic.picker.put_into]] B</button>
    <button type="button" class="pg-button" data-slot="C">[[latent.arithmetic.picker.put_into]] C</button>
    <span class="pg-hint pg-picture-picker-chosen" role="status"></span>
  </div>
  <div class="pg-thumbs pg-picture-picker-thumbs" role="group" aria-label="[[latent.arithmetic.picker.title]]"
    aria-describedby="pg-picture-picker-help"></div>
  <p class="pg-empty"></p>
</section>
"""


def picture_picker_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) | {"items": [{"token", "label", "words"}], "empty"}: pictures to put into slots.

    Event: put, {"slot", "item"}. options: those of gr.HTML.
    """
    return view("picturePicker", _PICKER, value, events=("put",), **options)
