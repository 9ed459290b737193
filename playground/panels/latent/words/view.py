"""Words as points to look at: the two answers to a sum, a walk step by step, and a map that follows the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_SUM = """
<section class="pg-words-sum" aria-label="The answers to the sum">
  <div class="pg-words-sum-body" hidden>
    <p class="pg-words-sum-title"></p>
    <p class="pg-why"></p>
    <div class="pg-lists">
      <section class="pg-list pg-usual" aria-label="The usual form">
        <h4>The usual form</h4>
        <p class="pg-hint">What you put in may not come out.</p>
        <ol></ol>
      </section>
      <section class="pg-list pg-honest" aria-label="The honest form">
        <h4>The honest form</h4>
        <p class="pg-hint">Nothing is left out.</p>
        <ol></ol>
      </section>
    </div>
    <h4 class="pg-inputs-title">Where your own stand when nothing is left out</h4>
    <table class="pg-table pg-inputs"><thead><tr>
      <th scope="col">In the sum</th><th scope="col">Cosine</th><th scope="col">Place</th>
    </tr></thead><tbody></tbody></table>
    <p class="pg-hint">Cosine: 1 is the same direction as the sum, 0 is at a right angle to it.</p>
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
<section class="pg-words-walk" aria-label="The walk from word to word">
  <div class="pg-words-walk-body" hidden>
    <p class="pg-why"></p>
    <label class="pg-words-walk-bar">Step
      <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1"></label>
    <p class="pg-frame-place" role="status"></p>
    <div class="pg-lists">
      <section class="pg-list pg-honest" aria-label="Nearest to this step">
        <h4>Nearest to this step</h4><p class="pg-hint">Nothing is left out.</p><ol></ol>
      </section>
      <section class="pg-list pg-usual" aria-label="Nearest without the stops">
        <h4>Nearest without your own</h4><p class="pg-hint">Your stops are left out.</p><ol></ol>
      </section>
    </div>
    <div class="pg-scroll" tabindex="0" role="region" aria-label="All steps">
      <table class="pg-table pg-steps-table"><thead><tr>
        <th scope="col">Step</th><th scope="col">Length</th><th scope="col">Nearest</th><th scope="col">Cosine</th>
        <th scope="col">Without your own</th><th scope="col">Cosine</th>
      </tr></thead><tbody></tbody></table>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def word_walk_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "why", "steps": [{"stop", "length", "honest", "dropped"}]}; the lists are those of word_sum_view.

    options: those of gr.HTML.
    """
    return view("wordWalk", _WALK, value, **options)


_MAP = """
<section class="pg-words-map" aria-label="A map of words">
  <div class="pg-words-map-body" hidden>
    <p class="pg-words-sum-title"></p>
    <div class="pg-words-map-both">
      <div>
        <canvas class="pg-words-map-canvas" tabindex="0" role="application"
          aria-label="The map: arrow keys go to the next point on that side; Enter puts it under Plus"></canvas>
        <ul class="pg-map-key">
          <li><span aria-hidden="true">●</span> plus</li>
          <li><span aria-hidden="true">■</span> minus</li>
          <li><span aria-hidden="true">◆</span> the usual answer</li>
          <li><span aria-hidden="true">▲</span> added by you</li>
          <li><span aria-hidden="true">✕</span> the sum itself</li>
          <li><span aria-hidden="true">→</span> from minus to plus</li>
          <li><span aria-hidden="true">⇢</span> the same step again</li>
        </ul>
      </div>
      <aside class="pg-words-map-card" aria-label="The point">
        <h4 class="pg-point-name"></h4>
        <p class="pg-hint pg-point-role"></p>
        <section class="pg-list"><ol></ol></section>
        <button type="button" class="pg-button pg-point-add">Put it under Plus</button>
      </aside>
    </div>
    <p class="pg-visually-hidden" role="status"></p>
    <p class="pg-why"></p>
    <details class="pg-as-list"><summary>The map as a list</summary><p></p></details>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def word_map_view(
    near: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"title", "why", "points", "target": [x, y], "arrows"}; asks the server function near about words.

    points: [{"label", "place": [x, y], "role", "cosine", "near": [[label, cosine]] or None}]; None is asked for.
    arrows: [{"start": [x, y], "end": [x, y], "kind": "step" | "same"}].  near: {"label"} -> {"near"} or {"error"}.
    Event: pick, {"label"}, a point to be put under Plus. options: those of gr.HTML.
    """
    return view("wordMap", _MAP, value, events=("pick",), server_functions=[near], **options)
