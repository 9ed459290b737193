"""Where everything of the Text tab stands, and what happens when the page opens."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.core.validation import parse_choice
from playground.language.completion_tree import Tree
from playground.language.model_menu import model_facts, model_names
from playground.language.stored_example import stored_example
from playground.language.text_request import request_from
from playground.panels.text import api, model_card
from playground.panels.text.beam_search import panel as beam_search
from playground.panels.text.compare import panel as compare
from playground.panels.text.controls import Controls, build_controls, link_script, restored, restored_panels
from playground.panels.text.generate import panel as generate
from playground.panels.text.generate import sampler_panel, share
from playground.panels.text.generate.panel import Panel
from playground.panels.text.generate.sampler_view import sampler_view
from playground.panels.text.generate.tree_view import branches_view
from playground.panels.text.score import panel as score
from playground.ui.events import MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.token_chips import tokens_view
from playground.ui.view import SHOW_QUERY, to_front

TITLE = "Text"
VIEWS = ("generate", "compare", "score", "beam")
_LEAD = (
    "A language model's text, token by token; the colour is the probability that the model gave each.",
    "Write a prompt, press Generate, and click any token: see what else might have come, and force it.",
    "The model only ever ranks next tokens; the sampler draws one; all text comes from that.",
)


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks."""
    names = model_names()
    with gr.Row(elem_classes="pg-room"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls, example_taken = build_controls(names)
            about = model_card.build_models(controls)
            pending = gr.State(None)
        with gr.Column(scale=5, min_width=320), gr.Tabs(elem_id="panels") as tabs:
            with gr.Tab("Generate", id="generate") as first:
                panel, run, stop, more, open_file, buttons = _generate_panel()
            with gr.Tab("Compare", id="compare") as second:
                panels = compare.build_compare(controls, names)
            with gr.Tab("Score a text", id="score") as third:
                panels |= score.build_score(controls)
            with gr.Tab("Beam search", id="beam") as fourth:
                panels |= beam_search.build_beams(controls)
    panels["view"] = gr.Textbox("generate", visible="hidden", elem_id="view")
    generate.wire(panel, controls, run, stop, more)
    room.select(None, panel.query, None, js=to_front("text"), api_visibility="private")
    _wire_share(panel, controls, panels, buttons, example_taken)
    for tab in (second, third, fourth):
        chosen = tab.select(None, None, panels["view"], js=f"() => {tab.id!r}", api_visibility="private")
        chosen.then(
            None, [*controls.inputs(), *panels.values()], panel.query, js=link_script(panels), api_visibility="private"
        )
    back = first.select(None, None, panels["view"], js="() => 'generate'", api_visibility="private")
    back.then(
        generate.on_settled, panel.tree, panel.settled(), queue=False, show_progress="hidden", api_visibility="private"
    )
    _wire_opening(panel, controls, panels, tabs, pending, about, open_file, stop)
    controls.mode.change(
        lambda mode: gr.Textbox(visible=mode == "chat"), controls.mode, controls.system,
        show_progress="hidden", api_visibility="private",
    )  # fmt: skip
    api.build_api()


def _generate_panel() -> tuple[Panel, gr.Button, gr.Button, gr.Button, gr.UploadButton, dict[str, gr.Button]]:
    lead(*_LEAD)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Generate", variant="primary", elem_id="generate")
        stop = gr.Button("Stop", elem_id="stop")
        more = gr.Button("Go on", elem_id="more")
    note, words = notice_view(elem_id="notice"), notice_view(elem_id="caption")
    chips = tokens_view(elem_id="tokens")
    with gr.Accordion("Branches: every ending so far", open=True):
        branches = branches_view(elem_id="branches")
    with gr.Accordion("The sampler, stage by stage", open=True):
        sampler = sampler_view(elem_id="sampler", stages=sampler_panel.stages)
    buttons: dict[str, gr.Button] = {}
    with gr.Accordion("Share and save", open=True):
        link = gr.Textbox(
            label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="link",
            placeholder="Generate, or change a setting: the link appears here",
            info="Prompt, settings and result: whoever opens it is told whether the same comes out.",
        )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            buttons["json"] = gr.Button("Download JSON", elem_id="download-json")
            buttons["picture"] = gr.Button("Download picture", elem_id="download-picture")
            open_file = gr.UploadButton(
                "Open a saved JSON or picture", file_types=[".json", ".png"], elem_id="open-recipe"
            )
    with gr.Accordion("What exactly does the model read?", open=False):
        gr.Markdown("The prompt as the model gets it, the chat template and its control tokens included.")
        buttons["template"] = gr.Button("Show it", elem_id="show-template")
        template = gr.Textbox(
            label="As the model reads it", interactive=False, lines=4, max_lines=20, elem_id="template"
        )
    panel = Panel(
        tree=gr.State(Tree()), chips=chips, branches=branches, caption=words, notice=note,
        query=gr.Textbox(visible="hidden", elem_id="query"), place=gr.State(None), sampler=sampler,
        file=gr.Textbox(visible="hidden", elem_id="file"), template=template,
    )  # fmt: skip
    panel.query.change(None, panel.query, link, js=SHOW_QUERY, api_visibility="private")
    return panel, run, stop, more, open_file, buttons


def _wire_share(
    panel: Panel, controls: Controls, panels: dict[str, Any], buttons: dict[str, gr.Button], example_taken: Any
) -> None:
    everything = [*controls.inputs(), *panels.values()]
    boxes = [component for component in everything if isinstance(component, gr.Textbox)]
    others = [component for component in everything if component not in boxes]
    to_link: dict[str, Any] = {"js": link_script(panels), "api_visibility": "private"}
    gr.on([component.input for component in others], None, everything, panel.query, **to_link)
    example_taken.then(None, everything, panel.query, **to_link)
    to_link["js"] = link_script(panels, typed=True)
    gr.on([box.change for box in boxes], None, [panel.query, *everything], panel.query, **to_link)
    for name, handler in (("json", share.on_download), ("picture", share.on_picture)):
        made = buttons[name].click(handler, panel.tree, [panel.file, panel.notice], **QUIET)
        made.then(None, panel.file, None, js="message => window.playground.save(message)", api_visibility="private")
    buttons["template"].click(
        share.on_template, controls.inputs(), [panel.template, panel.notice], **QUIET, **MODEL_QUEUE
    )


def _wire_opening(
    panel: Panel,
    controls: Controls,
    panels: dict[str, Any],
    tabs: gr.Tabs,
    pending: gr.State,
    about: gr.HTML,
    open_file: gr.UploadButton,
    stop: gr.Button,
) -> None:
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)

    def on_load(request: gr.Request) -> list[Any]:
        shown = on_open(dict(request.query_params), panels)
        tree: Tree = shown[-len(panel.streamed())]
        return [*shown, *generate.on_settled(tree)]

    example = gr.Textbox(visible="hidden", elem_id="example-query")
    everything = [
        pending,
        *controls.inputs(),
        *panels.values(),
        tabs,
        about,
        *panel.streamed(),
        panel.branches,
        example,
    ]
    opened = page.load(on_load, None, everything, queue=False, **QUIET)
    # The example's link, unless the visitor was faster and already has one.
    kept = "(example, query) => query || example"
    opened.then(None, [example, panel.query], panel.query, js=kept, api_visibility="private")
    page.load(None, None, None, js="() => window.playground.opened()", api_visibility="private")
    given = open_file.upload(share.on_file, open_file, [pending, panel.notice], **QUIET).then(
        on_given, pending, controls.inputs(), **QUIET
    )
    for event in (opened, given):
        replayed = event.then(share.on_replay, [pending, panel.tree], panel.streamed(), **QUIET, **MODEL_QUEUE)
        placed = [panel.place, panel.sampler, panel.notice]
        replayed.then(on_replayed, [pending, panel.tree], panel.settled(), queue=False, **QUIET)
        replayed.then(sampler_panel.on_pick_first, [panel.tree, *controls.inputs()], placed, **QUIET, **MODEL_QUEUE)
        stop.click(None, None, None, cancels=[replayed], api_visibility="private")


def on_replayed(recipe: Recipe | None, tree: Tree) -> tuple[Any, Any]:
    """The endings and the link of what was made again; a visitor's own first change is never written over."""
    return generate.on_settled(tree) if recipe is not None and recipe.result else (gr.skip(), gr.skip())


def on_given(recipe: Recipe | None) -> list[Any]:
    """The controls set to a file's recipe."""
    return restored(request_from(recipe)) if recipe is not None else [gr.skip()] * len(Controls.names())


def on_open(asked: dict[str, str], panels: dict[str, Any]) -> list[Any]:
    """The page as its link says; without a link, the stored example."""
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    untouched: list[Any] = [gr.skip()] * (len(Controls.names()) + len(panels) + 1)
    if query.get("tab", "text") != "text" or ("tab" not in query and "prompt" not in query):
        example = stored_example()
        return [None, *untouched, model_card.card(example.request.model), *generate.show(Tree().planted(example))]
    nothing = [*generate.show(Tree())]
    try:
        recipe = from_query(query)
        request = request_from(recipe)
        model_facts(request.model)
        view = parse_choice(recipe.settings.get("view", "generate"), VIEWS, "view")
        settings = [*restored(request), *restored_panels(panels, recipe.settings), gr.Tabs(selected=view)]
        said = "Making the linked text again." if recipe.result else "This link holds settings, and no result yet."
        nothing[3] = notice(said)
        return [recipe, *settings, model_card.card(request.model), *nothing]
    except PlaygroundError as error:
        nothing[3] = notice(f"This link cannot be followed. {error}", "error")
        return [None, *untouched, model_card.card(model_names()[0]), *nothing]
