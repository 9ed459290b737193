"""Reading a VAE's space: a bar for each of its numbers, the pictures along one of them, and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_READING = """
<section class="pg-reading" aria-label="The numbers of the space">
  <div class="pg-reading-body" hidden>
    <p class="pg-reading-words"></p>
    <p class="pg-strip-title" id="pg-bars-title">KL of each dimension, in nats, the largest first</p>
    <div class="pg-bars" role="radiogroup" aria-labelledby="pg-bars-title"></div>
    <p class="pg-hint">Choose a bar: click, or arrow keys. A dead dimension has a hatched bar: the picture hardly
      depends on it.</p>
    <div class="pg-reading-one">
      <figure class="pg-reading-live">
        <canvas class="pg-bitmap" role="img" aria-label="The picture at this value"></canvas>
      </figure>
      <div>
        <h4 class="pg-reading-name"></h4>
        <label class="pg-field pg-reading-slide">Its value
          <input type="range" class="pg-scrub" min="-3" max="3" step="0.05" value="0"></label>
        <p class="pg-frame-place" role="status"></p>
        <div class="pg-reading-row"></div>
      </div>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def reading_view(
    traverse: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"model", "condition", "base", "words", "bars", "dimension", "position", "own"}.

    bars: [{"dimension", "kl", "variance", "active"}], the largest KL first; dimensions from 1.  position: None for the
    base's own; own: the base's coordinates.
    traverse: {"model", "condition", "base", "dimension", "position", "row"} -> pack(…), or {"error"}.
    Event: chosen, {"dimension", "position"}, after a rest. options: those of gr.HTML.
    """
    return view(
        "reading", _READING, value, events=("chosen",), needs=("pictures",), server_functions=[traverse], **options
    )


_CHANGES = """
<section class="pg-changes-of" aria-label="What this dimension changes" hidden>
  <h4 class="pg-reading-name"></h4>
  <div class="pg-changes-two">
    <figure class="pg-heat"><canvas class="pg-bitmap" role="img"></canvas>
      <div class="pg-heat-key" aria-hidden="true"><span></span><i></i><span></span></div>
      <figcaption class="pg-hint"></figcaption></figure>
    <div><p class="pg-strip-title"></p><div class="pg-flips"></div><p class="pg-hint pg-flips-words"></p></div>
  </div>
</section>
"""


def changes_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"title", "heat": rows of numbers, "words", "flips": [{"name", "share", "text"}], "flips_title",
    "flips_words"}. options: those of gr.HTML.
    """
    return view("readingChanges", _CHANGES, value, needs=("pictures",), **options)


_CONTACT = """
<section class="pg-contact" aria-label="All active dimensions">
  <div class="pg-contact-rows"></div>
  <p class="pg-empty"></p>
</section>
"""


def contact_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) of rows of pictures | {"columns", "rows": [{"dimension", "label"}], "chosen", "empty"}.

    Event: pick, {"dimension"}. options: those of gr.HTML.
    """
    return view("readingContact", _CONTACT, value, events=("pick",), needs=("pictures",), **options)
