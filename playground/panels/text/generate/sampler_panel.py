"""One position under the sampler: its stages, draws from it, the two decoders on it."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language import next_token as lab
from playground.language.completion_tree import Tree
from playground.panels.text.controls import request_of, sampler_of
from playground.ui.notice import notice

_SKIP: Any = gr.skip()


def on_pick(tree: Tree, event: gr.EventData, *values: Any) -> tuple[Any, Any, Any]:
    """Shows the sampler at the clicked token's position."""
    part, position = str(event._data["part"]), int(event._data["position"])
    return pick(tree, part, position, values)


def on_pick_first(tree: Tree, *values: Any) -> tuple[Any, Any, Any]:
    """Shows the sampler at the first written token, so that there is something to play with.

    A notice that stands is left standing: nobody asked for this.
    """
    if tree.shown is None or not tree.shown.made.tokens:
        return _SKIP, _SKIP, _SKIP
    place, value, note = pick(tree, "output", 0, values)
    return place, value, _SKIP if note is None else note


def pick(tree: Tree, part: str, position: int, values: Any) -> tuple[Any, Any, Any]:
    """(place, sampler view, notice) for a position of the shown text."""
    try:
        if tree.shown is None:
            raise PlaygroundError("There is no text yet: press Generate first.")
        made = tree.shown.made
        tokens = made.prompt if part == "prompt" else made.tokens
        if not 0 <= position < len(tokens):
            raise PlaygroundError("That token is no longer in the text: click one that is.")
        prompt = [token.id for token in (made.prompt[:position] if part == "prompt" else made.prompt)]
        written = [token.id for token in made.tokens[:position]] if part == "output" else []
        settings = lab.sampler_settings(sampler_of(values))
        found = lab.next_token(made.request.model, made.decoder, prompt, written, settings)
        where = f"{'Prompt token' if part == 'prompt' else 'Token'} {position + 1}"
        place = {
            "key": found.key,
            "chosen": tokens[position].id,
            "title": f"{where}: {tokens[position].text!r}",
            "model": made.request.model,
            "prompt": prompt,
            "written": written,
            "presses": 0,
            "draws": None,
            "decoders": None,
        }
        return place, sampler_value(place, found.stages, vars(settings)), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")


def stages(message: str) -> str:
    """The sampler's stages under other settings: called at each move of a slider, past the queue; runs no model.

    JSON text: handing the lists over as they are would cost the server another 10 ms of encoding.
    """
    return json.dumps(lab.live_stages(message))


def sampler_value(place: dict[str, Any], stages: list[dict[str, Any]], settings: dict[str, Any]) -> dict[str, Any]:
    """A value for the sampler view. Draws are shown as long as the settings are those that they were made with."""
    draws = place["draws"]
    return {
        "context": {"key": place["key"]},
        "title": place["title"],
        "chosen": place["chosen"],
        "settings": settings,
        "stages": stages,
        "draws": draws["found"] if draws and draws["settings"] == settings else None,
        "decoders": place["decoders"],
    }


def on_draw(place: dict[str, Any] | None, *values: Any) -> tuple[Any, Any, Any]:
    """Draws 1,000 tokens at the shown position; each press draws others."""
    try:
        if place is None:
            raise PlaygroundError("Click a token first: the draws are made at its position.")
        settings = lab.sampler_settings(sampler_of(values))
        presses = place["presses"] + 1
        found = lab.draw(place["key"], settings, seed=request_of(values).seed * 1_000_003 + presses)
        place = {**place, "presses": presses, "draws": {"found": found, "settings": vars(settings)}}
        return place, sampler_value(place, lab.stages_again(place["key"], settings), vars(settings)), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")


def on_decoders(place: dict[str, Any] | None, *values: Any) -> tuple[Any, Any, Any]:
    """Shows the distributions of both decoders at the shown position."""
    try:
        if place is None:
            raise PlaygroundError("Click a token first: the decoders are compared at its position.")
        settings = lab.sampler_settings(sampler_of(values))
        place = {**place, "decoders": lab.compare_decoders(place["model"], place["prompt"], place["written"])}
        return place, sampler_value(place, lab.stages_again(place["key"], settings), vars(settings)), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")
