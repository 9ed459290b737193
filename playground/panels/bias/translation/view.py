"""A translation that can be looked into, and a table of what gender people of many occupations were given."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_SENTENCE = """
<section class="pg-translation" aria-label="The translation">
  <div class="pg-translation-body" hidden>
    <p class="pg-translation-source"></p>
    <p class="pg-translation-chips" role="group" aria-label="The translation, piece by piece"></p>
    <p class="pg-hint pg-translation-tip"></p>
    <div class="pg-translation-two" hidden>
      <section class="pg-translation-choices">
        <h4>Words that could have had the other gender</h4>
        <table class="pg-table"><thead><tr>
          <th scope="col">Written</th><th scope="col">Instead of</th><th scope="col">Feminine form</th>
        </tr></thead><tbody></tbody></table>
        <p class="pg-hint"></p>
      </section>
      <section class="pg-translation-piece" aria-live="polite">
        <h4></h4>
        <ol></ol>
        <p class="pg-translation-looked"></p>
      </section>
    </div>
    <section class="pg-translation-beams" hidden>
      <h4>All finished beams, best first</h4>
      <ol></ol>
      <p class="pg-hint">Probability of the whole; ranked by its logarithm over the number of pieces.</p>
    </section>
    <section class="pg-translation-where" hidden>
      <h4>Where it looked for each piece</h4>
      <p class="pg-translation-selects">
        <label>Layer <select class="pg-translation-layer"></select></label>
        <label>Head <select class="pg-translation-head"></select></label>
      </p>
      <div class="pg-translation-scroll" tabindex="0" role="region" aria-label="Cross-attention as a table">
        <table class="pg-translation-matrix"><caption class="pg-visually-hidden">Per cent of the attention</caption>
          <thead></thead><tbody></tbody></table>
      </div>
      <p class="pg-hint">Per cent of the attention; each line sums to 100, below 10 is only shaded. Attention shows
        where a piece looked, not why it was chosen.</p>
    </section>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def translation_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "done", "source", "original", "text", "pieces", "choices", "beams", "layers", "heads", "looked"}.

    source: the sentence's pieces, "" for its end.  pieces: [{"text", "probability", "others": [[text, probability]]}].
    choices: [{"first", "last", "word", "other", "is_feminine", "feminine", "covered"}].
    beams: [{"text", "probability"}].  looked: base64 of uint8, (layers, heads, pieces, source), 255 is all of it; "" at
    first.  empty: said when there is nothing.  options: those of gr.HTML.
    """
    return view("translation", _SENTENCE, value, **options)


_TABLE = """
<section class="pg-genders" aria-label="What gender each occupation was given">
  <div class="pg-genders-body" hidden>
    <p class="pg-genders-selects">
      <label>Sentence <select class="pg-genders-wording"></select></label>
      <label>Order <select class="pg-genders-order">
        <option value="name">by name</option>
        <option value="she">most feminine first, she said</option>
        <option value="he">most feminine first, he said</option>
        <option value="none">most feminine first, nothing said</option>
      </select></label>
      <label>Show <select class="pg-genders-filter">
        <option value="all">all</option>
        <option value="she">she not followed</option>
        <option value="he">he not followed</option>
        <option value="none">feminine where nothing is said</option>
      </select></label>
      <label>Find <input type="search" class="pg-genders-find" maxlength="40" placeholder="e.g. nurse"></label>
    </p>
    <p class="pg-hint pg-genders-count" role="status"></p>
    <div class="pg-genders-scroll" tabindex="0" role="region" aria-label="Occupations">
      <table class="pg-table pg-genders-table"><thead></thead><tbody></tbody></table>
    </div>
    <p class="pg-hint">The bar is the feminine form's share of both. ✓ the more probable form has the gender that was
      said, ✗ it has not, ○ the translation mostly begins otherwise, and does not count. Choose one to look into it.</p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def gender_table_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "direction", "name", "columns", "wordings", "rows", "total", "empty"}.

    rows: [{"name", "forms", "answers": [{"wording", "said", "text", "translation", "feminine", "counts",
    "followed"}]}]; said: "he", "she" or "none"; followed: true, false or None; columns: what they are called.
    Event: pick, {"text", "direction"}, a sentence is chosen. options: those of gr.HTML.
    """
    return view("genderTable", _TABLE, value, events=("pick",), **options)
