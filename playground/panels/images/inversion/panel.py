"""My picture: a visitor's picture, painted or uploaded, reconstructed by a model of each family."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_upload import Upload, fit_by_steps, read_upload
from playground.core.recipe import Recipe
from playground.images.dataset_browser import held_out_image
from playground.images.inversion import Reconstruction, reconstruct, sibling_models
from playground.images.model_menu import blank_picture, family_title, image_model_facts, model_names
from playground.panels.images.controls import RESTORED_CONTROLS
from playground.panels.images.inversion.view import inversion_value, inversion_view
from playground.panels.images.shared import ImagesShared, panel_query, query_of, restore_controls
from playground.ui.browser_store import kept_text
from playground.ui.event_data import event_values
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack, paint_view, painted_picture
from playground.ui.result_settings import result_settings

NAME = "inversion"
FORMER_NAMES = ("mine",)
_PICTURE_OUTPUTS = ("picture", "canvas", "kept", "notice")


@dataclass(frozen=True)
class InversionComponents:
    """The components.

    picture: gr.State, (H, W, C) uint8; None before the visitor's first picture: then `first_picture` is on the canvas.
    upload: gr.State of Upload | None.  sample: gr.State, an index.
    recalled, kept: hidden, the picture that the browser has kept, and the one that it is to keep: see `picture_text`.
    """

    picture: gr.State
    canvas: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    upload_file: gr.File
    upload: gr.State
    crop: gr.Radio
    invert: gr.Checkbox
    sample: gr.State
    reconstructions: gr.HTML
    recalled: gr.Textbox
    kept: gr.Textbox


def first_picture(model: str) -> NDArray[np.uint8]:
    """(H, W, C) uint8: what the canvas shows before a visitor's own picture, one that the model has not seen.

    Raises PlaygroundError for a model without a data set.
    """
    dataset = image_model_facts(model).dataset
    if not dataset:
        raise PlaygroundError(say("shared.upload.nothing_painted"))
    return held_out_image(dataset, 0)


def on_model(model: str, picture: NDArray[np.uint8] | None) -> Update:
    """A first picture for a model whose pictures have another size; what was on the canvas does not fit it."""
    model = fitting(model)
    facts = image_model_facts(model)
    if picture is not None and picture.shape == (facts.side, facts.side, facts.channels):
        return {}
    fresh = first_picture(model) if facts.dataset else blank_picture(model)
    return {"picture": fresh, "canvas": pack(fresh[None]), "upload": None, "notice": None}


def is_usable(model: str) -> bool:
    """Whether the model's data set has an encoder and a classifier, or a visitor trained it."""
    facts = image_model_facts(model)
    return bool(facts.dataset) or facts.own


def fitting(model: str) -> str:
    """The model if the panel can use it, else one of the avatars: all of a data set answer together."""
    return model if is_usable(model) else "vae-avatars"


def on_stroke(event: gr.EventData) -> Update:
    """Takes over the picture after a stroke on the canvas."""
    picture = painted_picture(event_values(event))
    return {"picture": picture, "kept": picture_text(picture), "notice": notice(say("images.inversion.painted"))}


def picture_text(picture: NDArray[np.uint8]) -> str:
    """A picture as the visitor's browser keeps it."""
    return json.dumps(pack(picture[None]))


def recalled_picture(text: str, model: str) -> NDArray[np.uint8] | None:
    """The kept picture; None if there is none, or it has not the size of the model's pictures."""
    try:
        values = json.loads(text) if text else None
        picture = painted_picture(values) if isinstance(values, dict) else None
    except (ValueError, RecursionError, PlaygroundError):
        return None
    facts = image_model_facts(fitting(model))
    fits = picture is not None and picture.shape == (facts.side, facts.side, facts.channels)
    return picture if fits else None


def on_recalled(text: str, model: str) -> Update:
    """Puts the kept picture on the canvas when the page opens."""
    picture = recalled_picture(text, model)
    return {} if picture is None else {"picture": picture, "canvas": pack(picture[None])}


def on_upload(path: str | None) -> Update:
    """Reads a visitor's file, and deletes it."""
    if path is None:
        return {"notice": notice(say("shared.upload.none"), "error")}
    try:
        return {"upload": read_upload(path), "upload_file": None, "notice": None}
    except PlaygroundError as error:
        return {"upload": None, "upload_file": None, "notice": notice(str(error), "error")}
    finally:
        Path(path).unlink(missing_ok=True)


def on_fit(upload: Upload | None, model: str, crop: str, invert: bool) -> Update:
    """Fits the upload to the model's size; the notice lists the steps."""
    if upload is None:
        return {}
    facts = image_model_facts(fitting(model))
    fitted = fit_by_steps(upload.picture, facts.side, facts.channels, "pad" if crop == "pad" else "crop", invert)
    read = say("shared.upload.read", steps=fitted.words(upload.notes))
    return {**_picture_update(fitted.resized), "notice": notice(read, "ok")}


def on_blank(model: str) -> Update:
    """Puts an empty picture on the canvas."""
    return _picture_update(blank_picture(fitting(model)))


def on_held_out(model: str, sample: int) -> Update:
    """Puts a real picture that was held out of training on the canvas."""
    return _picture_update(held_out_image(image_model_facts(fitting(model)).dataset, int(sample)))


def _picture_update(picture: NDArray[np.uint8]) -> Update:
    return {"picture": picture, "canvas": pack(picture[None]), "kept": picture_text(picture), "notice": None}


def replay(recipe: Recipe, recalled: str) -> Iterator[Update]:
    """Reconstructs the kept picture, or else the first one, with the families of a link's model."""
    model = fitting(recipe.model or model_names()[0])
    picture = recalled_picture(recalled, model)
    if picture is not None:
        yield {"picture": picture, "canvas": pack(picture[None])}
    yield from on_reconstruct(picture, model)


def on_reconstruct(picture: NDArray[np.uint8] | None, model: str) -> Iterator[Update]:
    """Yields the reconstructions of all families as they improve."""
    yield {"query": query_of(Recipe("images", model, "", 0, {"panel": NAME}))}
    results: dict[str, Reconstruction] = {}
    asked, model = model, fitting(model)
    names = sibling_models(model)
    if picture is None:
        picture = first_picture(model)
        yield {"picture": picture, "canvas": pack(picture[None]), "notice": None}
    for name in names:
        for result in reconstruct(picture, name):
            results[name] = result
            done = name == names[-1] and result.step == result.steps
            progress = {"family": family_title(result.kind), "step": result.step, "steps": result.steps}
            key = "images.inversion.done" if done else "images.inversion.progress"
            text = say(key, count=len(names), **progress)
            if done and len(results) > 1:
                text = f"{text} {_remark(list(results.values()))}"
            if asked != model:
                text = f"{say('images.inversion.switched', model=image_model_facts(asked).title)} {text}"
            yield {"reconstructions": inversion_value(picture, list(results.values()), done), "notice": notice(text)}


def _remark(results: Sequence[Reconstruction]) -> str:
    """Which model came closest and which stayed farthest."""
    ordered = sorted(results, key=lambda result: result.error)
    (best, worst), errors = (ordered[0], ordered[-1]), (ordered[0].error / 255, ordered[-1].error / 255)
    names = {"best": family_title(best.kind), "worst": family_title(worst.kind)}
    return say("images.inversion.remark", **names, least=errors[0], most=errors[1])


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.inversion")
    note = notice_view(elem_id="inversion-notice")
    with gr.Row(elem_classes="pg-inversion-row"):
        with gr.Column(scale=2, min_width=260):
            canvas = paint_view(pack(blank_picture(shared.controls.model.value)[None]), elem_id="inversion-canvas")
        with gr.Column(scale=3, min_width=280, elem_classes="pg-inversion-more"):
            upload_file = gr.File(
                label=say("images.inversion.upload"), file_types=["image"], type="filepath",
                elem_id="inversion-upload", height=120,
            )  # fmt: skip
            with gr.Row():
                crop = gr.Radio(
                    [(say("images.inversion.crop_middle"), "crop"), (say("images.inversion.crop_pad"), "pad")],
                    value="crop", label=say("images.inversion.crop"), elem_id="inversion-crop",
                )  # fmt: skip
                invert = gr.Checkbox(False, label=say("images.inversion.invert"), elem_id="inversion-invert")
            with gr.Row(elem_classes="pg-actions"):
                blank = gr.Button(say("shared.blank"), elem_id="inversion-blank")
                held_out = gr.Button(say("shared.real_picture"), elem_id="inversion-held-out")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("images.inversion.run"), variant="primary", elem_id="inversion-run")
        stop = gr.Button(say("shared.stop"), elem_id="inversion-stop")
    recalled, kept = kept_text("own-picture")
    components = InversionComponents(
        picture=gr.State(None), canvas=canvas, notice=note,
        query=gr.Textbox(panel_query(NAME), visible="hidden", elem_id="images-inversion-query"),
        upload_file=upload_file, upload=gr.State(None), crop=crop, invert=invert, sample=gr.State(0),
        reconstructions=inversion_view(elem_id="inversion-answers"), recalled=recalled, kept=kept,
    )  # fmt: skip
    _connect_picture(components, shared, blank, held_out)
    groups = components, shared.controls
    came_from = result_settings({"model": shared.controls.model}, [components.reconstructions])
    outputs = ["picture", "canvas", "reconstructions", "notice", "query"]
    running = came_from.carry(call(on_reconstruct, groups, ["picture", "model"], outputs))
    connect_stop(stop, run.click(**running, **QUIET, **MODEL_QUEUE), note)
    example = Example(running)
    return Panel(
        NAME, item, groups, restore=restore_controls, restored=RESTORED_CONTROLS,
        replay=replay, replay_inputs=["recalled"], replayed=outputs,
        stops=[stop], result=came_from, example=example,
    )  # fmt: skip


def _connect_picture(
    components: InversionComponents, shared: ImagesShared, blank: gr.Button, held_out: gr.Button
) -> None:
    groups = components, shared.controls
    components.canvas.drawn(**call(on_stroke, components, [], ["picture", "kept", "notice"]), queue=False, **QUIET)
    recall = call(on_recalled, groups, ["recalled", "model"], ["picture", "canvas"])
    components.recalled.change(**recall, **QUIET)  # queued, or the page would not notice that a state changed
    fitting = {**call(on_fit, groups, ["upload", "model", "crop", "invert"], _PICTURE_OUTPUTS), **QUIET}
    reading = call(on_upload, components, ["upload_file"], ["upload", "upload_file", "notice"])
    components.upload_file.upload(**reading, **QUIET).then(**fitting)
    gr.on([components.crop.input, components.invert.input], **fitting)
    # `.change`, because `.input` does not fire when a link or a kept picture sets the model.
    refit = call(on_model, groups, ["model", "picture"], [*_PICTURE_OUTPUTS, "upload"])
    shared.controls.model.change(**refit, **QUIET)
    blank.click(**call(on_blank, groups, ["model"], _PICTURE_OUTPUTS), **QUIET)
    counted = held_out.click(lambda index: index + 1, components.sample, components.sample, queue=False, **QUIET)
    counted.then(**call(on_held_out, groups, ["model", "sample"], _PICTURE_OUTPUTS), **QUIET, **MODEL_QUEUE)
