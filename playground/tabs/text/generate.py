"""Generate: chips that stream, other endings to force, a tree to walk, and the sampler at any position."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs import next_token as lab
from playground.labs.branches import Tree
from playground.labs.streaming import latest
from playground.labs.text import Generation, differences, generate, prompt_text
from playground.labs.text_request import TextRequest, request_from
from playground.recipe import Recipe, from_file
from playground.tabs.text.controls import Controls, query_of, request_of, sampler_of
from playground.tabs.text.drawing import caption, chips, new_run, notice, tree_chips

MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
MORE_TOKENS = 64
#: Waits until a cancelled event is gone, then hands the inputs on.
AFTER_CANCEL = "(...values) => new Promise((done) => setTimeout(() => done(values), 150))"


@dataclass(frozen=True)
class Panel:
    """The components of the Generate panel that handlers fill."""

    tree: gr.State
    chips: gr.HTML
    branches: gr.HTML
    caption: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    place: gr.State
    sampler: gr.HTML
    file: gr.Textbox
    template: gr.Textbox

    def streamed(self) -> list[Any]:
        """What a run fills while it goes on, in the order of Shown: few, for each costs at every beat."""
        return [self.tree, self.chips, self.caption, self.notice]

    def settled(self) -> list[Any]:
        """What follows once it has ended, in the order of on_settled."""
        return [self.branches, self.query]


Shown = tuple[Any, Any, Any, Any]
_SKIP: Any = gr.skip()


def show(tree: Tree, run: str | None = None, start: int = 0, note: dict[str, str] | None = None) -> Shown:
    """What a run shows, for a tree's current branch."""
    made = tree.shown.made if tree.shown else None
    return tree, tree_chips(tree, run, start), notice(caption(made)) if made else None, note


def on_settled(tree: Tree) -> tuple[Any, Any]:
    """The tree of endings, and the link of the one that is shown."""
    return tree.to_json(), query_of(tree.shown.made.recipe()) if tree.shown else _SKIP


def failed(error: PlaygroundError) -> Shown:
    """The page as it is, with the sentence that says what went wrong."""
    return _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def stream(texts: Iterator[Generation], plant: Any) -> Iterator[Shown]:
    """A text as it grows, as updates of the page. plant: the text to the tree that shows it."""
    run, sent, made = new_run(), 0, None
    try:
        for made in latest(texts):
            ready = len(made.prompt) == made.prompt_count and (made.tokens or made.finish_reason)
            tree = plant(made.stopped())
            if not ready:
                yield tree, _SKIP, notice(caption(made)), None
                continue
            value = chips(made.prompt, made.tokens, done=False, run=run, start=sent)
            sent = len(made.tokens)
            yield tree, value, notice(caption(made)), None
        if made is not None:
            tree = plant(made)
            yield show(tree, run, sent)
    except PlaygroundError as error:
        yield failed(error)


def on_generate(tree: Tree, *values: Any) -> Iterator[Shown]:
    """Writes a new text from the controls."""
    try:
        request = request_of(values)
    except PlaygroundError as error:
        yield failed(error)
        return
    yield from stream(generate(request), tree.planted)


def on_more(tree: Tree, *values: Any) -> Iterator[Shown]:
    """Lets the shown text go on."""
    if tree.shown is None:
        yield failed(PlaygroundError("There is no text yet: press Generate first."))
        return
    made = tree.shown.made
    if made.finish_reason in ("eos", "context"):
        yield failed(
            PlaygroundError("This text has come to its end. Click one of its tokens to let it go another way.")
        )
        return
    request = replace(made.request, max_new_tokens=len(made.tokens) + MORE_TOKENS)
    yield from stream(generate(request, replace(made, finish_reason="")), tree.grown)


def on_force(tree: Tree, event: gr.EventData, *values: Any) -> Iterator[Shown]:
    """Rewinds to a position, forces another token there, and lets the text go on as a new branch."""
    try:
        asked: dict[str, Any] = event._data
        part, position, token = str(asked["part"]), int(asked["position"]), int(asked["id"])
        if tree.shown is None:
            raise PlaygroundError("There is no text yet: press Generate first.")
        request, known = forked_request(tree.shown.made, request_of(values), part, position, token)
    except PlaygroundError as error:
        yield failed(error)
        return
    yield from stream(generate(request, known), lambda made: tree.forked(made, part, position))


def forked_request(
    base: Generation, now: TextRequest, part: str, position: int, token: int
) -> tuple[TextRequest, Generation]:
    """What writes the branch of a text in which token stands at position, and the text as it is known up to there."""
    own = base.request
    if part == "prompt":
        if not 1 <= position < len(base.prompt):
            raise PlaygroundError(
                "The first token cannot be replaced this way: nothing comes before it. Edit the prompt."
            )
        request = replace(own, sampler=now.sampler, seed=now.seed, prompt_tokens=position, forced=(token,))
        known = replace(base, prompt=base.prompt[:position], tokens=(), finish_reason="")
    else:
        if not 0 <= position < len(base.tokens):
            raise PlaygroundError("That token is no longer in the text: click one that is.")
        earlier: list[int | None] = [item.id for item in base.tokens[:position]]
        if (own.sampler, own.seed) == (now.sampler, now.seed):
            # Drawn again from the same seed they come out the same: only what was forced needs to be said.
            earlier = list(own.forced[:position]) + [None] * (position - len(own.forced))
        request = replace(own, sampler=now.sampler, seed=now.seed, forced=(*earlier, token))
        known = replace(base, tokens=base.tokens[:position], finish_reason="")
    longest = max(own.max_new_tokens, len(request.forced), now.max_new_tokens)
    return replace(request, max_new_tokens=longest), replace(known, request=request)


def on_stop(tree: Tree) -> Shown:
    """The text as far as it came."""
    return show(tree) if tree.shown else (_SKIP, _SKIP, notice("Stopped."), None)


def on_walk(tree: Tree, event: gr.EventData) -> Shown:
    """Shows another branch."""
    return show(tree.walked(int(event._data["branch"])))


def on_replay(recipe: Recipe | None, tree: Tree) -> Iterator[Shown]:
    """Runs a link's or a file's recipe again and says whether the same came out."""
    if recipe is None or not recipe.result:
        yield (_SKIP,) * 4
        return
    last: Shown | None = None
    try:
        for last in stream(generate(replay_request(recipe)), tree.planted):
            yield last
        if last is None or not isinstance(last[0], Tree) or last[0].shown is None:
            return
        differing = differences(recipe, last[0].shown.made)
        note = (
            notice(f"Differs: {differing}.", "warning") if differing else notice("Reproduced ✓ token for token.", "ok")
        )
        yield (*last[:3], note)
    except PlaygroundError as error:
        yield failed(error)


def replay_request(recipe: Recipe) -> TextRequest:
    """The recipe's request, by this machine's own decoder where the recipe's is not to be had."""
    from playground.labs.models import model_facts

    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        return replace(request, decoder="auto")
    return request


def on_file(path: str | None) -> tuple[Recipe | None, Any]:
    """The recipe in a file that a visitor gives."""
    try:
        if path is None:
            raise PlaygroundError("Choose a JSON or a picture that was downloaded from this page.")
        with open(path, "rb") as file:
            content = file.read(64 << 20)
        recipe = from_file(content)
        request_from(recipe)
        return recipe, notice("Recipe read: making it again.")
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def on_pick(tree: Tree, event: gr.EventData, *values: Any) -> tuple[Any, Any, Any]:
    """Shows the sampler at the clicked token's position."""
    part, position = str(event._data["part"]), int(event._data["position"])
    return pick(tree, part, position, values)


def on_pick_first(tree: Tree, *values: Any) -> tuple[Any, Any, Any]:
    """Shows the sampler at the first written token, so that there is something to play with."""
    if tree.shown is None or not tree.shown.made.tokens:
        return _SKIP, _SKIP, _SKIP
    return pick(tree, "output", 0, values)


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


def stages(message: str) -> dict[str, object]:
    """The sampler's stages under other settings: called at each move of a slider, past the queue; runs no model."""
    return lab.live_stages(message)


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


def on_template(*values: Any) -> tuple[str, Any]:
    """The text exactly as the model reads it, template and control tokens included."""
    try:
        return prompt_text(request_of(values)), None
    except PlaygroundError as error:
        return "", notice(str(error), "error")


def on_download(tree: Tree) -> tuple[str, Any]:
    """The shown text as JSON, for the page to save."""
    if tree.shown is None:
        return "", notice("There is nothing to download yet: press Generate first.", "error")
    text = json.dumps(tree.shown.made.to_json(), ensure_ascii=False, indent=1)
    return json.dumps({"name": "generation.json", "text": text}), None


def on_picture(tree: Tree) -> tuple[str, Any]:
    """The shown text as coloured chips, for the page to draw as a PNG with the recipe inside."""
    if tree.shown is None:
        return "", notice("There is nothing to draw yet: press Generate first.", "error")
    made = tree.shown.made
    value = tree_chips(tree) | {"caption": caption(made)}
    recipe = made.recipe().to_json()
    return json.dumps({"name": "generation.png", "picture": value, "recipe": recipe}), None


def stop_button(stop: gr.Button, running: Any, note: gr.HTML) -> None:
    """Makes a button stop an event, and a notice say so."""
    stop.click(None, None, None, cancels=[running], api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    said: dict[str, Any] = {"queue": False, "js": AFTER_CANCEL, "show_progress": "hidden", "api_visibility": "private"}
    stop.click(lambda: notice("Stopped."), None, note, **said)


def wire(panel: Panel, controls: Controls, run: gr.Button, stop: gr.Button, more: gr.Button) -> Any:
    """Connects the panel's events. Returns the run's event, for other parts to follow."""
    inputs = controls.inputs()
    streamed: dict[str, Any] = {"outputs": panel.streamed(), "show_progress": "hidden", "api_visibility": "private"}
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    started = gr.on([run.click, controls.prompt.submit], on_generate, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    grown = more.click(on_more, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    forced = panel.chips.force(on_force, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    stop.click(None, None, None, cancels=[started, grown, forced], api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    stopped = stop.click(on_stop, [panel.tree], outputs=panel.streamed(), queue=False, js=AFTER_CANCEL, **quiet)
    walked = panel.branches.walk(on_walk, [panel.tree], outputs=panel.streamed(), queue=False, **quiet)
    for event in (started, grown, forced, stopped, walked):
        event.then(on_settled, [panel.tree], panel.settled(), queue=False, **quiet)
    placed = [panel.place, panel.sampler, panel.notice]
    panel.chips.pick(on_pick, [panel.tree, *inputs], placed, trigger_mode="always_last", **quiet, **MODEL_QUEUE)
    started.then(on_pick_first, [panel.tree, *inputs], placed, **quiet, **MODEL_QUEUE)
    panel.sampler.draw(on_draw, [panel.place, *inputs], placed, **quiet)
    panel.sampler.decoders(on_decoders, [panel.place, *inputs], placed, **quiet, **MODEL_QUEUE)
    return started
