"""Where everything of the Latent tab stands, and how its panels share the column of settings and the link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.panels.latent import panels
from playground.panels.latent.controls import build_controls, on_model, quick
from playground.panels.latent.rooms import FURTHER
from playground.panels.latent.seed_plane import panel as seed_plane
from playground.panels.latent.walk import api as walk_api
from playground.panels.latent.walk import panel as walk
from playground.panels.latent.walk import restore
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.view import SHOW_QUERY, to_front, to_panel

TITLE = "Latent"
_SKIP: Any = gr.skip()


def build(room: gr.Tab, kept: gr.State) -> None:
    """The tab, its handlers and its API, inside the surrounding Blocks. room: the tab; its first visit walks.

    kept: of [Sheet], the pictures that were kept in the Images tab: they can be end points.
    """
    pending, front = gr.State(None), gr.State(walk.NAME)
    with gr.Row(elem_classes="pg-room"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls = build_controls()
        with gr.Column(scale=5, min_width=320):
            with gr.Tabs(elem_id="latent-panels") as tabs:
                with gr.Tab("Walk", id=walk.NAME, elem_id="latent-walk") as walk_room:
                    panel, buttons = walk.build_walk(controls.model.value)
                with gr.Tab("Seed plane", id=seed_plane.NAME) as plane_room:
                    seeds = seed_plane.build_plane()
                further = [(module, *_further(module)) for module in FURTHER]
            link, open_file = _share()
    walk.wire(panel, controls, buttons, front, kept)
    opens = seed_plane.wire(seeds, controls, front, panel.ends, panel.query)
    shows = f"query => {{ const link = ({SHOW_QUERY})(query); return query ? link : ''; }}"
    panel.query.change(None, panel.query, link, js=shows, api_visibility="private")
    shown = restore.Panels(tabs, front, pending, controls, panel, seeds)
    _wire_rooms(room, walk_room, plane_room, shown, opens)
    reset = _wire_model(shown, opens)
    shared = panels.Shared(tabs, controls, front, pending, panel.ends, panel.query)
    read = restore.wire(shown, open_file, opens)
    wired = [module.wire(built, further_room, shared) for module, built, further_room in further]
    panels.wire(shared, wired, read, [reset.then, controls.condition.input])
    walk_api.build_api()


def _further(module: Any) -> tuple[Any, gr.Tab]:
    with gr.Tab(module.TITLE, id=module.NAME, elem_id=f"latent-{module.NAME}") as room:
        return module.build(), room


def _share() -> tuple[gr.Textbox, gr.UploadButton]:
    with gr.Accordion("Share and restore", open=True):
        link = gr.Textbox(
            label="Link to exactly this", interactive=False, buttons=["copy"], max_lines=2, elem_id="latent-link",
            placeholder="Walk, or move, and the link appears here",
            info="Model, points, settings; for a walk also fingerprints, so that you are told if the same comes out.",
        )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            open_file = gr.UploadButton(
                "Open a film that was downloaded here", file_types=[".gif", ".mp4", ".webp", ".json"],
                elem_id="open-walk",
            )  # fmt: skip
    return link, open_file


def _wire_rooms(
    room: gr.Tab, walk_room: gr.Tab, plane_room: gr.Tab, shown: restore.Panels, opens: dict[str, Any]
) -> None:
    """What happens when the tab or one of its panels comes to the front."""
    room.select(None, shown.walk.query, None, js=to_front("latent"), api_visibility="private")
    first: dict[str, Any] = {
        "fn": on_visit,
        "inputs": [shown.front, shown.walk.made, shown.pending, *shown.walk.inputs(shown.controls)],
        "outputs": shown.walk.streamed(),
        **QUIET,
        **MODEL_QUEUE,
    }
    room.select(**first).then(**shown.told_walk())
    for name, panel_room in ((walk.NAME, walk_room), (seed_plane.NAME, plane_room)):
        panel_room.select(None, None, None, js=to_panel("latent", name), api_visibility="private")
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    walk_room.select(lambda: walk.NAME, None, shown.front, **at_once).then(**shown.told_walk()).then(**first).then(
        **shown.told_walk()
    )
    plane_room.select(lambda: seed_plane.NAME, None, shown.front, **at_once).then(**opens).then(**shown.told_plane())


def _wire_model(shown: restore.Panels, opens: dict[str, Any]) -> Any:
    """Returns the event after which another model stands."""
    controls, panel = shown.controls, shown.walk
    facts = [controls.condition, controls.steps, controls.about]
    changed = controls.model.input(on_model, controls.model, facts, **FOLLOWS)
    reset = changed.then(on_another_model, controls.model, [panel.ends, panel.both], queue=False, **FOLLOWS)
    inputs = [shown.front, *panel.inputs(controls)]
    reset.then(on_walk_in_front, inputs, panel.streamed(), **FOLLOWS, **MODEL_QUEUE).then(**shown.told_walk())
    reset.then(**opens).then(**shown.told_plane())
    controls.condition.input(**opens).then(**shown.told_plane())
    return reset


def on_another_model(model: str) -> tuple[str, bool]:
    """(end points, both ways): a point of one space means nothing in another; diffusion takes long for one way."""
    return walk.FIRST_ENDS, quick(model)


def on_walk_in_front(front: str, *values: Any) -> Iterator[walk.Shown]:
    """Walks as the controls say, if the panel is in front."""
    if front == walk.NAME:
        yield from walk.on_walk(*values)
    else:
        yield (_SKIP,) * 3


def on_visit(front: str, ways: walk.Ways | None, pending: Any, *values: Any) -> Iterator[walk.Shown]:
    """A walk, so that there is something to look at; what is there, or is about to come, stays."""
    stale = ways is None or ways[0].request.model != values[0]
    if front == walk.NAME and stale and pending is None:
        for shown in walk.on_walk(*values):
            yield (*shown[:2], _SKIP) if ways is None else shown  # what a link was told stays
    else:
        yield (_SKIP,) * 3
