"""The views of directions: sliders that move a picture, a classifier's labels, and a table of what else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_EDITOR = """
<section class="pg-directions" aria-label="[[latent.directions.label]]">
  <div class="pg-directions-body" hidden>
    <div class="pg-edit">
      <div class="pg-edit-pair">
        <figure>
          <canvas class="pg-bitmap pg-before" role="img" aria-label="[[latent.directions.start_picture]]"></canvas>
          <figcaption>[[latent.directions.start]]</figcaption></figure>
        <figure>
          <canvas class="pg-bitmap pg-after" role="img" aria-label="[[latent.directions.moved_picture]]"></canvas>
          <figcaption>[[latent.directions.moved]]</figcaption></figure>
      </div>
      <div class="pg-actions pg-edit-start">
        <label class="pg-field">[[latent.points.start_from]]
          <select class="pg-start-kind"><option value="row">[[latent.directions.row]]</option>
            <option value="seed">[[latent.directions.seed]]</option>
            <option value="z" hidden>[[latent.points.point]]</option></select></label>
        <input type="number" class="pg-start-number" min="0" step="1" aria-label="[[latent.points.number]]">
        <button type="button" class="pg-button pg-another">[[latent.directions.another]]</button>
      </div>
      <p class="pg-hint pg-edit-speed"></p>
      <table class="pg-readings"><caption>[[latent.directions.readings]]</caption>
        <thead></thead><tbody></tbody></table>
      <p class="pg-visually-hidden" role="status"></p>
    </div>
    <div class="pg-levers">
      <div class="pg-actions"><button type="button" class="pg-button pg-still">[[latent.directions.reset]]</button>
        <button type="button" class="pg-button pg-edit-end">[[latent.points.add]]</button></div>
      <p class="pg-strip-title pg-of-labels-title">[[latent.directions.labels]]</p>
      <div class="pg-lever-list pg-of-labels"></div>
      <p class="pg-strip-title">[[latent.directions.components]]</p>
      <div class="pg-lever-list pg-of-components"></div>
      <p class="pg-strip-title">[[latent.directions.edits]]</p>
      <div class="pg-actions">
        <input type="text" class="pg-edit-name" maxlength="60" aria-label="[[latent.directions.edit_name]]"
          placeholder="[[latent.directions.edit_placeholder]]">
        <button type="button" class="pg-button pg-save-edit">[[latent.directions.save]]</button>
      </div>
      <p class="pg-hint pg-edit-status" role="status"></p>
      <ul class="pg-saved"></ul>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def directions_view(
    apply_edit: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"model", "condition", "start", "moves", "name", "last", "levers"}.

    start: {"kind": "row", "seed" or "z", "number", "text"}.  moves: key -> strength.  last: number of the data's last
    picture; None for a model without an encoder.  levers: [{"group", "title", "choices": [{"key", "word",
    "caption"}]}], a slider each.
    apply_edit: {"model", "condition", "start", "moves"} -> pack(…) of before and after | {"labels": [[attribute,
    before, after]]}, or {"error"}.
    Events, with {"start", "moves", "name"}: rested, once the view rests; end, on the button.
    Saved edits stay in the visitor's browser.  options: those of gr.HTML.
    """
    return view(
        "directions", _EDITOR, value, events=("rested", "end", "prepare"), server_functions=[apply_edit],
        **options,
    )  # fmt: skip


_MATRIX = """
<section class="pg-entanglement" aria-label="[[latent.directions.table]]">
  <div class="pg-table-box" tabindex="0" aria-label="[[latent.directions.table_scroll]]">
    <table class="pg-shares"></table></div>
  <p class="pg-hint pg-entanglement-words"></p>
  <p class="pg-empty"></p>
</section>
"""


def entanglement_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws a table of shares: {"columns", "rows", "words", "corner"}.

    rows: [{"title", "own", "cells": [{"share", "words"}]}].
    own: the column that the row is meant to change, or -1.  options: those of gr.HTML.
    """
    return view("entanglement", _MATRIX, value, **options)
