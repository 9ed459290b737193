"""Directions: sliders that move a picture through latent space, what a classifier reads of it, and what else moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_EDITOR = """
<section class="pg-directions" aria-label="Move a picture along directions">
  <div class="pg-directions-body" hidden>
    <div class="pg-edit">
      <div class="pg-edit-pair">
        <figure><canvas class="pg-bitmap pg-before" role="img" aria-label="The picture at the start"></canvas>
          <figcaption>Start</figcaption></figure>
        <figure><canvas class="pg-bitmap pg-after" role="img" aria-label="The picture after the moves"></canvas>
          <figcaption>Moved</figcaption></figure>
      </div>
      <div class="pg-actions pg-edit-start">
        <label class="pg-field">Start from
          <select class="pg-start-kind"><option value="row">a picture of the data</option>
            <option value="seed">a seed</option><option value="z" hidden>a point</option></select></label>
        <input type="number" class="pg-start-number" min="0" step="1" aria-label="Its number">
        <button type="button" class="pg-button pg-another">Another</button>
      </div>
      <p class="pg-hint pg-edit-speed"></p>
      <table class="pg-readings"><caption>What a classifier sees</caption><thead></thead><tbody></tbody></table>
      <p class="pg-visually-hidden" role="status"></p>
    </div>
    <div class="pg-levers">
      <div class="pg-actions"><button type="button" class="pg-button pg-still">All to 0</button>
        <button type="button" class="pg-button pg-edit-end">Make it an end point of the walk</button></div>
      <p class="pg-strip-title pg-of-labels-title">From labels</p>
      <div class="pg-lever-list pg-of-labels"></div>
      <p class="pg-strip-title">Principal components</p>
      <div class="pg-lever-list pg-of-components"></div>
      <p class="pg-strip-title">Your edits</p>
      <div class="pg-actions">
        <input type="text" class="pg-edit-name" maxlength="60" aria-label="Name of this edit"
          placeholder="Name this edit">
        <button type="button" class="pg-button pg-save-edit">Save</button>
      </div>
      <p class="pg-hint pg-edit-status" role="status"></p>
      <ul class="pg-saved"></ul>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def directions_view(
    edited: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Sliders over {"model", "condition", "start", "moves", "name", "last", "levers"}.

    start: {"kind": "row", "seed" or "z", "number", "text"}.  moves: key -> strength.  last: number of the data's last
    picture; None for a model that takes none.  levers: [{"group", "title", "choices": [{"key", "word", "caption"}]}], a
    slider each, caption: a line about it.
    edited: {"model", "condition", "start", "moves"} -> pack(…) of before and after | {"read": [[attribute, before,
    after]]}, or {"error"}.  Events: rested, {"start", "moves", "name"}, after a rest; end, the same, on the button.
    Edits that are saved stay in the visitor's own browser. options: those of gr.HTML.
    """
    return view(
        "directions", _EDITOR, value, events=("rested", "end"), server_functions=[edited],
        **options,
    )  # fmt: skip


_MATRIX = """
<section class="pg-entanglement" aria-label="What else moves">
  <div class="pg-table-box" tabindex="0" aria-label="Directions against what changes; scroll sideways for more">
    <table class="pg-shares"></table></div>
  <p class="pg-hint pg-entanglement-words"></p>
  <p class="pg-empty"></p>
</section>
"""


def entanglement_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """A table of shares: {"columns", "rows": [{"title", "own", "cells": [{"share", "words"}]}], "words", "corner"}.

    own: the column that the row is meant for, or -1.  options: those of gr.HTML.
    """
    return view("entanglement", _MATRIX, value, **options)
