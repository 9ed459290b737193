"""What was measured in a session, a line each, with its verdict."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-session-log" aria-label="What was measured in this visit">
  <p class="pg-session-log-summary" role="status"></p>
  <div class="pg-scroll" tabindex="0" role="region" aria-label="All measurements" hidden>
    <table class="pg-table"><thead><tr>
      <th scope="col">Measured</th><th scope="col">Found</th><th scope="col">Verdict</th><th scope="col">p</th>
      <th scope="col">p, corrected</th>
    </tr></thead><tbody></tbody></table>
  </div>
</section>
"""


def session_log_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"summary", "rows": [{"title", "found", "verdict", "p", "adjusted", "query"}]}; query may be "".

    options: those of gr.HTML.
    """
    return view("sessionLog", _TEMPLATE, value, **options)
