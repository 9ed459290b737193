"""The texts that Generate and Chat open on: generated once with the default settings and stored, tokens included.

Of Generate's, the logits of its first token are stored too: its sampler is there at once, and no model runs.

`python -m playground.language.stored_example` generates and stores them again.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.core.paths import EXAMPLES
from playground.core.recipe import from_json
from playground.language.generation import Generation, generate, load
from playground.language.kv_cache import Logits, Position, position_at
from playground.language.text_request import DEFAULT_PROMPT, TextRequest, request_from
from playground.language.token_display import Alternative, Token

TEXT, CHAT = "text", "chat"
REQUESTS = {
    TEXT: TextRequest(DEFAULT_PROMPT, max_new_tokens=64, seed=0),
    CHAT: TextRequest("What is the capital of France?", mode="chat", max_new_tokens=64, seed=0),
}

_LOGITS = EXAMPLES / "text_first_logits.safetensors"


def is_from_elsewhere(name: str = TEXT) -> bool:
    """Whether a text was stored by another kind of processor, whose probabilities differ slightly."""
    return bool(json.loads(_file(name).read_text("utf-8")).get("processor") != hardware.processor_kind())


def stored_example(name: str = TEXT) -> Generation:
    """A stored text, TEXT or CHAT. Raises PlaygroundError if the file is missing or damaged."""
    try:
        data = json.loads(_file(name).read_text("utf-8"))
        recipe = from_json(data)
        return Generation(
            request=replace(request_from(recipe), decoder="auto"),
            prompt=tuple(_token(item) for item in data["prompt_tokens"]),
            tokens=tuple(_token(item) for item in data["tokens"]),
            decoder=data["decoder"]["name"],
            precision=data["decoder"]["precision"],
            device=data["decoder"]["device"],
            weights_sha256=recipe.weights_sha256,
            finish_reason=data["finish_reason"],
            prompt_read=len(data["prompt_tokens"]),
            prompt_count=len(data["prompt_tokens"]),
            seconds_to_first_token=data["seconds_to_first_token"],
            tokens_per_second=data["tokens_per_second"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise PlaygroundError(say("text.generate.example_damaged")) from None


@cache
def stored_position() -> Position:
    """The position of the stored text's first token. Raises PlaygroundError if its file is missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    example = stored_example()
    try:
        if sha256_of(_LOGITS) != json.loads(_file(TEXT).read_text("utf-8"))["logits_sha256"]:
            raise ValueError("another sha256")
        logits: Logits = load_file(_LOGITS)["logits"]
    except (OSError, ValueError, KeyError, SafetensorError):
        raise PlaygroundError(say("text.generate.example_damaged")) from None
    logits.flags.writeable = False
    prompt = tuple(token.id for token in example.prompt)
    return Position(logits, prompt, example.request.model, "auto")  # not each machine has the decoder that wrote it


def _token(data: dict[str, Any]) -> Token:
    others = tuple(Alternative(**item) for item in data["alternatives"])
    return Token(**{"bytes": "", **data, "alternatives": others})


def generate_example(name: str = TEXT) -> Generation:
    """Runs a request of REQUESTS again. Raises PlaygroundError if the model is not available."""
    load(REQUESTS[name].model)
    *_, generation = generate(REQUESTS[name])
    return generation


def _file(name: str) -> Path:
    return EXAMPLES / f"{name}.json"


def first_logits(example: Generation) -> Logits:
    """The logits before a text's first token, (vocabulary,) float32: the model reads its prompt."""
    loaded = load(example.request.model, example.decoder)
    return position_at(loaded, [token.id for token in example.prompt], [])[1].logits


def _store(name: str) -> None:
    example = generate_example(name)
    content = {**example.to_json(), "processor": hardware.processor_kind()}
    if name == TEXT:
        from safetensors.numpy import save_file

        save_file({"logits": np.ascontiguousarray(first_logits(example))}, _LOGITS)
        content["logits_sha256"] = sha256_of(_LOGITS)
    _file(name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    for each in REQUESTS:
        _store(each)
