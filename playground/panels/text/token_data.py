"""Values of the tab's views: a text as chips, and its caption."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.language.completion_tree import CompletionTree
from playground.language.generation import Generation
from playground.language.remarks import least_sure, least_sure_place
from playground.language.token_display import Token
from playground.ui.notice import notice, notice_with_details
from playground.ui.view import new_run


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
    """A value for tokens_view: the tokens from `start` on, to append to `run`; with start 0 also the prompt's."""
    value: dict[str, Any] = {
        "run": run or new_run(),
        "start": start,
        "tokens": [token.to_json() for token in tokens[start:]],
        "done": done,
        "selected": None,
        "scale": scale,
        "empty": say("text.generate.empty"),
        **more,
    }
    return value if start else value | {"prompt": [token.to_json() for token in prompt]}


def tree_chips(tree: CompletionTree, run: str | None = None) -> dict[str, Any]:
    """A value for tokens_view: the selected branch, with marks where others leave it."""
    if tree.selected is None:
        return chips((), (), done=True)
    text = tree.selected.generation
    forks = {str(position): count for position, count in tree.forks().items()}
    done = bool(text.finish_reason)
    return chips(text.prompt, text.tokens, done=done, run=run, forks=forks, shown=least_sure_place(text.tokens))


def caption_notice(text: Generation, more: str = "") -> dict[str, str]:
    """The notice under a text: its length and seed, the rest of its caption in a fold. more: one more part of that."""
    short = short_caption(text)
    if not text.tokens:
        return notice(caption(text))
    rest = [part for part in (*_caption_parts(text), more) if part and part not in short.split(" · ")]
    return notice_with_details(short, " · ".join(rest))


def caption(text: Generation) -> str:
    """One line about a text: length, speed, model, number format, device, seed, and why it ended."""
    return " · ".join(_caption_parts(text))


def _caption_parts(text: Generation) -> list[str]:
    if not text.tokens:
        if text.prompt_count > text.prompt_read:
            return [say("text.caption.prompt_progress", read=text.prompt_read, total=text.prompt_count)]
        return [say("text.caption.prompt")]
    at_length = text.finish_reason == "length"
    parts = [say(f"text.caption.{'length' if at_length else 'tokens'}", count=len(text.tokens))]
    if text.tokens_per_second is not None:
        parts.append(say("text.caption.speed", speed=text.tokens_per_second))
        if text.seconds_to_first_token is not None:
            parts.append(say("text.caption.first", milliseconds=text.seconds_to_first_token * 1000))
    parts += [
        text.request.model,
        say("text.caption.decoder", decoder=text.decoder, precision=text.precision),
        text.device,
        say("shared.seed_number", seed=text.request.seed),
    ]
    if text.request.sampler.temperature == 0:
        parts.append(say("text.caption.greedy"))
    if text.finish_reason and not at_length:
        parts.append(say(f"text.caption.{text.finish_reason}"))
    return parts


def short_caption(text: Generation, with_model: bool = False) -> str:
    """A few words about a text: its length, its model if asked for, its seed, and why it ended."""
    if not text.tokens:
        return say("text.caption.prompt")
    at_length = text.finish_reason == "length"
    parts = [say(f"text.caption.{'length' if at_length else 'tokens'}", count=len(text.tokens))]
    parts += [text.request.model] if with_model else []
    parts += [say("shared.seed_number", seed=text.request.seed)] if text.request.sampler.temperature else []
    if text.finish_reason and not at_length:
        parts.append(say(f"text.caption.{text.finish_reason}"))
    return " · ".join(parts)


def remark(text: Generation) -> dict[str, str] | None:
    """The notice under a finished text: where the model was least sure."""
    sentence = least_sure(text)
    return notice(sentence) if sentence else None
