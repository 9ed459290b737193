"""The views of a sentence pair: the scatter plot of all words, and the guess before it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_SENTENCE_PAIR = """
<section class="pg-sentence-pair" aria-label="[[bias.sentence_pair.chart.region]]">
  <div class="pg-sentence-pair-body" hidden>
    <p class="pg-sentence-pair-texts"></p>
    <div class="pg-sentence-pair-bar">
      <span class="pg-scales" role="group" aria-label="[[bias.sentence_pair.chart.layout]]">
        <button type="button" class="pg-toggle pg-sentence-pair-plain" aria-pressed="true"
          >[[bias.sentence_pair.chart.plain]]</button>
        <button type="button" class="pg-toggle pg-sentence-pair-turned" aria-pressed="false"
          >[[bias.sentence_pair.chart.differences]]</button></span>
      <span class="pg-scales pg-sentence-pair-zoom" role="group" 
        aria-label="[[bias.sentence_pair.chart.range]]">
        <button type="button" class="pg-toggle pg-sentence-pair-likely" aria-pressed="true"
          >[[bias.sentence_pair.chart.likely]]</button>
        <button type="button" class="pg-toggle pg-sentence-pair-all" aria-pressed="false"
          >[[bias.sentence_pair.chart.all]]</button></span>
      <label class="pg-field">[[bias.sentence_pair.chart.find]] <input type="search" class="pg-sentence-pair-search"
        autocomplete="off" spellcheck="false"></label>
    </div>
    <ul class="pg-sentence-pair-matches" aria-label="[[bias.sentence_pair.chart.matches]]"></ul>
    <div class="pg-sentence-pair-both">
      <div class="pg-sentence-pair-frame">
        <canvas class="pg-sentence-pair-canvas" tabindex="0" role="application"
          aria-label="[[bias.sentence_pair.chart.canvas]]"></canvas>
        <p class="pg-hint pg-sentence-pair-scale"></p>
      </div>
      <aside class="pg-sentence-pair-side" aria-label="[[bias.sentence_pair.chart.words]]">
        <div class="pg-sentence-pair-card" aria-live="polite"><h4></h4><p></p>
          <button type="button" class="pg-button">[[bias.sentence_pair.chart.follow]]</button></div>
        <div class="pg-sentence-pair-edges">
          <section aria-label="[[bias.sentence_pair.chart.towards_a]]"><h4 class="pg-side-a"></h4><ol></ol></section>
          <section aria-label="[[bias.sentence_pair.chart.towards_b]]"><h4 class="pg-side-b"></h4><ol></ol></section>
        </div>
      </aside>
    </div>
    <section class="pg-sentence-pair-followed" hidden aria-label="[[bias.sentence_pair.chart.followed]]">
      <h4>[[bias.sentence_pair.chart.followed]]</h4>
      <p class="pg-hint">[[bias.sentence_pair.chart.followed_hint]]</p>
      <table class="pg-table"><thead><tr><th scope="col">[[bias.sentence_pair.chart.word]]</th>
        <th scope="col">[[bias.sentence_pair.chart.in_a]]</th><th scope="col">[[bias.sentence_pair.chart.in_b]]</th>
        <th scope="col">[[bias.sentence_pair.chart.change]]</th><th scope="col"></th></tr></thead><tbody></tbody>
      </table>
    </section>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def sentence_pair_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "names", "sentences", "words", "a", "b", "likely", "edges", "scale"}, or {"empty"}.

    names: of A and B, for the axes.  words: [str], the most probable first.  a, b: base64 of uint16, −2,000 ln p.
    likely: how many of the first words are named.  edges: indices, [towards A, towards B].  scale: what p means.
    The followed words are known only to the page. options: those of gr.HTML.
    """
    return view("sentencePair", _SENTENCE_PAIR, value, **options)


_GUESS = """
<section class="pg-sentence-pair-guess" aria-label="[[bias.sentence_pair.guess.title]]" hidden>
  <h4>[[bias.sentence_pair.guess.title]]</h4>
  <p class="pg-sentence-pair-guess-question"></p>
  <div class="pg-sentence-pair-guess-words" role="group"
    aria-label="[[bias.sentence_pair.chart.words]]"></div>
  <div class="pg-actions">
    <button type="button" class="pg-button pg-sentence-pair-guess-reveal">[[bias.sentence_pair.guess.reveal]]</button>
    <span class="pg-hint pg-sentence-pair-guess-count" role="status"></span></div>
  <p class="pg-sentence-pair-guess-answer" role="status"></p>
</section>
"""


def guess_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "question", "words", "most"}, and once it is answered "picks", "movers", "answer".

    Event: reveal, {"picks": [word]}. options: those of gr.HTML.
    """
    return view("sentencePairGuess", _GUESS, value, events=("reveal",), **options)
