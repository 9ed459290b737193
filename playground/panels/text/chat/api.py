"""The endpoint /chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.language.generation import generate
from playground.language.text_request import DEFAULT_MODEL, read_request
from playground.panels.text.sampler_parameters import takes_sampler_settings
from playground.panels.text.streaming import streamed
from playground.ui.endpoint import endpoint


@endpoint("chat")
@takes_sampler_settings(before="max_new_tokens")
def api_chat(
    messages: list[dict[str, str]],
    model: str = DEFAULT_MODEL,
    max_new_tokens: int = 64,
    seed: int = 0,
    stop: list[str] = [],  # noqa: B006 - never changed; the endpoint shows it as its default
    forced: list[int | None] = [],  # noqa: B006 - as above
    decoder: str = "auto",
    **sampler: Any,
) -> Iterator[dict[str, Any]]:
    """Streams the answer to the last message of a chat as /generate does; the last value is whole, with its recipe.

    messages: [{"role", "content"}]: perhaps one of "system", then "user" and "assistant" in turns, "user" last.
    stop: texts that end the answer where one appears.
    {"answer", "text", "tokens": [{"id", "text", "probability", "rank", "alternatives"}], "finish_reason", "recipe", …}
    """
    values = {
        **read_messages(messages), "mode": "chat", "model": model, "max_new_tokens": max_new_tokens, "seed": seed,
        "stop": stop, "forced": forced, "decoder": decoder,
    }  # fmt: skip
    yield from streamed(generate(read_request(values, sampler)), lambda text: {"answer": text.answer})


def read_messages(messages: object) -> dict[str, Any]:
    """{"system", "history", "prompt"} of the messages. Raises PlaygroundError if their roles do not alternate."""
    items = list(messages) if isinstance(messages, Sequence) and not isinstance(messages, str) else []
    pairs = [(one.get("role"), one.get("content")) if isinstance(one, Mapping) else (None, None) for one in items]
    system = pairs.pop(0)[1] if pairs and pairs[0][0] == "system" else ""
    roles = [role for role, _ in pairs]
    if not pairs or len(pairs) % 2 == 0 or roles != (["user", "assistant"] * len(pairs))[: len(pairs)]:
        raise PlaygroundError(say("text.request.messages", value=quoted(roles)))
    texts = [content for _, content in pairs]
    history = [[texts[place], texts[place + 1]] for place in range(0, len(texts) - 1, 2)]
    return {"system": system, "history": history, "prompt": texts[-1]}
