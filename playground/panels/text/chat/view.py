"""A chat: its turns as bubbles, the answers as tokens, and beside them what the model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.language.conversation import Conversation, Turn
from playground.language.token_display import Token
from playground.panels.text.token_data import short_caption
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-chat" aria-label="[[text.chat.label]]">
  <div class="pg-legend"></div>
  <div class="pg-chat-body">
    <div class="pg-chat-scroll" tabindex="0" aria-label="[[text.chat.turns]]">
      <ol class="pg-chat-turns"></ol>
      <div class="pg-chat-empty"></div>
    </div>
    <aside class="pg-card pg-chat-card" aria-label="[[text.chat.token]]"></aside>
    <details class="pg-chat-reads">
      <summary>[[text.chat.reads]]</summary>
      <p class="pg-hint"></p>
      <div class="pg-chat-template pg-scroll" tabindex="0" aria-label="[[text.chat.reads]]"></div>
    </details>
  </div>
  <p class="pg-visually-hidden" aria-live="polite"></p>
</section>
"""

#: Beginnings that a small model can answer. Prompts for a model: never translated with the page.
STARTERS = ("What is the capital of France?", "Write two sentences about the sea.", "Why do cats purr?")
_EVENTS = ("say", "edit", "again", "more", "force", "walk")


def chat_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws the values of this module. options: those of gr.HTML.

    Events: say {"text"}, edit {"turn", "role", "text"}, again {"turn"}, more {"turn"}, walk {"turn"},
    force {"turn", "position", "id"}.
    """
    return view("chat", _TEMPLATE, value, events=_EVENTS, **options)


def chat_value(conversation: Conversation, run: str, *, done: bool) -> dict[str, Any]:
    """The whole chat: {"run", "turns", "reads", "start", "tokens", "done", "starters", "untouched"}.

    turns: {"id", "message", "tokens", "siblings", "caption", "finish_reason"}, the last one without its tokens.
    reads: [text, whether it is a control token] of each token that the model read before its last answer.
    start, tokens: of the last answer, as in `more_tokens`.  untouched: the stored example, with starters below it.
    """
    path = conversation.path
    turns = [_turn_json(conversation, turn) for turn in path]
    reads = [[token.text, int(token.special)] for token in path[-1].answer.prompt] if path else []
    tokens = turns[-1].pop("tokens") if turns else []
    return {
        "run": run, "turns": turns, "reads": reads, "start": 0, "tokens": tokens, "done": done,
        "starters": list(STARTERS), "untouched": conversation.untouched,
    }  # fmt: skip


def more_tokens(answer: Sequence[Token], run: str, start: int) -> dict[str, Any]:
    """The tokens of a growing last answer from a position on: only these, because each has ten alternatives."""
    return {"run": run, "start": start, "tokens": [token.to_json() for token in answer[start:]], "done": False}


def _turn_json(conversation: Conversation, turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "message": turn.message,
        "tokens": [token.to_json() for token in turn.answer.tokens],
        "siblings": list(conversation.siblings(turn.id)),
        "caption": short_caption(turn.answer, with_model=True),
        "finish_reason": turn.answer.finish_reason,
    }
