"""The views of Words: the two answers to a sum, a walk step by step, and a map that follows the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_SUM = """
<section class="pg-words-sum" aria-label="[[latent.words.sum_label]]">
  <div class="pg-words-sum-body" hidden>
    <p class="pg-words-sum-title"></p>
    <p class="pg-why"></p>
    <div class="pg-lists">
      <section class="pg-list pg-usual" aria-label="[[latent.words.usual]]">
        <h4>[[latent.words.usual]]</h4>
        <p class="pg-hint">[[latent.words.usual_hint]]</p>
        <ol></ol>
      </section>
      <section class="pg-list pg-honest" aria-label="[[latent.words.honest]]">
        <h4>[[latent.words.honest]]</h4>
        <p class="pg-hint">[[latent.words.honest_hint]]</p>
        <ol></ol>
      </section>
    </div>
    <h4 class="pg-inputs-title">[[latent.words.ranks]]</h4>
    <table class="pg-table pg-inputs"><thead><tr>
      <th scope="col">[[latent.words.column_input]]</th><th scope="col">[[latent.words.column_cosine]]</th>
      <th scope="col">[[latent.words.column_rank]]</th>
    </tr></thead><tbody></tbody></table>
    <p class="pg-hint">[[latent.words.cosine_hint]]</p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def word_sum_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"title", "why", "size", "usual", "honest", "inputs"}.

    usual, honest: [{"label", "cosine", "own": whether it is in the sum}], nearest first.
    inputs: [{"label", "sign", "cosine", "rank"}].  size: of the space. options: those of gr.HTML.
    """
    return view("wordSum", _SUM, value, **options)


_WALK = """
<section class="pg-words-walk" aria-label="[[latent.words.walk_label]]">
  <div class="pg-words-walk-body" hidden>
    <p class="pg-why"></p>
    <label class="pg-words-walk-bar">[[latent.words.step]]
      <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1"></label>
    <p class="pg-frame-place" role="status"></p>
    <div class="pg-lists">
      <section class="pg-list pg-honest" aria-label="[[latent.words.nearest_step]]">
        <h4>[[latent.words.nearest_step]]</h4><p class="pg-hint">[[latent.words.honest_hint]]</p><ol></ol>
      </section>
      <section class="pg-list pg-usual" aria-label="[[latent.words.nearest_without]]">
        <h4>[[latent.words.nearest_without]]</h4><p class="pg-hint">[[latent.words.nearest_without_hint]]</p><ol></ol>
      </section>
    </div>
    <div class="pg-scroll" tabindex="0" role="region" aria-label="[[latent.words.all_steps]]">
      <table class="pg-table pg-steps-table"><thead><tr>
        <th scope="col">[[latent.words.step]]</th><th scope="col">[[latent.words.column_length]]</th>
        <th scope="col">[[latent.words.column_nearest]]</th><th scope="col">[[latent.words.column_cosine]]</th>
        <th scope="col">[[latent.words.column_without]]</th><th scope="col">[[latent.words.column_cosine]]</th>
      </tr></thead><tbody></tbody></table>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def word_walk_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "why", "steps": [{"stop", "length", "honest", "dropped"}]}.

    honest, dropped: lists as in `word_sum_view`.  options: those of gr.HTML.
    """
    return view("wordWalk", _WALK, value, **options)


_MAP = """
<section class="pg-words-map" aria-label="[[latent.words.map_label]]">
  <div class="pg-words-map-body" hidden>
    <p class="pg-words-sum-title"></p>
    <div class="pg-words-map-both">
      <div>
        <canvas class="pg-words-map-canvas" tabindex="0" role="application"
          aria-label="[[latent.words.map_canvas]]"></canvas>
        <ul class="pg-map-key">
          <li><span aria-hidden="true">●</span> [[latent.words.role_plus]]</li>
          <li><span aria-hidden="true">■</span> [[latent.words.role_minus]]</li>
          <li><span aria-hidden="true">◆</span> [[latent.words.role_answer]]</li>
          <li><span aria-hidden="true">▲</span> [[latent.words.role_extra]]</li>
          <li><span aria-hidden="true">✕</span> [[latent.words.key_sum]]</li>
          <li><span aria-hidden="true">→</span> [[latent.words.key_step]]</li>
          <li><span aria-hidden="true">⇢</span> [[latent.words.key_same]]</li>
        </ul>
      </div>
      <aside class="pg-words-map-card" aria-label="[[latent.words.point]]">
        <h4 class="pg-point-name"></h4>
        <p class="pg-hint pg-point-role"></p>
        <section class="pg-list"><ol></ol></section>
        <button type="button" class="pg-button pg-point-add">[[latent.words.add_point]]</button>
      </aside>
    </div>
    <p class="pg-visually-hidden" role="status"></p>
    <p class="pg-why"></p>
    <details class="pg-as-list"><summary>[[latent.words.as_list]]</summary><p></p></details>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def word_map_view(
    near: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"title", "why", "long", "points", "target": [x, y], "arrows"}.

    points: [{"label", "place": [x, y], "role", "cosine", "near": [[label, cosine]]}]; for near None, the server
    function `near` is called: {"label"} -> {"near"} or {"error"}.
    arrows: [{"start": [x, y], "end": [x, y], "kind": "step" | "same"}].  long: whether labels are sentences.
    Event: pick, {"label"}, a point to add under Plus.  options: those of gr.HTML.
    """
    return view("wordMap", _MAP, value, events=("pick",), server_functions=[near], **options)
