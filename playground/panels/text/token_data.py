"""What the views are given: a generation as chips, a caption in words, a tree."""

from __future__ import annotations

from typing import Any

from playground.language.completion_tree import CompletionTree
from playground.language.generation import Generation
from playground.language.token_display import Token
from playground.ui.view import new_run

EMPTY = "Press Generate: the model's tokens appear here, one after the other."


def chips(
    prompt: tuple[Token, ...],
    tokens: tuple[Token, ...],
    *,
    done: bool,
    run: str | None = None,
    start: int = 0,
    scale: str = "probability",
    **more: Any,
) -> dict[str, Any]:
    """A value for the token view: the tokens from start on (and the prompt's with the first), to append to run."""
    value: dict[str, Any] = {
        "run": run or new_run(),
        "start": start,
        "tokens": [token.to_json() for token in tokens[start:]],
        "done": done,
        "selected": None,
        "scale": scale,
        "empty": EMPTY,
        **more,
    }
    return value if start else value | {"prompt": [token.to_json() for token in prompt]}


def tree_chips(tree: CompletionTree, run: str | None = None, start: int = 0) -> dict[str, Any]:
    """The shown branch for the token view, with marks where others leave it."""
    if tree.selected is None:
        return chips((), (), done=True)
    made = tree.selected.generation
    forks = {str(position): count for position, count in tree.forks().items()}
    return chips(made.prompt, made.tokens, done=bool(made.finish_reason), run=run, start=start, forks=forks)


def per_second(made: Generation) -> str:
    """The speed in words, or "" before there is one."""
    if made.tokens_per_second is None:
        return ""
    return f"{made.tokens_per_second:.0f} tokens/s"


_ENDINGS = {
    "eos": "the model ended the text",
    "length": "the asked length is reached",
    "context": "the model's context is full",
    "stopped": "stopped",
}


def caption(made: Generation) -> str:
    """How the text was made: count, speed, model, number format, device, seed."""
    if not made.tokens:
        if made.prompt_count > made.prompt_read:
            return f"Reading the prompt: {made.prompt_read:,} of {made.prompt_count:,} tokens."
        return "Reading the prompt."
    parts = [f"{len(made.tokens)} tokens", per_second(made)]
    if made.seconds_to_first_token is not None and made.tokens_per_second is not None:
        parts.append(f"first after {made.seconds_to_first_token * 1000:.0f} ms")
    parts += [
        made.request.model,
        f"{made.decoder} decoder ({made.precision})",
        made.device,
        f"seed {made.request.seed}",
    ]
    if made.request.sampler.temperature == 0:
        parts.append("greedy: temperature 0 leaves nothing to chance, the seed plays no part")
    parts.append(_ENDINGS.get(made.finish_reason, ""))
    return " · ".join(part for part in parts if part)
