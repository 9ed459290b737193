"""The fine print beside a number: what it rests on, what is known to be wrong with it, and how much was tried."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-fine" aria-label="The fine print" hidden>
  <h4>How sure is that?</h4>
  <p class="pg-fine-found"></p>
  <p class="pg-fine-verdict"><span class="pg-fine-mark" aria-hidden="true"></span> <strong></strong></p>
  <dl class="pg-facts"></dl>
  <h5>Known to be wrong with this way of measuring</h5>
  <ul class="pg-fine-known"></ul>
  <p class="pg-fine-session pg-hint" role="status"></p>
</section>
"""


def fine_print_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"verdict", "found", "rows": [{"name", "text"}], "known": [{"text", "title", "url"}], "session"}.

    verdict: "consistent", "depends on wording" or "cannot tell".  options: those of gr.HTML.
    """
    return view("finePrint", _TEMPLATE, value, **options)
