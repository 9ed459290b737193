"""Generate: streamed tokens, forced alternatives, the tree of endings, and the sampler at any position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.completion_tree import CompletionTree, forked_request
from playground.language.generation import Generation, generate
from playground.language.remarks import least_sure
from playground.language.stored_example import is_from_elsewhere, stored_example
from playground.panels.text.controls import (
    TEXT_SETTINGS,
    TextShared,
    query_of,
    request_of,
)
from playground.panels.text.generate import export, sampler_panel
from playground.panels.text.generate.completion_tree_view import completion_tree_view
from playground.panels.text.generate.replay import on_replay, restore
from playground.panels.text.generate.sampler_view import sampler_view
from playground.panels.text.generate.updates import STREAM_OUTPUTS, TREE_OUTPUTS, show, stream, tree_update
from playground.panels.text.model_card import card
from playground.panels.text.token_data import caption_notice, tree_chips
from playground.ui import messages
from playground.ui.browser_store import clear_script, kept_text
from playground.ui.event_data import event_values
from playground.ui.events import (
    AFTER_CANCEL,
    FOLLOWS,
    MODEL_QUEUE,
    QUIET,
    Update,
    call,
    cancel_each_other,
    starts_again,
)
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.result_settings import result_settings
from playground.ui.token_chips import tokens_view
from playground.ui.view import module_call

NAME = "generate"
MORE_TOKENS = 64
_SAMPLER_OUTPUTS = ("position", "sampler", "notice")


@dataclass(frozen=True)
class GenerateComponents:
    """The components of the panel. tree: gr.State of CompletionTree.  position: gr.State of sampler_panel.Position.

    carried: hidden, see ResultSettings.
    example_query: hidden, the link of the stored example.  file: hidden, JSON of a file for the page to save.
    recalled, kept: hidden, the tree that the browser has kept, and the one that it is to keep.
    """

    run: gr.Button
    stop: gr.Button
    more: gr.Button
    notice: gr.HTML
    caption: gr.HTML
    chips: gr.HTML
    branches: gr.HTML
    sampler: gr.HTML
    download_json: gr.Button
    download_picture: gr.Button
    show_template: gr.Button
    template: gr.Textbox
    tree: gr.State
    position: gr.State
    carried: gr.Textbox
    query: gr.Textbox
    example_query: gr.Textbox
    file: gr.Textbox
    recalled: gr.Textbox
    kept: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel, its events and its endpoints."""
    components = _build_components(shared)
    parts = (components, shared)
    started, branched = _connect_generation(components, shared)
    sampler_panel.connect(components, shared, started, branched)
    export.connect(components, shared)
    pick_first = call(sampler_panel.on_pick_first, parts, ["tree", "controls"], _SAMPLER_OUTPUTS)
    return Panel(
        NAME,
        item,
        parts,
        restore=lambda recipe: restore(recipe, shared.linked),
        restored=["controls", "linked", "about", "query", "chips", "carried"],
        replay=on_replay,
        replay_inputs=["recalled"],
        replayed=[*STREAM_OUTPUTS, *TREE_OUTPUTS],
        draw=on_open,
        draw_inputs=["tree", "notice", "controls"],
        drawn=[*STREAM_OUTPUTS, "branches", "example_query", "about", "position", "sampler"],
        draw_runs_model=False,
        then=[_link_of_example(components)],
        then_replayed=[{**pick_first, **QUIET, **MODEL_QUEUE}],
        stops=[components.stop],
    )


def _build_components(shared: TextShared) -> GenerateComponents:
    introduction("text.generate")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("text.generate.title"), variant="primary", elem_id="generate")
        stop = gr.Button(say("shared.stop"), elem_id="stop")
        more = gr.Button(say("text.generate.more"), elem_id="more")
    note, caption_line = notice_view(elem_id="notice"), notice_view(elem_id="caption")
    tokens = tokens_view(tree_chips(CompletionTree()), elem_id="tokens")
    with gr.Accordion(say("text.generate.sampler"), open=True, elem_classes="pg-later"):
        sampler = sampler_view(elem_id="sampler", stages=sampler_panel.stages)
    with gr.Accordion(say("text.generate.branches"), open=True, elem_classes="pg-later"):
        branches = completion_tree_view(elem_id="branches")
        with gr.Row(elem_classes="pg-actions"):
            again = gr.Button(say("shared.visit.button"), elem_id="text-start-again", size="sm")
        again.click(None, None, None, js=clear_script(), api_visibility="private")
    recalled, kept = kept_text("endings")
    with gr.Accordion(say("text.generate.save"), open=True, elem_classes="pg-later"), gr.Row(elem_classes="pg-actions"):
        download_json = gr.Button(say("text.generate.download_json"), elem_id="download-json")
        download_picture = gr.Button(say("text.generate.download_picture"), elem_id="download-picture")
    with gr.Accordion(say("text.generate.template_title"), open=False, elem_classes="pg-later"):
        gr.Markdown(say("text.generate.template_help"))
        show_template = gr.Button(say("text.generate.show_template"), elem_id="show-template")
        template = gr.Textbox(
            label=say("text.generate.template"), interactive=False, lines=4, max_lines=20, elem_id="template"
        )
    carried = result_settings({name: shared.controls[name] for name in TEXT_SETTINGS}, [tokens, caption_line]).carried
    return GenerateComponents(
        run=run, stop=stop, more=more, notice=note, caption=caption_line, chips=tokens, branches=branches,
        sampler=sampler, download_json=download_json, download_picture=download_picture, show_template=show_template,
        template=template, tree=gr.State(CompletionTree()), position=gr.State(None), carried=carried,
        query=gr.Textbox(visible="hidden", elem_id="query"), example_query=gr.Textbox(visible="hidden"),
        file=gr.Textbox(visible="hidden", elem_id="file"), recalled=recalled, kept=kept,
    )  # fmt: skip


def _link_of_example(components: GenerateComponents) -> dict[str, Any]:
    """The example's link becomes the page's, unless there is one: a visitor may have changed a setting meanwhile."""
    boxes = [components.example_query, components.query]
    script = "(example, query) => query || example"
    return {"fn": None, "inputs": boxes, "outputs": components.query, "js": script, "api_visibility": "private"}


def _connect_generation(components: GenerateComponents, shared: TextShared) -> tuple[Any, list[Any]]:
    """Connects the events that generate texts and select branches. Returns those of a new text, and of a branch."""
    parts = (components, shared)

    def streams(handler: Callable[..., Any]) -> dict[str, Any]:
        return {**call(handler, parts, ["tree", "controls"], STREAM_OUTPUTS), **starts_again(NAME), **MODEL_QUEUE}

    started = gr.on([components.run.click, shared.controls.prompt.submit], **streams(on_generate))
    to_result = f"() => {module_call('ui/narrow.js', 'goTo', repr('#caption'))}"
    components.run.click(None, None, None, js=to_result, api_visibility="private")
    extended = components.more.click(**streams(on_more))
    forced = components.chips.force(**streams(on_force))
    cancel_each_other(NAME, [started, extended, forced])
    components.stop.click(None, None, None, cancels=[started, extended, forced], api_visibility="private")
    # Cancelling closes the page's event stream: a request at the same moment would get no answer.
    # In one answer: a link that came after it would take the place of that of a text that a quick visitor has begun.
    outputs = list(dict.fromkeys([*STREAM_OUTPUTS, *TREE_OUTPUTS]))
    components.stop.click(**call(on_stop, parts, ["tree"], outputs), queue=False, js=AFTER_CANCEL, **QUIET)
    selected = components.branches.walk(**call(on_branch, parts, ["tree"], outputs), queue=False, **FOLLOWS)
    for event in (started, extended, forced):
        event.then(**call(tree_update, parts, ["tree"], TREE_OUTPUTS), queue=False, **FOLLOWS)
    return started, [forced, selected]


def on_open(tree: CompletionTree, said: Any, controls: Mapping[str, Any]) -> Update:
    """The stored example, unless there is a text already. said: the notice, which may say why a link fails."""
    if tree.selected is not None:
        return {}
    example = stored_example()
    tree = tree.replant(example)
    update = {**show(tree), "branches": tree.to_json(), "about": card(example.request.model)}
    update["example_query"] = query_of(example.recipe())
    if is_from_elsewhere():
        update["caption"] = caption_notice(example, say("shared.other_processor"))
    takeaway = notice(f"{say('text.generate.example')} {least_sure(example)}")
    with suppress(PlaygroundError):  # of a model that cannot be loaded: the text is there all the same
        update |= sampler_panel.pick(example, "output", 0, controls, is_stored=True)
    return {**update, "notice": said or takeaway}


def on_generate(tree: CompletionTree, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Replaces the tree with a new text, streamed."""
    yield from stream(generate(request_of(controls)), tree.replant)


def _selected(tree: CompletionTree) -> Generation:
    if tree.selected is None:
        raise PlaygroundError(say("text.generate.no_text"))
    return tree.selected.generation


def on_more(tree: CompletionTree, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Extends the selected text by up to MORE_TOKENS tokens."""
    generation = _selected(tree)
    if generation.finish_reason in ("eos", "context", "stop_sequence"):
        raise PlaygroundError(say("text.generate.complete"))
    request = replace(generation.request, max_new_tokens=len(generation.tokens) + MORE_TOKENS)
    yield from stream(generate(request, replace(generation, finish_reason="")), tree.extend)


def on_force(tree: CompletionTree, event: gr.EventData, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Rewinds to a position, forces another token there, and continues from it as a new branch."""
    data = event_values(event)
    part, position, token = str(data["part"]), data.number("position"), data.number("id")
    request, known = forked_request(_selected(tree), request_of(controls), part, position, token)
    yield from stream(generate(request, known), lambda generation: tree.fork(generation, part, position))


def on_stop(tree: CompletionTree) -> Update:
    """The text up to where it was stopped."""
    return {**show(tree), **tree_update(tree)} if tree.selected else {"caption": messages.stopped(), "notice": None}


def on_branch(tree: CompletionTree, event: gr.EventData) -> Update:
    """Selects the branch that the visitor chose in the tree."""
    tree = tree.select(event_values(event).number("branch"))
    return {**show(tree), **tree_update(tree)}
