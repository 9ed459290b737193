"""Generate: streamed tokens, forced alternatives, the tree of endings, and the sampler at any position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.verification import Verification
from playground.language.completion_tree import CompletionTree, forked_request
from playground.language.generation import Generation, describe_difference, generate
from playground.language.model_menu import model_facts
from playground.language.remarks import least_sure
from playground.language.stored_example import is_from_elsewhere, stored_example
from playground.language.text_request import TextRequest, request_from
from playground.panels.text.controls import (
    TEXT_SETTINGS,
    TextShared,
    came_from,
    query_of,
    request_of,
    restore_settings,
)
from playground.panels.text.generate import export, sampler_panel
from playground.panels.text.generate.completion_tree_view import completion_tree_view
from playground.panels.text.generate.sampler_view import sampler_view
from playground.panels.text.history_view import history_entry
from playground.panels.text.model_card import card
from playground.panels.text.token_data import caption, chips, tree_chips
from playground.ui import messages
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
from playground.ui.view import module_call, new_run

NAME = "generate"
MORE_TOKENS = 64
#: Outputs of a growing text: few, because each costs time at every update.
STREAM_OUTPUTS = ("tree", "chips", "caption", "notice", "carried")
#: Outputs of a finished text.
TREE_OUTPUTS = ("branches", "query", "history")
_SAMPLER_OUTPUTS = ("position", "sampler", "notice")
#: Between two updates of a text: with shorter intervals a slow page is too busy to react to Stop.
_UPDATE_SECONDS = 0.15


@dataclass(frozen=True)
class GenerateComponents:
    """The components of the panel. tree: gr.State of CompletionTree.  position: gr.State of sampler_panel.Position.

    carried: hidden, see ResultSettings.
    example_query: hidden, the link of the stored example.  file: hidden, JSON of a file for the page to save.
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
        replay_inputs=["tree"],
        replayed=[*STREAM_OUTPUTS, *TREE_OUTPUTS],
        draw=on_open,
        draw_inputs=["tree", "notice"],
        drawn=[*STREAM_OUTPUTS, "branches", "example_query", "about"],
        draw_runs_model=False,
        then=[_link_of_example(components), {**pick_first, **QUIET, **MODEL_QUEUE}],
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
        file=gr.Textbox(visible="hidden", elem_id="file"),
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
    stopped = components.stop.click(
        **call(on_stop, components, ["tree"], STREAM_OUTPUTS), queue=False, js=AFTER_CANCEL, **QUIET
    )
    selected = components.branches.walk(**call(on_branch, components, ["tree"], STREAM_OUTPUTS), queue=False, **FOLLOWS)
    for event in (started, extended, forced, stopped, selected):
        event.then(**call(tree_update, parts, ["tree"], TREE_OUTPUTS), queue=False, **FOLLOWS)
    return started, [forced, selected]


def show(tree: CompletionTree, run: str | None = None, note: Mapping[str, str] | None = None) -> Update:
    """The selected branch of a tree. run: of the view's drawing that this ends."""
    generation = tree.selected.generation if tree.selected else None
    return {
        "tree": tree,
        "chips": tree_chips(tree, run),
        "caption": notice(caption(generation)) if generation else None,
        "notice": note,
        "carried": came_from(generation.request) if generation else "",
    }


def tree_update(tree: CompletionTree) -> Update:
    """TREE_OUTPUTS after a text has ended or another is selected: the tree, and the link to the selected text."""
    if tree.selected is None:
        return {"branches": tree.to_json()}
    generation = tree.selected.generation
    query = query_of(generation.recipe())
    entry = history_entry(query, generation.request.prompt, generation.text)
    return {"branches": tree.to_json(), "query": query, "history": entry}


def stream(texts: Iterator[Generation], add_to_tree: Callable[[Generation], CompletionTree]) -> Iterator[Update]:
    """STREAM_OUTPUTS as a text grows, about six times a second. add_to_tree: returns the tree with that text."""
    run, sent, generation = new_run(), 0, None
    for generation in throttle(texts, _UPDATE_SECONDS):
        tree = add_to_tree(generation.stopped())
        update = {"tree": tree, "caption": notice(caption(generation)), "notice": None}
        prompt_is_read = len(generation.prompt) == generation.prompt_count
        if prompt_is_read and (generation.tokens or generation.finish_reason):
            if not sent:
                update["carried"] = came_from(generation.request)
            update["chips"] = chips(generation.prompt, generation.tokens, done=False, run=run, start=sent)
            sent = len(generation.tokens)
        yield update
    if generation is not None:
        yield show(add_to_tree(generation), run, remark(generation))


def remark(text: Generation) -> dict[str, str] | None:
    """The notice under a finished text: where the model was least sure."""
    sentence = least_sure(text)
    return notice(sentence) if sentence else None


def on_open(tree: CompletionTree, said: Any) -> Update:
    """The stored example, unless there is a text already. said: the notice, which may say why a link fails."""
    if tree.selected is not None:
        return {}
    example = stored_example()
    tree = tree.replant(example)
    update = {**show(tree), "branches": tree.to_json(), "about": card(example.request.model)}
    update["example_query"] = query_of(example.recipe())
    if is_from_elsewhere():
        update["caption"] = notice(f"{caption(example)} · {say('shared.other_processor')}")
    takeaway = notice(f"{say('text.generate.example')} {least_sure(example)}")
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
    data: dict[str, Any] = event._data
    part, position, token = str(data["part"]), int(data["position"]), int(data["id"])
    request, known = forked_request(_selected(tree), request_of(controls), part, position, token)
    yield from stream(generate(request, known), lambda generation: tree.fork(generation, part, position))


def on_stop(tree: CompletionTree) -> Update:
    """The text up to where it was stopped."""
    return show(tree) if tree.selected else {"caption": messages.stopped(), "notice": None}


def on_branch(tree: CompletionTree, event: gr.EventData) -> Update:
    """Selects the branch that the visitor chose in the tree."""
    return show(tree.select(int(event._data["branch"])))


def restore(recipe: Recipe, linked: Mapping[str, Any]) -> Update:
    """Restores the settings of a link; `on_replay` then generates its text."""
    empty = {"chips": tree_chips(CompletionTree()), "carried": ""}
    return {**restore_settings(recipe, linked), **empty, "notice": _announcement(recipe)}


def _announcement(recipe: Recipe) -> dict[str, str]:
    if recipe.result:
        return notice(say("text.generate.replaying"))
    return notice(say("text.generate.settings_only"))


def on_replay(recipe: Recipe, tree: CompletionTree) -> Iterator[Update]:
    """Generates the text of a recipe again, if it has one, and reports whether it is the same."""
    if not recipe.result:
        return
    last: dict[str, Any] = {}
    for update in stream(generate(replay_request(recipe)), tree.replant):
        last = dict(update)
        yield update
    result: CompletionTree | None = last.get("tree")
    if result is None or result.selected is None:
        return
    yield tree_update(result)
    difference = describe_difference(recipe, result.selected.generation)
    verification = Verification(not difference, difference)
    yield {"notice": messages.verification_notice(verification, say("text.generate.compared"))}


def replay_request(recipe: Recipe) -> TextRequest:
    """The request of a recipe, with decoder "auto" if this machine lacks the recipe's decoder."""
    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        return replace(request, decoder="auto")
    return request
