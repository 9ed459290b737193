"""My picture: painted or uploaded once, then found in each family of models, side by side."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.image_upload import Upload, fit_by_steps, read_upload
from playground.images.dataset_browser import held_out_image
from playground.images.inversion import Reconstruction, reconstruct, sibling_models
from playground.images.model_menu import image_model_facts
from playground.panels.images.controls import Controls
from playground.panels.images.inversion.view import answers_view
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.picture_views import pack, paint_view

_SKIP: Any = gr.skip()
_TITLES = {
    "vae": "VAE: encodes it at one glance",
    "gan": "GAN: searches its noise for it",
    "diffusion": "Diffusion: runs backwards into noise, and back",
}


def blank(model: str) -> NDArray[np.uint8]:
    """An empty picture of the model's size: black for fashion, the avatars' sky for others. (H, W, C) uint8."""
    facts = image_model_facts(model)
    colour = [0] if facts.channels == 1 else [182, 227, 244]
    return np.tile(np.array(colour, np.uint8), (facts.side, facts.side, 1))


def data_model(model: str) -> str:
    """The model itself if it was trained here, else one that was: the others cannot answer."""
    facts = image_model_facts(model)
    if facts.dataset or facts.own:
        return model
    raise PlaygroundError("This model has no encoder and no classifier beside it: choose one of avatars or fashion.")


def on_drawn(event: gr.EventData) -> tuple[Any, Any]:
    """(picture, notice) after a stroke."""
    try:
        asked: dict[str, Any] = event._data
        shape = int(asked["height"]), int(asked["width"]), int(asked["channels"])
        raw = base64.b64decode(asked["pixels"], validate=True)
        if len(raw) != shape[0] * shape[1] * shape[2] or max(shape) > 256:
            raise PlaygroundError("The painted picture did not arrive whole: paint one more stroke.")
        return np.frombuffer(raw, np.uint8).reshape(shape).copy(), None
    except (KeyError, ValueError, TypeError, binascii.Error):
        return _SKIP, notice("The painted picture did not arrive whole: paint one more stroke.", "error")


def on_upload(path: str | None) -> tuple[Any, Any, Any]:
    """(what was read, the emptied box, notice): a visitor's file is read into this page and deleted at once."""
    if path is None:
        return _SKIP, _SKIP, notice("Choose a picture first.", "error")
    try:
        return read_upload(path), None, None
    except PlaygroundError as error:
        return None, None, notice(str(error), "error")
    finally:
        Path(path).unlink(missing_ok=True)


def on_fit(read: Upload | None, model: str, crop: str, invert: bool) -> tuple[Any, Any, Any]:
    """(picture, paint view, notice): what was uploaded, made to fit, step by step in words."""
    if read is None:
        return _SKIP, _SKIP, _SKIP
    try:
        facts = image_model_facts(data_model(model))
        fitted = fit_by_steps(read.picture, facts.side, facts.channels, "pad" if crop == "pad" else "crop", invert)
        said = ". ".join([*(note.rstrip(".") for note in read.notes), *fitted.steps])
        return fitted.resized, pack(fitted.resized[None]), notice(f"Read: {said}.", "ok")
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")


def on_start(kind: str, model: str, number: float) -> tuple[Any, Any, Any]:
    """(picture, paint view, notice): a blank one, or one that was held out of the training."""
    try:
        name = data_model(model)
        picture = blank(name) if kind == "blank" else held_out_image(image_model_facts(name).dataset, int(number))
        return picture, pack(picture[None]), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")


def on_find(picture: NDArray[np.uint8] | None, model: str) -> Iterator[tuple[Any, Any]]:
    """(answers, notice): every family's answer, as it comes."""
    answers: dict[str, Reconstruction] = {}
    try:
        names = sibling_models(data_model(model))
        if picture is None:
            raise PlaygroundError("There is no picture yet: paint one, upload one, or take a real one.")
        for name in names:
            for found in reconstruct(picture, name):
                answers[name] = found
                done = name == names[-1] and found.step == found.steps
                answered = "Three answers to one picture." if len(names) == 3 else "Its answer to your picture."
                said = f"{found.kind}: {found.step} of {found.steps}" if not done else answered
                yield shown(picture, answers, done), notice(said)
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def shown(picture: NDArray[np.uint8], answers: dict[str, Reconstruction], done: bool) -> dict[str, Any]:
    """A value for the answers view."""
    return {"target": pack(picture[None]), "done": done, "answers": [_answer(found) for found in answers.values()]}


def _answer(found: Reconstruction) -> dict[str, Any]:
    rows = [
        ("Error", f"{found.error:.1f} of 255 (root mean square), PSNR {found.psnr:.1f} dB"),
        ("Taken for", found.words or "anything"),
        ("Time", f"{found.seconds:.2f} s, step {found.step} of {found.steps}"),
    ]
    if found.anomaly_nats is not None and found.percentile is not None:
        odd = f"{found.anomaly_nats:,.0f} nats: odder than {found.percentile:.0f} % of held-out pictures"
        rows.insert(1, ("Anomaly score", odd))
    titles = {
        "vae": ("Several draws from that Gaussian", ["mean", *[f"draw {n}" for n in range(1, 9)]]),
        "gan": ("The other searches, best first", [f"search {n}" for n in range(2, 7)]),
        "diffusion": ("Its way into noise", ["start", "20 %", "40 %", "60 %", "80 %", "noise"]),
    }
    title, labels = titles[found.kind]
    draws = found.draws if found.kind == "vae" else found.draws[1:]
    labels = labels[: len(draws)]
    answer: dict[str, Any] = {
        "title": _TITLES[found.kind],
        "packed": pack(found.picture[None]),
        "rows": [{"name": name, "text": text} for name, text in rows],
        "strip": {"title": title, "packed": pack(draws[: len(labels)]), "labels": labels} if labels else None,
    }
    if found.mean is not None and found.deviation is not None:
        answer |= {"mean": found.mean.round(4).tolist(), "deviation": found.deviation.round(4).tolist()}
    return answer


def build_mine(controls: Controls) -> None:
    """The panel."""
    lead(
        "One picture, yours, and what three kinds of model make of it.",
        "Paint it, upload it, or take a real one; then let each model find it.",
        "A model can only answer with what it has learned: what it gets wrong shows what it does not know.",
    )
    picture = gr.State(None)
    note = notice_view(elem_id="mine-notice")
    with gr.Row():
        with gr.Column(scale=2, min_width=260):
            canvas = paint_view(elem_id="paint")
        with gr.Column(scale=3, min_width=280):
            file = gr.File(
                label="Upload a picture: it is read, fitted, and not kept", file_types=["image"], type="filepath",
                elem_id="mine-upload", height=120,
            )  # fmt: skip
            with gr.Row():
                crop = gr.Radio(
                    [("cut to the middle", "crop"), ("keep all of it", "pad")], value="crop", label="To a square",
                    elem_id="mine-square",
                )  # fmt: skip
                invert = gr.Checkbox(False, label="Dark becomes light, as in fashion", elem_id="mine-invert")
            with gr.Row(elem_classes="pg-actions"):
                empty = gr.Button("Blank", elem_id="mine-blank")
                real = gr.Button("A real picture", elem_id="mine-real")
            number = gr.State(0)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Find it in all three", variant="primary", elem_id="find")
        stop = gr.Button("Stop", elem_id="find-stop")
    answers = answers_view(elem_id="answers")
    outputs = [picture, canvas, note]
    canvas.drawn(on_drawn, None, [picture, note], queue=False, **QUIET)
    read = gr.State(None)
    fitted: dict[str, Any] = {"inputs": [read, controls.model, crop, invert], "outputs": outputs, **QUIET}
    file.upload(on_upload, file, [read, file, note], **QUIET).then(on_fit, **fitted)
    gr.on([crop.input, invert.input], on_fit, **fitted)
    empty.click(lambda model: on_start("blank", model, 0), controls.model, outputs, **QUIET)
    real.click(lambda count: count + 1, number, number, queue=False, **QUIET).then(
        lambda model, count: on_start("real", model, count), [controls.model, number], outputs, **QUIET, **MODEL_QUEUE
    )
    started = run.click(on_find, [picture, controls.model], [answers, note], **QUIET, **MODEL_QUEUE)
    stop_button(stop, started, note)
