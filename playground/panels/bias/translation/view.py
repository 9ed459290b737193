"""A translation with its alternatives and attention, and a table of the gender each occupation gets."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_SENTENCE = """
<section class="pg-translation" aria-label="[[bias_texts.translation.label]]">
  <div class="pg-translation-body" hidden>
    <p class="pg-translation-source"></p>
    <p class="pg-translation-chips" role="group" aria-label="[[bias_texts.translation.pieces_label]]"></p>
    <p class="pg-hint pg-translation-tip"></p>
    <div class="pg-translation-two" hidden>
      <section class="pg-translation-choices">
        <h4>[[bias_texts.translation.choices_title]]</h4>
        <table class="pg-table"><thead><tr>
          <th scope="col">[[bias_texts.translation.choices_word]]</th>
          <th scope="col">[[bias_texts.translation.choices_other]]</th>
          <th scope="col">[[bias_texts.translation.choices_share]]</th>
        </tr></thead><tbody></tbody></table>
        <p class="pg-hint"></p>
      </section>
      <section class="pg-translation-piece" aria-live="polite">
        <h4></h4>
        <ol></ol>
        <p class="pg-translation-attention"></p>
      </section>
    </div>
    <section class="pg-translation-beams" hidden>
      <h4>[[bias_texts.translation.beams_title]]</h4>
      <ol></ol>
      <p class="pg-hint">[[bias_texts.translation.beams_hint]]</p>
    </section>
    <section class="pg-translation-where" hidden>
      <h4>[[bias_texts.translation.attention_title]]</h4>
      <p class="pg-translation-selects">
        <label>[[bias_texts.translation.layer]] <select class="pg-translation-layer"></select></label>
        <label>[[bias_texts.translation.head]] <select class="pg-translation-head"></select></label>
      </p>
      <div class="pg-translation-scroll" tabindex="0" role="region"
        aria-label="[[bias_texts.translation.attention_label]]">
        <table class="pg-translation-matrix">
          <caption class="pg-visually-hidden">[[bias_texts.translation.attention_caption]]</caption>
          <thead></thead><tbody></tbody></table>
      </div>
      <p class="pg-hint">[[bias_texts.translation.attention_hint]]</p>
    </section>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def translation_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws a translation.

    value: {"run", "done", "source", "original", "text", "pieces", "choices", "beams", "layers", "heads", "attention"}.
    source: the sentence's pieces, "" for its end.  pieces: [{"text", "probability", "others": [[text, probability]]}].
    choices: [{"first", "last", "word", "other", "is_feminine", "feminine", "covered"}].
    beams: [{"text", "probability"}].
    attention: base64 of uint8 (layers, heads, pieces, source), 255 is all of a piece's attention; "" until done.
    empty: shown while there is no translation.  options: those of gr.HTML.
    """
    return view("translation", _SENTENCE, value, **options)


_TABLE = """
<section class="pg-genders" aria-label="[[bias_texts.translation.table_label]]">
  <div class="pg-genders-body" hidden>
    <p class="pg-genders-selects">
      <label>[[bias_texts.translation.text]] <select class="pg-genders-wording"></select></label>
      <label>[[bias_texts.translation.order]] <select class="pg-genders-order">
        <option value="name">[[bias_texts.translation.order_name]]</option>
        <option value="she">[[bias_texts.translation.order_she]]</option>
        <option value="he">[[bias_texts.translation.order_he]]</option>
        <option value="none">[[bias_texts.translation.order_none]]</option>
      </select></label>
      <label>[[bias_texts.show]] <select class="pg-genders-filter">
        <option value="all">[[bias_texts.translation.filter_all]]</option>
        <option value="she">[[bias_texts.translation.filter_she]]</option>
        <option value="he">[[bias_texts.translation.filter_he]]</option>
        <option value="none">[[bias_texts.translation.filter_none]]</option>
      </select></label>
      <label>[[bias_texts.translation.find]]
        <input type="search" class="pg-genders-find" maxlength="40"
          placeholder="[[bias_texts.translation.find_placeholder]]"></label>
    </p>
    <p class="pg-hint pg-genders-key">[[bias_texts.translation.table_hint]]</p>
    <p class="pg-hint pg-genders-count" role="status"></p>
    <div class="pg-genders-scroll" tabindex="0" role="region" aria-label="[[bias_texts.translation.table_region]]">
      <table class="pg-table pg-genders-table"><thead></thead><tbody></tbody></table>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def gender_table_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "direction", "name", "columns", "wordings", "rows", "total", "empty"}.

    rows: [{"name", "forms", "answers": [{"wording", "gender", "text", "translation", "feminine", "counts",
    "followed"}]}]; gender: "he", "she" or "none"; followed: True, False or None.  columns: titles by gender.
    Event: pick, {"text", "direction"}, when a sentence is chosen.  options: those of gr.HTML.
    """
    return view("genderTable", _TABLE, value, events=("pick",), **options)
