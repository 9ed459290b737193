"""Draw: a sheet of pictures at once, and everything that can be told of the one that is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.throttle import latest
from playground.images.image_request import ImageRequest
from playground.images.inspection import inspect_image
from playground.images.sampling import ImageBatch, sample_images
from playground.panels.images.controls import Controls, request_of, restored
from playground.panels.images.picture_data import caption, card, download, png, sheet
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.picture_views import card_view, kept_value, sheet_view

_SKIP: Any = gr.skip()
MOST_KEPT = 24


@dataclass(frozen=True)
class Panel:
    """The components of the Draw panel that handlers fill. sheet: gr.State of Sheet | None; kept: of [Sheet]."""

    made: gr.State
    chosen: gr.State
    kept: gr.State
    thumbs: gr.HTML
    card: gr.HTML
    kept_thumbs: gr.HTML
    caption: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox

    def streamed(self) -> list[Any]:
        """What a run fills, in the order of Shown."""
        return [self.made, self.thumbs, self.caption, self.notice]


Shown = tuple[Any, Any, Any, Any]


def show(made: ImageBatch, note: Any = None) -> Shown:
    """A sheet on the page."""
    return made, sheet(made), notice(caption(made)), note


def stream(request: ImageRequest) -> Iterator[Shown]:
    """Draws; a sentence if it cannot."""
    try:
        for made in latest(sample_images(request)):
            yield show(made)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def on_draw(*values: Any) -> Iterator[Shown]:
    """Draws what the controls say."""
    try:
        request = request_of(values)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, _SKIP, notice(str(error), "error")
        return
    yield from stream(request)


def on_query(made: ImageBatch | None) -> Any:
    """The link to the sheet that is shown."""
    if made is None:
        return _SKIP
    try:
        return made.recipe().to_query()
    except PlaygroundError:
        return _SKIP


def on_pick(made: ImageBatch | None, event: gr.EventData) -> Iterator[tuple[Any, Any, Any]]:
    """(chosen picture, its card, notice): what is known at once, then what has to be counted."""
    index = int(event._data["index"])
    if made is None or not 0 <= index < len(made.pictures):
        yield _SKIP, _SKIP, _SKIP
        return
    one = made.one(index)
    try:
        said: Any = None  # only at first: what is said while it counts, as of a picture that was kept, stays
        for known in inspect_image(one.pictures[0], one.request.model):
            yield one, card(one, known), said
            said = _SKIP
    except PlaygroundError as error:
        yield one, _SKIP, notice(str(error), "error")


def on_keep(one: ImageBatch | None, kept: list[ImageBatch], event: gr.EventData) -> tuple[Any, Any, Any]:
    """(kept pictures, their sheet, notice), after "keep" on the card."""
    if one is None or event._data["name"] != "keep":
        return _SKIP, _SKIP, _SKIP
    kept = [*kept, one][-MOST_KEPT:]
    note = notice(f"Kept: {len(kept)} so far, until this page is closed. In Latent, a walk can go through them.", "ok")
    return kept, kept_sheet(kept), note


def kept_sheet(kept: list[ImageBatch]) -> dict[str, Any]:
    """The kept pictures, small and of one size."""
    return kept_value([one.pictures[0] for one in kept], [f"{one.request.model}, {one.request.seed}" for one in kept])


def on_download(one: ImageBatch | None, event: gr.EventData) -> Any:
    """The chosen picture as a PNG with its recipe, for the page to save."""
    if one is None or event._data["name"] != "png":
        return _SKIP
    return download(f"{one.request.model}-{one.request.seed}.png", png(one.pictures[0], one.recipe()))


def on_alone(one: ImageBatch | None, controls: int, event: gr.EventData) -> Iterator[list[Any]]:
    """The chosen picture by itself, after "alone" on the card: its own settings, and what a run fills.

    controls: how many outputs set the settings.
    """
    if one is None or event._data["name"] != "alone":
        yield [_SKIP] * (controls + 4)
        return
    settings = restored(one.request)
    for shown in stream(one.request):
        yield [*settings, *shown]
        settings = [_SKIP] * controls


def on_stop(made: ImageBatch | None) -> Any:
    """A word for what was stopped."""
    return notice("Stopped." if made is None or made.done else f"Stopped at step {made.step} of {made.steps}.")


def build_draw(kept: gr.State) -> tuple[Panel, gr.Button, gr.Button, gr.Button]:
    """The panel, and its buttons: draw, stop, other seeds. kept: of [Sheet]."""
    lead(
        "Pictures that did not exist a moment ago, each made from its own random numbers, its seed.",
        "Change a setting, and they are drawn anew; choose one to see its seed, its nearest training picture and more.",
        "A model holds numbers, not pictures, and can still come close to copying one: choose one to see how close.",
    )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Draw", variant="primary", elem_id="draw")
        stop = gr.Button("Stop", elem_id="draw-stop")
        others = gr.Button("Other seeds", elem_id="other-seeds")
    note, words = notice_view(elem_id="draw-notice"), notice_view(elem_id="draw-caption")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            thumbs = sheet_view(elem_id="sheet")
        with gr.Column(scale=2, min_width=280):
            one = card_view(elem_id="picture-card")
    with gr.Accordion("Kept pictures", open=False):
        kept_thumbs = sheet_view(
            {"pixels": "", "width": 1, "height": 1, "channels": 1, "items": [], "done": True,
             "empty": "None yet: choose a picture and press Keep."},
            elem_id="kept",
        )  # fmt: skip
    panel = Panel(
        made=gr.State(None), chosen=gr.State(None), kept=kept, thumbs=thumbs, card=one, caption=words,
        kept_thumbs=kept_thumbs, notice=note, query=gr.Textbox(visible="hidden", elem_id="picture-query"),
        file=gr.Textbox(visible="hidden", elem_id="picture-file"),
    )  # fmt: skip
    return panel, run, stop, others


def wire(panel: Panel, controls: Controls, run: gr.Button, stop: gr.Button, others: gr.Button) -> Any:
    """Connects the panel's events. Returns the run's event."""
    drawn: dict[str, Any] = {"inputs": controls.inputs(), "outputs": panel.streamed(), **QUIET, **MODEL_QUEUE}
    changed: list[Any] = [controls.count, controls.seed, *controls.attributes, *controls.settings.values()]
    live = [component.input for component in changed]
    started = gr.on([run.click, *live], on_draw, trigger_mode="always_last", **drawn)
    more = others.click(lambda count, seed: seed + count, [controls.count, controls.seed], controls.seed, **QUIET)
    again = more.then(on_draw, **drawn)
    stop.click(None, None, None, cancels=[started, again], api_visibility="private")
    stop.click(on_stop, panel.made, panel.notice, queue=False, js=AFTER_CANCEL, **QUIET)
    for event in (started, again):
        event.then(on_query, panel.made, panel.query, queue=False, **FOLLOWS)
    panel.thumbs.pick(on_pick, panel.made, [panel.chosen, panel.card, panel.notice], **FOLLOWS, **MODEL_QUEUE)
    panel.card.act(on_keep, [panel.chosen, panel.kept], [panel.kept, panel.kept_thumbs, panel.notice], **QUIET)
    saved = panel.card.act(on_download, panel.chosen, panel.file, **QUIET)
    saved.then(None, panel.file, None, js="message => window.playground.save(message)", api_visibility="private")
    settings = controls.outputs()

    def alone(one: ImageBatch | None, event: gr.EventData) -> Iterator[list[Any]]:
        yield from on_alone(one, len(settings), event)

    drawn_alone = panel.card.act(alone, panel.chosen, [*settings, *panel.streamed()], **QUIET, **MODEL_QUEUE)
    drawn_alone.then(on_query, panel.made, panel.query, queue=False, **FOLLOWS)
    return started
