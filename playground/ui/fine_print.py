"""The fine print beside a measurement: its verdict, its method, its known problems, and how much was tried."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-fine" aria-label="[[shared.fine_print.region]]" hidden>
  <h4>[[shared.fine_print.title]]</h4>
  <p class="pg-fine-found"></p>
  <p class="pg-fine-verdict"><span class="pg-fine-mark" aria-hidden="true"></span> <strong></strong><span
    class="pg-fine-meaning"></span></p>
  <details class="pg-fine-how">
    <summary>[[shared.fine_print.how]]</summary>
    <dl class="pg-facts"></dl>
    <h5>[[shared.fine_print.known]]</h5>
    <ul class="pg-fine-known"></ul>
    <p class="pg-fine-session pg-hint" role="status"></p>
  </details>
  <p class="pg-actions pg-fine-share" hidden>
    <a class="pg-fine-link">[[shared.fine_print.link]]</a>
    <span class="pg-hint pg-fine-long">[[shared.fine_print.too_long]]</span>
    <button type="button" class="pg-button pg-fine-copy">[[shared.fine_print.copy]]</button>
    <button type="button" class="pg-button pg-fine-json">[[shared.fine_print.json]]</button>
    <button type="button" class="pg-button pg-fine-csv">[[shared.fine_print.csv]]</button>
  </p>
</section>
"""


def fine_print_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"verdict", "found", "rows": [{"name", "text"}], "known": [{"text", "title", "url"}], "session"}.

    verdict: "consistent", "depends on wording" or "cannot tell".  options: those of gr.HTML.
    Also "query": of the link, "" if it is too long; "file": what is downloaded, whose "table" is a list of rows; "name"
    of the file, without its ending. Without a file, nothing is offered.
    """
    return view("finePrint", _TEMPLATE, value, **options)
