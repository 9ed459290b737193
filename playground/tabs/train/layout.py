"""Where everything of the Train tab stands, and how its panels share the link and the visitor's token."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.checking import one_of
from playground.recipe import from_query
from playground.tabs.train import api, panels
from playground.tabs.train.rooms import ROOMS
from playground.views.base import SHOW_QUERY, to_front
from playground.views.notice import notice, notice_view
from playground.views.running import QUIET, once_read

TITLE = "Train"
_SKIP: Any = gr.skip()
_LINKED = f"(query, link) => query ? ({SHOW_QUERY})(query) : link"
#: The page may be there before its scripts are.
_OWNER = """() => new Promise((done) => {
  const ask = () => (window.playground?.owner ? done(window.playground.owner()) : setTimeout(ask, 30));
  ask();
})"""


def build(room: gr.Tab) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks."""
    pending = gr.State(None)
    owner = gr.Textbox(visible="hidden", elem_id="train-owner")
    note = notice_view(elem_id="train-notice")
    with gr.Tabs(elem_id="train-panels") as tabs:
        built = [(module, *_room(module)) for module in ROOMS]
    link = gr.Textbox(
        label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="train-link",
        placeholder="Start a run, and the link appears here",
        info="Whoever opens it on this server watches the same run; only you can steer it.",
    )  # fmt: skip
    shared = panels.Shared(pending, owner)
    wired = [module.wire(panel, own_room, shared) for module, panel, own_room in built]
    queries = [panel.query for panel in wired]
    for query in queries:
        query.change(None, [query, link], link, js=_LINKED, api_visibility="private")
    room.select(None, queries, None, js=to_front("train"), api_visibility="private")
    panels.wire(wired, pending, _read(tabs, pending, note, owner), link)
    api.build_api()


def _room(module: Any) -> tuple[Any, gr.Tab]:
    with gr.Tab(module.TITLE, id=module.NAME, elem_id=f"train-{module.NAME}") as room:
        return module.build(), room


def _read(tabs: gr.Tabs, pending: gr.State, note: gr.HTML, owner: gr.Textbox) -> Any:
    """Connects the page's opening. Returns the event after which a recipe is in pending."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)

    def load(request: gr.Request) -> list[Any]:
        return on_load(dict(request.query_params))

    page.load(None, None, owner, js=_OWNER, api_visibility="private")
    opened = page.load(load, None, [tabs, pending, note], queue=False, **QUIET)
    return once_read((opened,), pending)


def on_load(asked: dict[str, str]) -> list[Any]:
    """(tabs, pending, notice) as the link says, if the link is this tab's."""
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    if asked.get("tab") != "train" or not {*query} - {"tab"}:
        return [_SKIP] * 3
    try:
        recipe = from_query(query)
        name = one_of(recipe.settings.get("panel", ""), [module.NAME for module in ROOMS], "panel")
        return [gr.Tabs(selected=name), recipe, _SKIP]
    except PlaygroundError as error:
        return [_SKIP, None, notice(f"This link cannot be followed. {error}", "error")]
