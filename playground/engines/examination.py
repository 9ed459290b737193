"""What a model from the Hub can do here, found by trying it once after it was fetched, and said on its card."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from playground.engines.chat_template import is_rendered

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from playground.engines.interface import Decoder


def examine(tokenizer: PreTrainedTokenizerBase, decoder: Decoder, title: str, end_tokens: Set[int]) -> dict[str, Any]:
    """{"memory", "context_length", "context_is_assumed", "chat", "end_tokens"}, as JSON values, for model.json.

    title: of the model.  end_tokens: the ids that end a text.
    memory: how the open decoder reads on: "slots", "own" (the model's own memory) or "none" (the whole text each time).
    chat: "yes", "no system message", "broken" or "none".
    """
    if not tokenizer.chat_template:
        chat = "none"
    elif not is_rendered(tokenizer, title):
        chat = "broken"
    else:
        chat = "yes" if is_rendered(tokenizer, title, "Be brief.") else "no system message"
    return {
        "memory": getattr(decoder, "memory", "slots"),
        "context_length": decoder.context_length,
        "context_is_assumed": bool(getattr(decoder, "context_is_assumed", False)),
        "chat": chat,
        "end_tokens": sorted(end_tokens),
    }


_MEMORY = {
    "own": "It cannot be rewound in place: going back in a text reads it again.",
    "none": "It keeps no memory of what it has read: each token takes as long as reading the whole text.",
}
_CHAT = {
    "none": "It has no chat template: use completion.",
    "broken": "Its chat template is broken: use completion.",
    "no system message": "Its chat template takes no system message.",
}


def notes_of(examination: Mapping[str, Any]) -> str:
    """The sentences of an examination that a visitor should know, in one line; "" for an ordinary model."""
    sentences = [_MEMORY.get(str(examination.get("memory")), ""), _CHAT.get(str(examination.get("chat")), "")]
    if examination.get("context_is_assumed"):
        sentences.append(f"Its config names no longest text: {examination['context_length']:,} tokens are assumed.")
    if "end_tokens" in examination and not examination["end_tokens"]:
        sentences.append("It names no token that ends a text: it writes until the limit.")
    return " ".join(sentence for sentence in sentences if sentence)
