"""What a model from the Hub can do here, found by trying it once after it was fetched, and said on its card."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.engines.chat_template import is_rendered

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from playground.engines.interface import Decoder


def examine(tokenizer: PreTrainedTokenizerBase, decoder: Decoder, title: str, end_tokens: Set[int]) -> dict[str, Any]:
    """What a model can do, as JSON values by name, for model.json.

    title: of the model.  end_tokens: the ids that end a text.
    memory: how the open decoder reads on: "slots", "own" (the model's own memory) or "none" (the whole text each time).
    chat: "yes", "no system message", "needs a system message", "broken" or "none".
    tokens_beyond, token_beyond: how many of the tokenizer's tokens the model lacks, and the first.
    """
    beyond = sorted((number, token) for token, number in tokenizer.get_vocab().items() if number >= decoder.vocabulary)
    if not tokenizer.chat_template:
        chat = "none"
    elif not is_rendered(tokenizer, title):
        chat = "needs a system message" if is_rendered(tokenizer, title, "Be brief.") else "broken"
    else:
        chat = "yes" if is_rendered(tokenizer, title, "Be brief.") else "no system message"
    return {
        "memory": getattr(decoder, "memory", "slots"),
        "context_length": decoder.context_length,
        "context_is_assumed": bool(getattr(decoder, "context_is_assumed", False)),
        "chat": chat,
        "end_tokens": sorted(end_tokens),
        "tokens_beyond": len(beyond),
        "token_beyond": beyond[0][1] if beyond else "",
    }


#: What an examination may find -> the sentence for the model's card.
_SENTENCES = {
    ("memory", "own"): "models.card.own_memory",
    ("memory", "none"): "models.card.no_memory",
    ("chat", "none"): "models.card.no_chat",
    ("chat", "broken"): "models.card.broken_chat",
    ("chat", "no system message"): "models.card.no_system",
    ("chat", "needs a system message"): "models.card.needs_system",
}


def notes_of(examination: Mapping[str, Any]) -> str:
    """The sentences of an examination that a visitor should know, in one line; "" for an ordinary model."""
    keys = [_SENTENCES.get((name, str(examination.get(name)))) for name in ("memory", "chat")]
    sentences = [say(key) for key in keys if key]
    if examination.get("context_is_assumed"):
        sentences.append(say("models.card.assumed_context", count=examination["context_length"]))
    if examination.get("tokens_beyond"):
        lacking = {"count": examination["tokens_beyond"], "token": str(examination.get("token_beyond"))[:40]}
        sentences.append(say("models.card.tokens_beyond", **lacking))
    if "end_tokens" in examination and not examination["end_tokens"]:
        sentences.append(say("models.card.no_end"))
    return " ".join(sentences)
