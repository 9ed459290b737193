"""A model's chat template, a Jinja program that its makers wrote: rendered, with a sentence for what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.zoo.bounded_template import render_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def render_chat(
    tokenizer: PreTrainedTokenizerBase,
    title: str,
    prompt: str,
    system: str = "",
    history: Sequence[tuple[str, str]] = (),
) -> str:
    """The text that the model reads for the next message of a chat, control tokens included, up to where it answers.

    title: of the model, for sentences.  system: "" for none.  history: earlier messages, each with its answer.
    Raises PlaygroundError if the model has no template, if its template takes no system message, or if it fails.
    """
    if not tokenizer.chat_template:
        raise PlaygroundError(say("text.request.no_chat", title=title))
    messages = [{"role": "system", "content": system}] if system else []
    for message, answer in history:
        messages += [{"role": "user", "content": message}, {"role": "assistant", "content": answer}]
    messages.append({"role": "user", "content": prompt})
    try:
        text = _apply(tokenizer, messages)
    except Exception as error:  # a template may raise anything
        if system and is_rendered(tokenizer, title):
            raise PlaygroundError(say("text.request.no_system", title=title)) from error
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise PlaygroundError(say("text.request.broken_template", title=title, error=reason)) from error
    if system and _is_left_out(tokenizer, messages, text):
        raise PlaygroundError(say("text.request.no_system", title=title))
    return text


def _is_left_out(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]], text: str) -> bool:
    """Whether the text is the same without the first message."""
    try:
        return text == _apply(tokenizer, messages[1:])
    except Exception:  # a template may refuse a chat without a system message, with anything
        return False


def _apply(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]]) -> str:
    text = render_template(tokenizer, messages)
    if not text.strip():
        raise ValueError(say("text.request.template_writes_nothing"))
    return text


def is_rendered(tokenizer: PreTrainedTokenizerBase, title: str, system: str = "") -> bool:
    """Whether the template renders a message, with this system message, into a text that has it."""
    try:
        return "Hello" in render_chat(tokenizer, title, "Hello", system)
    except PlaygroundError:
        return False
