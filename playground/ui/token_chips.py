"""Tokens as coloured chips that flow like text, with a card for the one under the pointer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-tokens" aria-label="[[shared.tokens.region]]">
  <div class="pg-legend"></div>
  <div class="pg-tokens-body">
    <div class="pg-text"><span class="pg-empty"></span><span
      class="pg-chips pg-prompt" role="group" aria-label="[[shared.tokens.prompt]]"></span><span
      class="pg-chips pg-output" role="group" aria-label="[[shared.tokens.written]]"></span><span
      class="pg-caret" hidden></span><span class="pg-visually-hidden" aria-live="polite"></span></div>
    <aside class="pg-card" aria-label="[[shared.tokens.card]]"></aside>
  </div>
  <div class="pg-foot"><span class="pg-signs"></span><span class="pg-hint pg-tip">[[shared.tokens.tip]]</span></div>
</section>
"""


def tokens_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws tokens; those of a run that is already drawn are appended from `start` on. options: those of gr.HTML.

    The last value of a run has start 0 and all tokens, for a page that missed some.

    value: {"run", "start", "tokens", "prompt" (with start 0), "done", "forks": {position: count}, "mark": position,
    "shown": position of the token whose card is there before anybody points at one,
    "scale": "probability" | "surprisal" | "rank", "empty"}; tokens: see language.token_display.
    Events: pick {"part": "prompt" | "output", "position"}, force {"part", "position", "id"}. Inside an element of
    class pg-readonly-view nothing can be forced, and the scale is the value's.
    """
    return view("tokens", _TEMPLATE, value, events=("pick", "force"), **options)
