"""End points chosen by picture: seeds of the model, and pictures kept in the Images tab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_image_request
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch, sample_images
from playground.latent.endpoints import difference_from_draw, endpoint_from_request
from playground.latent.latent_space import STEPS
from playground.panels.latent.shared import (
    ENDPOINT_OUTPUTS,
    SETTINGS,
    LatentShared,
    append_endpoint,
    condition_text,
    endpoint_of_model,
)
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.notice import notice
from playground.ui.picture_views import kept_value, pack, sheet_view

CHOICES = 24


@dataclass(frozen=True)
class EndpointPicker:
    """The components. next_seed: gr.State of the first seed of the next sheet.  notice: the panel's.

    shows: gr.State, whether a sheet was shown when the model changed.
    """

    show: gr.Button
    clear: gr.Button
    sheet: gr.HTML
    next_seed: gr.State
    kept_sheet: gr.HTML
    notice: gr.HTML
    shows: gr.State


def endpoint_notice(picture: str, endpoint_model: str, model: str, difference: str = "") -> dict[str, str]:
    """The notice after `endpoint_of_model`. picture: its name.  difference: one more sentence, or ""."""
    if endpoint_model == model:
        sentence = say("latent.walk.picker.added", picture=picture)
    else:
        title = image_model_facts(endpoint_model).title
        sentence = say("latent.walk.picker.other_model", picture=picture, model=title)
    return notice(f"{sentence} {difference}".strip(), "ok")


def on_show(model: str, condition: Sequence[str] | None, steps: float, seed: int) -> Iterator[Update]:
    """A sheet of pictures to choose end points from. seed: the first picture's."""
    request = parse_image_request(
        model, {"count": CHOICES, "seed": seed, "condition": condition_text(condition), "steps": steps}
    )
    for batch in sample_images(request):
        if batch.done:
            items = [{"label": say("shared.seed_number", seed=number)} for number in range(seed, seed + CHOICES)]
            yield {
                "sheet": pack(batch.pictures) | {"items": items, "done": True, "chosen": None},
                "next_seed": seed + CHOICES,
                "notice": notice(say("latent.walk.picker.choose")),
            }


def on_other_model(next_seed: int) -> Update:
    """Empties the sheet, whose pictures are another model's; `next_seed` says whether to fill it again."""
    return {"sheet": None, "next_seed": 0, "shows": next_seed > 0}


def on_refill(
    shows: bool, model: str, condition: Sequence[str] | None, steps: float, next_seed: int
) -> Iterator[Update]:
    """The new model's sheet, if there was one of the model before."""
    if not shows or next_seed:
        yield {}
        return
    for update in on_show(model, condition, steps, 0):
        yield {name: value for name, value in update.items() if name != "notice"}


def on_pick(endpoints: str, next_seed: int, event: gr.EventData) -> Update:
    """Adds the chosen seed to the end points."""
    return {"endpoints": append_endpoint(endpoints, str(next_seed - CHOICES + event_values(event).number("index")))}


def kept_sheet(kept: Sequence[ImageBatch]) -> dict[str, Any]:
    """The kept pictures of all models, as thumbnails of one size."""
    if not kept:
        return {
            "pixels": "",
            "width": 1,
            "height": 1,
            "channels": 1,
            "items": [],
            "done": True,
            "empty": say("latent.walk.picker.none_kept"),
        }
    labels = [f"{batch.request.model}, {batch.request.seed}" for batch in kept]
    return kept_value([batch.pictures[0] for batch in kept], labels)


def on_kept(kept: Sequence[ImageBatch]) -> Update:
    """The sheet of kept pictures."""
    return {"kept_sheet": kept_sheet(kept)}


def on_pick_kept(kept: Sequence[ImageBatch], model: str, endpoints: str, steps: float, event: gr.EventData) -> Update:
    """Adds the chosen kept picture to the end points."""
    index = event_values(event).number("index")
    if not 0 <= index < len(kept):
        raise PlaygroundError(say("latent.walk.picker.kept_gone"))
    request, kind = kept[index].request, kept[index].kind
    difference = difference_from_draw(request, kind, int(steps) if request.model == model else STEPS)
    picture = say("latent.walk.picker.kept_picture", seed=request.seed)
    sentence = endpoint_notice(picture, request.model, model, difference)
    endpoint = endpoint_from_request(request, kind)
    return {**endpoint_of_model(endpoint, request.model, model, endpoints), "notice": sentence}


def build(shared: LatentShared, note: gr.HTML) -> None:
    """Builds and connects the accordion. note: the panel's notice."""
    with gr.Accordion(say("latent.walk.picker.title"), open=False):
        with gr.Row(elem_classes="pg-actions"):
            show = gr.Button(say("latent.walk.picker.show", count=CHOICES), elem_id="walk-choices")
            clear = gr.Button(say("latent.walk.picker.clear"), elem_id="walk-clear")
        sheet = sheet_view(elem_id="walk-sheet", elem_classes="pg-short")
        gr.Markdown(say("latent.walk.picker.kept"))
        kept = sheet_view(kept_sheet([]), elem_id="walk-kept", elem_classes="pg-short")
    picker = EndpointPicker(show, clear, sheet, gr.State(0), kept, note, gr.State(False))
    parts = (picker, shared)
    next_sheet = call(on_show, parts, [*SETTINGS, "next_seed"], ["sheet", "next_seed", "notice"])
    show.click(**next_sheet, **QUIET, **MODEL_QUEUE)
    sheet.pick(**call(on_pick, parts, ["endpoints", "next_seed"], ["endpoints"]), queue=False, **FOLLOWS)
    # `.change`, because a link or a kept picture sets the model, too.
    emptied = shared.model.change(
        **call(on_other_model, parts, ["next_seed"], ["sheet", "next_seed", "shows"]), queue=False, **QUIET
    )
    refill = call(on_refill, parts, ["shows", *SETTINGS, "next_seed"], ["sheet", "next_seed"])
    emptied.then(**refill, **QUIET, **MODEL_QUEUE)
    clear.click(**call(lambda: {"endpoints": ""}, parts, [], ["endpoints"]), queue=False, **QUIET)
    shared.kept.change(**call(on_kept, parts, ["kept"], ["kept_sheet"]), **QUIET)
    inputs = ["kept", "model", "endpoints", "steps"]
    kept.pick(**call(on_pick_kept, parts, inputs, [*ENDPOINT_OUTPUTS, "notice"]), **QUIET)
