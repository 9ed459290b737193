"""Draw: a batch of pictures from any image model, and the card of a chosen one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.validation import parse_seed
from playground.core.verification import Verification, likely_cause, verify
from playground.images.batch_remark import batch_remark
from playground.images.image_request import changed_indices, image_request_from
from playground.images.inspection import inspect_image
from playground.images.kept_pictures import MAX_KEPT
from playground.images.sampling import ImageBatch
from playground.images.settings import COUNT
from playground.panels.images.batch_updates import BATCH_OUTPUTS, batch_of_value, sample_updates
from playground.panels.images.controls import (
    REQUEST_INPUTS,
    RESTORED_CONTROLS,
    carried_request,
    controls_update,
    page_request,
    request_from_controls,
    request_settings,
)
from playground.panels.images.image_card import card_value
from playground.panels.images.image_file import download, png, save_after
from playground.panels.images.shared import ImagesShared
from playground.ui import messages
from playground.ui.event_data import event_values
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import card_view, kept_value, sheet_view
from playground.ui.result_settings import ResultSettings, result_settings
from playground.ui.stored_results import read_stored

NAME = "draw"


@dataclass(frozen=True)
class DrawComponents:
    """batch, selection: gr.State of ImageBatch | None, selection of one picture.  kept: gr.State of [ImageBatch]."""

    batch: gr.State
    selection: gr.State
    kept: gr.State
    thumbnails: gr.HTML
    card: gr.HTML
    kept_thumbnails: gr.HTML
    caption: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox
    carried: gr.Textbox


def on_draw(
    model: str, count: object, seed: object, attributes: Sequence[str], settings: Mapping[str, object]
) -> Iterator[Update]:
    """Draws a batch with the settings in the controls."""
    request = request_from_controls(model, count, seed, attributes, settings)
    yield {"notice": None}
    yield from _remarked(sample_updates(request))


def _remarked(updates: Iterator[Update]) -> Iterator[Update]:
    """The updates of a batch; then what to notice in it."""
    batch: ImageBatch | None = None
    for update in updates:
        batch = update["batch"]
        yield update
    yield {"notice": notice(batch_remark(batch))} if batch is not None else {}


def on_settings(
    batch: ImageBatch | None,
    model: str,
    count: object,
    seed: object,
    attributes: Sequence[str],
    settings: Mapping[str, object],
) -> Iterator[Update]:
    """Draws a batch with the settings in the controls, unless it is on the page already.

    The page's own first batch leaves the notice alone: it may explain a bad link.
    """
    request = request_from_controls(model, count, seed, attributes, settings)
    if batch is not None and batch.request == request:
        yield {}
        return
    if batch is None and request == page_request():
        yield from sample_updates(request)
        return
    yield {"notice": None}
    yield from _remarked(sample_updates(request))


def on_other_seeds(count: object, seed: object) -> Update:
    """Moves on to the seeds after those of the batch. seed: None of an emptied box. Raises PlaygroundError."""
    return {"seed": (parse_seed(seed or 0) + int(COUNT.read(count))) % 2**63}


def on_pick(batch: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """Shows the card of the chosen picture, first without, then with what takes longer to compute."""
    index = event_values(event).number("index")
    batch = batch or stored_batch()
    if batch is None or not 0 <= index < len(batch.pictures):
        yield {}
        return
    selection = batch.single(index)
    yield {"selection": selection, "notice": None}  # once, to leave later notices
    for inspection in inspect_image(selection.pictures[0], selection.request.model):
        yield {"card": card_value(selection, inspection)}


def stored_batch() -> ImageBatch | None:
    """The batch that the panel opens on: its pictures are stored, so no model is run."""
    values = read_stored(f"images.{NAME}.json")["values"].values()
    value = next((one for one in values if isinstance(one, dict) and "pixels" in one), None)
    return None if value is None else batch_of_value(value, page_request())


def on_keep(selection: ImageBatch | None, kept: list[ImageBatch], event: gr.EventData) -> Update:
    """Keeps the chosen picture, after "keep" on its card."""
    if selection is None or event_values(event)["name"] != "keep":
        return {}
    kept = [*kept, selection][-MAX_KEPT:]
    return {"kept": kept, "notice": notice(say("images.draw.kept_done", count=len(kept)), "ok")}


def on_kept(kept: list[ImageBatch]) -> Update:
    """Shows the kept pictures, among them those kept on other pages of this visit."""
    return {"kept_thumbnails": kept_thumbnails_value(kept)}


def kept_thumbnails_value(kept: list[ImageBatch]) -> dict[str, Any]:
    """A value for the sheet view: the kept pictures, small and of one size."""
    labels = [f"{batch.request.model}, {batch.request.seed}" for batch in kept]
    return kept_value([batch.pictures[0] for batch in kept], labels) | {"empty": say("images.draw.kept_empty")}


def on_download(selection: ImageBatch | None, event: gr.EventData) -> Update:
    """Saves the chosen picture as a PNG with its recipe, after "png" on its card."""
    if selection is None or event_values(event)["name"] != "png":
        return {}
    name = f"{selection.request.model}-{selection.request.seed}.png"
    return {"file": download(name, png(selection.pictures[0], selection.recipe()))}


def on_alone(selection: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """Draws the chosen picture as a batch of one and sets the controls to it, after "alone" on its card."""
    if selection is None or event_values(event)["name"] != "alone":
        yield {}
        return
    carried = carried_request(selection.request)
    yield {**controls_update(selection.request), "carried": carried, "notice": None}
    yield from sample_updates(selection.request)


def on_stop(batch: ImageBatch | None) -> Update:
    """Says at which step it stopped."""
    if batch is None or batch.done:
        return {"notice": messages.stopped()}
    return {"notice": notice(say("images.draw.stopped", step=batch.step, steps=batch.steps))}


def restore(recipe: Recipe) -> Update:
    """Sets the controls to a recipe."""
    update = controls_update(image_request_from(recipe))
    return {**update, "notice": notice(say("images.draw.replaying"))}


def replay(recipe: Recipe) -> Iterator[Update]:
    """Draws a recipe's pictures again and says whether they are the same."""
    batch: ImageBatch | None = None
    yield {"notice": None}
    for update in sample_updates(image_request_from(recipe)):
        batch = update["batch"]
        yield update
    verification = verify_batch(recipe, batch) if batch is not None else None
    if verification is not None:
        yield {"notice": messages.verification_notice(verification)}


def verify_batch(recipe: Recipe, batch: ImageBatch) -> Verification | None:
    """Compares pictures with the fingerprints in their recipe. Raises PlaygroundError for damaged ones."""
    result = batch.recipe()
    changed = changed_indices(recipe.result, batch.pictures) if recipe.result else []
    seeds = ", ".join(str(batch.request.seed + index) for index in changed[:8])
    cause = likely_cause(recipe, result)
    difference = say("images.draw.differs", changed=len(changed), count=batch.request.count, seeds=seeds, cause=cause)
    # Settings that the link leaves out have their defaults in the batch.
    return verify(replace(recipe, settings=result.settings), result, difference if changed else "")


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.draw")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("images.draw.run"), variant="primary", elem_id="draw")
        stop = gr.Button(say("shared.stop"), elem_id="draw-stop")
        other_seeds = gr.Button(say("images.draw.other_seeds"), elem_id="other-seeds")
    note, caption = notice_view(elem_id="draw-notice"), notice_view(elem_id="draw-caption")
    with gr.Row(elem_classes="pg-draw-row"):
        with gr.Column(scale=3, min_width=320):
            thumbnails = sheet_view(elem_id="sheet")
        with gr.Column(scale=2, min_width=280):
            card = card_view(elem_id="draw-card")
    with gr.Accordion(say("images.draw.kept"), open=False):
        kept_thumbnails = sheet_view(kept_thumbnails_value([]), elem_id="kept")
    came_from = result_settings(request_settings(shared.controls), [thumbnails, caption], follows=True)
    components = DrawComponents(
        batch=gr.State(None), selection=gr.State(None), kept=shared.kept, thumbnails=thumbnails, card=card,
        kept_thumbnails=kept_thumbnails, caption=caption, notice=note,
        query=gr.Textbox(visible="hidden", elem_id="draw-query"),
        file=gr.Textbox(visible="hidden", elem_id="draw-file"), carried=came_from.carried,
    )  # fmt: skip
    _connect_drawing(components, shared, came_from, run, stop, other_seeds)
    _connect_card(components, shared)
    return Panel(
        NAME, item, (components, shared.controls),
        restore=restore, restored=(*RESTORED_CONTROLS, "notice"),
        replay=replay, replayed=(*BATCH_OUTPUTS, "notice"),
        example=Example(),
        draw=on_settings, draw_inputs=("batch", *REQUEST_INPUTS), drawn=(*BATCH_OUTPUTS, "notice"), stops=[stop],
        result=came_from,
    )  # fmt: skip


def _connect_drawing(
    components: DrawComponents,
    shared: ImagesShared,
    came_from: ResultSettings,
    run: gr.Button,
    stop: gr.Button,
    other_seeds: gr.Button,
) -> None:
    groups = components, shared.controls
    drawing = came_from.carry(call(on_draw, groups, REQUEST_INPUTS, [*BATCH_OUTPUTS, "notice"]))
    drawing = {**drawing, **QUIET, **MODEL_QUEUE}
    started = run.click(**drawing, trigger_mode="always_last")
    next_seeds = other_seeds.click(**call(on_other_seeds, groups, ["count", "seed"], ["seed"]), **QUIET)
    stop.click(None, None, None, cancels=[started, next_seeds.then(**drawing)], api_visibility="private")
    stop.click(**call(on_stop, components, ["batch"], ["notice"]), queue=False, js=AFTER_CANCEL, **QUIET)


def _connect_card(components: DrawComponents, shared: ImagesShared) -> None:
    picked = call(on_pick, components, ["batch"], ["selection", "card", "notice"])
    components.thumbnails.pick(**picked, **FOLLOWS, **MODEL_QUEUE)
    components.card.act(**call(on_keep, components, ["selection", "kept"], ["kept", "notice"]), **QUIET)
    components.kept.change(**call(on_kept, components, ["kept"], ["kept_thumbnails"]), **QUIET)
    save_after(components.card.act(**call(on_download, components, ["selection"], ["file"]), **QUIET), components.file)
    groups = components, shared.controls
    alone = call(on_alone, groups, ["selection"], [*RESTORED_CONTROLS, *BATCH_OUTPUTS, "carried", "notice"])
    components.card.act(**alone, **QUIET, **MODEL_QUEUE)
