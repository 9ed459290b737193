"""The measurements of a visit as a table, a row each with its verdict."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-session-log" aria-label="[[bias_texts.session_log.label]]">
  <p class="pg-session-log-summary" role="status"></p>
  <div class="pg-scroll" tabindex="0" role="region" aria-label="[[bias_texts.session_log.region]]" hidden>
    <table class="pg-table"><thead><tr>
      <th scope="col">[[bias_texts.session_log.measured]]</th><th scope="col">[[bias_texts.session_log.found]]</th>
      <th scope="col">[[bias_texts.session_log.verdict]]</th><th scope="col">[[bias_texts.columns.p]]</th>
      <th scope="col">[[bias_texts.session_log.adjusted]]</th>
    </tr></thead><tbody></tbody></table>
  </div>
</section>
"""


def session_log_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"summary", "rows": [{"title", "summary", "verdict", "verdict_name", "p", "adjusted", "query"}]}.

    verdict: one of session_log.VERDICTS.  query: of the link that measures it again, or "".  options: those of gr.HTML.
    """
    return view("sessionLog", _TEMPLATE, value, **options)
