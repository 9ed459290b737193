"""Generate: chips that stream, other endings to force, a tree to walk, and the sampler at any position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.throttle import latest
from playground.language.completion_tree import Tree, forked_request
from playground.language.generation import Generation, generate
from playground.panels.text.controls import Controls, query_of, request_of
from playground.panels.text.generate import sampler_panel
from playground.panels.text.token_data import caption, chips, tree_chips
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice
from playground.ui.view import new_run

MORE_TOKENS = 64


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
#: Between two beats of a text: a slow page that is told more often has no time left to hear that Stop was pressed.
_BEAT_SECONDS = 0.15
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
        for made in latest(texts, _BEAT_SECONDS):
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
        part, place, token = str(asked["part"]), int(asked["position"]), int(asked["id"])
        if tree.shown is None:
            raise PlaygroundError("There is no text yet: press Generate first.")
        request, known = forked_request(tree.shown.made, request_of(values), part, place, token)
    except PlaygroundError as error:
        yield failed(error)
        return
    yield from stream(generate(request, known), lambda made: tree.forked(made, part, place))


def on_stop(tree: Tree) -> Shown:
    """The text as far as it came."""
    return show(tree) if tree.shown else (_SKIP, _SKIP, notice("Stopped."), None)


def on_walk(tree: Tree, event: gr.EventData) -> Shown:
    """Shows another branch."""
    return show(tree.walked(int(event._data["branch"])))


def wire(panel: Panel, controls: Controls, run: gr.Button, stop: gr.Button, more: gr.Button) -> Any:
    """Connects the panel's events. Returns the run's event, for other parts to follow."""
    inputs = controls.inputs()
    streamed: dict[str, Any] = {"outputs": panel.streamed(), "show_progress": "hidden", "api_visibility": "private"}
    started = gr.on([run.click, controls.prompt.submit], on_generate, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    run.click(None, None, None, js="() => window.playground.goTo('#caption')", api_visibility="private")
    grown = more.click(on_more, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    forced = panel.chips.force(on_force, [panel.tree, *inputs], **streamed, **MODEL_QUEUE)
    stop.click(None, None, None, cancels=[started, grown, forced], api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    stopped = stop.click(on_stop, [panel.tree], outputs=panel.streamed(), queue=False, js=AFTER_CANCEL, **QUIET)
    walked = panel.branches.walk(on_walk, [panel.tree], outputs=panel.streamed(), queue=False, **FOLLOWS)
    for event in (started, grown, forced, stopped, walked):
        event.then(on_settled, [panel.tree], panel.settled(), queue=False, **FOLLOWS)
    placed = [panel.place, panel.sampler, panel.notice]
    panel.chips.pick(sampler_panel.on_pick, [panel.tree, *inputs], placed, **FOLLOWS, **MODEL_QUEUE)
    started.then(sampler_panel.on_pick_first, [panel.tree, *inputs], placed, **QUIET, **MODEL_QUEUE)
    panel.sampler.draw(sampler_panel.on_draw, [panel.place, *inputs], placed, **FOLLOWS)
    panel.sampler.decoders(sampler_panel.on_decoders, [panel.place, *inputs], placed, **QUIET, **MODEL_QUEUE)
    return started
