"""The endpoints of Generate: /generate, /next_token and /tokenize."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.core.catalogue import say
from playground.core.validation import parse_text
from playground.language import next_token
from playground.language.generation import generate, load, tokenize
from playground.language.text_request import DEFAULT_MODEL, check_system, read_request
from playground.language.token_display import unscored_tokens, vocabulary
from playground.panels.text.sampler_parameters import takes_sampler_settings
from playground.panels.text.streaming import streamed
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import in_turn, last_step


@endpoint("generate")
@takes_sampler_settings(before="max_new_tokens", last=("stop",))
def api_generate(
    prompt: str,
    mode: str = "completion",
    model: str = DEFAULT_MODEL,
    max_new_tokens: int = 64,
    seed: int = 0,
    forced: list[int | None] = [],  # noqa: B006 - never changed; the endpoint shows it as its default
    system: str = "",
    decoder: str = "auto",
    stop: list[str] = [],  # noqa: B006 - as above
    **sampler: Any,
) -> Iterator[dict[str, Any]]:
    """Streams a text as it grows, {"text", "first", "tokens"} with the tokens from position `first` on, new ones only.

    The last value is the whole text, with the recipe that reproduces it.

    mode: completion or chat.  forced: token ids for the first positions; None leaves one to the sampler.
    stop: texts that end the text where one appears.
    {"text", "tokens": [{"id", "text", "probability", "rank", "alternatives"}], "finish_reason", "tokens_per_second",
    "recipe", …}
    """
    values = {
        "prompt": prompt, "mode": mode, "model": model, "max_new_tokens": max_new_tokens,
        "seed": seed, "forced": forced, "system": system, "decoder": decoder, "stop": stop,
    }  # fmt: skip
    check_system(mode, system)
    yield from streamed(generate(read_request(values, sampler)))


@endpoint("next_token")
@takes_sampler_settings(before="decoder")
def api_next_token(text: str, model: str = DEFAULT_MODEL, decoder: str = "auto", **sampler: Any) -> dict[str, Any]:
    """The distribution of the token after a text, after each stage of the sampler that is on.

    The text counts as the prompt. XTC acts if its probability is above 0, and Mirostat is at its first token.
    {"stages": [{"name", "removed_count", "removed_mass", "entropy_bits", "entries", …}], "model", "decoder"}: the first
    version's stages always, later ones while they are on; entries: the 50 likeliest tokens after it.
    """
    settings = next_token.sampler_settings(sampler)
    ids = next_token.encode_text(load(model, decoder), parse_text(text, say("text.request.text")))
    result = last_step(next_token.read_next_token(model, decoder, ids, [], settings))
    assert result is not None
    return {"stages": result.stages, "model": result.model, "decoder": result.decoder}


@endpoint("tokenize")
def api_tokenize(text: str, model: str = DEFAULT_MODEL) -> dict[str, Any]:
    """The tokens of a text: {"tokens": [{"id", "text", "special"}], "count", "characters"}."""
    loaded = load(model)
    words = vocabulary(loaded.tokenizer)
    ids = tokenize(loaded, parse_text(text, say("text.request.text")))
    tokens = [{"id": t.id, "text": t.text, "special": t.special} | ({"bytes": t.bytes} if t.bytes else {})
              for t in in_turn(unscored_tokens(words, ids, words.stream()))]  # fmt: skip
    return {"tokens": tokens, "count": len(ids), "characters": len(text)}
