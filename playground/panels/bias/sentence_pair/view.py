"""Every word of two sentences' blanks against each other, and the guess that comes before it is shown."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_CONTRAST = """
<section class="pg-contrast" aria-label="Each word in A against B">
  <div class="pg-contrast-body" hidden>
    <p class="pg-contrast-pair"></p>
    <div class="pg-contrast-bar">
      <span class="pg-scales" role="group" aria-label="How it is drawn">
        <button type="button" class="pg-toggle pg-contrast-plain" aria-pressed="true">A against B</button>
        <button type="button" class="pg-toggle pg-contrast-turned" aria-pressed="false">Differences</button></span>
      <span class="pg-scales pg-contrast-zoom" role="group" aria-label="Which words are in sight">
        <button type="button" class="pg-toggle pg-contrast-likely" aria-pressed="true">Likely words</button>
        <button type="button" class="pg-toggle pg-contrast-all" aria-pressed="false">All words</button></span>
      <label class="pg-field">Find a word <input type="search" class="pg-contrast-search" autocomplete="off"
        spellcheck="false"></label>
    </div>
    <ul class="pg-contrast-hits" aria-label="Words found"></ul>
    <div class="pg-contrast-both">
      <div class="pg-contrast-frame">
        <canvas class="pg-contrast-canvas" tabindex="0" role="application"
          aria-label="A dot for each word: arrow keys go to the next likely word; Enter follows it"></canvas>
        <p class="pg-hint pg-contrast-scale"></p>
      </div>
      <aside class="pg-contrast-side" aria-label="The words">
        <div class="pg-contrast-card" aria-live="polite"><h4></h4><p></p>
          <button type="button" class="pg-button">Follow this word</button></div>
        <div class="pg-contrast-edges">
          <section aria-label="Most towards A"><h4 class="pg-side-a"></h4><ol></ol></section>
          <section aria-label="Most towards B"><h4 class="pg-side-b"></h4><ol></ol></section>
        </div>
      </aside>
    </div>
    <section class="pg-contrast-followed" hidden aria-label="Words you follow">
      <h4>Words you follow</h4>
      <p class="pg-hint">They stay marked when you change the sentences; a line leads from where each was before.</p>
      <table class="pg-table"><thead><tr><th scope="col">Word</th><th scope="col">in A</th><th scope="col">in B</th>
        <th scope="col">Change</th><th scope="col"></th></tr></thead><tbody></tbody></table>
    </section>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def contrast_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "names", "sentences", "words", "a", "b", "likely", "edges", "scale"}, or {"empty"}.

    names: of A and B, for the axes.  words: [str], the most probable first.  a, b: base64 of uint16, −2,000 ln p.
    likely: how many of the first words are named.  edges: [towards A, towards B], indices.  scale: what p is, in words.
    Which words are followed is the page's own. options: those of gr.HTML.
    """
    return view("contrast", _CONTRAST, value, **options)


_GUESS = """
<section class="pg-guess" aria-label="Guess first" hidden>
  <h4>Guess first</h4>
  <p class="pg-guess-question"></p>
  <div class="pg-guess-words" role="group" aria-label="The words"></div>
  <div class="pg-actions"><button type="button" class="pg-button pg-guess-reveal">Reveal</button>
    <span class="pg-hint pg-guess-count" role="status"></span></div>
  <p class="pg-guess-answer" role="status"></p>
</section>
"""


def guess_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "question", "words", "most"}, and with "picks", "movers", "answer" what came of it.

    Event: reveal, {"picks": [word]}. options: those of gr.HTML.
    """
    return view("guess", _GUESS, value, events=("reveal",), **options)
