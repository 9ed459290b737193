"""Every word of two sentences' blanks against each other, and the guess that comes before it is shown."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_SENTENCE_PAIR = """
<section class="pg-sentence-pair" aria-label="Each word in A against B">
  <div class="pg-sentence-pair-body" hidden>
    <p class="pg-sentence-pair-texts"></p>
    <div class="pg-sentence-pair-bar">
      <span class="pg-scales" role="group" aria-label="How it is drawn">
        <button type="button" class="pg-toggle pg-sentence-pair-plain" aria-pressed="true">A against B</button>
        <button type="button" class="pg-toggle pg-sentence-pair-turned" aria-pressed="false">Differences</button></span>
      <span class="pg-scales pg-sentence-pair-zoom" role="group" aria-label="Which words are in sight">
        <button type="button" class="pg-toggle pg-sentence-pair-likely" aria-pressed="true">Likely words</button>
        <button type="button" class="pg-toggle pg-sentence-pair-all" aria-pressed="false">All words</button></span>
      <label class="pg-field">Find a word <input type="search" class="pg-sentence-pair-search" autocomplete="off"
        spellcheck="false"></label>
    </div>
    <ul class="pg-sentence-pair-hits" aria-label="Words found"></ul>
    <div class="pg-sentence-pair-both">
      <div class="pg-sentence-pair-frame">
        <canvas class="pg-sentence-pair-canvas" tabindex="0" role="application"
          aria-label="A dot for each word: arrow keys go to the next likely word; Enter follows it"></canvas>
        <p class="pg-hint pg-sentence-pair-scale"></p>
      </div>
      <aside class="pg-sentence-pair-side" aria-label="The words">
        <div class="pg-sentence-pair-card" aria-live="polite"><h4></h4><p></p>
          <button type="button" class="pg-button">Follow this word</button></div>
        <div class="pg-sentence-pair-edges">
          <section aria-label="Most towards A"><h4 class="pg-side-a"></h4><ol></ol></section>
          <section aria-label="Most towards B"><h4 class="pg-side-b"></h4><ol></ol></section>
        </div>
      </aside>
    </div>
    <section class="pg-sentence-pair-followed" hidden aria-label="Words you follow">
      <h4>Words you follow</h4>
      <p class="pg-hint">They stay marked when you change the sentences; a line leads from where each was before.</p>
      <table class="pg-table"><thead><tr><th scope="col">Word</th><th scope="col">in A</th><th scope="col">in B</th>
        <th scope="col">Change</th><th scope="col"></th></tr></thead><tbody></tbody></table>
    </section>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def sentence_pair_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "names", "sentences", "words", "a", "b", "likely", "edges", "scale"}, or {"empty"}.

    names: of A and B, for the axes.  words: [str], the most probable first.  a, b: base64 of uint16, −2,000 ln p.
    likely: how many of the first words are named.  edges: [towards A, towards B], indices.  scale: what p is, in words.
    Which words are followed is the page's own. options: those of gr.HTML.
    """
    return view("sentencePair", _SENTENCE_PAIR, value, **options)


_GUESS = """
<section class="pg-sentence-pair-guess" aria-label="Guess first" hidden>
  <h4>Guess first</h4>
  <p class="pg-sentence-pair-guess-question"></p>
  <div class="pg-sentence-pair-guess-words" role="group" aria-label="The words"></div>
  <div class="pg-actions"><button type="button" class="pg-button pg-sentence-pair-guess-reveal">Reveal</button>
    <span class="pg-hint pg-sentence-pair-guess-count" role="status"></span></div>
  <p class="pg-sentence-pair-guess-answer" role="status"></p>
</section>
"""


def guess_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "question", "words", "most"}, and with "picks", "movers", "answer" what came of it.

    Event: reveal, {"picks": [word]}. options: those of gr.HTML.
    """
    return view("sentencePairGuess", _GUESS, value, events=("reveal",), **options)
