"""Draw: a batch of pictures from any image model, and the card of the one that is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.recipe import Recipe
from playground.core.verification import Verification, likely_cause, verify
from playground.images.image_request import changed_indices, image_request_from
from playground.images.inspection import inspect_image
from playground.images.sampling import ImageBatch
from playground.panels.images.batch_updates import BATCH_OUTPUTS, sample_updates
from playground.panels.images.controls import (
    REQUEST_INPUTS,
    RESTORED_CONTROLS,
    controls_update,
    request_from_controls,
)
from playground.panels.images.draw.api import build_api
from playground.panels.images.picture_card import card_value
from playground.panels.images.picture_file import download, png, save_after
from playground.panels.images.shared import ImagesShared
from playground.ui import messages
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import card_view, kept_value, sheet_view

NAME, TITLE = "draw", "Draw"
MAX_KEPT = 24


@dataclass(frozen=True)
class DrawComponents:
    """batch, chosen: gr.State of ImageBatch | None, chosen of one picture.  kept: gr.State of [ImageBatch]."""

    batch: gr.State
    chosen: gr.State
    kept: gr.State
    thumbnails: gr.HTML
    card: gr.HTML
    kept_thumbnails: gr.HTML
    caption: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox


def on_draw(
    model: str, count: object, seed: object, attributes: Sequence[str], settings: Mapping[str, object]
) -> Iterator[Update]:
    """Draws what the controls say."""
    request = request_from_controls(model, count, seed, attributes, settings)
    yield {"notice": None}
    yield from sample_updates(request)


def on_settings(
    batch: ImageBatch | None,
    model: str,
    count: object,
    seed: object,
    attributes: Sequence[str],
    settings: Mapping[str, object],
) -> Iterator[Update]:
    """Draws what the controls say, unless that is on the page. The first batch leaves the notice: a link may be bad."""
    request = request_from_controls(model, count, seed, attributes, settings)
    if batch is not None and batch.request == request:
        yield {}
        return
    if batch is not None:
        yield {"notice": None}
    yield from sample_updates(request)


def on_other_seeds(count: int, seed: int) -> Update:
    """The seeds after those of the batch."""
    return {"seed": seed + count}


def on_pick(batch: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """The chosen picture and its card: what is known at once, then what takes longer."""
    index = int(event._data["index"])
    if batch is None or not 0 <= index < len(batch.pictures):
        yield {}
        return
    chosen = batch.single(index)
    yield {"chosen": chosen, "notice": None}  # once: later sentences, such as that it was kept, stay
    for inspection in inspect_image(chosen.pictures[0], chosen.request.model):
        yield {"card": card_value(chosen, inspection)}


def on_keep(chosen: ImageBatch | None, kept: list[ImageBatch], event: gr.EventData) -> Update:
    """Keeps the chosen picture, after "keep" on its card."""
    if chosen is None or event._data["name"] != "keep":
        return {}
    kept = [*kept, chosen][-MAX_KEPT:]
    text = f"Kept: {len(kept)} so far, for this visit. In Latent, a walk can go through them."
    return {"kept": kept, "notice": notice(text, "ok")}


def on_kept(kept: list[ImageBatch]) -> Update:
    """The kept pictures, also those of a page that was open before."""
    return {"kept_thumbnails": kept_thumbnails_value(kept)}


def kept_thumbnails_value(kept: list[ImageBatch]) -> dict[str, Any]:
    """A value for the sheet view: the kept pictures, small and of one size."""
    labels = [f"{batch.request.model}, {batch.request.seed}" for batch in kept]
    empty = "None yet: choose a picture and press Keep."
    return kept_value([batch.pictures[0] for batch in kept], labels) | {"empty": empty}


def on_download(chosen: ImageBatch | None, event: gr.EventData) -> Update:
    """The chosen picture as a PNG with its recipe, after "png" on its card."""
    if chosen is None or event._data["name"] != "png":
        return {}
    name = f"{chosen.request.model}-{chosen.request.seed}.png"
    return {"file": download(name, png(chosen.pictures[0], chosen.recipe()))}


def on_alone(chosen: ImageBatch | None, event: gr.EventData) -> Iterator[Update]:
    """The chosen picture as a batch of one, with its settings in the controls, after "alone" on its card."""
    if chosen is None or event._data["name"] != "alone":
        yield {}
        return
    yield {**controls_update(chosen.request), "notice": None}
    yield from sample_updates(chosen.request)


def on_stop(batch: ImageBatch | None) -> Update:
    """Says at which step it stopped."""
    unfinished = batch is not None and not batch.done
    return {"notice": messages.stopped(f"at step {batch.step} of {batch.steps}" if batch and unfinished else "")}


def restore(recipe: Recipe) -> Update:
    """The controls as in a recipe."""
    update = controls_update(image_request_from(recipe))
    return {**update, "notice": notice("Drawing the linked pictures again.")}


def replay(recipe: Recipe) -> Iterator[Update]:
    """Draws a recipe's pictures again, and says whether they are the same."""
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
    difference = f"{len(changed)} of {batch.request.count} pictures (seeds {seeds}): {likely_cause(recipe, result)}"
    # Settings that the link leaves out have their defaults in the batch.
    return verify(replace(recipe, settings=result.settings), result, difference if changed else "")


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction(
        "Pictures that did not exist a moment ago, each made from its own random numbers, its seed.",
        "Change a setting, and they are drawn anew; choose one to see its seed, its nearest training picture and more.",
        "A model holds numbers, not pictures, and can still come close to copying one: choose one to see how close.",
    )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Draw", variant="primary", elem_id="draw")
        stop = gr.Button("Stop", elem_id="draw-stop")
        other_seeds = gr.Button("Other seeds", elem_id="other-seeds")
    note, caption = notice_view(elem_id="draw-notice"), notice_view(elem_id="draw-caption")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            thumbnails = sheet_view(elem_id="sheet")
        with gr.Column(scale=2, min_width=280):
            card = card_view(elem_id="picture-card")
    with gr.Accordion("Kept pictures", open=False):
        kept_thumbnails = sheet_view(kept_thumbnails_value([]), elem_id="kept")
    components = DrawComponents(
        batch=gr.State(None), chosen=gr.State(None), kept=shared.kept, thumbnails=thumbnails, card=card,
        kept_thumbnails=kept_thumbnails, caption=caption, notice=note,
        query=gr.Textbox(visible="hidden", elem_id="picture-query"),
        file=gr.Textbox(visible="hidden", elem_id="picture-file"),
    )  # fmt: skip
    _connect_drawing(components, shared, run, stop, other_seeds)
    _connect_card(components, shared)
    build_api()
    return Panel(
        NAME, item, (components, shared.controls),
        restore=restore, restored=(*RESTORED_CONTROLS, "notice"),
        replay=replay, replayed=(*BATCH_OUTPUTS, "notice"),
        draw=on_settings, draw_inputs=("batch", *REQUEST_INPUTS), drawn=(*BATCH_OUTPUTS, "notice"), stops=[stop],
    )  # fmt: skip


def _connect_drawing(
    components: DrawComponents, shared: ImagesShared, run: gr.Button, stop: gr.Button, other_seeds: gr.Button
) -> None:
    known = components, shared.controls
    drawing = {**call(on_draw, known, REQUEST_INPUTS, [*BATCH_OUTPUTS, "notice"]), **QUIET, **MODEL_QUEUE}
    started = run.click(**drawing, trigger_mode="always_last")
    next_seeds = other_seeds.click(**call(on_other_seeds, known, ["count", "seed"], ["seed"]), **QUIET)
    stop.click(None, None, None, cancels=[started, next_seeds.then(**drawing)], api_visibility="private")
    stop.click(**call(on_stop, components, ["batch"], ["notice"]), queue=False, js=AFTER_CANCEL, **QUIET)


def _connect_card(components: DrawComponents, shared: ImagesShared) -> None:
    picked = call(on_pick, components, ["batch"], ["chosen", "card", "notice"])
    components.thumbnails.pick(**picked, **FOLLOWS, **MODEL_QUEUE)
    components.card.act(**call(on_keep, components, ["chosen", "kept"], ["kept", "notice"]), **QUIET)
    components.kept.change(**call(on_kept, components, ["kept"], ["kept_thumbnails"]), **QUIET)
    save_after(components.card.act(**call(on_download, components, ["chosen"], ["file"]), **QUIET), components.file)
    known = components, shared.controls
    alone = call(on_alone, known, ["chosen"], [*RESTORED_CONTROLS, *BATCH_OUTPUTS, "notice"])
    components.card.act(**alone, **QUIET, **MODEL_QUEUE)
