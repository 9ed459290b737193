"""The sampler at one position of a text: its stages, draws from it, and both decoders compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language import next_token
from playground.language.completion_tree import CompletionTree
from playground.language.generation import Generation
from playground.language.sampling import SamplerSettings
from playground.language.sampling.describe import group_titles, stage_menu
from playground.panels.text.controls import TextShared, request_of, sampler_of
from playground.panels.text.token_data import remark
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call

#: A position: "key" finds its logits, "history" is next_token.History, "chosen" is the token that is there,
#: "draws" and "decoders" what was computed.
Position = dict[str, Any]
_OUTPUTS = ("position", "sampler", "notice")


def connect(components: Any, shared: TextShared, started: Any, branched: Sequence[Any]) -> None:
    """Connects the sampler's events. components: GenerateComponents.

    started: the event of a new text.  branched: those of another branch.
    """
    parts = (components, shared)

    def keywords(handler: Callable[..., Any], source: str) -> dict[str, Any]:
        return call(handler, parts, [source, "controls"], _OUTPUTS)

    components.chips.pick(**keywords(on_pick, "tree"), **FOLLOWS, **MODEL_QUEUE)
    first = call(on_pick_first, parts, ["tree", "controls", "position"], _OUTPUTS)
    started.then(**first, **QUIET, **MODEL_QUEUE)
    for event in branched:
        event.then(**keywords(on_pick_fork, "tree"), **QUIET, **MODEL_QUEUE)
    components.sampler.draw(**keywords(on_draw, "position"), **FOLLOWS)
    components.sampler.decoders(**keywords(on_decoders, "position"), **FOLLOWS, **MODEL_QUEUE)


def on_pick(tree: CompletionTree, event: gr.EventData, controls: Mapping[str, Any]) -> Update:
    """Shows the sampler at the clicked token's position."""
    if tree.selected is None:
        raise PlaygroundError(say("text.generate.no_text"))
    text = tree.selected.generation
    data = event_values(event)
    part, index = str(data["part"]), data.number("position")
    return {**pick(text, part, index, controls), "notice": remark(text)}


def on_pick_first(tree: CompletionTree, controls: Mapping[str, Any], position: Position | None = None) -> Update:
    """Shows the sampler at the first generated token, so that there is something to play with.

    position: the present one, which stays if it is one of this text: it may have been chosen while the text grew.
    The notice stays: nobody asked for this.
    """
    if tree.selected is None or not tree.selected.generation.tokens:
        return {}
    text = tree.selected.generation
    return pick(text, "output", _place_in(text, position), controls)


def _place_in(text: Generation, position: Position | None) -> int:
    """The place of a position among a text's generated tokens; 0 if it belongs to another text."""
    if position is None or position["prompt"] != [token.id for token in text.prompt]:
        return 0
    written = position["written"]
    belongs = len(written) < len(text.tokens) and written == [token.id for token in text.tokens[: len(written)]]
    return len(written) if belongs else 0


def on_pick_fork(tree: CompletionTree, controls: Mapping[str, Any]) -> Update:
    """Shows the sampler where the selected branch leaves its parent: the former choice belongs to another text."""
    branch = tree.selected
    if branch is None or not branch.generation.tokens:
        return {}
    fork = branch.fork if branch.part == "output" else None
    return pick(branch.generation, "output", min(fork or 0, len(branch.generation.tokens) - 1), controls)


def pick(
    generation: Generation, part: str, index: int, controls: Mapping[str, Any], *, is_stored: bool = False
) -> Update:
    """{"position", "sampler"} for one token of a text. part: "prompt" or "output".

    is_stored: it is the first token of the stored text, whose logits are stored too: no model runs.
    Raises PlaygroundError if there is no such token, or nothing comes before it.
    """
    tokens = generation.prompt if part == "prompt" else generation.tokens
    if not 0 <= index < len(tokens):
        raise PlaygroundError(say("text.generate.token_gone"))
    prompt = [token.id for token in (generation.prompt[:index] if part == "prompt" else generation.prompt)]
    written = [token.id for token in generation.tokens[:index]] if part == "output" else []
    settings = _settings(controls)
    history = next_token.history_of(generation, index) if part == "output" else next_token.History()
    if is_stored:
        result = next_token.stored_next_token(settings, history)
    else:
        result = next_token.next_token(generation.request.model, generation.decoder, prompt, written, settings, history)
    position = {
        "key": result.key,
        "history": history.to_json(),
        "chosen": tokens[index].id,
        "title": say(f"sampler.view.{part}", position=index + 1, token=repr(tokens[index].text)),
        "model": generation.request.model,
        "prompt": prompt,
        "written": written,
        "presses": 0,
        "draws": None,
        "decoders": None,
    }
    return {"position": position, "sampler": sampler_value(position, result.stages, settings)}


def _settings(controls: Mapping[str, Any]) -> SamplerSettings:
    return next_token.sampler_settings(sampler_of(controls))


def stages(message: str) -> str:
    """The sampler's stages under other settings: called at each move of a slider, past the queue; runs no model.

    JSON text: handing the lists over as they are would cost the server another 10 ms of encoding.
    """
    return json.dumps(next_token.live_stages(message))


def sampler_value(position: Position, described: list[dict[str, Any]], settings: SamplerSettings) -> dict[str, Any]:
    """A value for the sampler view. Draws are shown as long as they were made with these settings."""
    draws = position["draws"]
    return {
        "context": {"key": position["key"], "history": position["history"]},
        "title": position["title"],
        "chosen": position["chosen"],
        "settings": vars(settings),
        "stages": described,
        "menu": stage_menu(settings),
        "groups": group_titles(),
        "draws": draws["result"] if draws and draws["settings"] == vars(settings) else None,
        "decoders": position["decoders"],
    }


def _update_of(position: Position, settings: SamplerSettings) -> Update:
    history = next_token.read_history(position["history"])
    described = next_token.describe_cached_stages(position["key"], settings, history)
    return {"position": position, "sampler": sampler_value(position, described, settings), "notice": None}


def on_draw(position: Position | None, controls: Mapping[str, Any]) -> Update:
    """Draws 1,000 tokens at the position; each press draws others."""
    if position is None:
        raise PlaygroundError(say("sampler.view.nothing_to_draw"))
    settings, history = _settings(controls), next_token.read_history(position["history"])
    presses = position["presses"] + 1
    seed = (request_of(controls).seed * 1_000_003 + presses) % 2**63
    result = next_token.draw_tokens(position["key"], settings, seed, history)
    return _update_of(
        {**position, "presses": presses, "draws": {"result": result, "settings": vars(settings)}}, settings
    )


def on_decoders(position: Position | None, controls: Mapping[str, Any]) -> Update:
    """Shows the distributions of both decoders at the position."""
    if position is None:
        raise PlaygroundError(say("sampler.view.nothing_to_compare"))
    comparison = next_token.compare_decoders(position["model"], position["prompt"], position["written"])
    return _update_of({**position, "decoders": comparison}, _settings(controls))
